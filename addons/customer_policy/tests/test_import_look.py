"""The look at a whole file before its first row is written: what creation refuses in a late batch, too."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .test_formats import REAL_CODES
from .test_import_history import CUSTOMER, ImportCommon

SALE = ["partner_id/id", "date", "reference", "amount"]
CALL = ["partner_id/id", "contact_id/id", "date", "subject", "reference"]


@tagged("post_install", "-at_install")
class TestImportLook(ImportCommon):
    """Batches of ten rows; the bad row lies in the third, and nothing of the first is left."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls.enter(), cls.enter(name="Other", vat=REAL_CODES[1])
        own = cls.company.partner_id
        for name, partner in (("look1", cls.customer), ("look2", cls.other), ("look_own", own)):
            cls.env["ir.model.data"].create(
                {"module": "__import__", "name": name, "model": "res.partner", "res_id": partner.id}
            )

    def assertNoneImported(self, model, names, rows, *bad, text):
        before = self.env[model].search_count([])
        result = self.bring(model, names, rows, limit=10)
        self.assertFalse(result["ids"])
        self.assertEqual([message["rows"]["from"] for message in result["messages"]], list(bad), result["messages"])
        for message in result["messages"]:
            self.assertIn(text, message["message"])
        self.assertEqual(self.env[model].search_count([]), before)

    def sales(self, **bad):
        """Thirty purchases; the 26th has these values."""
        rows = [{"partner_id/id": "look1", "date": "2024-05-05", "reference": f"L{i}", "amount": "10"}
                for i in range(30)]  # fmt: skip
        rows[25].update(bad)
        return [[row[name] for name in SALE] for row in rows]

    def calls(self, **bad):
        rows = [{"partner_id/id": "look1", "contact_id/id": "", "date": "2024-05-05 10:00:00", "subject": "S",
                 "reference": f"L{i}"} for i in range(30)]  # fmt: skip
        rows[25].update(bad)
        return [[row[name] for name in CALL] for row in rows]

    def test_sales(self):
        tomorrow = str(self.today + timedelta(days=2))
        model = "customer.external.sale"
        for bad, text in (
            ({"date": tomorrow}, "lies in the future"),
            ({"amount": "1e15"}, "can't be right"),
            ({"partner_id/id": "look_own"}, "your own company"),
        ):
            self.assertNoneImported(model, SALE, self.sales(**bad), 25, text=text)
        result = self.bring(model, SALE, self.sales(), limit=10)
        self.assertEqual(len(set(result["ids"])), 30, result["messages"])

    def test_what_is_no_number(self):
        for amount in ("NaN", "-inf"):
            result = self.bring("customer.external.sale", SALE, self.sales(amount=amount), limit=10)
            self.assertIn(amount, result["messages"][0]["message"], "core's importer says the column and the value")
            result = self.env["customer.external.sale"].load(SALE, self.sales(amount=amount))
            self.assertIn("can't be right", result["messages"][0]["message"])

    def test_each_bad_sale_is_named(self):
        rows = self.sales()
        for position in (3, 4, 17, 29):
            rows[position][1] = str(self.today + timedelta(days=2))
        self.assertNoneImported("customer.external.sale", SALE, rows, 3, 4, 17, 29, text="lies in the future")

    def test_a_number_twice(self):
        """As before: the second row with the same number updates the first, in whichever batch it is."""
        for reference in ("L24", "L3"):
            result = self.bring("customer.external.sale", SALE, self.sales(reference=reference), limit=10)
            self.assertEqual(len(set(result["ids"])), 29, result["messages"])

    def test_calls(self):
        tomorrow = f"{self.today + timedelta(days=2)} 10:00:00"
        self.assertNoneImported("customer.interaction", CALL, self.calls(date=tomorrow), 25, text="future")
        self.assertNoneImported(
            "customer.interaction", CALL, self.calls(**{"contact_id/id": "look2"}), 25, text="is no contact of"
        )

    def customers(self, names=(), **bad):
        names = [*CUSTOMER, *names]
        rows = [dict(zip(CUSTOMER, row, strict=True)) for row in self.rows(30)]
        for position, row in enumerate(rows):
            row["phone"] = f"+86 139 0013 8{position:03}"
        rows[25].update(bad)
        return names, [[row.get(name, "") for name in names] for row in rows]

    def test_tax_number_that_another_addon_refuses(self):
        """`base_vat` checks in the same method what each country makes of its tax numbers."""

        def check(partners, country, vat, partner_name="", validation="error"):
            if vat == "DE12345" and validation == "error":
                raise ValidationError(vat)
            return vat, country.code

        self.patch(type(self.env["res.partner"]), "_run_vat_checks", check)
        germany = {"country_id": "Germany", "phone": "+49 30 1234567"}
        names, rows = self.customers(**germany, vat="DE12345")
        self.assertNoneImported("res.partner", names, rows, 25, text="DE12345")
        names, rows = self.customers(**germany, vat="DE123456788")
        self.assertTrue(self.bring("res.partner", names, rows, limit=10)["ids"])

    def test_best_hours(self):
        names = ["customer_hour_from", "customer_hour_to"]
        names, rows = self.customers(names, customer_hour_from="18", customer_hour_to="9")
        self.assertNoneImported("res.partner", names, rows, 25, text="best hours")

    def test_two_segments_of_an_exclusive_dimension(self):
        dimension = self.env["customer.dimension"].create(
            {"name": "Channel", "code": "look", "segment_ids": [Command.create({"name": n}) for n in ("Red", "Blue")]}
        )
        names, rows = self.customers(["customer_segment_ids"], customer_segment_ids="Red,Blue")
        self.assertNoneImported("res.partner", names, rows, 25, text="one segment per customer")
        dimension.is_exclusive = False
        result = self.bring("res.partner", names, rows, limit=10)
        self.assertTrue(result["ids"], result["messages"])

    def test_duplicate_that_the_policy_refuses(self):
        draft = self.draft()
        draft.match_rule_ids.filtered(lambda rule: rule.level == "certain").with_user(self.manager).action = "refuse"
        self.publish(draft)
        names, rows = self.customers(["duplicate_reason"], vat=REAL_CODES[1])
        self.assertNoneImported("res.partner", names, rows, 25, text="looks like “Other”")
        names, rows = self.customers(["duplicate_reason"], vat=REAL_CODES[1], duplicate_reason="A branch")
        self.assertTrue(self.bring("res.partner", names, rows, limit=10)["ids"])

    def test_rows_may_name_earlier_rows_only(self):
        """By external id or by name; a company that is neither in the file nor in the database is a bad row."""
        parents = ["parent_id/id", "customer_holding_id"]
        person = {"is_company": "", "is_customer_record": "", "phone": "", "country_id": ""}
        names, rows = self.customers(parents, **person, **{"parent_id/id": "nowhere"})
        self.assertNoneImported("res.partner", names, rows, 25, text="nowhere")
        names, rows = self.customers(parents, **person, **{"parent_id/id": "x29"})
        self.assertNoneImported("res.partner", names, rows, 25, text="x29")
        names, rows = self.customers(parents, customer_holding_id="Nobody Ltd")
        self.assertNoneImported("res.partner", names, rows, 25, text="Nobody Ltd")
        names, rows = self.customers(parents, **person, **{"parent_id/id": "x3"})
        rows[26][names.index("customer_holding_id")] = "Customer 4"
        partners = self.env["res.partner"].browse(self.bring("res.partner", names, rows, limit=10)["ids"])
        self.assertEqual((partners[25].parent_id, partners[26].customer_holding_id), (partners[3], partners[4]))

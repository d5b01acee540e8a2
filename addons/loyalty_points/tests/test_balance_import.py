"""Points balances from elsewhere: what a file says, and nothing else, is in the ledger, however often it comes."""

from datetime import timedelta

from odoo import Command
from odoo.addons.customer_policy.tests.test_import_history import ImportCommon
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import LoyaltyPointsCommon

MODEL = "loyalty.balance.import"
NAMES = ["partner_id/id", "program_id", "points", "qualifying_points", "expiration_date", "source", "reference"]


class BalanceCommon(ImportCommon, LoyaltyPointsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.new_member("m1", "Longhua Tea")
        cls.next_year = cls.today.replace(month=12, day=31) + timedelta(days=365)

    @classmethod
    def new_member(cls, xid, name, **values):
        partner = cls.new_customer(name, **values)
        cls.name_row(xid, partner)
        if not partner.parent_id:
            cls.buy(partner, 10)
        return partner

    @classmethod
    def name_row(cls, xid, record):
        cls.env["ir.model.data"].create(
            {"module": "__import__", "name": xid, "model": record._name, "res_id": record.id}
        )

    def row(self, **values):
        row = {"partner_id/id": "m1", "program_id": "Members", "points": "500", "qualifying_points": "",
               "expiration_date": "", "source": "pos", "reference": "1", **values}  # fmt: skip
        return [row[name] for name in NAMES]

    def balances(self, *rows, **options):
        result = self.bring(MODEL, NAMES, list(rows), **options)
        self.env.invalidate_all()
        return result

    def card(self, partner=None, program=None):
        return self.env["loyalty.card"]._find_account(program or self.program, partner or self.customer)


@tagged("post_install", "-at_install")
class TestBalanceImport(BalanceCommon):
    def test_opening_lot(self):
        result = self.balances(self.row(qualifying_points="900", expiration_date=str(self.next_year)))
        self.assertFalse(result["messages"])
        card = self.card()
        self.assertEqual((card.points, card.partner_id), (500, self.customer))
        [entry] = self.ledger.search([("card_id", "=", card.id)])
        self.assertEqual(
            (entry.entry_type, entry.points, entry.qualifying_points, entry.expiration_date, entry.is_lot),
            ("opening", 500, 900, self.next_year, True),
        )
        self.assertEqual((entry.user_id, entry.company_id), (self.steward, self.company))
        self.assertEqual((entry.order_model, entry.order_id), (MODEL, result["ids"][0]))
        self.assertIn("pos", entry.reason)
        self.assertEqual(card.history_ids.mapped("issued"), [500], "the customer sees it")
        self.assert_sound(card)

    def test_again_posts_nothing(self):
        rows = [self.row(), self.row(reference="2", points="70.5", expiration_date=str(self.next_year))]
        first = self.balances(*rows)["ids"]
        entries = self.entries(self.card(), "id")
        self.assertEqual(self.balances(*rows)["ids"], first)
        self.assertEqual(self.entries(self.card(), "id"), entries)
        self.assertEqual(self.card().points, 570.5)

    def test_another_figure_posts_the_difference(self):
        """500, then 800, 300, 500 and 300 again: the ledger follows, each time with an entry of its own."""
        for points in ("500", "800", "300", "500", "300"):
            self.assertFalse(self.balances(self.row(points=points))["messages"])
            self.assertEqual(self.card().points, float(points))
            self.assert_sound(self.card())
        self.assertEqual(
            self.entries(self.card()),
            [("opening", 500), ("adjustment", 300), ("adjustment", -500), ("adjustment", 200), ("adjustment", -200)],
        )
        last = self.ledger.search([("card_id", "=", self.card().id)], limit=1)
        for text in ("300", "500", "pos"):
            self.assertIn(text, last.reason)

    def test_what_was_spent_stays_spent(self):
        self.balances(self.row())
        self.post(self.card(), -450)
        self.balances(self.row(points="480"))
        self.assertEqual(self.card().points, 30, "500 - 450 - 20")
        [message] = self.balances(self.row(points="400"), dryrun=True)["messages"]
        self.assertIn("30 points, 80 would be taken", message["message"])
        self.assertEqual(self.card().points, 30)
        self.assert_sound(self.card())

    def test_a_correction_takes_from_its_own_lot(self):
        """Not from the one that would be spent first."""
        soon = self.today + timedelta(days=9)
        self.balances(self.row(expiration_date=str(self.next_year)), self.row(reference="2", expiration_date=str(soon)))
        self.balances(self.row(points="200", expiration_date=str(self.next_year)))
        left = self.env["loyalty.ledger.open"].search([("card_id", "=", self.card().id)])
        self.assertEqual({lot.expiration_date: lot.points for lot in left}, {self.next_year: 200, soon: 500})

    def test_another_day(self):
        """What is left moves to a lot with the new day; what was spent does not come back."""
        soon, later = self.today + timedelta(days=9), self.next_year
        self.balances(self.row(expiration_date=str(soon)))
        self.post(self.card(), -100)
        self.balances(self.row(points="550", expiration_date=str(later)))
        self.assertEqual(self.card().points, 450, "550 - 100")
        [lot] = self.env["loyalty.ledger.open"].search([("card_id", "=", self.card().id)])
        self.assertEqual((lot.points, lot.expiration_date), (450, later))
        self.assert_sound(self.card())

    def test_taken_back_by_zero(self):
        [row_id] = self.balances(self.row(qualifying_points="40"))["ids"]
        row = self.env[MODEL].browse(row_id)
        with self.assertRaises(UserError):
            row.with_user(self.manager).unlink()
        row.with_user(self.steward).write({"points": 0, "qualifying_points": 0})
        self.assertEqual(self.card().points, 0)
        entries = self.ledger.search([("card_id", "=", self.card().id)])
        self.assertEqual(sum(entries.mapped("qualifying_points")), 0)

    def test_policy_says_until_when(self):
        """Without a day: the end of the month in twelve months, as clause 8.2 is shipped."""
        self.balances(self.row())
        [lot] = self.env["loyalty.ledger.open"].search([("card_id", "=", self.card().id)])
        self.assertEqual((lot.expiration_date.year, lot.expiration_date.month), (self.today.year + 1, self.today.month))
        self.assertEqual((lot.expiration_date + timedelta(days=1)).day, 1)

    def test_contacts_have_their_company_s_account(self):
        self.new_member("m2", "Li Min", is_company=False, parent_id=self.customer.id)
        known = self.new_card(25)
        self.balances(self.row(**{"partner_id/id": "m2"}), self.row(reference="2"))
        self.assertEqual(self.card(), known)
        self.assertEqual(known.points, 1025)

    def test_after_a_merge(self):
        """The customers of a file are merged; the file comes again: nothing is new, and corrections still find it."""
        other = self.new_member("m3", "Longhua Tea Ltd")
        rows = [self.row(), self.row(**{"partner_id/id": "m3"}, reference="2", points="60")]
        self.balances(*rows)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.customer | other).ids, self.customer, extra_checks=False)
        self.env.invalidate_all()
        self.assertFalse(self.balances(*rows)["messages"])
        self.assertEqual(self.card().points, 560)
        self.balances(self.row(**{"partner_id/id": "m3"}, reference="2", points="10"))
        self.assertEqual(self.card().points, 510)
        self.assert_sound()

    def test_the_only_program_may_be_left_out(self):
        self.assertFalse(self.balances(self.row(program_id=""))["messages"])
        second = self.new_program("Second")
        [message] = self.balances(self.row(program_id="", reference="2"))["messages"]
        self.assertIn("say which loyalty program", message["message"])
        self.assertFalse(self.balances(self.row(program_id=""))["messages"], "a known row has its program")
        self.assertFalse(self.balances(self.row(program_id="Second", reference="2"))["messages"])
        self.assertEqual((self.card().points, self.card(program=second).points), (500, 500))


@tagged("post_install", "-at_install")
class TestBadBalances(BalanceCommon):
    def assertNoneKept(self, bad, rows=14, **options):
        """A file in batches of ten with `bad` rows ({text of the message: values}) behind some good ones."""
        good = [self.row(reference=f"G{n}") for n in range(rows)]
        rows = [*good, *(self.row(**{"reference": f"B{n}", **values}) for n, values in enumerate(bad.values()))]
        before = self.ledger.search_count([])
        result = self.balances(*rows, limit=10, **options)
        found = {}
        for message in result["messages"]:
            found.setdefault(message["rows"]["from"] if "rows" in message else len(good), message["message"])
        self.assertEqual(list(found), list(range(len(good), len(rows))), found)
        for text, message in zip(bad, found.values(), strict=True):
            self.assertIn(text, message)
        self.assertFalse(result["ids"])
        self.assertFalse(self.env[MODEL].search([]))
        self.assertEqual(self.ledger.search_count([]), before)
        self.assertFalse(self.card())

    def test_bad_rows(self):
        """Each is named with its row and what is wrong, tested or imported; nothing of the others is kept."""
        for xid, partner in (("vendor", self.new_customer("Vendor")), ("own", self.company.partner_id)):
            self.name_row(xid, partner)
        self.new_program("Wallet", program_type="ewallet", applies_on="future")
        self.new_program("Old Club").action_archive()
        bad = {
            "-5 points can't be right": {"points": "-5"},
            "1e+15 points can't be right": {"points": "1e15"},
            "-1 points can't be right": {"qualifying_points": "-1"},
            "the points are missing": {"points": ""},
            "expired on": {"expiration_date": str(self.today - timedelta(days=1))},
            "Nobody's Club": {"program_id": "Nobody's Club"},
            "is no loyalty program": {"program_id": "Wallet"},
            "Old Club": {"program_id": "Old Club"},
            "Vendor is no customer": {"partner_id/id": "vendor"},
            "your own company": {"partner_id/id": "own"},
            "nowhere": {"partner_id/id": "nowhere"},
        }
        self.assertNoneKept(bad, dryrun=True)
        self.assertNoneKept(bad)

    def test_no_number(self):
        """What is no number Odoo's importer says first, with the column and the value."""
        self.assertNoneKept({"NaN": {"points": "NaN"}}, rows=3, dryrun=True)
        self.assertNoneKept({"many": {"points": "many"}}, rows=3, dryrun=True)

    def test_no_number_by_interface(self):
        for points in ("NaN", "inf"):
            [message] = self.env[MODEL].load(NAMES, [self.row(points=points)])["messages"]
            self.assertIn("can't be right", message["message"])
        for points in (float("nan"), -1, 1e11):
            vals = {"partner_id": self.customer.id, "program_id": self.program.id, "reference": "1", "points": points}
            with self.assertRaises(ValidationError):
                self.env[MODEL].create(vals)
        self.assertFalse(self.card())

    def test_whose_it_is_stays(self):
        self.new_member("m4", "Other")
        self.new_program("Second")
        self.balances(self.row())
        for values in ({"partner_id/id": "m4"}, {"program_id": "Second"}):
            [message] = self.balances(self.row(**values))["messages"]
            self.assertIn("use another reference", message["message"])
        row = self.env[MODEL].search([])
        with self.assertRaises(UserError):
            row.with_user(self.steward).card_id = self.new_card(partner=self.new_customer("Third"))
        with self.assertRaises(UserError):
            row.reference = "2"

    def test_a_number_twice(self):
        """The second row with the same number corrects the first, in whichever batch it is."""
        rows = [self.row(reference=f"B{i}", points="10") for i in range(30)]
        rows[25] = self.row(reference="B3", points="4")
        self.assertFalse(self.balances(*rows, limit=10)["messages"])
        self.assertEqual(self.card().points, 284, "28 x 10 + 4")

    def test_account_that_is_over(self):
        self.new_card(5, expiration_date=self.today - timedelta(days=1))
        [message] = self.balances(self.row(), dryrun=True)["messages"]
        self.assertIn("archived, or expired", message["message"])

    def test_program_of_another_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        program = self.new_program("Elsewhere", company_id=other.id)
        with self.assertRaises(UserError):
            self.env[MODEL].create(
                {"partner_id": self.customer.id, "program_id": program.id, "reference": "1", "points": 5}
            )


@tagged("post_install", "-at_install")
class TestBalanceRights(BalanceCommon):
    def test_who_may(self):
        vals = {"partner_id": self.customer.id, "program_id": self.program.id, "points": 5}
        for user in (self.steward, self.manager):
            self.env[MODEL].with_user(user).create({**vals, "reference": user.login})
        self.assertEqual(self.card().points, 10)
        everybody = self.new_user("balance_all", "customer_policy.group_customer_all")
        for user in (everybody, self.seller):
            with self.assertRaises(AccessError):
                self.env[MODEL].with_user(user).create({**vals, "reference": user.login})
        row = self.env[MODEL].with_user(everybody).search([], limit=1)
        self.assertTrue(row)
        with self.assertRaises(AccessError):
            row.points = 1000
        portal = self.new_user("balance_portal", "")
        portal.group_ids = [Command.set(self.env.ref("base.group_portal").ids)]
        with self.assertRaises(AccessError):
            self.env[MODEL].with_user(portal).search([])

    def test_own_customers_only(self):
        self.customer.user_id = self.manager
        self.balances(self.row())
        own = self.new_user("balance_own", "customer_policy.group_customer_user")
        self.assertFalse(self.env[MODEL].with_user(own).search([]))
        self.customer.user_id = own
        self.assertEqual(len(self.env[MODEL].with_user(own).search([])), 1)

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.balances(self.row())
        self.manager.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        rows = self.env[MODEL].with_user(self.manager).with_context(allowed_company_ids=other.ids)
        self.assertFalse(rows.search([]))


@tagged("post_install", "-at_install")
class TestBalanceGuide(BalanceCommon):
    def test_guide(self):
        self.balances(self.row())
        guide = self.env["customer.history.guide"].with_user(self.steward).create({})
        self.assertEqual(guide.balance_count, 1)
        guide = guide.with_context(history_step="balances")
        self.assertEqual(guide.action_import()["params"]["active_model"], MODEL)
        self.assertIn("/loyalty_points/static/xls/balances_en.xlsx", guide.action_download()["url"])
        [template] = self.env[MODEL].with_context(lang="zh_CN").get_import_templates()
        self.assertEqual(template["template"], "/loyalty_points/static/xls/balances_zh.xlsx")

    def test_template(self):
        """The example rows, after those of the customers: 350 + 80 in two lots; in Chinese nothing is new."""
        for language in ("en", "zh"):
            self.check_template("customers", "res.partner", "customer_policy", language)
            self.check_template("balances", MODEL, "loyalty_points", language)
        customer = self.env["res.partner"].search([("name", "=", "王强")])
        self.assertEqual(self.card(customer).points, 430)
        self.assertEqual(
            [entry[:2] for entry in self.entries(self.card(customer))], [("opening", 350), ("opening", 80)]
        )


@tagged("post_install", "-at_install")
class TestBalanceBatches(BalanceCommon):
    """The number of queries does not depend on the number of rows, but for what Odoo itself does row by row: it looks
    each external id up, and inserts a hundred rows at a time."""

    def queries(self, begin, number, points):
        rows = [self.row(**{"partner_id/id": f"q{n}"}, reference=f"Q{n}", points=points)
                for n in range(begin, begin + number)]  # fmt: skip
        # As the web client's import does it: names are looked up once per file.
        balances = self.env[MODEL].with_user(self.steward).with_context(customer_import_names={})
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = balances.load(NAMES, rows)
        self.env.flush_all()
        self.assertFalse(result["messages"])
        return self.env.cr.sql_log_count - before

    def test_constant_queries(self):
        partners = self.env["res.partner"].create([{"name": f"Q {n}", "is_company": True} for n in range(560)])
        self.env["ir.model.data"].create(
            [
                {"module": "__import__", "name": f"q{n}", "model": "res.partner", "res_id": partner.id}
                for n, partner in enumerate(partners)
            ]
        )
        partners._mark_customer()
        self.queries(0, 10, "5")
        few, many = self.queries(10, 50, "5"), self.queries(60, 500, "5")
        self.assertLessEqual(many - few, 450 + 20, "new rows")
        few, many = self.queries(10, 50, "7"), self.queries(60, 500, "7")
        self.assertLessEqual(many - few, 450 + 20, "rows that differ")
        cards = self.env["loyalty.card"].search([("partner_id", "in", partners[10:].ids)])
        self.assertEqual((len(cards), set(cards.mapped("points"))), (550, {7.0}))

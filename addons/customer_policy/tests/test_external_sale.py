from odoo.exceptions import ValidationError
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import CustomerPolicyCommon

FIELDS = ["partner_id", "date", "source", "reference", "amount"]


class TestExternalSale(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.new_customer("Imported Co")
        cls.steward = cls.new_user("steward", "customer_policy.group_data_steward,base.group_partner_manager")
        cls.sales = cls.env["customer.external.sale"]

    def load(self, rows, fields=FIELDS):
        result = self.sales.with_user(self.steward).with_context(import_file=True).load(fields, rows)
        self.env.invalidate_all()
        return result

    def test_import_twice_counts_once(self):
        rows = [["Imported Co", "2025-01-10", "old", "A1", "100"], ["Imported Co", "2025-02-10", "old", "A2", "50"]]
        first = self.load(rows)
        self.assertFalse(first["messages"])
        written = self.sales.browse(first["ids"])
        stamps = written.mapped("write_date")
        self.assertEqual(self.load(rows)["ids"], first["ids"])
        self.assertEqual(written.mapped("write_date"), stamps)
        self.assertEqual(self.sales.search_count([("source", "=", "old")]), 2)

    def test_changed_rows_are_updated(self):
        self.load([["Imported Co", "2025-01-10", "old", "A1", "100"]])
        result = self.load(
            [["Imported Co", "2025-01-10", "old", "A1", "120"], ["Imported Co", "2025-03-01", "old", "A3", "7"]]
        )
        self.assertFalse(result["messages"])
        sales = self.sales.search([("source", "=", "old")], order="reference")
        self.assertEqual(sales.mapped("amount"), [120.0, 7.0])

    def test_unchanged_rows_are_not_written(self):
        self.load([["Imported Co", "2025-01-10", "old", "A1", "100"]])
        writes = []
        self.patch(type(self.sales), "write", lambda record, vals: writes.append(vals))
        self.load([["Imported Co", "2025-01-10", "old", "A1", "100"]])
        self.assertFalse(writes)

    def test_default_source(self):
        fields = ["partner_id", "date", "reference", "amount"]
        row = ["Imported Co", "2025-01-10", "D1", "100"]
        self.assertEqual(self.load([row], fields)["ids"], self.load([row], fields)["ids"])

    def test_each_bad_row_says_why(self):
        with mute_logger("odoo.sql_db"):
            result = self.load(
                [
                    ["Imported Co", "2025-01-10", "old", "A1", "100"],
                    ["Nobody Knows Them", "2025-01-10", "old", "A2", "100"],
                    ["Imported Co", "2025-13-40", "old", "A3", "100"],
                    ["Imported Co", "2025-01-10", "old", "A4", "a lot"],
                ]
            )
        self.assertFalse(result["ids"])
        self.assertEqual({message["record"] for message in result["messages"]}, {1, 2, 3})
        self.assertIn("Nobody Knows Them", result["messages"][0]["message"])
        self.assertFalse(self.sales.search([("source", "=", "old")]), "nothing is half imported")

    def test_implausible_rows(self):
        result = self.load([["Imported Co", "2999-01-01", "old", "A1", "100"]])
        self.assertIn("future", result["messages"][0]["message"])
        result = self.load([["Imported Co", "2025-01-01", "old", "A1", "1e15"]])
        self.assertIn("can't be right", result["messages"][0]["message"])

    def test_negative_amount_is_a_return(self):
        self.load([["Imported Co", "2025-01-01", "old", "A1", "-30"]])
        self.run_all()
        profile = self.profile(self.customer)
        self.assertEqual((profile.revenue_total, profile.purchase_count), (-30.0, 0))

    def test_dry_run_leaves_nothing(self):
        text = (
            "Customer,Date,Source,Reference,Untaxed Amount\nImported Co,2025-01-10,old,A1,100\nWho,2025-01-10,old,A2,1"
        )
        wizard = (
            self.env["base_import.import"]
            .with_user(self.steward)
            .create(
                {
                    "res_model": "customer.external.sale",
                    "file": text.encode(),
                    "file_type": "text/csv",
                    "file_name": "a.csv",
                }
            )
        )
        options = {"quoting": '"', "separator": ",", "has_headers": True, "date_format": "%Y-%m-%d"}
        preview = wizard.parse_preview(options)
        self.assertEqual(len(preview["matches"]), 5, "the headers of the list are recognised")
        with mute_logger("odoo.sql_db"):
            result = wizard.execute_import(FIELDS, FIELDS, options, dryrun=True)
        self.assertEqual({message["record"] for message in result["messages"]}, {1})
        self.assertFalse(self.sales.search([("source", "=", "old")]))

    def test_unique_by_api_too(self):
        self.buy(self.customer, 1, reference="X1")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.buy(self.customer, 1, reference="X1")

    def test_own_company_is_no_customer(self):
        with self.assertRaises(ValidationError):
            self.buy(self.company.partner_id, 5)

"""What is suggested to whom, and why in words."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.addons.customer_insight.engine import association
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .products_common import ProductsCommon


@tagged("post_install", "-at_install")
class TestSuggestions(ProductsCommon):
    def test_pair_with_its_figures(self):
        self.boards_with_chips()
        self.find()
        pair = self.env["customer.product.pair"].search(
            [("company_id", "=", self.company.id), ("product_id", "=", self.board.id)]
        )
        self.assertEqual((pair.other_id, pair.together, pair.purchases, pair.total), (self.chip, 12, 12, 24))
        self.assertAlmostEqual(pair.lift, 2)
        # Clopper and Pearson for 12 of 12: 0.05 ^ (1 / 12).
        self.assertAlmostEqual(pair.low, 0.05 ** (1 / 12), 6)
        self.use("pair", "usual")
        new = self.new_customer("New")
        self.purchase(new, self.board, 10)
        row = self.suggested(new)[0]
        self.assertEqual((row["product"], row["kind"]), (self.chip, "pair"))
        self.assertIn("Board in 12 of 12 purchases (12 customers), 2.0 ×", row["reason"])

    def test_statistics_wait_for_the_evaluation(self):
        self.boards_with_chips()
        self.find()
        new = self.new_customer("New")
        self.purchase(new, self.board, 10)
        kinds = {row["kind"] for row in self.suggested(new)}
        self.assertEqual(kinds, {"popular"})

    def test_own_habit(self):
        customer = self.new_customer("Regular")
        for days in (70, 40, 10):
            self.purchase(customer, self.chip, days)
        self.purchase(customer, self.board, 10)
        row = self.suggested(customer)[0]
        self.assertEqual((row["product"], row["kind"], row["count"], row["total"]), (self.chip, "usual", 3, 3))
        # Weights of 10, 40 and 70 days at a half-life of 90, beside 3 purchases of others, who never bought it.
        weight = sum(0.5 ** (days / 90) for days in (10, 40, 70))
        self.assertAlmostEqual(row["score"], weight / (weight + 3))
        self.assertIn("In 3 of 3 purchases", row["reason"])
        self.assertIn("every 30 days", row["reason"])

    def test_not_what_was_bought_recently(self):
        """Every 30 days, last 8 days ago: less than 0.3 of the interval. Every 20 days, last 8 ago: more."""
        customer = self.new_customer("Just Here")
        for days in (68, 38, 8):
            self.purchase(customer, self.chip, days)
        for days in (48, 28, 8):
            self.purchase(customer, self.cable, days)
        self.find()
        self.assertEqual([row["product"] for row in self.suggested(customer)], [self.cable])

    def test_enquiry_raises(self):
        """A quotation that was not ordered, and a code in an opportunity; each adds a quarter."""
        customer = self.new_customer("Asker")
        self.purchase(customer, self.board, 20)
        order = self.env["sale.order"].create(
            {"partner_id": customer.id, "company_id": self.company.id,
             "order_line": [Command.create({"product_id": self.cable.id})]}
        )  # fmt: skip
        self.env["crm.lead"].create(
            {"name": "Needs code-nothing, CODE-cable!", "partner_id": customer.id, "company_id": self.company.id}
        )
        row = self.suggested(customer)[0]
        self.assertEqual((row["product"], row["kind"], row["count"]), (self.cable, "enquiry", 2))
        self.assertAlmostEqual(row["score"], 0.5)
        order.action_confirm()
        order.date_order = order.date_order + timedelta(seconds=5)
        self.assertNotIn(self.cable, [row["product"] for row in self.suggested(customer)], "both are answered")

    def test_enquiry_ends_with_the_purchase(self):
        """An order of another company answers nothing, an invoice does."""
        customer = self.new_customer("Asker")
        self.env["crm.lead"].create(
            {"name": "Needs CODE-cable!", "partner_id": customer.id, "company_id": self.company.id}
        )
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids |= elsewhere
        order = self.env["sale.order"].with_company(elsewhere).create(
            {"partner_id": customer.id, "company_id": elsewhere.id,
             "order_line": [Command.create({"product_id": self.cable.id})]}
        )  # fmt: skip
        order.action_confirm()
        self.assertEqual([row["product"] for row in self.suggested(customer)], [self.cable])
        self.purchase(customer, self.cable, 0)
        self.assertEqual(self.suggested(customer), [])

    def test_all_reasons_of_a_raised_product(self):
        """Asked for once, and bought with boards: both add up, and both are told."""
        self.boards_with_chips()
        self.find()
        self.use("pair", "usual")
        customer = self.new_customer("Asker")
        self.purchase(customer, self.board, 10)
        alone = self.suggested(customer)[0]
        self.env["crm.lead"].create(
            {"name": "Needs CODE-chip", "partner_id": customer.id, "company_id": self.company.id}
        )
        row = self.suggested(customer)[0]
        self.assertEqual((row["product"], row["kind"]), (self.chip, "enquiry"))
        self.assertAlmostEqual(row["score"], min(alone["score"] + 0.25, 1))
        self.assertRegex(row["reason"], r"^Asked for 1 ×, .* not ordered since\. Bought with .*Board in 12 of 12")

    def test_exclusion_is_a_rule(self):
        customer = self.new_customer("Regular")
        for days in (70, 40, 10):
            self.purchase(customer, self.chip | self.cable, days)
        draft = self.draft()
        clause = draft.clause_ids.filtered(lambda clause: clause.number == "7.6")
        rule = {"policy_id": draft.id, "clause_id": clause.id, "name": "End of life"}
        self.env["customer.suggestion.exclusion"].create({**rule, "product_domain": f"[('id', '=', {self.chip.id})]"})
        self.env["customer.suggestion.exclusion"].create(
            {**rule, "product_domain": f"[('id', '=', {self.cable.id})]", "partner_domain": "[('name', '=', 'Other')]"}
        )
        everywhere, some = draft.suggestion_exclusion_ids.sorted("id")
        self.assertEqual((everywhere.partner_text, some.partner_text), ("all", "Name is “Other”"))
        self.assertIn("Chip", everywhere.product_text, "conditions in words")
        with self.assertRaises(ValidationError):
            self.env["customer.suggestion.exclusion"].create({**rule, "product_domain": "[('no_field', '=', 1)]"})
        self.publish(draft)
        products = [row["product"] for row in self.suggested(customer)]
        self.assertNotIn(self.chip, products)
        self.assertIn(self.cable, products)

    def test_not_sold_or_archived(self):
        customer = self.new_customer("Regular")
        for days in (70, 40, 10):
            self.purchase(customer, self.chip | self.cable | self.case, days)
        self.chip.sale_ok = False
        self.cable.active = False
        self.assertEqual([row["product"] for row in self.suggested(customer)], [self.case])

    def test_least_margin(self):
        customer = self.new_customer("Regular")
        for days in (70, 40, 10):
            self.purchase(customer, self.chip | self.cable, days)
        draft = self.draft()
        figure = self.env["customer.policy.parameter"].search(
            [("policy_id", "=", draft.id), ("key", "=", "suggestion_min_margin")]
        )
        figure.value = 0.45
        self.cable.with_company(self.company).standard_price = 50  # 50 % of 100; the chip costs 60
        self.chip.with_company(self.company).standard_price = 60
        self.publish(draft)
        self.assertEqual([row["product"] for row in self.suggested(customer)], [self.cable])

    def test_refund_and_future(self):
        customer = self.new_customer("Returner")
        for days in (70, 40, 10):
            self.purchase(customer, self.chip, days)
            self.purchase(customer, self.chip, days, quantity=-1)
        for days in (5, 10):
            self.purchase(customer, self.cable, days)
        # Entry refuses the future; other programs may write it.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE customer_external_sale SET date = %s + id %% 7 WHERE product_id = %s",
            [self.today + timedelta(days=1), self.cable.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.suggested(customer), [])
        self.assertEqual(self.env["customer.product.rhythm"]._refresh(self.company), 0)

    def test_no_history(self):
        self.assertEqual(self.suggested(self.new_customer("Nobody")), [])
        self.assertEqual(self.find(), 0)
        rows = self.evaluations._refresh(self.company, self.today)
        self.assertEqual(rows.mapped("cases"), [0, 0, 0])
        self.assertEqual(rows.filtered("is_used").mapped("kind"), ["usual"])

    def test_one_day_of_history(self):
        """Ten customers who all bought on one day: no rhythm, no method is judged, demand is an average or nothing."""
        for n in range(10):
            self.purchase(self.new_customer(f"C{n}"), self.board | self.chip, 40)
        customer = self.new_customer("New")
        self.purchase(customer, self.cable, 40)
        rows = self.evaluations._refresh_all(self.company)
        self.assertEqual((rows.mapped("cases"), rows.filtered("is_used").mapped("kind")), ([0, 0, 0], ["usual"]))
        self.assertEqual(self.env["customer.product.rhythm"]._refresh(self.company), 0)
        kinds = {row["kind"] for row in self.suggested(customer)}
        self.assertEqual(kinds, {"popular"})
        series = self.env["customer.demand.series"]
        series._list(self.company)
        found = series.search([("company_id", "=", self.company.id)])
        found._forecast()
        self.assertLessEqual(set(found.mapped("method")), {"average"})

    def test_without_scipy(self):
        """No pairs are searched, the log says so, and popularity is shown."""
        self.boards_with_chips()
        with (
            patch.object(association, "sparse", None),
            self.assertLogs("odoo.addons.customer_insight.models.customer_product_pair", "WARNING") as logs,
        ):
            rows = self.evaluations._refresh_all(self.company)
        self.assertIn("SciPy is missing", logs.output[0])
        self.assertEqual(rows.filtered("is_used").mapped("kind"), ["usual"])
        customer = self.new_customer("New")
        self.purchase(customer, self.board, 10)
        self.assertEqual({row["kind"] for row in self.suggested(customer)}, {"popular"})

    def test_one_product_20000_purchases(self):
        customer = self.new_customer("Machine")
        self.env.cr.execute(
            """INSERT INTO customer_external_sale (partner_id, company_id, date, amount, quantity, product_id, source,
                      reference)
               SELECT %s, %s, %s::date - (n %% 300), 1, 1, %s, 'test', 'M' || n FROM generate_series(0, 19999) n""",
            [customer.id, self.company.id, self.today, self.chip.id],
        )
        self.assertEqual(self.find(), 0)
        self.env["customer.product.rhythm"]._refresh(self.company)
        rhythm = self.env["customer.product.rhythm"].search([("partner_id", "=", customer.id)])
        self.assertEqual((rhythm.times, rhythm.gap_days), (300, 1))
        self.assertEqual(self.suggested(customer), [])

    def test_few_queries(self):
        self.boards_with_chips()
        self.find()
        self.use("pair", "usual", "basket")
        customer = self.new_customer("Regular")
        for days in (70, 40, 10):
            self.purchase(customer, self.board | self.cable, days)
        self.env.flush_all()
        self.env.invalidate_all()
        self.suggested(customer)
        count = []
        for _round in range(2):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.suggested(customer)
            count.append(self.env.cr.sql_log_count - before)
        # One statement for all suggestions; company, user and their settings are read by core.
        self.assertLessEqual(max(count), 5)

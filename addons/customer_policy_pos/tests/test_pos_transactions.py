"""Orders of the point of sale, made as the counter makes them: each sale counts once, untaxed, in company currency."""

from datetime import timedelta

from odoo import Command, fields
from odoo.addons.customer_policy.models.customer_transaction import TransactionRestriction
from odoo.addons.point_of_sale.tests.common import TestPoSCommon
from odoo.tests import new_test_user, tagged


@tagged("post_install", "-at_install")
class TestPosTransactions(TestPoSCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for group in ("customer_policy.group_customer_manager", "sales_team.group_sale_manager"):
            cls.env.user.group_ids += cls.env.ref(group)
        cls.company.customer_policy_tz = "UTC"
        cls.config = cls.basic_config
        cls.tea = cls.create_product("Tea", cls.categ_basic, 10.0)
        cls.taxed = cls.create_product("Taxed Tea", cls.categ_basic, 100.0, tax_ids=cls.taxes["tax7"].ids)
        cls.transactions = cls.env["customer.transaction"]

    def setUp(self):
        super().setUp()
        self.open_new_session()

    def sell(self, *lines, customer=None, days_ago=0, invoiced=False, **values):
        order_data = self.create_ui_order_data(
            list(lines),
            customer=self.customer if customer is None else customer,
            is_invoiced=invoiced,
            payments=values.pop("payments", None),
            pos_order_ui_args={
                "date_order": fields.Datetime.to_string(fields.Datetime.now() - timedelta(days=days_ago)),
                **values,
            },
        )
        [row] = self.env["pos.order"].sync_from_ui([order_data])["pos.order"]
        return self.env["pos.order"].browse(row["id"])

    def take_back(self, order, quantity=None):
        """A return at the counter, of all or of so many pieces of the first line."""
        back = self.env["pos.order"].browse(order.refund()["res_id"])
        if quantity:
            back.lines[1:].unlink()
            back.lines.qty = -quantity
            back.lines._onchange_amount_line_all()
            back._compute_prices()
        self.make_payment(back, self.cash_pm1, back.amount_total)
        return back

    def rows(self, partner=None):
        self.env.flush_all()
        return self.transactions.search([("partner_id", "=", (partner or self.customer).id)])

    def profile(self, partner=None, company=None):
        company = company or self.company
        self.env["customer.policy.engine"]._run(company)
        return self.env["customer.profile"].search(
            [("partner_id", "=", (partner or self.customer).id), ("company_id", "=", company.id)]
        )

    def test_untaxed(self):
        order = self.sell((self.taxed, 2), (self.tea, 1))
        self.assertAlmostEqual(order.amount_total, 224.0)  # 2 · 100 · 1.07 + 10
        row = self.rows()
        self.assertEqual((row.amount, row.kind, row.document_id), (210.0, "pos", order.id))
        self.assertEqual(row.date, order.date_order.date())
        self.assertEqual(row.action_open_document()["res_id"], order.id)
        profile = self.profile()
        self.assertEqual((profile.revenue_total, profile.purchase_count), (210.0, 1))

    def test_engine_by_hand(self):
        """Three purchases of 30, 50 and 100 on three days."""
        self.sell((self.tea, 3), days_ago=20)
        self.sell((self.tea, 5), days_ago=10)
        self.sell((self.taxed, 1))
        profile = self.profile()
        self.assertEqual((profile.purchase_count, profile.revenue_total, profile.revenue_12m), (3, 180.0, 180.0))
        self.assertEqual((profile.avg_purchase_value, profile.avg_interval_days), (60.0, 10.0))
        today = self.company._customer_policy_today()
        self.assertEqual((profile.first_purchase_date, profile.last_purchase_date), (today - timedelta(days=20), today))
        self.assertEqual(profile.lifecycle_stage, "repeat")

    def test_open_session_counts_and_closing_changes_nothing(self):
        self.sell((self.tea, 1))
        before = self.rows().read(["id", "amount", "date", "purchase_key"])
        self.assertEqual(self.pos_session.state, "opened")
        self.pos_session.post_closing_cash_details(self.pos_session.cash_register_balance_end)
        self.pos_session.close_session_from_ui()
        self.assertEqual(self.pos_session.state, "closed")
        self.env.invalidate_all()
        self.assertEqual(self.rows().read(["id", "amount", "date", "purchase_key"]), before)

    def test_not_sold(self):
        self.sell((self.tea, 1), state="draft", payments=[])
        self.sell((self.tea, 1), customer=False)
        self.assertFalse(self.rows())
        self.assertFalse(self.env["customer.transaction"].search([("partner_id", "=", False)]))

    def test_invoiced_order_counts_once(self):
        order = self.sell((self.taxed, 1), invoiced=True)
        self.assertEqual(order.account_move.state, "posted")
        row = self.rows()
        self.assertEqual((row.amount, row.kind, row.document_id), (100.0, "invoice", order.account_move.id))
        profile = self.profile()
        self.assertEqual((profile.purchase_count, profile.revenue_total), (1, 100.0))

    def test_invoiced_later(self):
        order = self.sell((self.taxed, 1), (self.tea, 1))
        self.assertEqual(self.rows().mapped("kind"), ["pos"])
        order.action_pos_order_invoice()
        self.env.invalidate_all()
        self.assertEqual(self.rows().mapped("kind"), ["invoice"])
        self.assertEqual(self.rows().amount, 110.0)

    def test_return_takes_the_purchase_back(self):
        order = self.sell((self.taxed, 1), days_ago=5)
        self.sell((self.tea, 1), days_ago=2)
        back = self.take_back(order)
        self.assertLess(back.amount_total, 0)
        rows = self.rows()
        self.assertEqual(sorted(rows.mapped("amount")), [-100.0, 10.0, 100.0])
        returned = rows.filtered(lambda row: row.kind == "pos_return")
        self.assertEqual((returned.document_id, returned.amount), (back.id, -100.0))
        original = rows.filtered(lambda row: row.document_id == order.id)
        self.assertEqual(returned.purchase_key, original.purchase_key)
        profile = self.profile()
        self.assertEqual((profile.purchase_count, profile.revenue_total), (1, 10.0))

    def test_part_of_a_purchase_is_returned(self):
        order = self.sell((self.tea, 5))
        self.take_back(order, quantity=2)
        profile = self.profile()
        self.assertEqual((profile.purchase_count, profile.revenue_total, profile.avg_purchase_value), (1, 30.0, 30.0))

    def test_quotation_settled_at_the_counter(self):
        """The order, its return and an invoice of the same quotation are one purchase."""
        lines = self.env["pos.order.line"]
        if "sale_order_origin_id" not in lines._fields:
            self.skipTest("Odoo's bridge from sales to the point of sale is not installed")
        quotation = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.tea.id, "product_uom_qty": 3, "price_unit": 10})],
            }
        )
        quotation.action_confirm()
        order = self.sell((self.tea, 1))
        order.lines.sale_order_origin_id = quotation
        quotation.order_line.product_id.invoice_policy = "order"
        invoice = quotation._create_invoices()
        invoice.invoice_date = self.company._customer_policy_today()
        invoice.action_post()
        self.assertEqual(len(self.rows()), 2)
        self.assertEqual(len(set(self.rows().mapped("purchase_key"))), 1)
        self.assertEqual(self.profile().purchase_count, 1)

    def test_contact_counts_for_its_company(self):
        buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        self.sell((self.tea, 1), customer=buyer)
        self.assertEqual(self.rows().amount, 10.0)
        other = self.env["res.partner"].create({"name": "New Employer", "is_company": True})
        buyer.parent_id = other
        self.env.flush_all()
        self.assertEqual(self.rows(other).amount, 10.0)
        self.assertFalse(self.rows())

    def test_another_currency(self):
        """0.5 of the other currency are 1 of the company's: what costs 5.00 there counts 10.00."""
        self.config = self.other_currency_config
        self.open_new_session()
        order = self.sell((self.tea, 3))
        self.assertEqual((order.amount_total, order.currency_rate), (15.0, 0.5))
        self.assertEqual(self.rows().amount, 30.0)
        lines = self.env["customer.transaction.line"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(lines.amount, 30.0)

    def test_lines_add_up_to_the_order(self):
        order = self.sell((self.taxed, 2, 10.0), (self.tea, 3))
        back = self.take_back(self.sell((self.tea, 4)))
        lines = self.env["customer.transaction.line"].search([("partner_id", "=", self.customer.id)])
        for document, expected in (
            (order, {self.taxed: (2, 180.0), self.tea: (3, 30.0)}),
            (back, {self.tea: (-4, -40.0)}),
        ):
            row = self.rows().filtered(lambda r, d=document: r.document_id == d.id)
            found = lines.filtered(lambda line, r=row: line.transaction_id == r)
            self.assertEqual({line.product_id: (line.quantity, line.amount) for line in found}, expected)
            self.assertAlmostEqual(sum(found.mapped("amount")), row.amount)
            self.assertEqual(found.category_id, self.categ_basic)

    def test_day_of_the_policys_time_zone(self):
        order = self.sell((self.tea, 1))
        order.date_order = "2026-03-01 20:00:00"
        self.assertEqual(str(self.rows().date), "2026-03-01")
        self.company.customer_policy_tz = "Asia/Shanghai"
        self.env.invalidate_all()
        self.assertEqual(str(self.rows().date), "2026-03-02")

    def test_companies_apart(self):
        self.sell((self.tea, 1))
        other = self.env["res.company"].create({"name": "Other Shop"})
        self.env.user.company_ids += other
        self.assertEqual(self.profile().revenue_total, 10.0)
        self.assertFalse(self.profile(company=other))
        outsider = new_test_user(
            self.env,
            "outsider",
            "base.group_user,customer_policy.group_customer_all",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.transactions.with_user(outsider).search([("partner_id", "=", self.customer.id)]))

    def test_all_at_once_and_one_by_one(self):
        """The two ways to find the key agree."""
        order = self.sell((self.tea, 5))
        self.sell((self.tea, 1))
        self.take_back(order, quantity=2)
        self.env.flush_all()

        def keys(restriction):
            query = self.transactions._sources(restriction)["pos"]
            return sorted((row[0], row[7]) for row in self.env.execute_query(query) if row[1] == self.customer.id)

        everybody = keys(TransactionRestriction(self.company.id))
        self.assertEqual(keys(TransactionRestriction(self.company.id, self.customer.ids)), everybody)
        self.assertEqual(keys(None), everybody)
        self.assertEqual(sum(key is None for _id, key in everybody), 1)

    def test_ids_are_stable_and_apart(self):
        first = self.sell((self.tea, 1))
        invoiced = self.sell((self.tea, 2), invoiced=True)
        row = self.rows().filtered(lambda r: r.document_id == first.id and r.kind == "pos")
        self.assertEqual(len(set(self.rows().ids)), 2)
        self.sell((self.tea, 3))
        self.assertIn(row, self.rows())
        self.assertEqual(self.rows().filtered(lambda r: r.kind == "invoice").document_id, invoiced.account_move.id)

    def test_incremental_run_finds_changed_orders(self):
        run = self.env["customer.policy.run"]
        run.sudo().create(
            {"company_id": self.company.id, "kind": "full", "state": "done", "date_start": self.env.cr.now()}
        )
        self.env.cr.execute("UPDATE res_partner SET write_date = '2020-01-01'")
        self.assertNotIn(self.customer.id, run._changed_partners(self.company))
        self.sell((self.tea, 1))
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET write_date = '2020-01-01'")
        self.assertIn(self.customer.id, run._changed_partners(self.company))
        self.env["customer.policy.engine"]._run(self.company)
        self.sell((self.tea, 2))
        self.env["customer.policy.engine"]._run(self.company, self.customer.ids)
        profile = self.env["customer.profile"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual((profile.purchase_count, profile.revenue_total), (2, 30.0))

"""Transactions from real invoices: every document counts once, in company currency."""

from datetime import timedelta

from odoo import Command
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestTransactions(AccountTestInvoicingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        for group in ("customer_policy.group_customer_manager", "sales_team.group_sale_manager"):
            cls.env.user.group_ids += cls.env.ref(group)
        cls.today = cls.company._customer_policy_today()
        cls.customer = cls.env["res.partner"].create({"name": "Invoiced Ltd", "is_company": True})
        cls.transactions = cls.env["customer.transaction"]

    def invoice(self, amount, days_ago=0, *, partner=None, move_type="out_invoice", post=True, **values):
        date = self.today - timedelta(days=days_ago)
        line = Command.create(
            {"name": "Goods", "quantity": 2, "price_unit": amount / 2, "tax_ids": self.tax_sale_a.ids}
        )
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": (partner or self.customer).id,
                "invoice_date": date,
                "date": date,
                "invoice_line_ids": [line],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    def profile(self, partner=None):
        self.env["customer.policy.engine"]._run(self.company)
        return self.env["customer.profile"].search(
            [("partner_id", "=", (partner or self.customer).id), ("company_id", "=", self.company.id)]
        )

    def rows(self):
        return self.transactions.search([("partner_id", "=", self.customer.id)])

    def test_untaxed_and_signed(self):
        invoice = self.invoice(100, 10)
        self.invoice(40, 5, move_type="out_refund")
        self.invoice(999, 3, post=False)
        self.assertEqual(self.rows().mapped("amount"), [-40.0, 100.0])
        self.assertEqual(self.rows().mapped("kind"), ["refund", "invoice"])
        self.assertEqual(self.rows()[1].reference, invoice.name)
        self.assertEqual(self.rows()[1].action_open_document()["res_id"], invoice.id)
        self.assertEqual(self.profile().revenue_total, 60.0)

    def test_ids_are_stable(self):
        first = self.invoice(100, 10)
        row = self.transactions.search([("document_id", "=", first.id), ("document_model", "=", "account.move")])
        self.invoice(50, 20)
        self.env["customer.external.sale"].create(
            {"partner_id": self.customer.id, "date": self.today, "amount": 3, "reference": "stable"}
        )
        self.assertEqual(row, self.transactions.search([("document_id", "=", first.id), ("kind", "=", "invoice")]))
        row.invalidate_recordset()
        self.assertEqual(row.amount, 100)
        self.assertEqual(len(set(self.rows().ids)), 3)

    def test_credit_note_takes_the_purchase_back(self):
        invoice = self.invoice(100, 20)
        self.invoice(30, 10)
        self.assertEqual(self.profile().purchase_count, 2)
        invoice._reverse_moves([{"date": self.today, "invoice_date": self.today}], cancel=True)
        profile = self.profile()
        self.assertEqual((profile.purchase_count, profile.revenue_total), (1, 30.0))
        self.assertEqual(profile.last_purchase_date, self.today - timedelta(days=10))

    def test_partial_credit_note(self):
        invoice = self.invoice(100, 20)
        refund = invoice._reverse_moves([{"date": self.today, "invoice_date": self.today}])
        refund.invoice_line_ids.write({"quantity": 1, "price_unit": 25})
        refund.action_post()
        profile = self.profile()
        self.assertEqual((profile.purchase_count, profile.revenue_total, profile.avg_purchase_value), (1, 75.0, 75.0))

    def test_cancelled_and_redrafted(self):
        invoice = self.invoice(100, 20)
        self.assertEqual(self.profile().revenue_total, 100.0)
        invoice.button_draft()
        self.assertFalse(self.rows())
        invoice.invoice_line_ids.write({"price_unit": 70})
        invoice.action_post()
        self.assertEqual(self.profile().revenue_total, 140.0)
        invoice.button_draft()
        invoice.button_cancel()
        self.assertFalse(self.rows())

    def test_foreign_currency(self):
        currency = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        self.invoice(100, 5, currency_id=currency.id)
        self.assertEqual(self.profile().revenue_total, 50.0)

    def test_order_invoiced_in_parts_counts_once(self):
        product = self.env["product.product"].create({"name": "Part", "invoice_policy": "delivery", "type": "service"})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": 10, "price_unit": 10, "tax_ids": False}
                    )
                ],
            }
        )
        order.action_confirm()
        for delivered in (4, 10):
            order.order_line.qty_delivered = delivered
            order._create_invoices().action_post()
        self.assertEqual(len(self.rows()), 2)
        profile = self.profile()
        self.assertEqual((profile.purchase_count, profile.revenue_total), (1, 100.0))

    def test_retyped_credit_note_belongs_to_its_invoice(self):
        product = self.env["product.product"].create({"name": "Typed", "invoice_policy": "order", "type": "service"})
        line = Command.create({"product_id": product.id, "product_uom_qty": 1, "price_unit": 80, "tax_ids": False})
        order = self.env["sale.order"].create({"partner_id": self.customer.id, "order_line": [line]})
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        refund = invoice._reverse_moves([{"date": self.today, "invoice_date": self.today}])
        refund.invoice_line_ids = [
            Command.clear(),
            Command.create({"name": "Typed by hand", "quantity": 1, "price_unit": 80, "tax_ids": False}),
        ]
        refund.action_post()
        self.assertEqual((self.profile().revenue_total, self.profile().purchase_count), (0.0, 0))

    def test_down_payment_counts_once(self):
        product = self.env["product.product"].create({"name": "Whole", "invoice_policy": "order", "type": "service"})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": 1, "price_unit": 200, "tax_ids": False}
                    )
                ],
            }
        )
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].with_context(active_ids=order.ids, active_model="sale.order")
        wizard.create({"advance_payment_method": "percentage", "amount": 50}).create_invoices()
        order.invoice_ids.action_post()
        self.assertEqual(self.profile().revenue_total, 100.0)
        wizard.create({"advance_payment_method": "delivered"}).create_invoices()
        order.invoice_ids.filtered(lambda move: move.state == "draft").action_post()
        profile = self.profile()
        self.assertEqual((profile.purchase_count, profile.revenue_total), (1, 200.0))

    def test_contact_counts_for_its_company(self):
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        self.invoice(100, 5, partner=contact)
        self.assertEqual(self.profile().revenue_total, 100.0)
        other = self.env["res.partner"].create({"name": "New Employer", "is_company": True})
        contact.parent_id = other
        self.invoice(10, 1, partner=contact)
        self.assertEqual(self.profile().revenue_total, 100.0, "the debtor of the old invoice has not changed")
        self.assertEqual(self.profile(other).revenue_total, 10.0)

    def test_overdue_and_days_to_pay(self):
        self.invoice(100, 60, invoice_date_due=self.today - timedelta(days=30), invoice_payment_term_id=False)
        paid = self.invoice(50, 40, invoice_payment_term_id=False)
        payment = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=paid.ids)
        payment.create({"payment_date": self.today - timedelta(days=15)})._create_payments()
        profile = self.profile()
        # Taxes are part of what is owed: 15 % on 100.
        self.assertAlmostEqual(profile.overdue_amount, 100 * (1 + self.tax_sale_a.amount / 100), places=2)
        if paid.payment_state in ("paid", "in_payment"):
            self.assertEqual(profile.avg_days_to_pay, 25.0)
        else:
            self.fail(f"The invoice is {paid.payment_state} after its payment")

    def test_lines(self):
        invoice = self.invoice(100, 5)
        lines = self.env["customer.transaction.line"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(lines.mapped("amount"), [100.0])
        self.assertEqual(lines.quantity, 2)
        self.assertEqual(lines.transaction_id.document_id, invoice.id)

    def test_one_customer_uses_the_index(self):
        self.env.flush_all()
        query = self.transactions.sudo()._search([("partner_id", "=", self.customer.id)]).select()
        # In a table of a few pages the index of the latest changes would do as well.
        self.env.cr.execute("SET LOCAL enable_seqscan = off; DROP INDEX account_move_customer_policy_write_idx")
        self.env.cr.execute(b"EXPLAIN " + self.env.cr.mogrify(query.code, query.params))
        plan = "\n".join(line for [line] in self.env.cr.fetchall())
        self.assertIn("customer_policy_partner_idx", plan)

    def test_incremental_finds_changed_customers(self):
        run = self.env["customer.policy.run"]
        self.assertEqual(run._changed_partners(self.company), [], "nothing to compare with before the first full run")
        run.sudo().create(
            {"company_id": self.company.id, "kind": "full", "state": "done", "date_start": self.env.cr.now()}
        )
        self.invoice(10, 1)
        self.assertIn(self.customer.id, run._changed_partners(self.company))

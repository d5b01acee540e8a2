"""Transactions from real invoices: every document counts once, in company currency."""

from datetime import timedelta

from odoo import Command
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.customer_policy.models.customer_transaction import TransactionRestriction
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

    def test_order_invoiced_for_two_years(self):
        """A frame order is one purchase, yet who is invoiced every month is no lost customer."""
        product = self.env["product.product"].create({"name": "Rent", "invoice_policy": "delivery", "type": "service"})
        line = {"product_id": product.id, "product_uom_qty": 24, "price_unit": 10, "tax_ids": False}
        order = self.env["sale.order"].create({"partner_id": self.customer.id, "order_line": [Command.create(line)]})
        order.action_confirm()
        for month in range(23, -1, -1):
            order.order_line.qty_delivered += 1
            invoice = order._create_invoices()
            invoice.invoice_date = self.today - timedelta(days=31 * month + 5)
            invoice.action_post()
        profile = self.profile()
        self.assertEqual((profile.purchase_count, profile.purchase_count_12m), (1, 1))
        self.assertEqual((profile.revenue_total, profile.revenue_12m), (240.0, 120.0))
        self.assertEqual(profile.first_purchase_date, self.today - timedelta(days=23 * 31 + 5))
        self.assertEqual(profile.last_purchase_date, self.today - timedelta(days=5))
        self.assertEqual(profile.lifecycle_stage, "first_purchase")

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

    def plan_nodes(self, query):
        """Nodes of the plan that PostgreSQL really chooses, as dicts."""
        self.env.cr.execute(b"EXPLAIN (FORMAT JSON) " + self.env.cr.mogrify(query.code, query.params))
        waiting, nodes = [self.env.cr.fetchone()[0][0]["Plan"]], []
        while waiting:
            nodes.append(waiting.pop())
            waiting += nodes[-1].get("Plans", [])
        return nodes

    def test_one_customer_uses_the_index(self):
        """With many invoices of others, one customer's are found by the index on the customer and no table is read
        from end to end, neither by the screens nor by the engine."""
        self.invoice(10, 1)
        self.env.flush_all()
        move, columns = (
            self.env["account.move"],
            "journal_id, company_id, currency_id, state, move_type, date, auto_post",
        )
        self.env.cr.execute(
            f"""INSERT INTO account_move ({columns}, invoice_date, amount_untaxed_signed, commercial_partner_id)
                SELECT {columns}, invoice_date, 1, partner.id
                  FROM account_move CROSS JOIN (SELECT id FROM res_partner WHERE id <> %s LIMIT 50) partner
                 CROSS JOIN generate_series(1, 400) WHERE account_move.id = %s""",
            [self.customer.id, self.rows().document_id],
        )
        self.env.cr.execute("ANALYZE account_move")
        restriction = TransactionRestriction(self.company.id, self.customer.ids)
        for query in (
            self.transactions.sudo()._search([("partner_id", "=", self.customer.id)]).select(),
            self.transactions._sources(restriction)["invoice"],
        ):
            nodes = self.plan_nodes(query)
            used = [node for node in nodes if node.get("Index Name") == "account_move_customer_policy_partner_idx"]
            self.assertTrue(used, nodes)
            self.assertIn("commercial_partner_id", used[0]["Index Cond"])
            scanned = [node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"]
            self.assertNotIn(move._table, scanned)
        unrestricted = self.plan_nodes(self.transactions.sudo()._search([]).select())
        self.assertIn("Seq Scan", {node["Node Type"] for node in unrestricted}, "the table is large enough to tell")

    def test_incremental_finds_changed_customers(self):
        run = self.env["customer.policy.run"]
        self.assertEqual(run._changed_partners(self.company), [], "nothing to compare with before the first full run")
        run.sudo().create(
            {"company_id": self.company.id, "kind": "full", "state": "done", "date_start": self.env.cr.now()}
        )
        self.invoice(10, 1)
        self.assertIn(self.customer.id, run._changed_partners(self.company))

    def test_incremental_finds_whom_a_document_left(self):
        """A document that names another customer or is deleted can't be found as changed at the old one."""
        other = self.env["res.partner"].create({"name": "Other Ltd", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        invoice = self.invoice(10, 1)
        owner = {"partner_id": self.customer.id, "company_id": self.company.id}
        order = self.env["sale.order"].create(dict(owner))
        lead = self.env["crm.lead"].create({**owner, "name": "Lead"})
        sale = self.env["customer.external.sale"].create(
            {**owner, "date": self.today, "amount": 3, "reference": "left"}
        )
        profile = self.profile()
        runs, changes = self.env["customer.policy.run"], self.env["customer.policy.change"]
        runs.sudo().create(
            {"company_id": self.company.id, "kind": "full", "state": "done", "date_start": self.env.cr.now()}
        )
        invoice.button_draft()
        for change in (
            lambda: invoice.write({"partner_id": other.id}),
            lambda: order.write({"partner_id": other.id}),
            lambda: lead.write({"partner_id": other.id}),
            lambda: sale.write({"partner_id": other.id}),
            lambda: contact.write({"parent_id": other.id}),
            lambda: profile.write({"is_marked": False}),
        ):
            changes.sudo().search([]).unlink()
            change()
            self.env.flush_all()
            self.assertEqual(changes.search([]).partner_id, self.customer)
            self.assertIn(self.customer.id, runs._changed_partners(self.company))
        self.profile(other)
        for document in (order, lead, sale):
            changes.sudo().search([]).unlink()
            document.unlink()
            self.assertEqual(changes.search([]).partner_id, other)

from odoo import Command
from odoo.addons.loyalty_points.tests.earning_common import EarningCommon
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestDelivery(EarningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.earning_moment = "delivery"
        cls.tea.write({"is_storable": True, "invoice_policy": "order"})

    def ordered(self, quantity):
        order = self.new_order(lines=[(self.tea, quantity)])
        order.action_confirm()
        return order

    def deliver(self, order, quantity):
        picking = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))[:1]
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.with_context(skip_backorder=True, cancel_backorder=False)._action_done()
        return picking

    def bring_back(self, picking, quantity, to_refund=True):
        wizard = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
        ).create({})  # fmt: skip
        wizard.product_return_moves.write({"quantity": quantity, "to_refund": to_refund})
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.write({"quantity": quantity, "picked": True})
        back._action_done()

    def test_points_come_with_the_goods(self):
        order = self.ordered(10)
        self.assertFalse(self.card())
        self.deliver(order, 4)
        self.assertEqual(self.card().points, 400)
        self.deliver(order, 6)
        self.assertEqual(self.card().points, 1000)
        self.assertFalse(self.earnings._settle(order))

    def test_a_return_that_is_credited_too_counts_once(self):
        order = self.ordered(10)
        picking = self.deliver(order, 10)
        self.bring_back(picking, 4)
        self.assertEqual(self.card().points, 600)
        invoice = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.member.id, "journal_id": self.sales.id,
             "invoice_line_ids": [Command.create({"product_id": self.tea.id, "quantity": 10, "price_unit": 100,
                                                  "account_id": self.income.id, "tax_ids": False,
                                                  "sale_line_ids": [Command.set(order.order_line.ids)]})]}
        )  # fmt: skip
        invoice.action_post()
        self.assertEqual(self.card().points, 600)
        self.credit(invoice, {self.tea: 4})
        self.assertEqual(self.card().points, 600)
        self.credit(invoice, {self.tea: 1})
        self.assertEqual(self.card().points, 500, "of 10 delivered 5 were credited")
        self.assert_sound(self.card())

    def test_services_are_delivered_by_hand(self):
        service = self.env["product.product"].create({"name": "Tasting", "type": "service", "list_price": 50,
                                                      "taxes_id": [Command.clear()]})  # fmt: skip
        order = self.new_order(lines=[(service, 2)])
        order.action_confirm()
        order.order_line.qty_delivered = 1
        self.assertEqual(self.card().points, 50)

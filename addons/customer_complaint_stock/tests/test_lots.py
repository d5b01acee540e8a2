"""Lots, deliveries, returns, and who else received a lot."""

from odoo import Command
from odoo.addons.customer_complaint.tests.common import ComplaintCommon
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form


class TestLots(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service.group_ids += cls.env.ref("stock.group_stock_user")
        cls.product = cls.env["product.product"].create({"name": "Chip", "is_storable": True, "tracking": "lot"})
        cls.lots = cls.env["stock.lot"].create(
            [{"name": name, "product_id": cls.product.id, "company_id": cls.company.id} for name in ("L1", "L2")]
        )
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.stock = cls.warehouse.lot_stock_id
        for lot in cls.lots:
            cls.env["stock.quant"]._update_available_quantity(cls.product, cls.stock, 1000, lot_id=lot)
        cls.third = cls.new_customer("Third", email="third@example.com", lang="en_US")
        cls.shop = cls.new_customer("Shop", parent_id=cls.third.id, is_company=False, type="delivery")
        cls.spared = cls.new_customer("Spared", email="spared@example.com")

    def deliver(self, partner, lot, quantity):
        picking = self.env["stock.picking"].create(
            {
                "partner_id": partner.id,
                "picking_type_id": self.warehouse.out_type_id.id,
                "location_id": self.stock.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "move_ids": [
                    Command.create(
                        {"product_id": self.product.id, "product_uom_qty": quantity, "location_id": self.stock.id,
                         "location_dest_id": self.env.ref("stock.stock_location_customers").id}
                    )
                ],
            }
        )  # fmt: skip
        picking.action_confirm()
        picking.move_ids.move_line_ids.unlink()
        picking.move_ids.move_line_ids = [
            Command.create(
                {"product_id": self.product.id, "lot_id": lot.id, "quantity": quantity, "picking_id": picking.id,
                 "location_id": self.stock.id, "location_dest_id": picking.location_dest_id.id}
            )
        ]  # fmt: skip
        picking.move_ids.picked = True
        picking._action_done()
        self.assertEqual(picking.state, "done")
        return picking

    def test_blast_radius(self):
        first, second = self.lots
        self.deliver(self.customer, first, 5)
        self.deliver(self.strategic, first, 10)
        self.deliver(self.shop, first, 3)
        last = self.deliver(self.third, first, 4)
        self.deliver(self.spared, second, 8)
        case = self.new_case(lot_id=first.id, product_id=self.product.id)
        case.action_find_affected()
        found = {notice.partner_id: notice.quantity for notice in case.notice_ids}
        self.assertEqual(found, {self.strategic: 10, self.third: 7})
        notice = case.notice_ids.filtered(lambda notice: notice.partner_id == self.third)
        self.assertEqual((notice.state, notice.subject), ("draft", "About lot L1 of Chip"))
        self.assertIn(last.name, notice.deliveries)
        self.assertNotIn(case.name, notice.body)
        self.assertNotIn(self.customer.name, notice.body)

        notice.with_user(self.service).action_send()
        message = self.third.message_ids[0]
        self.assertEqual((message.subject, message.partner_ids), ("About lot L1 of Chip", self.third))
        self.deliver(self.spared, first, 1)
        case.action_find_affected()
        self.assertEqual(case.notice_ids.partner_id, self.strategic | self.third | self.spared)
        self.assertEqual(notice.state, "sent")

    def test_the_list_is_not_forged(self):
        self.deliver(self.strategic, self.lots[0], 1)
        case = self.new_case(lot_id=self.lots[0].id)
        case.action_find_affected()
        notice = case.notice_ids.with_user(self.service)
        with self.assertRaises(AccessError):
            notice.write({"partner_id": self.spared.id})
        with self.assertRaises(AccessError):
            notice.copy({"partner_id": self.spared.id})
        self.strategic.email = False
        with self.assertRaisesRegex(UserError, "No mail address"):
            notice.action_send()
        with self.assertRaises(AccessError):
            notice.with_user(self.new_user("seller", "customer_policy.group_customer_user")).read(["partner_id"])

    def test_a_delivery_that_names_nobody(self):
        lot = self.lots[0]
        self.deliver(self.strategic, lot, 2)
        sold = self.deliver(self.env["res.partner"], lot, 6)
        own = self.deliver(self.env["res.partner"], lot, 1)
        case = self.new_case(lot_id=lot.id, picking_id=own.id)
        case.action_find_affected()
        notice = (case.notice_ids - case.notice_ids.filtered("partner_id")).with_user(self.service)
        self.assertEqual((notice.deliveries, notice.quantity, notice.display_name), (sold.name, 6, sold.name))
        self.assertIn("Deliveries that name no customer: 1", case.message_ids[0].body)
        with self.assertRaisesRegex(UserError, f"Whose delivery was it.*{sold.name}"):
            case.notice_ids.with_user(self.service).action_send()
        case.action_find_affected()
        self.assertEqual(len(case.notice_ids), 2)

        with Form(notice) as form:
            form.partner_id = self.spared
        self.assertIn("Dear Spared", notice.body)
        case.action_find_affected()
        self.assertEqual((len(case.notice_ids), notice.quantity), (2, 6))
        notice.action_send()
        self.assertEqual((notice.state, self.spared.message_ids[0].subject), ("sent", "About lot L1 of Chip"))
        with self.assertRaises(AccessError):
            notice.partner_id = self.third

    def test_the_contact_of_the_goods_counts(self):
        """A transfer without an address whose moves have one."""
        picking = self.deliver(self.env["res.partner"], self.lots[0], 3)
        picking.move_ids.partner_id = self.shop
        case = self.new_case(lot_id=self.lots[0].id)
        case.action_find_affected()
        self.assertEqual(case.notice_ids.partner_id, self.third)

    def test_without_a_lot(self):
        with self.assertRaisesRegex(UserError, "Name the lot"):
            self.new_case().action_find_affected()

    def test_return_is_linked(self):
        picking = self.deliver(self.customer, self.lots[0], 5)
        action = picking.with_user(self.service).action_new_complaint()
        form = Form(self.env["customer.complaint"].with_user(self.service).with_context(**action["context"]))
        form.subject = "Broken"
        case = form.save()
        self.assertEqual((case.contact_id, case.picking_id, case.lot_id), (self.customer, picking, self.lots[0]))
        action = case.action_return()
        wizard = Form(self.env["stock.return.picking"].with_user(self.service).with_context(**action["context"])).save()
        wizard.product_return_moves.quantity = 2
        returned = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        self.assertEqual((returned.complaint_id, returned.return_id), (case, picking))
        self.assertEqual(case.return_count, 1)
        self.assertFalse(picking.complaint_id)

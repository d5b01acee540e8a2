"""A delivery to a customer is an occasion; what comes in, goes elsewhere or comes back is not."""

from datetime import timedelta

from odoo import Command
from odoo.addons.customer_satisfaction.tests.common import SatisfactionCommon


class TestDelivery(SatisfactionCommon):
    def move(self, picking_type, partner, source, target, product):
        picking = self.env["stock.picking"].create(
            {"picking_type_id": picking_type.id, "partner_id": partner.id, "location_id": source.id,
             "location_dest_id": target.id, "company_id": self.company.id,
             "move_ids": [Command.create({"product_id": product.id, "product_uom_qty": 2, "location_id": source.id,
                                          "location_dest_id": target.id, "company_id": self.company.id})]}
        )  # fmt: skip
        picking.action_confirm()
        picking.move_ids.write({"quantity": 2, "picked": True})
        picking._action_done()
        return picking

    def test_delivery(self):
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        warehouse = warehouse or self.env["stock.warehouse"].create(
            {"name": "W", "code": "WSAT", "company_id": self.company.id}
        )
        product = self.env["product.product"].create({"name": "Chip", "is_storable": False})
        stock, customers = warehouse.lot_stock_id, self.env.ref("stock.stock_location_customers")
        out = self.move(warehouse.out_type_id, self.customer, stock, customers, product)
        back = self.move(warehouse.in_type_id, self.customer, customers, stock, product)
        domain = [("res_model", "=", "stock.picking"), ("res_id", "in", (out | back).ids)]
        invitation = self.invitations.search(domain)
        self.assertEqual(invitation.res_id, out.id)
        self.assertEqual(invitation.survey_id, self.env.ref("customer_satisfaction.survey_delivery"))
        self.assertEqual((invitation.product_ids, invitation.event), (product, "delivery_done"))
        self.assertEqual(invitation.date_due, self.today + timedelta(days=2))
        invitation._invite()
        self.fill_in(invitation, 1, text="Wrong goods")
        case = invitation.case_id
        self.assertEqual(case.product_id, product)
        if "picking_id" in case._fields:
            self.assertEqual(case.picking_id, out)

from odoo import fields, models
from odoo.tools import SQL


class CustomerSatisfactionTrigger(models.Model):
    _inherit = "customer.satisfaction.trigger"

    event = fields.Selection(
        selection_add=[("delivery_done", "Delivery Done"), ("invoice_paid",)], ondelete={"delivery_done": "cascade"}
    )

    def _occasions_delivery_done(self, deliveries):
        """Salesperson and team are those of the customer: a delivery has none."""
        today = deliveries.company_id._customer_policy_today()
        return SQL(
            """SELECT p.id, p.partner_id, NULL::int4, NULL::int4,
                      (SELECT ARRAY_AGG(DISTINCT m.product_id) FROM stock_move m
                        WHERE m.picking_id = p.id AND m.state = 'done'), %s::date
                 FROM stock_picking p WHERE p.id = ANY(%s) AND p.partner_id IS NOT NULL""",
            today,
            deliveries.ids,
        )

from odoo import fields, models

from .res_partner import USER


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_open_customer_overview(self):
        """Open the 360° page of the customer that this contact belongs to."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("customer_policy.customer_overview_action")
        return {**action, "context": {"active_id": self.commercial_partner_id.id, "active_model": "res.partner"}}


class CustomerProfile(models.Model):
    _inherit = "customer.profile"

    holding_id = fields.Many2one(related="partner_id.customer_holding_id", string="Holding", groups=USER)

    def action_open_customer_overview(self):
        self.ensure_one()
        return self.partner_id.action_open_customer_overview()

from odoo import fields, models

from .res_partner import USER


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_open_customer_overview(self):
        """Open the 360° page of the customer that this contact belongs to."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("customer_policy.customer_overview_action")
        return {**action, "context": {"active_id": self.commercial_partner_id.id, "active_model": "res.partner"}}

    def action_open_customer_preferences(self):
        """Open how to reach this contact, what it likes, and its background."""
        self.ensure_one()
        view_id = self.env["ir.model.data"]._xmlid_to_res_id("customer_policy.res_partner_view_form_preferences")
        action = self._get_records_action(name=self.env._("Preferences and Background"), target="new")
        return {**action, "views": [(view_id, "form")]}


class CustomerProfile(models.Model):
    _inherit = "customer.profile"

    holding_id = fields.Many2one(related="partner_id.customer_holding_id", string="Holding", groups=USER)

    def action_open_customer_overview(self):
        self.ensure_one()
        return self.partner_id.action_open_customer_overview()

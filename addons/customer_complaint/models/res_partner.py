from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    complaint_count = fields.Integer(
        "Cases", compute="_compute_complaint_count", groups="customer_policy.group_customer_user"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_complaint_count(self):
        """Cases of the customer that the user may see."""
        cases = self.with_user(self.env.uid).env["customer.complaint"]
        partners = self.commercial_partner_id
        counts = dict(cases._read_group([("partner_id", "in", partners.ids)], ["partner_id"], ["__count"]))
        by_id = {partner.id: count for partner, count in counts.items()}
        for partner in self:
            partner.complaint_count = by_id.get(partner.commercial_partner_id.id, 0)

    def action_open_complaints(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_complaint.customer_complaint_action")
        return {**action, "domain": [("partner_id", "=", self.commercial_partner_id.id)],
                "context": {"default_contact_id": self.id, "search_default_open": 0}}  # fmt: skip

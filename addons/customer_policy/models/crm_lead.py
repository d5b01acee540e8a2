from odoo import api, fields, models

from .res_partner import USER


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "customer.policy.document"]

    customer_grade_id = fields.Many2one(related="partner_id.customer_grade_id", groups=USER)
    customer_grade_color = fields.Integer(related="partner_id.customer_grade_color", groups=USER)

    @api.model_create_multi
    def create(self, vals_list):
        """Leads of graded customers begin with the priority of the grade, unless a higher than the lowest is given."""
        vals_list = [dict(vals) for vals in vals_list]
        unset = (None, False, "0")
        open_vals = [vals for vals in vals_list if vals.get("partner_id") and vals.get("priority") in unset]
        partners = self.env["res.partner"].browse({vals["partner_id"] for vals in open_vals})
        levels = partners._customer_grade_levels()
        for vals in open_vals:
            partner = self.env["res.partner"].browse(vals["partner_id"])
            level = levels.get(partner.commercial_partner_id.id)
            if level:
                vals["priority"] = level.priority
        return super().create(vals_list)

from dateutil.relativedelta import relativedelta
from odoo import fields, models


class CustomerGradeOverrideWizard(models.TransientModel):
    """Request the same override for the customers selected in a list."""

    _name = "customer.grade.override.wizard"
    _description = "Request Grade Overrides"

    partner_ids = fields.Many2many(
        "res.partner", string="Customers", required=True, default=lambda self: self._default_partners()
    )
    grade_id = fields.Many2one("customer.grade", required=True)
    reason = fields.Text(required=True)
    date_end = fields.Date(
        "Until", required=True, default=lambda self: fields.Date.context_today(self) + relativedelta(months=3)
    )

    def _default_partners(self):
        records = self.env[self.env.context.get("active_model", "res.partner")].browse(
            self.env.context.get("active_ids", [])
        )
        partners = records.partner_id if records._name == "customer.profile" else records
        return partners.commercial_partner_id

    def action_request(self):
        """One request per customer, for a manager to approve."""
        self.ensure_one()
        overrides = self.env["customer.grade.override"].create(
            [
                {
                    "partner_id": partner.id,
                    "grade_id": self.grade_id.id,
                    "reason": self.reason,
                    "date_end": self.date_end,
                }
                for partner in self.partner_ids.commercial_partner_id
            ]
        )
        return overrides._get_records_action(name=self.env._("Grade Overrides"))

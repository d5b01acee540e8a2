from dateutil.relativedelta import relativedelta
from odoo import fields, models


class CustomerGradeOverrideWizard(models.TransientModel):
    """Request the same override for the customers selected in a list."""

    _name = "customer.grade.override.wizard"
    _description = "Request Grade Overrides"

    profile_ids = fields.Many2many(
        "customer.profile", string="Customers", required=True, default=lambda self: self._default_profiles()
    )
    grade_id = fields.Many2one("customer.grade", required=True)
    reason = fields.Text(required=True)
    date_end = fields.Date(
        "Until", required=True, default=lambda self: fields.Date.context_today(self) + relativedelta(months=3)
    )

    def _default_profiles(self):
        """The selected customers, each in its company; of selected contacts those that are customers here."""
        ids = self.env.context.get("active_ids", [])
        if self.env.context.get("active_model") == "customer.profile":
            return self.env["customer.profile"].browse(ids)
        return self.env["res.partner"].browse(ids).customer_profile_id

    def action_request(self):
        """One request per customer, for a manager to approve."""
        self.ensure_one()
        overrides = self.env["customer.grade.override"].create(
            [
                {
                    "partner_id": profile.partner_id.id,
                    "company_id": profile.company_id.id,
                    "grade_id": self.grade_id.id,
                    "reason": self.reason,
                    "date_end": self.date_end,
                }
                for profile in self.profile_ids
            ]
        )
        return overrides._get_records_action(name=self.env._("Grade Overrides"))

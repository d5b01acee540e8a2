from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ChurnPlaybookStep(models.Model):
    """An offer may be a coupon of a program of Odoo's."""

    _inherit = "churn.playbook.step"

    coupon_program_id = fields.Many2one(
        "loyalty.program",
        ondelete="restrict",
        domain=[("program_type", "=", "coupons")],
        help="For offers: the customer gets a coupon of this program, when the person responsible sends it.",
    )
    coupon_days = fields.Integer("Coupon Valid (Days)", default=30, help="From the day on which it is sent.")

    @api.constrains("coupon_program_id", "kind", "coupon_days")
    def _check_coupon(self):
        for step in self.filtered("coupon_program_id"):
            program_sudo = step.coupon_program_id.sudo()
            if step.kind != "offer" or program_sudo.program_type != "coupons":
                raise ValidationError(self.env._("“%s”: only offers have a program, one of coupons.", step.summary))
            if not 1 <= step.coupon_days <= 365:
                raise ValidationError(self.env._("“%s”: a coupon is valid from 1 to 365 days.", step.summary))

    def _get_problems(self):
        """A program that has gone leaves the people who are to send it with nothing."""
        return super()._get_problems() + [
            self.env._("“%s”: its coupon program is archived.", step.summary)
            for step in self.filtered("active")
            if step.coupon_program_id and not step.coupon_program_id.sudo().active
        ]

    def _get_warnings(self):
        warnings = super()._get_warnings()
        for step in self.filtered("active"):
            owner = step.coupon_program_id.sudo().company_id
            if owner and step.policy_id._get_future_companies() - owner:
                warnings.append(
                    self.env._(
                        "“%(step)s”: the coupon program is of %(company)s alone, customers of others get no coupon.",
                        step=step.summary,
                        company=owner.name,
                    )
                )
        return warnings

    def _has_coupon(self, company):
        """Whether this step offers a coupon to customers of `company`."""
        owner = self.coupon_program_id.sudo().company_id
        return self.kind == "offer" and bool(self.coupon_program_id) and (not owner or owner == company)

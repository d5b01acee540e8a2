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
                raise ValidationError(self.env._("“%s”: only an offer has a program, and only of coupons.", step.summary))
            if not 1 <= step.coupon_days <= 365:
                raise ValidationError(self.env._("“%s”: a coupon is valid from 1 to 365 days.", step.summary))

    def _get_problems(self):
        """A program that has gone or belongs to others leaves the people who are to send it with nothing."""
        problems = super()._get_problems()
        for step in self.filtered(lambda step: step.active and step.coupon_program_id):
            program_sudo, company = step.coupon_program_id.sudo(), step.policy_id.company_id
            if not program_sudo.active:
                problems.append(self.env._("“%s”: its coupon program is archived.", step.summary))
            elif program_sudo.company_id and program_sudo.company_id != company:
                problems.append(
                    self.env._(
                        "“%(step)s”: the coupon program belongs to %(company)s alone.",
                        step=step.summary,
                        company=program_sudo.company_id.name,
                    )
                )
        return problems

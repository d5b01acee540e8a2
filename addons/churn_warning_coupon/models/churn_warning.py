from odoo import api, fields, models
from odoo.fields import Domain


class ChurnWarning(models.Model):
    """The offers of the playbook, and whether they were taken."""

    _inherit = "churn.warning"

    offer_ids = fields.One2many("churn.offer", "warning_id", string="Offers", readonly=True)
    is_offer_redeemed = fields.Boolean(
        "Coupon Redeemed", compute="_compute_is_offer_redeemed", search="_search_is_offer_redeemed"
    )

    @api.depends("offer_ids.state")
    def _compute_is_offer_redeemed(self):
        for warning in self:
            warning.is_offer_redeemed = any(offer.state == "redeemed" for offer in warning.offer_ids)

    def _search_is_offer_redeemed(self, operator, value):
        if operator != "in":
            return NotImplemented
        redeemed = Domain("id", "in", self.env["churn.offer"]._redeemed())
        return redeemed if True in value else ~redeemed

    def _schedule_step(self, step, today, user):
        """A step with a coupon is planned as an offer too; once, however often the win-back begins."""
        activity = super()._schedule_step(step, today, user)
        known = self.offer_ids.mapped("step_key")
        if step._has_coupon(self.company_id) and step.stable_key not in known:
            # sudo: offers follow from the playbook, nobody writes them.
            self.env["churn.offer"].sudo().create(
                {
                    "warning_id": self.id,
                    "step_key": step.stable_key,
                    "activity_id": activity.id,
                    "program_id": step.coupon_program_id.id,
                    "days": step.coupon_days,
                    "planned_date": activity.date_deadline,
                }
            )
        return activity

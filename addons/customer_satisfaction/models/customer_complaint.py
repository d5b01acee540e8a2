from odoo import fields, models


class CustomerComplaint(models.Model):
    """Cases that a low answer has opened, and closed cases that lead to a questionnaire."""

    _inherit = "customer.complaint"

    channel = fields.Selection(selection_add=[("survey", "Survey")], ondelete={"survey": "set default"})
    satisfaction_invitation_id = fields.Many2one(
        "customer.satisfaction.invitation", "Opened by Survey", readonly=True, index="btree_not_null", copy=False
    )
    satisfaction_response_id = fields.Many2one(
        "customer.satisfaction.response", "Low-Score Rule", readonly=True, copy=False, ondelete="set null"
    )

    def _milestones(self, rule, calendar, ladders, levels):
        """After a low answer the customer is contacted within the working days of its rule, or earlier where the
        deadlines of cases ask for it."""
        milestones = super()._milestones(rule, calendar, ladders, levels)
        response = self.satisfaction_response_id
        if response:
            seconds = round(response.working_days * calendar.hours_per_day * 3600)
            for milestone in milestones:
                if milestone.name == "reply":
                    milestone.seconds = min(milestone.seconds or seconds, seconds)
        return milestones

    def _on_replied(self, now):
        result = super()._on_replied(now)
        # sudo: who answers the case need not see the survey
        invitations_sudo = self.sudo().satisfaction_invitation_id
        invitations_sudo.filtered(lambda invitation: not invitation.date_contacted).write({"date_contacted": now})
        return result

    def _on_moved(self, old, new):
        result = super()._on_moved(old, new)
        if new == "closed":
            self.env["customer.satisfaction.trigger"]._on_event("complaint_closed", self)
        return result

    def _ask_for_rating(self):
        """Not besides a questionnaire: nobody is asked twice about one case."""
        triggers = self.env["customer.satisfaction.trigger"]
        asked = self.filtered(lambda case: triggers._is_asked_about(case))
        return super(CustomerComplaint, self - asked)._ask_for_rating()

    def action_open_satisfaction(self):
        self.ensure_one()
        return self.satisfaction_invitation_id._get_records_action()

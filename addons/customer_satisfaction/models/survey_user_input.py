from odoo import fields, models

from .survey_survey import TYPE


class SurveyUserInput(models.Model):
    """A questionnaire that a customer has filled in becomes answers, once."""

    _inherit = "survey.user_input"

    satisfaction_invitation_id = fields.Many2one(
        "customer.satisfaction.invitation", index="btree_not_null", ondelete="set null", readonly=True, copy=False
    )

    def _mark_done(self):
        result = super()._mark_done()
        # sudo: customers answer without any right on what is made of it
        done = self.sudo().filtered(lambda given: given.survey_id.survey_type == TYPE and not given.test_entry)
        if done:
            done._on_satisfaction_done()
        return result

    def _on_satisfaction_done(self):
        self.env["customer.satisfaction.answer"]._record(self)
        invitations = self.satisfaction_invitation_id
        invitations.write({"state": "answered", "date_answered": fields.Datetime.now()})
        invitations.activity_feedback(["customer_satisfaction.mail_activity_type_survey_call"])
        invitations._respond()

    def _notify_new_participation_subscribers(self):
        """Who has answered is for those who may see the customer, not for followers of the questionnaire."""
        others = self.filtered(lambda given: given.survey_id.survey_type != TYPE)
        return super(SurveyUserInput, others)._notify_new_participation_subscribers()

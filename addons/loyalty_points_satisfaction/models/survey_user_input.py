from odoo import models


class SurveyUserInput(models.Model):
    _inherit = "survey.user_input"

    def _on_satisfaction_done(self):
        """Every invitation once, whatever the score: points buy an answer, not a good one."""
        result = super()._on_satisfaction_done()
        rules = self.env["loyalty.points.behaviour.rule"]
        for company, invitations in self.satisfaction_invitation_id.grouped("company_id").items():
            occasions = [(i.partner_id, str(i.id), i, "points") for i in invitations if i.partner_id]
            rules._reward(company, "survey", occasions)
        return result

from odoo.addons.survey.controllers.main import Survey


class SatisfactionSurvey(Survey):
    def _check_validity(self, survey_sudo, answer_sudo, answer_token, ensure_token=True, check_partner=True):
        """The link of an invitation is enough, whoever is logged in: a colleague of the contact at their computer, or
        the agent who has the contact on the phone."""
        check_partner = check_partner and not (answer_token and answer_sudo.satisfaction_invitation_id)
        return super()._check_validity(survey_sudo, answer_sudo, answer_token, ensure_token, check_partner)

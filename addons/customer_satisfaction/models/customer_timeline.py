from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerTimeline(models.AbstractModel):
    """Answered questionnaires on the timeline of their customer, calls to make as open work."""

    _inherit = "customer.timeline"

    @api.model
    def _kinds(self):
        return {**super()._kinds(), "survey": (self.env._("Surveys"), "fa-smile-o")}

    @api.model
    def _sources(self, scope):
        answered = Domain("state", "=", "answered")
        return {**super()._sources(scope), "survey": self._source_surveys(scope, answered, "date_answered")}

    @api.model
    def _work_kinds(self):
        return {**super()._work_kinds(), "low_score": (self.env._("Low Scores to Follow Up"), "fa-frown-o")}

    @api.model
    def _work_sources(self, scope):
        waiting = Domain("contact_deadline", "!=", False) & Domain("date_contacted", "=", False)
        return {**super()._work_sources(scope), "low_score": self._source_surveys(scope, waiting, "contact_deadline")}

    @api.model
    def _message_documents(self, scope):
        documents = super()._message_documents(scope)
        return {**documents, "customer.satisfaction.invitation": Domain("partner_id", "=", scope.partner.id)}

    def _source_surveys(self, scope, domain, date):
        """The title is the questionnaire with its score; sudo, as what a customer was asked is no secret."""
        surveys = self.env["survey.survey"].sudo()
        title = SQL(
            """(SELECT %s || COALESCE((SELECT ': ' || a.score FROM customer_satisfaction_answer a
                                        WHERE a.invitation_id = customer_satisfaction_invitation.id
                                          AND a.metric IS NOT NULL AND a.topic_id IS NULL ORDER BY a.id LIMIT 1), '')
                  FROM survey_survey survey WHERE survey.id = customer_satisfaction_invitation.survey_id)""",
            surveys._field_to_sql("survey", "title"),
        )
        return self._select(
            "customer.satisfaction.invitation",
            Domain("partner_id", "=", scope.partner.id) & domain,
            "survey" if date == "date_answered" else "low_score",
            date=date,
            title=title,
            user_id="user_id",
        )

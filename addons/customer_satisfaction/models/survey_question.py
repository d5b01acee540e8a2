from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

METRICS = [("nps", "NPS"), ("csat", "CSAT"), ("ces", "CES")]
# Lowest and highest answer. NPS: Reichheld 2003; CSAT: five points; CES 2.0: seven points (CEB 2013).
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}


class SurveyQuestion(models.Model):
    """A question that measures: its metric, and what it is about."""

    _inherit = "survey.question"

    survey_type = fields.Selection(related="survey_id.survey_type")
    satisfaction_metric = fields.Selection(
        METRICS,
        "Metric",
        help="NPS: would you recommend us, 0 to 10. CSAT: how satisfied are you, 1 to 5. CES: how easy was it, 1 to 7.",
    )
    satisfaction_topic_id = fields.Many2one(
        "customer.satisfaction.topic",
        string="Topic",
        index="btree_not_null",
        ondelete="restrict",
        help="What the question is about. The question about everything has none.",
    )

    @api.onchange("satisfaction_metric")
    def _onchange_satisfaction_metric(self):
        if self.satisfaction_metric:
            self.question_type = "scale"
            self.scale_min, self.scale_max = SCALES[self.satisfaction_metric]

    @api.constrains("satisfaction_metric", "question_type", "scale_min", "scale_max")
    def _check_satisfaction_metric(self):
        labels = dict(METRICS)
        for question in self.filtered("satisfaction_metric"):
            low, high = SCALES[question.satisfaction_metric]
            if question.question_type != "scale" or (question.scale_min, question.scale_max) != (low, high):
                raise ValidationError(
                    self.env._(
                        "“%(question)s”: %(metric)s is asked on a scale from %(low)s to %(high)s.",
                        question=question.title,
                        metric=labels[question.satisfaction_metric],
                        low=low,
                        high=high,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_without_answers(self):
        answers_sudo = self.env["customer.satisfaction.answer"].sudo()
        answered = answers_sudo.search([("question_id", "in", self.ids)], limit=1).question_id
        if answered:
            raise UserError(
                self.env._(
                    "“%s” has been answered: its results stay. Ask another questionnaire instead.", answered.title
                )
            )

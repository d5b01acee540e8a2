from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from reportlab.graphics.barcode import createBarcodeDrawing

TYPE = "customer_satisfaction"


class SurveySurvey(models.Model):
    """Questionnaires of a type of their own, so that record rules tell their answers from those of other surveys."""

    _inherit = "survey.survey"

    survey_type = fields.Selection(selection_add=[(TYPE, "Customer Satisfaction")], ondelete={TYPE: "set default"})
    satisfaction_metric = fields.Selection(
        [("nps", "NPS"), ("csat", "CSAT"), ("ces", "CES")],
        "Main Metric",
        compute="_compute_satisfaction_metric",
        compute_sudo=True,
        help="Of the first question that has a metric and no topic.",
    )
    satisfaction_link = fields.Char("Public Link", compute="_compute_satisfaction_link")
    satisfaction_qr = fields.Html("QR Code", compute="_compute_satisfaction_qr", sanitize=False)

    @api.depends("survey_type")
    @api.depends_context("uid")
    def _compute_allowed_survey_types(self):  # pylint: disable=missing-return
        super()._compute_allowed_survey_types()
        if self.env.user.has_group("customer_policy.group_customer_manager"):
            self.allowed_survey_types = (self.allowed_survey_types or []) + [TYPE]

    @api.depends("question_and_page_ids.satisfaction_metric", "question_and_page_ids.satisfaction_topic_id")
    def _compute_satisfaction_metric(self):
        for survey in self:
            survey.satisfaction_metric = survey._main_question().satisfaction_metric

    @api.depends("access_token", "access_mode")
    def _compute_satisfaction_link(self):
        """For a counter, a parcel or an invoice; only questionnaires that anybody with the link may answer have one."""
        for survey in self:
            is_public = survey.survey_type == TYPE and survey.access_mode == "public" and survey.access_token
            survey.satisfaction_link = is_public and survey.get_base_url() + survey.get_start_url()

    @api.depends("satisfaction_link")
    def _compute_satisfaction_qr(self):
        for survey in self:
            survey.satisfaction_qr = self._qr_code(survey.satisfaction_link)

    @api.model
    def _qr_code(self, link):
        """A picture of a link; False without one. SVG, as it needs no graphics library and prints at any size."""
        if not link:
            return False
        drawing = createBarcodeDrawing("QR", value=link, width=150, height=150)
        svg = drawing.asString("svg")
        return Markup(svg[svg.index("<svg") :])

    def _main_question(self):
        self.ensure_one()
        return self.question_and_page_ids.filtered(
            lambda question: question.satisfaction_metric and not question.satisfaction_topic_id
        )[:1]

    def write(self, vals):
        """Of another type, its answers would be shown to people whose customers they are not."""
        if "survey_type" in vals and not self.env.su:
            for survey in self.filtered(lambda survey: TYPE in (survey.survey_type, vals["survey_type"])):
                if survey.survey_type != vals["survey_type"] and survey.sudo().user_input_ids:
                    raise UserError(
                        self.env._(
                            "“%s” has been sent to customers: it stays what it is. Copy it instead.", survey.title
                        )
                    )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_without_invitations(self):
        invitations_sudo = self.env["customer.satisfaction.invitation"].sudo()
        for survey in self.filtered(lambda survey: survey.survey_type == TYPE):
            if survey.sudo().user_input_ids or invitations_sudo.search_count([("survey_id", "=", survey.id)], limit=1):
                raise UserError(self.env._("Customers have been asked “%s”: archive it, then its results stay.",
                                           survey.title))  # fmt: skip
            triggers = self.env["customer.satisfaction.trigger"].sudo().search([("survey_id", "=", survey.id)], limit=1)
            if triggers:
                raise UserError(self.env._("The rule “%(rule)s” asks “%(survey)s”: archive it instead.",
                                           rule=triggers.name, survey=survey.title))  # fmt: skip

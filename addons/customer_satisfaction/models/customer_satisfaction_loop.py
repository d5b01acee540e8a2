import logging

from markupsafe import Markup
from odoo import SUPERUSER_ID, api, fields, models

_logger = logging.getLogger(__name__)


class CustomerSatisfactionInvitation(models.Model):
    """The closed loop: a low answer leads to a case or a call with a deadline, once per questionnaire."""

    _inherit = "customer.satisfaction.invitation"

    # What failed is done by the next job; the customer's answer is kept in any case.
    is_response_pending = fields.Boolean(readonly=True, copy=False)

    def _respond(self):
        """Do what the policy says about the answers of these questionnaires."""
        for invitation in self.with_user(SUPERUSER_ID).filtered(lambda i: not i.response_id):
            try:
                with self.env.cr.savepoint():
                    invitation._respond_one()
                    invitation.is_response_pending = False
            except Exception:
                _logger.exception("Low answers of %s wait for the next run", invitation)
                invitation.is_response_pending = True

    @api.model
    def _respond_pending(self, company):
        self.search([("is_response_pending", "=", True), ("company_id", "=", company.id)])._respond()

    def _respond_one(self):
        rule, answer = self._find_response()
        if not rule:
            return
        now = fields.Datetime.now()
        deadline = rule._deadline(self.company_id, now)
        self.write({"response_id": rule.id, "contact_deadline": deadline})
        if rule.action == "case":
            self.case_id = self.env["customer.complaint"].create(self._prepare_case_vals(rule, answer))
        else:
            self._schedule_contact(rule, answer)

    def _find_response(self):
        """The first rule in force that one of the answers meets, and that answer."""
        for rule in self.env["customer.satisfaction.response"]._in_force(self.company_id):
            for answer in self.answer_ids:
                if rule._matches(answer):
                    return rule, answer
        return self.env["customer.satisfaction.response"], self.env["customer.satisfaction.answer"]

    def _prepare_case_vals(self, rule, answer):
        invitation = self.with_context(lang=(self._responsible(rule) or self.env.user).lang)
        values = {
            "subject": invitation._low_score_summary(answer),
            "description": invitation._answers_html(),
            "kind": "complaint",
            "type_id": rule.type_id.id,
            "channel": "survey",
            "contact_id": self.contact_id.id,
            "company_id": self.company_id.id,
            "product_id": self.product_ids.id if len(self.product_ids) == 1 else False,
            "satisfaction_invitation_id": self.id,
            "satisfaction_response_id": rule.id,
        }
        if user := self._responsible(rule):
            values["user_id"] = user.id
        document_field = self._document_fields().get(self.res_model)
        if document_field:
            values[document_field] = self.res_id
        return values

    @api.model
    def _document_fields(self):
        """{model of a document: field of the case that names it}."""
        return {"account.move": "move_id"}

    def _responsible(self, rule):
        """The salesperson, where the rule says so and they still work here; else the routing of cases decides."""
        user = self.user_id if rule.responsible == "salesperson" else self.env["res.users"]
        return user.filtered(lambda user: user.active and not user.share)

    def _low_score_summary(self, answer):
        metric = dict(answer._fields["metric"]._description_selection(self.env))[answer.metric]
        return self.env._("%(metric)s %(score)s: %(survey)s", metric=metric, score=answer.score,
                          survey=self.survey_id.title)  # fmt: skip

    def _answers_html(self):
        """Questions with what was answered, for who calls."""
        rows = Markup().join(
            Markup("<tr><td>%s</td><td><b>%s</b></td></tr>")
            % (answer.question_id.title, answer.score if answer.metric else answer.text or "")
            for answer in self.answer_ids.sorted(lambda answer: (answer.question_id.sequence, answer.id))
        )
        table = Markup('<table class="table table-sm">%s</table>') % rows
        if self.res_model == "customer.complaint":
            case = self.env["customer.complaint"].browse(self.res_id).exists()
            earlier = self.env._("Asked after %s.", case.display_name)
            return Markup("<p>%s</p>%s") % (earlier, table)
        return table

    def _schedule_contact(self, rule, answer):
        user = self._responsible(rule) or self._who_calls(self._open_calls())
        invitation = self.with_context(lang=user.lang)
        self.activity_schedule(
            "customer_satisfaction.mail_activity_type_low_score",
            self.contact_deadline.date(),
            summary=invitation._low_score_summary(answer),
            note=invitation._answers_html(),
            user_id=user.id,
        )

from odoo import api, fields, models
from odoo.tools import SQL


class CustomerImprovement(models.Model):
    """Improvements that survey answers ask for: the effect is the share of low scores of the topic."""

    _inherit = "customer.improvement"

    satisfaction_topic_id = fields.Many2one("customer.satisfaction.topic", "Survey Topic", index="btree_not_null")
    satisfaction_answer_ids = fields.Many2many("customer.satisfaction.answer", string="Raised in Surveys")

    @api.depends("satisfaction_topic_id")
    def _compute_effect(self):  # pylint: disable=missing-return
        super()._compute_effect()

    def _by_topic(self):
        """Those that are measured by their topic, as they name no cause of cases."""
        return self.filtered(lambda improvement: improvement.satisfaction_topic_id and not improvement.cause_id)

    def _why_no_effect(self):
        if not self._by_topic():
            return super()._why_no_effect()
        return (
            self.env._("No answers to compare yet.") if self.date_done else self.env._("Name the day of the measure.")
        )

    def _count_effects(self):
        """Without a cause: low scores of the topic among all its scores."""
        answers = SQL(
            """SELECT a.company_id, a.date, a.topic_id, a.is_low
                 FROM customer_satisfaction_answer a WHERE a.metric IS NOT NULL AND a.topic_id IS NOT NULL"""
        )
        by_topic = self._by_topic()
        self.env["customer.satisfaction.answer"].flush_model(["company_id", "date", "topic_id", "is_low", "metric"])
        found = by_topic._compare(
            answers,
            about=lambda improvement: str(improvement.satisfaction_topic_id._origin.id),
            counts=SQL("c.topic_id::text = wanted.about"),
            mine=SQL("c.is_low"),
        )
        return super(CustomerImprovement, self - by_topic)._count_effects() | found

    def action_notify(self):
        """Also who raised it in a survey, each on their own; who has a case hears it there."""
        answers_sudo = self.sudo().satisfaction_answer_ids
        told = self.sudo().complaint_ids.filtered(lambda case: case._has_address()).contact_id
        result = super().action_notify()
        for contact_sudo in answers_sudo.contact_id - told:
            if contact_sudo.email:
                contact_sudo.message_post(
                    body=self.notice,
                    subject=self.env._("What we have changed"),
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                    partner_ids=contact_sudo.ids,
                )
        return result

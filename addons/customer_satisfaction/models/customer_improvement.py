from odoo import api, fields, models


class CustomerImprovement(models.Model):
    """Improvements that survey answers ask for: the effect is the share of low scores of the topic."""

    _inherit = "customer.improvement"

    satisfaction_topic_id = fields.Many2one("customer.satisfaction.topic", "Survey Topic", index="btree_not_null")
    satisfaction_answer_ids = fields.Many2many("customer.satisfaction.answer", string="Raised in Surveys")

    @api.depends("satisfaction_topic_id")
    def _compute_effect(self):  # pylint: disable=missing-return
        by_topic = self.filtered(lambda improvement: improvement.satisfaction_topic_id and not improvement.cause_id)
        super(CustomerImprovement, self - by_topic)._compute_effect()
        for improvement in by_topic:
            before, n_before, after, n_after = improvement._count_effect()
            improvement.count_before, improvement.total_before = before, n_before
            improvement.count_after, improvement.total_after = after, n_after
            if not improvement.date_done:
                improvement.effect_text = self.env._("Name the day of the measure.")
            elif not n_before or not n_after:
                improvement.effect_text = self.env._("No answers to compare yet.")
            else:
                improvement.effect_text = improvement._effect_in_words(before, n_before, after, n_after)

    def _count_effect(self):
        """Without a cause: low scores of the topic among all its scores."""
        self.ensure_one()
        if self.cause_id or not self.satisfaction_topic_id:
            return super()._count_effect()
        if not self.date_done:
            return 0, 0, 0, 0
        answers_sudo = self.env["customer.satisfaction.answer"].sudo()  # counts only, of all customers
        domain = [("topic_id", "=", self.satisfaction_topic_id.id), ("metric", "!=", False),
                  ("company_id", "=", self.company_id.id)]  # fmt: skip
        figures = []
        for start, end in (
            (fields.Date.subtract(self.date_done, days=self.days), self.date_done),
            (self.date_done, fields.Date.add(self.date_done, days=self.days)),
        ):
            window = [*domain, ("date", ">=", start), ("date", "<", end)]
            figures += [answers_sudo.search_count([*window, ("is_low", "=", True)]), answers_sudo.search_count(window)]
        return tuple(figures)

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

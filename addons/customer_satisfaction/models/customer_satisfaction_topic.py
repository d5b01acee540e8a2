from odoo import fields, models


class CustomerSatisfactionTopic(models.Model):
    """What a question is about. The driver view shows which topics go with low scores."""

    _name = "customer.satisfaction.topic"
    _description = "Satisfaction Topic"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    def action_propose_improvement(self):
        """What many customers score low: into the improvement register, with the low answers that say so."""
        self.ensure_one()
        answers = self.env["customer.satisfaction.answer"].search([("topic_id", "=", self.id), ("is_low", "=", True)])
        return answers._improvement_action(self.env._("Low scores: %s", self.name), self)

    def action_open_answers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_satisfaction.customer_satisfaction_answer_action"
        )
        return {**action, "name": self.name, "domain": [("topic_id", "=", self.id)], "context": {}}

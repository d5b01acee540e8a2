from odoo import fields, models


class CustomerPolicy(models.Model):
    _inherit = "customer.policy"

    churn_definition_ids = fields.One2many(
        "churn.definition", "policy_id", string="Churn Definitions", context={"active_test": False}
    )
    churn_rule_ids = fields.One2many("churn.rule", "policy_id", string="Warning Rules", context={"active_test": False})
    churn_response_ids = fields.One2many("churn.response", "policy_id", string="Time to Act")
    churn_holdout_ids = fields.One2many("churn.holdout", "policy_id", string="Hold-Out")
    churn_playbook_ids = fields.One2many(
        "churn.playbook", "policy_id", string="Playbooks", context={"active_test": False}
    )

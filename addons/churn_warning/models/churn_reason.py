from odoo import fields, models


class ChurnReason(models.Model):
    """Why a customer is about to leave or has left. Stable records that rules, playbooks and outcomes point at."""

    _name = "churn.reason"
    _description = "Churn Reason"
    _order = "sequence, id"
    # Files name a reason by its code.
    _policy_reference = "code"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable name for integrations.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    is_sign = fields.Boolean("Sign", default=True, help="Warning rules and playbooks may name it.")
    is_cause = fields.Boolean("Cause of Loss", default=True, help="May be given as the reason of a loss.")

    _code_unique = models.UniqueIndex("(code)", "Another reason has this code.")

from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    satisfaction_opt_out = fields.Boolean(
        "No Surveys",
        tracking=True,
        help="This contact wants no invitations to surveys. A company: none of its contacts does.",
    )
    customer_satisfaction_score = fields.Float(
        related="customer_profile_id.satisfaction_score",
        related_sudo=False,
        string="Satisfaction",
        groups="customer_policy.group_customer_user",
        aggregator="avg",
    )
    customer_satisfaction_date = fields.Date(
        related="customer_profile_id.last_satisfaction_date",
        related_sudo=False,
        string="Last Survey Answer",
        groups="customer_policy.group_customer_user",
    )

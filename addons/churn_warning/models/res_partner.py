from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    customer_churn_status = fields.Selection(
        related="customer_profile_id.churn_status",
        related_sudo=False,
        string="Churn Status",
        groups="customer_policy.group_customer_user",
    )
    customer_churn_risk = fields.Float(
        related="customer_profile_id.churn_risk",
        related_sudo=False,
        string="Churn Risk (%)",
        groups="customer_policy.group_customer_user",
        aggregator="avg",
    )

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    customer_policy_tz = fields.Selection(related="company_id.customer_policy_tz", readonly=False)
    customer_policy_four_eyes = fields.Boolean(related="company_id.customer_policy_four_eyes", readonly=False)
    customer_policy_own_only = fields.Boolean(related="company_id.customer_policy_own_only", readonly=False)

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    loyalty_points_start = fields.Date(related="company_id.loyalty_points_start", readonly=False)
    loyalty_points_journal_id = fields.Many2one(related="company_id.loyalty_points_journal_id", readonly=False)
    loyalty_points_liability_id = fields.Many2one(related="company_id.loyalty_points_liability_id", readonly=False)
    loyalty_points_revenue_id = fields.Many2one(related="company_id.loyalty_points_revenue_id", readonly=False)
    loyalty_points_expense_id = fields.Many2one(related="company_id.loyalty_points_expense_id", readonly=False)
    loyalty_points_opening_id = fields.Many2one(related="company_id.loyalty_points_opening_id", readonly=False)

from odoo import fields, models


class ResCompany(models.Model):
    """How far the jobs are: one that ran out of time goes on with the companies that are left."""

    _inherit = "res.company"

    churn_warned_at = fields.Datetime("Churn Warnings Brought Up to Date", readonly=True, copy=False)
    churn_trained_on = fields.Date(
        "Churn Back-Test Tried", readonly=True, copy=False, help="Empty: the next job makes one."
    )

from odoo import fields, models


class CustomerInsightModel(models.Model):
    """A fitted purchase model of a company, one row per version: parameters, what it was fitted on, how it did on
    held-back months against the simple rule, and whether it is used."""

    _name = "customer.insight.model"
    _description = "Purchase Model"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    as_of = fields.Date(required=True, readonly=True)
    state = fields.Selection(
        [("used", "Used"), ("refused", "Simple Rule Used Instead"), ("replaced", "Replaced")],
        required=True,
        readonly=True,
        default="refused",
    )

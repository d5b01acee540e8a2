from odoo import fields, models

from .customer_insight_model import METHODS


class CustomerInsightTrial(models.Model):
    """How one candidate did on the held-back days of a version."""

    _name = "customer.insight.trial"
    _description = "Trial of a Purchase Model"
    _order = "model_id desc, error, id"
    _log_access = False

    model_id = fields.Many2one("customer.insight.model", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="model_id.company_id")
    name = fields.Selection(METHODS, "Candidate", required=True, readonly=True)
    error = fields.Float(
        "Error per Customer",
        digits=(16, 4),
        readonly=True,
        aggregator=None,
        help="Root mean squared error of the purchases predicted for each customer. Lower is better.",
    )
    expected = fields.Float("Purchases Predicted", digits=(16, 0), readonly=True, aggregator=None)
    actual = fields.Integer("Purchases Made", readonly=True, aggregator=None)
    auc = fields.Float(
        "Ranking of “No Purchase”",
        digits=(16, 3),
        readonly=True,
        aggregator=None,
        help="Chance that a customer who then bought nothing stands above one who bought: 0.5 is chance, 1 perfect.",
    )
    top_share = fields.Float(
        "Revenue of the Best Fifth",
        digits=(16, 4),
        readonly=True,
        aggregator=None,
        help="Part of the revenue of the held-back days that the fifth with the highest lifetime value brought.",
    )


class CustomerInsightCalibration(models.Model):
    """Customers of a trial in ten groups by what was expected of them: predicted and found."""

    _name = "customer.insight.calibration"
    _description = "Calibration of a Purchase Model"
    _order = "model_id desc, place"
    _log_access = False

    model_id = fields.Many2one("customer.insight.model", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="model_id.company_id")
    place = fields.Integer("Group", readonly=True, aggregator=None, help="1: those of whom the least was expected.")
    customers = fields.Integer(readonly=True)
    expected = fields.Float(
        "Purchases Predicted", digits=(16, 2), readonly=True, aggregator="avg", help="Per customer."
    )
    actual = fields.Float("Purchases Made", digits=(16, 2), readonly=True, aggregator="avg", help="Per customer.")
    no_purchase_expected = fields.Float("No Purchase, Predicted", digits=(16, 3), readonly=True, aggregator="avg")
    no_purchase_actual = fields.Float("No Purchase, Found", digits=(16, 3), readonly=True, aggregator="avg")

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CustomerGradeCriterion(models.Model):
    """One criterion of a scheme: a metric, turned into 0 to 100 points, with a weight.

    Quantile: with k classes, class = 1 + floor(k · (min_rank - 1) / n) among the ranked customers, ties
    sharing the lower rank; points = 100 · class / k. Bands: points by ranges of the value.
    """

    _name = "customer.grade.criterion"
    _description = "Grading Criterion"
    _inherit = "customer.policy.rule"
    _order = "scheme_id, sequence, id"
    _policy_rule_parent = "scheme_id"

    scheme_id = fields.Many2one("customer.grade.scheme", required=True, index=True, ondelete="cascade")
    name = fields.Char(translate=True, help="Empty: the name of the metric.")
    metric = fields.Selection(lambda self: self.env["customer.profile"]._metric_selection(), required=True)
    weight = fields.Float(required=True, default=1.0, digits=(16, 2))
    direction = fields.Selection(
        [("higher", "More is better"), ("lower", "Less is better")],
        required=True,
        default="higher",
        help="For dates, more means later.",
    )
    method = fields.Selection([("quantile", "Quantile"), ("bands", "Bands")], required=True, default="quantile")
    classes = fields.Integer(default=5, help="Into how many classes of equal size the customers are divided.")
    band_ids = fields.One2many("customer.grade.band", "criterion_id", string="Bands", copy=True)

    @api.depends("name", "metric")
    def _compute_display_name(self):
        labels = dict(self.env["customer.profile"]._metric_selection())
        for criterion in self:
            criterion.display_name = criterion.name or labels.get(criterion.metric, criterion.metric)

    @api.constrains("weight", "classes", "method")
    def _check_figures(self):
        for criterion in self:
            if criterion.weight < 0:
                raise ValidationError(self.env._("“%s”: a weight can't be negative.", criterion.display_name))
            if criterion.method == "quantile" and not 2 <= criterion.classes <= 100:
                raise ValidationError(self.env._("“%s”: from 2 to 100 classes, please.", criterion.display_name))

    def _get_problems(self):
        problems = []
        metrics = self.env["customer.profile"]._metric_names()
        for criterion in self:
            if criterion.metric not in metrics:
                problems.append(
                    self.env._(
                        "“%(scheme)s” uses the metric “%(metric)s”, which is not there (any more).",
                        scheme=criterion.scheme_id.name,
                        metric=criterion.metric,
                    )
                )
            if criterion.method == "bands" and not criterion.band_ids:
                problems.append(self.env._("“%s” has no bands.", criterion.display_name))
        return problems

    def _get_band_cuts(self):
        """Bounds of the bands, ascending, and the points below, between and above them."""
        bands = self.band_ids.filtered(lambda band: not band.is_lowest).sorted("lower_bound")
        lowest = self.band_ids.filtered("is_lowest")[:1].points
        return bands.mapped("lower_bound"), [lowest, *bands.mapped("points")]

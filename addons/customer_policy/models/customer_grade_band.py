from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CustomerGradeBand(models.Model):
    """Points for a range of a metric. A band reaches up to where the next one begins,
    so that bands neither overlap nor leave a gap; the lowest has no beginning."""

    _name = "customer.grade.band"
    _description = "Band of a Criterion"
    _inherit = "customer.policy.rule"
    _order = "criterion_id, is_lowest desc, lower_bound"
    _policy_rule_parent = "criterion_id"

    criterion_id = fields.Many2one("customer.grade.criterion", required=True, index=True, ondelete="cascade")
    is_lowest = fields.Boolean("Lowest Band")
    lower_bound = fields.Float("From", digits=(16, 4), help="Dates: days from today, negative in the past.")
    points = fields.Float(required=True, digits=(16, 2))

    _bound_unique = models.UniqueIndex(
        "(criterion_id, lower_bound) WHERE is_lowest IS NOT TRUE", "Two bands begin at the same value."
    )
    _lowest_unique = models.UniqueIndex("(criterion_id) WHERE is_lowest", "Only one band can be the lowest.")

    @api.depends("is_lowest", "lower_bound")
    def _compute_display_name(self):
        for band in self:
            band.display_name = (
                self.env._("Lowest Band") if band.is_lowest else self.env._("From %s", f"{band.lower_bound:g}")
            )

    @api.constrains("points")
    def _check_points(self):
        for band in self:
            if not 0 <= band.points <= 100:
                raise ValidationError(self.env._("Points lie between 0 and 100."))

    def _get_problems(self):
        return [
            self.env._("“%s”: values below the first band get no points; mark the lowest band.", criterion.display_name)
            for criterion in self.criterion_id
            if not any(criterion.band_ids.mapped("is_lowest"))
        ]

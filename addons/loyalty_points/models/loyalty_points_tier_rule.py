from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

MEASURES = [
    ("points", "Qualifying Points"),
    ("revenue", "Revenue"),
    ("grade", "Grade of the Customer"),
]
PERIODS = [("calendar", "Calendar"), ("anniversary", "Since Joining")]


class LoyaltyPointsTierRule(models.Model):
    """What decides the tier of a member. Up at once; down at the end of a period only, when what was collected in it is
    too little."""

    _name = "loyalty.points.tier.rule"
    _description = "Tier Rule"
    _inherit = ["customer.policy.rule", "loyalty.points.program.mixin"]

    measure = fields.Selection(MEASURES, required=True, default="points")
    period = fields.Selection(PERIODS, required=True, default="calendar")
    months = fields.Integer("Months of a Period", required=True, default=12)
    grace_days = fields.Integer(
        "Kept Longer (Days)", help="After the end of a period in which too little was collected."
    )
    level_ids = fields.One2many("loyalty.points.tier.level", "rule_id", string="Tiers", copy=True)

    _one_per_version = models.UniqueIndex("(policy_id) WHERE active", "This version already has a rule for tiers.")

    @api.depends("measure")
    def _compute_display_name(self):
        labels = dict(self._fields["measure"]._description_selection(self.env))
        for rule in self:
            rule.display_name = self.env._("Tiers by %s", labels.get(rule.measure, ""))

    @api.constrains("months", "grace_days")
    def _check_figures(self):
        for rule in self:
            if not 1 <= rule.months <= 60:
                raise ValidationError(self.env._("“%s”: a period has from 1 to 60 months.", rule.display_name))
            if not 0 <= rule.grace_days <= 366:
                raise ValidationError(self.env._("“%s”: a tier is kept from 0 to 366 days longer.", rule.display_name))

    def _get_problems(self):
        problems = []
        for rule in self.filtered("active"):
            levels = rule.level_ids.filtered("active")
            if not levels:
                problems.append(self.env._("“%s” has no tiers.", rule.display_name))
            if rule.measure == "grade" and any(not level.tier_id.grade_id for level in levels):
                problems.append(self.env._("“%s”: a tier without a grade is never reached.", rule.display_name))
        return problems

    def _get_sentence(self):
        self.ensure_one()
        measures = dict(self._fields["measure"]._description_selection(self.env))
        if self.measure == "grade":
            return self.env._("tiers are the grades of the customers")
        periods = dict(self._fields["period"]._description_selection(self.env))
        return self.env._(
            "tiers by %(measure)s within %(months)s months (%(period)s)",
            measure=measures[self.measure],
            months=self.months,
            period=periods[self.period],
        )

    def _ranked_levels(self):
        """Active levels, the lowest tier first: a rank is a place in this order, counted from 1."""
        levels = self.level_ids.filtered(lambda level: level.active and level.tier_id.active)
        if self.measure == "grade":
            return levels.sorted(lambda level: (-level.tier_id.sequence, -level.tier_id.id))
        return levels.sorted("threshold")


class LoyaltyPointsTierLevel(models.Model):
    """One tier of a version: what it takes to reach it and what it brings."""

    _name = "loyalty.points.tier.level"
    _description = "Tier of a Version"
    _inherit = "customer.policy.rule"
    _order = "rule_id, threshold, id"
    _policy_rule_parent = "rule_id"

    rule_id = fields.Many2one("loyalty.points.tier.rule", required=True, index=True, ondelete="cascade")
    measure = fields.Selection(related="rule_id.measure")
    tier_id = fields.Many2one("loyalty.tier", required=True, ondelete="restrict")
    threshold = fields.Float("From", digits=(16, 2), help="Qualifying points or revenue of a period.")
    multiplier = fields.Float("Points Multiplier", digits=(16, 4), default=1.0, required=True)
    pricelist_id = fields.Many2one(
        "product.pricelist", ondelete="restrict", help="For members of this tier without a pricelist of their own."
    )
    trial_product_ids = fields.Many2many(
        "product.product",
        string="Trial Items",
        domain=[("sale_ok", "=", True)],
        help="Members of this tier and of higher ones get each of them free of charge, once.",
    )

    _tier_unique = models.UniqueIndex("(rule_id, tier_id) WHERE active", "This tier stands in this version already.")
    _threshold_unique = models.UniqueIndex(
        "(rule_id, threshold) WHERE active AND threshold > 0", "Two tiers are reached at the same value."
    )

    @api.constrains("threshold", "multiplier")
    def _check_figures(self):
        for level in self:
            if level.threshold < 0:
                raise ValidationError(self.env._("“%s”: a threshold can't be negative.", level.tier_id.name))
            if not 0 <= level.multiplier <= 100:
                raise ValidationError(self.env._("“%s”: a multiplier lies between 0 and 100.", level.tier_id.name))

    @api.depends("tier_id", "threshold")
    def _compute_display_name(self):
        for level in self:
            level.display_name = level.tier_id.name

    def _get_sentence(self):
        self.ensure_one()
        parts = []
        if self.multiplier != 1.0:
            parts.append(self.env._("points × %s", f"{self.multiplier:g}"))
        parts += [self.sudo().pricelist_id.name, *self.sudo().trial_product_ids.mapped("name")]
        benefits = format_list(self.env, [part for part in parts if part])
        reached = "" if self.measure == "grade" else self.env._(" from %s", f"{self.threshold:,g}")
        return f"{self.tier_id.name}{reached}" + (f" ({benefits})" if benefits else "")

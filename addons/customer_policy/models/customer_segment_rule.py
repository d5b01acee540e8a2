from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Decided after the classification, by rules that may ask for segments.
DECIDED_LATER = {
    "lifecycle_stage", "rfm_segment", "rfm_scheme_id", "recency_score", "frequency_score", "monetary_score",
    "grade_id", "grade_score", "grade_scheme_id", "computed_grade_id", "below_since", "override_id",
}  # fmt: skip
SEGMENT_FIELDS = {"customer_segment_ids", "missing_dimension_ids"}


class CustomerSegmentRule(models.Model):
    """Puts customers that meet a condition into a segment.

    In an exclusive dimension the first rule (by sequence) that fits decides. A segment given by hand beats the
    rules: for that segment, and in an exclusive dimension for all of its segments.
    """

    _name = "customer.segment.rule"
    _description = "Segment Rule"
    _inherit = "customer.policy.condition"
    _rec_name = "segment_id"

    segment_id = fields.Many2one("customer.segment", required=True, index=True, ondelete="restrict")
    dimension_id = fields.Many2one(related="segment_id.dimension_id", store=True)

    @api.depends("segment_id", "dimension_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = f"{rule.dimension_id.name}: {rule.segment_id.name}"

    def _describe_everybody(self):
        return self.env._("all others")

    @api.constrains("segment_id", "policy_id")
    def _check_company(self):
        for rule in self:
            company = rule.segment_id.company_id
            if company and company != rule.policy_id.company_id:
                raise ValidationError(
                    self.env._("“%(rule)s” belongs to %(company)s alone.", rule=rule.display_name, company=company.name)
                )

    def _takes_all(self):
        return self._get_domain().is_true() and self._get_metric_domain().is_true()

    def _get_problems(self):
        problems = []
        for rule in self:
            try:
                asked = {
                    name
                    for domain in (rule._get_domain(), rule._get_metric_domain())
                    for path in rule._paths(domain)
                    for name in path.split(".")
                }
            except ValidationError as error:
                problems.append(str(error))
                continue
            if asked & SEGMENT_FIELDS:
                problems.append(self.env._("“%s” asks for segments: no rule can build on another.", rule.display_name))
            later = {name.removeprefix("customer_") for name in asked} & DECIDED_LATER
            if later or "customer_profile_id" in asked:
                problems.append(
                    self.env._(
                        "“%(rule)s” asks for %(fields)s, which is decided after the classification.",
                        rule=rule.display_name,
                        fields=", ".join(sorted(later)) or "customer_profile_id",
                    )
                )
        return problems

    def _get_warnings(self):
        warnings = []
        closed = set()
        for rule in self.filtered("active").sorted(lambda rule: (rule.sequence, rule.id)):
            if not rule.segment_id.active:
                warnings.append(self.env._("“%s” fills an archived segment.", rule.display_name))
            elif rule.dimension_id in closed:
                warnings.append(
                    self.env._("“%s” is never reached: a rule before it takes all the rest.", rule.display_name)
                )
            elif rule.dimension_id.is_exclusive and rule._takes_all():
                closed.add(rule.dimension_id)
        return warnings

    def _get_sentence(self):
        self.ensure_one()
        return self.env._("%(segment)s: %(condition)s", segment=self.display_name, condition=self.condition)

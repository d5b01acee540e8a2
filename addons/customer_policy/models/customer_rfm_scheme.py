from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..condition import describe_text
from ..words import join_names
from .customer_profile import RFM_SEGMENTS

SCORES = ("recency", "frequency", "monetary")


class CustomerRfmScheme(models.Model):
    """How recency, frequency and monetary scores of one kind of customer are cut, and which make which segment.

    A customer belongs to the first scheme (by sequence) whose condition it meets. Scores run from 1 to `classes`
    among the scheme's customers who bought within 12 months, by the quantile formula of the grading criteria.
    Customers who bought earlier only belong to `earlier_segment`.
    """

    _name = "customer.rfm.scheme"
    _description = "RFM Scheme"
    _inherit = "customer.policy.scheme"
    _policy_rule_outputs = frozenset({"rfm_segment", "customer_rfm_segment", *(f"{score}_score" for score in SCORES)})

    classes = fields.Integer(required=True, default=5)
    recency_metric = fields.Selection(
        lambda self: self.env["customer.profile"]._metric_selection(), required=True, default="last_purchase_date"
    )
    frequency_metric = fields.Selection(
        lambda self: self.env["customer.profile"]._metric_selection(), required=True, default="purchase_count_12m"
    )
    monetary_metric = fields.Selection(
        lambda self: self.env["customer.profile"]._metric_selection(), required=True, default="revenue_12m"
    )
    segment_ids = fields.One2many("customer.rfm.segment", "scheme_id", string="Segments", copy=True)
    earlier_segment = fields.Selection(
        RFM_SEGMENTS, "Segment of Earlier Buyers", default="lost", help="For customers without a purchase in 12 months."
    )

    @api.constrains("classes")
    def _check_classes(self):
        for scheme in self:
            if not 2 <= scheme.classes <= 10:
                raise ValidationError(self.env._("“%s”: from 2 to 10 classes, please.", scheme.name))

    def _get_problems(self):
        problems = []
        metrics = self.env["customer.profile"]._metric_names()
        for scheme in self:
            for score in SCORES:
                if scheme[f"{score}_metric"] not in metrics:
                    problems.append(self.env._("“%s” uses a metric that is not there (any more).", scheme.name))
            for segment in scheme.segment_ids:
                if any(segment[f"{score}_to"] > scheme.classes for score in SCORES):
                    problems.append(self.env._("“%s” names a score above its highest class.", scheme.name))
            gaps = scheme._get_gaps()
            if gaps:
                problems.append(
                    self.env._(
                        "“%(scheme)s” leaves scores without a segment: %(gaps)s",
                        scheme=scheme.name,
                        gaps=join_names(self.env, gaps),
                    )
                )
        return problems

    def _get_sentence(self):
        self.ensure_one()
        return self.env._(
            "%(scheme)s (%(customers)s): recency, frequency and monetary scores from 1 to %(classes)s make "
            "%(segments)s segments",
            scheme=self.name,
            customers=describe_text(self.env, self.domain, "res.partner"),
            classes=self.classes,
            segments=len(set(self.segment_ids.mapped("segment"))),
        )

    def _get_gaps(self, limit=5):
        """Some score triples, such as “1-1-3”, that no segment takes."""
        self.ensure_one()
        steps = range(1, self.classes + 1)
        gaps = (
            f"{r}-{f}-{m}" for r in steps for f in steps for m in steps
            if not any(segment._takes(r, f, m) for segment in self.segment_ids)
        )  # fmt: skip
        return [gap for _position, gap in zip(range(limit), gaps, strict=False)]


class CustomerRfmSegment(models.Model):
    """A named range of scores; the first segment that takes a customer's scores is used."""

    _name = "customer.rfm.segment"
    _description = "RFM Segment"
    _inherit = "customer.policy.rule"
    _order = "scheme_id, sequence, id"
    _rec_name = "segment"
    _policy_rule_parent = "scheme_id"

    scheme_id = fields.Many2one("customer.rfm.scheme", required=True, index=True, ondelete="cascade")
    segment = fields.Selection(RFM_SEGMENTS, required=True)
    recency_from = fields.Integer("R From", default=1, required=True)
    recency_to = fields.Integer("R To", default=5, required=True)
    frequency_from = fields.Integer("F From", default=1, required=True)
    frequency_to = fields.Integer("F To", default=5, required=True)
    monetary_from = fields.Integer("M From", default=1, required=True)
    monetary_to = fields.Integer("M To", default=5, required=True)

    @api.constrains("recency_from", "recency_to", "frequency_from", "frequency_to", "monetary_from", "monetary_to")
    def _check_ranges(self):
        for segment in self:
            if any(not 1 <= segment[f"{score}_from"] <= segment[f"{score}_to"] for score in SCORES):
                raise ValidationError(self.env._("Score ranges begin at 1 and run upwards."))

    @api.depends("segment")
    def _compute_display_name(self):
        labels = dict(self._fields["segment"]._description_selection(self.env))
        for segment in self:
            segment.display_name = labels.get(segment.segment)

    def _takes(self, recency, frequency, monetary):
        scores = zip(SCORES, (recency, frequency, monetary), strict=True)
        return all(self[f"{name}_from"] <= score <= self[f"{name}_to"] for name, score in scores)

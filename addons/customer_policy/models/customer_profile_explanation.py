from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import format_amount, format_date, format_datetime, formatLang

from ..engine.context import class_of
from .customer_profile import EPOCH


class CustomerProfile(models.Model):
    """“Why this grade?”: the arithmetic of the present grade, from the profile and the stored thresholds."""

    _inherit = "customer.profile"

    grade_explanation = fields.Html(compute="_compute_grade_explanation", sanitize=False)

    @api.depends("grade_id", "grade_score", "below_since", "override_id")
    @api.depends_context("lang")
    def _compute_grade_explanation(self):
        for profile in self:
            profile.grade_explanation = self.env["ir.qweb"]._render(
                "customer_policy.grade_explanation", profile._explain_grade()
            )

    def _explain_grade(self):
        """What led to the grade: scheme, clause, criteria with value, class, points, weight and contribution,
        total, thresholds of the grades, delay and override. Amounts and dates are formatted for the reader."""
        self.ensure_one()
        scheme = self.grade_scheme_id.sudo()
        thresholds = self.env["customer.policy.threshold"]._load(self.company_id)
        is_ranked = bool(scheme) and self.purchase_count_12m >= scheme.minimum_purchases
        criteria = scheme.criterion_ids if is_ranked else scheme.criterion_ids.browse()
        criteria = [self._explain_criterion(criterion, thresholds) for criterion in criteria]
        total = scheme.total_weight or 1.0
        for line in criteria:
            line["contribution"] = line["points"] * line["weight"] / total
        score_cuts, population = thresholds.get((scheme._name, scheme.id, "score"), ([], 0))
        return {
            "profile": self,
            "is_ranked": is_ranked,
            "criteria": criteria,
            "total_weight": total,
            "score": sum(line["contribution"] for line in criteria),
            "levels": self._explain_levels(scheme, score_cuts),
            "population": population,
            "sentences": self._explain_in_words(scheme, is_ranked),
            "as_of": self.as_of and format_datetime(self.env, self.as_of, dt_format="short"),
            "figure": lambda value: formatLang(self.env, value, digits=2),
        }

    def _explain_in_words(self, scheme, is_ranked):
        """(Bootstrap class, sentence) pairs: what decided the grade, besides the arithmetic."""
        if not self.grade_id:
            return [("", self.env._("No grade: no grading scheme applies, or no run has covered this customer yet."))]
        sentences = []
        if scheme:
            sentence = self.env._(
                "Grade %(grade)s by clause %(clause)s of “%(policy)s”, scheme “%(scheme)s”.",
                grade=Markup("<strong>%s</strong>") % self.grade_id.name,
                clause=Markup("<strong>%s</strong>") % scheme.clause_id.display_name,
                policy=scheme.policy_id.display_name,
                scheme=scheme.name,
            )
            sentences.append(("", sentence))
        override = self.override_id.sudo()
        if override:
            sentence = self.env._(
                "Set by hand until %(date)s, approved by %(user)s; the policy computes %(grade)s. Reason: %(reason)s",
                date=format_date(self.env, override.date_end),
                user=override.approver_id.name,
                grade=self.computed_grade_id.name,
                reason=override.reason,
            )
            sentences.append(("alert alert-info", sentence))
        if self.below_since:
            sentence = self.env._(
                "Below the standard of this grade since %(date)s; a lower one applies after %(months)s months.",
                date=format_date(self.env, self.below_since),
                months=scheme.downgrade_months,
            )
            sentences.append(("alert alert-warning", sentence))
        if scheme and not is_ranked:
            sentence = self.env._(
                "%(count)s purchases in 12 months, fewer than the %(minimum)s needed: listed apart, not ranked.",
                count=self.purchase_count_12m,
                minimum=scheme.minimum_purchases,
            )
            sentences.append(("", sentence))
        return sentences

    def _explain_criterion(self, criterion, thresholds):
        today = self.company_id._customer_policy_today()
        as_of = (
            self.as_of
            and fields.Datetime.context_timestamp(
                self.with_context(tz=self.company_id.customer_policy_tz), self.as_of
            ).date()
        )
        bands = criterion.method == "bands"
        higher = criterion.direction == "higher" or bands
        value = self._metric_value(criterion.metric, as_of or today, higher_is_better=higher, relative=bands)
        if criterion.method == "quantile":
            cuts, _population = thresholds.get((criterion._name, criterion.id, "value"), ([], 0))
            classes = criterion.classes
            found = class_of(value, cuts) if value is not None else None
            points = 100.0 * found / classes if found else 0.0
        else:
            cuts, band_points = criterion._get_band_cuts()
            classes = len(band_points)
            found = class_of(value, cuts) if value is not None else None
            points = band_points[found - 1] if found else 0.0
        sign = 1 if higher else -1
        return {
            "name": criterion.display_name,
            "metric": criterion.metric,
            "value": "–" if value is None else self._format_metric(criterion.metric, self[criterion.metric]),
            "range": self._format_range(criterion, [sign * cut for cut in cuts], found),
            "class": found,
            "classes": classes,
            "points": points,
            "weight": criterion.weight,
        }

    def _explain_levels(self, scheme, score_cuts):
        """Grades of the scheme, best first, with the score from which each is reached."""
        levels = scheme._sorted_levels()
        starts = [*reversed(score_cuts), 0.0]
        missing = len(levels) - len(starts)
        return [
            {"level": level, "from": starts[position - missing] if position >= missing else None}
            for position, level in enumerate(levels)
        ]

    def _format_metric(self, name, value):
        field = self._fields[name]
        if field.type == "monetary":
            return format_amount(self.env, value or 0.0, self.currency_id)
        if field.type == "date":
            return format_date(self.env, value) if value else "–"
        digits = 0 if field.type == "integer" else (field.get_digits(self.env) or (16, 2))[1]
        return formatLang(self.env, value or 0.0, digits=digits)

    def _format_range(self, criterion, cuts, found):
        """The thresholds between which a value of class `found` lies; a missing one is open."""
        if not found:
            return "–"
        lower = self._format_cut(criterion, cuts[found - 2]) if found > 1 else "…"
        upper = self._format_cut(criterion, cuts[found - 1]) if found <= len(cuts) else "…"
        return f"{lower} – {upper}"

    def _format_cut(self, criterion, cut):
        if self._fields[criterion.metric].type != "date":
            return self._format_metric(criterion.metric, cut)
        if criterion.method == "quantile":
            return format_date(self.env, EPOCH + timedelta(days=cut))
        return self.env._("%s days ago", formatLang(self.env, abs(cut), digits=0))

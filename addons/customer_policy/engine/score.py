from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, Query

from ..models.customer_rfm_scheme import SCORES
from .context import STAGE


class CustomerPolicyEngine(models.AbstractModel):
    """Lifecycle stage and schemes, RFM scores, and the points of the grading criteria."""

    _inherit = "customer.policy.engine"

    # ------------------------------------------------------------ quantiles

    def _cut(self, run, value, classes, condition):
        """Cuts of a value into classes and the number of customers ranked.

        class = 1 + floor(k · (min_rank - 1) / n), ties sharing `min_rank`; the cut of class c is the
        smallest value of class c or above. A value's class is then 1 + the number of cuts it reaches.

        :return: ([cuts, ascending], n)
        """
        rows = self.env.execute_query(
            SQL(
                """WITH counted AS (
                       SELECT value, COUNT(*) AS customers
                         FROM (SELECT %(value)s AS value FROM %(stage)s s WHERE %(condition)s) v
                        WHERE value IS NOT NULL GROUP BY value),
                   ranked AS (
                       SELECT value, SUM(customers) OVER () AS n,
                              1 + DIV(%(classes)s * (SUM(customers) OVER (ORDER BY value) - customers),
                                      SUM(customers) OVER ()) AS class
                         FROM counted),
                   lowest AS (
                       SELECT class, MIN(value) AS value, MAX(n) AS n FROM ranked GROUP BY class)
                   SELECT MIN(lowest.value)::float8, (SELECT MAX(n) FROM lowest)
                     FROM GENERATE_SERIES(2, %(classes)s) step
                LEFT JOIN lowest ON lowest.class >= step
                    GROUP BY step ORDER BY step""",
                value=value,
                stage=SQL.identifier(STAGE),
                condition=condition,
                classes=classes,
            )
        )
        population = max((int(n) for _cut, n in rows if n), default=0)
        return [cut for cut, _n in rows if cut is not None], population

    def _class_sql(self, value, cuts):
        """SQL of the class of a value (see `_cut`).

        In double precision, as the cuts are: PostgreSQL searches an array of numerics from its beginning.
        """
        return SQL("(1 + WIDTH_BUCKET(%s::float8, %s::float8[]))", value, cuts)

    # ------------------------------------------------------------ lifecycle and scheme

    def _step_assign(self, run):
        """Lifecycle stage, RFM scheme and grading scheme of each customer: the first rule that fits."""
        run.schemes = list(run.policy._get_rules("customer.grade.scheme"))
        self._update_stage(
            run,
            {
                "lifecycle_stage": self._case(
                    [
                        SQL("WHEN %s THEN %s", self._lifecycle_condition(run, rule), rule.stage)
                        for rule in run.policy._get_rules("customer.lifecycle.rule")
                    ]
                ),
                "rfm_scheme_id": self._case_of_schemes(run, run.policy._get_rules("customer.rfm.scheme")),
                "grade_scheme_id": self._case_of_schemes(run, run.schemes),
            },
        )

    def _case_of_schemes(self, run, schemes):
        """SQL of the first scheme that fits; archived customers keep their numbers and compete with nobody."""
        partners = self.env["res.partner"].with_context(active_test=True)
        among = Domain.TRUE if run.is_full else Domain("id", "in", run.partner_ids)
        return self._case(
            [
                SQL(
                    "WHEN s.partner_id IN %s THEN %s",
                    partners._search(among & scheme._get_domain()).subselect(),
                    scheme.id,
                )
                for scheme in schemes
            ]
        )

    def _lifecycle_condition(self, run, rule):
        conditions = [SQL("s.purchase_count >= %s", rule.minimum_purchases)]
        if rule.days_without_purchase:
            conditions.append(SQL("%s::date - s.last_purchase_date >= %s", run.today, rule.days_without_purchase))
        conditions.append(self._stage_condition(rule._get_domain()))
        return SQL("(%s)", SQL(" AND ").join(conditions))

    def _stage_condition(self, domain):
        """A domain on customer.profile as a condition on the staging table."""
        profile = self.env["customer.profile"]
        query = Query(self.env, "s", SQL.identifier(STAGE))
        condition = domain.optimize_full(profile)._to_sql(profile, "s", query)
        if query._joins:
            query.add_where(condition)
            return SQL("s.partner_id IN %s", query.subselect(SQL("s.partner_id")))
        return condition

    # ------------------------------------------------------------ RFM

    def _step_rfm(self, run):
        """Recency, frequency and monetary scores and their segment, by the scheme of each customer."""
        columns = {name: [] for name in (*(f"{score}_score" for score in SCORES), "rfm_segment")}
        for scheme in run.policy._get_rules("customer.rfm.scheme"):
            member = SQL("s.rfm_scheme_id = %s", scheme.id)
            ranked = SQL("%s AND s.purchase_count_12m > 0", member)
            scores = {score: self._rfm_score(run, scheme, score, ranked) for score in SCORES}
            for score in SCORES:
                columns[f"{score}_score"].append(SQL("WHEN %s THEN %s", ranked, scores[score]))
            columns["rfm_segment"] += [
                SQL("WHEN %s AND %s THEN %s", ranked, self._rfm_range(segment, scores), segment.segment)
                for segment in scheme.segment_ids
            ]
            columns["rfm_segment"].append(
                SQL(
                    "WHEN %s AND s.purchase_count_12m = 0 AND s.purchase_count > 0 THEN %s",
                    member,
                    scheme.earlier_segment or None,
                )
            )
        self._update_stage(run, {name: self._case(branches) for name, branches in columns.items()})

    def _rfm_score(self, run, scheme, score, ranked):
        value = self.env["customer.profile"]._metric_sql(scheme[f"{score}_metric"], "s", run.today)
        if run.is_full:
            run.thresholds[scheme._name, scheme.id, score] = self._cut(run, value, scheme.classes, ranked)
        return self._class_sql(value, run.cuts(scheme, score))

    def _rfm_range(self, segment, scores):
        return SQL(" AND ").join(
            SQL("%s BETWEEN %s AND %s", value, segment[f"{score}_from"], segment[f"{score}_to"])
            for score, value in scores.items()
        )

    def _case(self, branches):
        """SQL of a CASE; NULL without branches."""
        return SQL("CASE %s END", SQL(" ").join(branches)) if branches else SQL("NULL")

    # ------------------------------------------------------------ points of the criteria

    def _step_score(self, run):
        """Weighted mean of the criteria's points for every ranked customer."""
        scores = []
        for scheme in run.schemes:
            ranked = self._ranked_condition(scheme)
            if run.is_full:
                for criterion in scheme.criterion_ids.filtered(lambda c: c.method == "quantile"):
                    value = self._criterion_value(run, criterion)
                    found = self._cut(run, value, criterion.classes, ranked)
                    run.thresholds[criterion._name, criterion.id, "value"] = found
            scores.append(SQL("WHEN %s THEN %s", ranked, self._scheme_score(run, scheme)))
        self._update_stage(run, {"grade_score": self._case(scores)})

    def _ranked_condition(self, scheme):
        return SQL("(s.grade_scheme_id = %s AND s.purchase_count_12m >= %s)", scheme.id, scheme.minimum_purchases)

    def _scheme_score(self, run, scheme):
        weight = scheme.total_weight
        if weight <= 0:
            raise UserError(self.env._("“%s”: the weights add up to zero.", scheme.name))
        parts = [SQL("%s::numeric * %s", c.weight, self._criterion_points(run, c)) for c in scheme.criterion_ids]
        return SQL("ROUND((%s) / %s::numeric, 2)", SQL(" + ").join(parts), weight)

    def _criterion_value(self, run, criterion):
        profile = self.env["customer.profile"]
        if criterion.metric not in profile._metric_names():
            raise UserError(
                self.env._(
                    "“%(scheme)s” uses the metric “%(metric)s”, which is not there (any more).",
                    scheme=criterion.scheme_id.name,
                    metric=criterion.metric,
                )
            )
        # Bands are given in the metric's own values, dates in days from today.
        bands = criterion.method == "bands"
        higher = criterion.direction == "higher" or bands
        return profile._metric_sql(criterion.metric, "s", run.today, higher_is_better=higher, relative=bands)

    def _criterion_points(self, run, criterion):
        """SQL of the points, 0 to 100, of a customer; 0 where the metric has no value."""
        value = self._criterion_value(run, criterion)
        if criterion.method == "quantile":
            points = SQL("100.0 * %s / %s", self._class_sql(value, run.cuts(criterion)), criterion.classes)
        else:
            bounds, band_points = criterion._get_band_cuts()
            points = SQL("(%s::numeric[])[%s]", band_points, self._class_sql(value, bounds))
        return SQL("COALESCE(%s, 0)", points)

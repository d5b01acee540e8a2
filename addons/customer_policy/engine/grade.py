from odoo import models
from odoo.tools import SQL

from .context import STAGE


class CustomerPolicyEngine(models.AbstractModel):
    """Grades: from the score, with the delay of downgrades and overrides by hand."""

    _inherit = "customer.policy.engine"

    def _step_grade(self, run):
        """Computed and effective grade of every customer.

        Within a scheme grades are ranked: 0 the grade apart, 1 the lowest, and so on. A grade below the
        present one applies only after the scheme's months, counted from the first day below.
        """
        if not run.schemes:
            self._update_stage(
                run, dict.fromkeys(("computed_grade_id", "below_since", "override_id", "grade_id"), SQL("NULL"))
            )
            return
        joins = SQL(
            """LEFT JOIN (VALUES %(rows)s) AS scheme (id, grades, cuts, months) ON scheme.id = s.grade_scheme_id
              CROSS JOIN LATERAL (
                    SELECT CASE WHEN s.grade_score IS NULL THEN 0
                                ELSE 1 + WIDTH_BUCKET(s.grade_score, scheme.cuts) END AS target,
                           ARRAY_POSITION(scheme.grades, s.computed_grade_id) - 1 AS present,
                           COALESCE(s.below_since, %(today)s::date) AS since) r
               LEFT JOIN customer_grade_override o
                      ON o.partner_id = s.partner_id AND o.company_id = s.company_id AND o.state = 'approved'
                     AND o.date_end >= %(today)s::date""",
            today=run.today,
            rows=SQL(", ").join(self._scheme_row(run, scheme) for scheme in run.schemes),
        )
        is_delayed = SQL(
            "(r.target < r.present AND %s::date < (r.since + scheme.months * INTERVAL '1 month')::date)", run.today
        )
        computed = SQL("CASE WHEN %s THEN s.computed_grade_id ELSE scheme.grades[r.target + 1] END", is_delayed)
        self._update_stage(
            run,
            {
                "computed_grade_id": computed,
                "below_since": SQL("CASE WHEN %s THEN r.since END", is_delayed),
                "override_id": SQL("o.id"),
                "grade_id": SQL("COALESCE(o.grade_id, %s)", computed),
            },
            joins,
        )

    def _scheme_row(self, run, scheme):
        """(id, grades from the one apart to the best, score cuts between them, months) as SQL values."""
        levels = scheme._sorted_levels()
        if scheme.method == "score":
            run.thresholds[scheme._name, scheme.id, "score"] = (sorted(levels[:-1].mapped("minimum_score")), 0)
        elif run.is_full:
            run.thresholds[scheme._name, scheme.id, "score"] = self._cut_shares(scheme, levels[:-1].mapped("share"))
        grades = [scheme.apart_grade_id.id, *reversed(levels.grade_id.ids)]
        return SQL(
            "(%s, %s::int[], %s::numeric[], %s)",
            scheme.id,
            grades,
            run.cuts(scheme, "score"),
            scheme.downgrade_months,
        )

    def _cut_shares(self, scheme, shares):
        """Lowest score of each share of the best, ascending: a customer is among the best p percent of n
        when fewer than p · n / 100 have a higher score; ties share the better grade.

        :param shares: percentages, the smallest first
        :return: ([cuts], n)
        """
        rows = self.env.execute_query(
            SQL(
                """WITH counted AS (
                       SELECT grade_score AS score, COUNT(*) AS customers
                         FROM %(stage)s WHERE grade_scheme_id = %(scheme)s AND grade_score IS NOT NULL
                        GROUP BY grade_score),
                   ranked AS (
                       SELECT score, SUM(customers) OVER () AS n,
                              SUM(customers) OVER (ORDER BY score DESC) - customers AS above
                         FROM counted)
                   SELECT MIN(score)::float8, (SELECT MAX(n) FROM ranked)
                     FROM UNNEST(%(shares)s::numeric[]) share
                LEFT JOIN ranked ON above * 100 < share * n
                    GROUP BY share ORDER BY share DESC""",
                stage=SQL.identifier(STAGE),
                scheme=scheme.id,
                shares=list(shares),
            )
        )
        population = max((int(n) for _cut, n in rows if n), default=0)
        return [cut for cut, _n in rows if cut is not None], population

from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.addons.customer_policy.models.customer_transaction import TransactionRestriction
from odoo.tools import SQL

from ..engine.periods import calendar_start

# Rows of one INSERT.
BATCH = 5000


class LoyaltyTierMembership(models.Model):
    """Deciding tiers: one statement for one member or for all.

    `reached` is the tier that the current period has earned so far, `kept` that of the period before. A tier is safe
    until its review date; afterwards it is what `reached` and `kept` say, whichever is higher. A floor holds anyway.
    """

    _inherit = "loyalty.tier.membership"

    @api.model
    def _review(self, company, partner_ids=None):
        """Bring the tiers of these customers (None: of all members) up to date; returns the rows that began.

        A second call writes nothing. sudo: who earns points need not see tiers.
        """
        rule = self.env["loyalty.points.tier.rule"].sudo()._in_force(company)[:1]
        levels = rule._ranked_levels() if rule else self.env["loyalty.points.tier.level"]
        if not levels:
            return self.browse()
        self.env.flush_all()
        today = company._customer_policy_today()
        rows = self.env.execute_query(
            SQL(
                """WITH level (tier_id, rank, threshold, grade_id) AS (VALUES %(levels)s),
                   %(judged)s,
                   decided AS (SELECT j.*, %(target)s AS target FROM judged j),
                   target AS (
                       SELECT d.*, level.tier_id AS target_tier_id, level.threshold, %(review)s AS next_review
                         FROM decided d LEFT JOIN level ON level.rank = d.target),
                   prolonged AS (
                       UPDATE loyalty_tier_membership m SET review_date = t.next_review FROM target t
                        WHERE m.id = t.membership_id AND t.target_tier_id = t.tier_id
                          AND m.review_date IS DISTINCT FROM t.next_review),
                   ended AS (
                       UPDATE loyalty_tier_membership m SET date_end = %(today)s::date FROM target t
                        WHERE m.id = t.membership_id AND t.target_tier_id IS DISTINCT FROM t.tier_id RETURNING m.id)
                   SELECT t.partner_id, t.target_tier_id, t.tier_id, t.next_review, t.target > t.current_rank,
                          %(reason)s, %(measured)s, t.threshold, t.period_start, t.period_end, t.now_sum, t.last_sum
                     FROM target t LEFT JOIN ended ON ended.id = t.membership_id
                    WHERE t.target_tier_id IS DISTINCT FROM t.tier_id ORDER BY t.partner_id""",
                levels=self._level_values(levels),
                judged=self._judged(company, rule, today, partner_ids),
                target=self._target(rule, today),
                review=self._next_review(rule, today),
                reason=self._reason(rule),
                measured=SQL("CASE WHEN t.reached >= t.kept THEN t.now_sum ELSE t.last_sum END"),
                today=today,
            )
        )
        self.invalidate_model(flush=False)
        begun = self._begin(company, rule, today, [row for row in rows if row[1]])
        self.env["res.partner"].invalidate_model(["loyalty_tier_id", "property_product_pricelist"], flush=False)
        return begun

    @api.model
    def _level_values(self, levels):
        return SQL(", ").join(
            SQL(
                "(%s, %s, %s::numeric, %s::int)",
                level.tier_id.id,
                rank,
                level.threshold,
                level.tier_id.grade_id.id or None,
            )
            for rank, level in enumerate(levels, 1)
        )

    @api.model
    def _begin(self, company, rule, today, rows):
        """Insert the rows that begin; apart from the decision, as a statement sees no row that it has ended itself."""
        clause = rule.clause_id
        values = [
            SQL(
                "(%s, %s, %s, %s, %s::date, %s::date, %s, %s, %s, %s, %s, JSONB_STRIP_NULLS(JSONB_BUILD_OBJECT("
                "'threshold', %s::numeric, 'period_start', %s::date, 'period_end', %s::date, 'collected', %s::numeric, "
                "'before', %s::numeric)))",
                *(partner_id, company.id, tier_id, previous, today, review, upgrade, reason, measured),
                *(clause.id, clause.display_name, *figures),
            )
            for partner_id, tier_id, previous, review, upgrade, reason, measured, *figures in rows
        ]
        begun = self.browse()
        for start in range(0, len(values), BATCH):
            inserted = self.env.execute_query(
                SQL(
                    """INSERT INTO loyalty_tier_membership
                              (partner_id, company_id, tier_id, previous_tier_id, date_start, review_date, is_upgrade,
                               reason, measured, clause_id, clause, inputs)
                       VALUES %s RETURNING id""",
                    SQL(", ").join(values[start : start + BATCH]),
                )
            )
            begun |= self.browse([row_id for [row_id] in inserted])
        return begun

    # ------------------------------------------------------------ parts of the statement

    @api.model
    def _judged(self, company, rule, today, partner_ids):
        """CTEs up to `judged`: per member its periods, sums, ranks, current row and floor."""
        scope = SQL("TRUE") if partner_ids is None else SQL("p.commercial_partner_id = ANY(%s)", list(partner_ids))
        return SQL(
            """member AS (
                   SELECT p.commercial_partner_id AS partner_id,
                          MIN((c.create_date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date) AS since
                     FROM loyalty_card c JOIN res_partner p ON p.id = c.partner_id
                     JOIN loyalty_program g ON g.id = c.program_id AND g.program_type = 'loyalty'
                    WHERE c.active AND (g.company_id = %(company)s OR g.company_id IS NULL) AND %(scope)s
                    GROUP BY p.commercial_partner_id),
               period AS (SELECT m.partner_id, m.since, %(periods)s FROM member m, %(number)s),
               summed AS (
                   SELECT p.partner_id, p.period_start, p.period_end,
                          COALESCE(SUM(v.value) FILTER (WHERE v.day >= p.period_start), 0) AS now_sum,
                          COALESCE(SUM(v.value) FILTER (WHERE v.day < p.period_start), 0) AS last_sum
                     FROM period p LEFT JOIN (%(movements)s) v
                          ON v.partner_id = p.partner_id AND v.day >= p.last_start AND v.day <= %(today)s::date
                    GROUP BY p.partner_id, p.period_start, p.period_end),
               judged AS (
                   SELECT s.*, m.id AS membership_id, m.tier_id, m.review_date, COALESCE(held.rank, 0) AS current_rank,
                          %(reached)s AS reached,
                          COALESCE((SELECT MAX(rank) FROM level WHERE threshold <= s.last_sum), 0) AS kept,
                          COALESCE(floor.rank, 0) AS floor_rank, floor.date_end AS floor_end
                     FROM summed s
                     LEFT JOIN loyalty_tier_membership m ON m.partner_id = s.partner_id AND m.company_id = %(company)s
                          AND m.date_end IS NULL
                     LEFT JOIN level held ON held.tier_id = m.tier_id
                     LEFT JOIN LATERAL (
                          SELECT l.rank, f.date_end FROM loyalty_tier_floor f JOIN level l ON l.tier_id = f.tier_id
                           WHERE f.partner_id = s.partner_id AND f.company_id = %(company)s
                             AND (f.date_end IS NULL OR f.date_end >= %(today)s::date)
                           ORDER BY l.rank DESC, f.date_end DESC NULLS FIRST LIMIT 1) floor ON TRUE)""",
            tz=company.customer_policy_tz or "UTC",
            company=company.id,
            scope=scope,
            number=self._period_number(rule, today),
            periods=self._periods(rule, today),
            movements=self._movements(company, rule, today, partner_ids),
            reached=self._reached(company, rule),
            today=today,
        )

    @api.model
    def _period_number(self, rule, today):
        """FROM item `n (number)`: how many periods a member has completed (see `engine/periods.py`)."""
        if rule.period == "calendar":
            return SQL("(SELECT 0 AS number) n")
        months = SQL(
            """GREATEST(0, ((EXTRACT(YEAR FROM %(today)s::date) - EXTRACT(YEAR FROM m.since)) * 12
                            + EXTRACT(MONTH FROM %(today)s::date) - EXTRACT(MONTH FROM m.since))::int)""",
            today=today,
        )
        return SQL(
            """LATERAL (SELECT q - CASE WHEN q > 0 AND (m.since + MAKE_INTERVAL(months => q * %(length)s))::date
                                             > %(today)s::date THEN 1 ELSE 0 END AS number
                          FROM (SELECT %(months)s / %(length)s AS q) quotient) n""",
            months=months,
            length=rule.months,
            today=today,
        )

    @api.model
    def _periods(self, rule, today):
        """Columns `period_start`, `period_end` (last day) and `last_start` of the period before."""
        if rule.period == "calendar":
            start, length = calendar_start(today, rule.months), relativedelta(months=rule.months)
            days = (start, start + length - relativedelta(days=1), start - length)
            return SQL("%s::date AS period_start, %s::date AS period_end, %s::date AS last_start", *days)

        def begin(offset):
            return SQL("(m.since + MAKE_INTERVAL(months => (n.number + %s) * %s))::date", offset, rule.months)

        return SQL("%s AS period_start, %s - 1 AS period_end, %s AS last_start", begin(0), begin(1), begin(-1))

    @api.model
    def _movements(self, company, rule, today, partner_ids):
        """SELECT (partner_id, day, value) of what counts for the tier."""
        if rule.measure == "grade":
            return SQL("SELECT NULL::int AS partner_id, NULL::date AS day, 0::numeric AS value WHERE FALSE")
        if rule.measure == "revenue":
            return self._movements_of_revenue(company, partner_ids)
        programs = SQL("AND e.program_id = ANY(%s)", rule.program_ids.ids) if rule.program_ids else SQL()
        scope = SQL("TRUE") if partner_ids is None else SQL("e.partner_id = ANY(%s)", list(partner_ids))
        return SQL(
            """SELECT e.partner_id, (e.date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS day,
                      e.qualifying_points AS value
                 FROM loyalty_ledger_entry e
                WHERE e.company_id = %(company)s AND e.qualifying_points <> 0 AND e.date > %(since)s AND %(scope)s
                      %(programs)s""",
            tz=company.customer_policy_tz or "UTC",
            company=company.id,
            since=today - relativedelta(months=2 * rule.months, days=2),
            scope=scope,
            programs=programs,
        )

    @api.model
    def _movements_of_revenue(self, company, partner_ids):
        contact_ids = None
        if partner_ids is not None:
            query = SQL("SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%s)", list(partner_ids))
            contact_ids = [contact_id for [contact_id] in self.env.execute_query(query)]
        sources = self.env["customer.transaction"]._sources(TransactionRestriction(company.id, contact_ids)).values()
        return SQL(" UNION ALL ").join(
            SQL("SELECT partner_id, date AS day, amount AS value FROM (%s) source", source) for source in sources
        )

    @api.model
    def _reached(self, company, rule):
        """Rank that the current period has reached; of grades, that of the grade."""
        if rule.measure != "grade":
            return SQL("COALESCE((SELECT MAX(rank) FROM level WHERE threshold <= s.now_sum), 0)")
        return SQL(
            """COALESCE((SELECT MAX(l.rank) FROM customer_profile f JOIN level l ON l.grade_id = f.grade_id
                          WHERE f.partner_id = s.partner_id AND f.company_id = %s), 0)""",
            company.id,
        )

    @api.model
    def _due(self, alias, rule, today):
        """Whether the tier may be lowered: nobody has one yet, or its safe time with the days of grace is over."""
        return SQL(
            "(%(a)s.review_date IS NULL OR %(today)s::date > %(a)s.review_date + %(grace)s)",
            a=SQL.identifier(alias),
            today=today,
            grace=rule.grace_days,
        )

    @api.model
    def _target(self, rule, today):
        if rule.measure == "grade":
            return SQL("GREATEST(j.reached, j.floor_rank)")
        return SQL(
            "GREATEST(j.reached, j.floor_rank, CASE WHEN %s THEN j.kept ELSE j.current_rank END)",
            self._due("j", rule, today),
        )

    @api.model
    def _next_review(self, rule, today):
        """A tier that only a floor holds is looked at when the floor ends; one just reached or confirmed at the end of
        the current period; else as before."""
        if rule.measure == "grade":
            return SQL("NULL::date")
        return SQL(
            """CASE WHEN d.target = d.floor_rank AND d.floor_rank > GREATEST(d.reached, d.kept)
                         AND (d.current_rank < d.floor_rank OR %(due)s OR d.review_date = d.floor_end)
                    THEN LEAST(COALESCE(d.floor_end, d.period_end), d.period_end)
                    WHEN d.target > d.current_rank OR %(due)s THEN d.period_end ELSE d.review_date END""",
            due=self._due("d", rule, today),
        )

    @api.model
    def _reason(self, rule):
        earned = SQL("'grade'") if rule.measure == "grade" else SQL("'reached'")
        fallen = SQL("'grade'") if rule.measure == "grade" else SQL("'review'")
        return SQL(
            """CASE WHEN t.target = t.floor_rank AND t.floor_rank > GREATEST(t.reached, t.kept) THEN 'floor'
                    WHEN t.tier_id IS NOT NULL AND t.current_rank = 0 THEN 'policy'
                    WHEN t.target > t.current_rank THEN %s ELSE %s END""",
            earned,
            fallen,
        )

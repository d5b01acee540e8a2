from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# Lots that expire in one transaction.
BATCH = 50_000


class LoyaltyCard(models.Model):
    """Points that expire. One statement per batch writes entries, allocations and balances of all cards concerned: what
    `_post_entries` does for some, done where the data is. Their cards' rows are updated, so whoever spends the same points
    at the same time is refused or repeated.
    """

    _inherit = "loyalty.card"

    @api.model
    def _expire_due(self, company, limit=BATCH):
        """Expire open lots whose last day is over in a company, at most so many; returns how many.

        A second call finds none: a lot that has expired is not open any more.
        """
        rules = self._expiry_rules(company)
        if not rules:
            return 0
        self.env.flush_all()
        [[lots]] = self.env.execute_query(
            SQL(
                """WITH rule (program_id, clause_id, policy_id, clause) AS (VALUES %(rules)s),
                   due AS (%(due)s ORDER BY open.card_id LIMIT %(limit)s),
                   locked AS (
                       SELECT id FROM loyalty_card WHERE id IN (SELECT card_id FROM due) ORDER BY id FOR NO KEY UPDATE),
                   entry AS (
                       INSERT INTO loyalty_ledger_entry
                              (card_id, program_id, partner_id, company_id, entry_type, date, points, qualifying_points,
                               owed_points, is_lot, reason, user_id, policy_id, clause_id, clause, origin_entry_id,
                               idempotency_key)
                       SELECT due.card_id, due.program_id, due.partner_id, due.company_id, 'expiry', %(now)s, -due.points,
                              0, 0, FALSE, %(reason)s, %(uid)s, rule.policy_id, rule.clause_id, rule.clause, due.entry_id,
                              'expiry:' || due.entry_id || ':' || due.day
                         FROM due JOIN rule ON rule.program_id = due.program_id JOIN locked ON locked.id = due.card_id
                    RETURNING id, origin_entry_id, card_id, points),
                   taken AS (
                       INSERT INTO loyalty_ledger_allocation (entry_id, lot_id, points)
                       SELECT id, origin_entry_id, -points FROM entry),
                   gone AS (
                       DELETE FROM loyalty_ledger_open open USING entry WHERE open.entry_id = entry.origin_entry_id),
                   balance AS (
                       UPDATE loyalty_card card
                          SET points = (card.points::numeric + lost.points)::float8, write_date = %(now)s,
                              write_uid = %(uid)s
                         FROM (SELECT card_id, SUM(points) AS points FROM entry GROUP BY card_id) lost
                        WHERE card.id = lost.card_id)
                   SELECT COUNT(*) FROM entry""",
                rules=SQL(", ").join(
                    SQL("(%s, %s, %s, %s)", program.id, rule.clause_id.id, rule.policy_id.id, rule.clause_id.display_name)
                    for program, rule in rules.items()
                ),
                due=self._due_lots(company, rules),
                limit=limit,
                now=self.env.cr.now(),
                reason=self.with_context(lang=company.partner_id.lang or self.env.lang).env._("Expired"),
                uid=self.env.uid,
            )
        )
        self.env.invalidate_all(flush=False)
        return lots

    @api.model
    def _expiry_rules(self, company):
        """{loyalty program: rule in force}; also of archived programs, whose points are still owed."""
        domain = Domain("program_type", "=", "loyalty") & Domain("company_id", "in", [company.id, False])
        programs = self.env["loyalty.program"].sudo().with_context(active_test=False).search(domain)
        rules = self.env["loyalty.points.expiry.rule"]
        return {program: rule for program in programs if (rule := rules._for_program(program, company))}

    @api.model
    def _due_lots(self, company, rules, ahead=None):
        """SELECT of open lots with their last day: over by today, or (`ahead`: SQL of days by program) soon.

        Without activity a lot lives until so many months after the card's last accrual or redemption.
        """
        today = company._customer_policy_today()
        inactive = {program: rule.number for program, rule in rules.items() if rule.method == "inactivity"}
        idle = SQL(" ").join(SQL("WHEN %s THEN %s", program.id, months) for program, months in inactive.items())
        day = SQL("open.expiration_date")
        if inactive:
            day = SQL("LEAST(open.expiration_date, (%s)::date)", self._idle_day(company, idle))
        programs = tuple(program.id for program in rules)
        condition = SQL("last.day < %s::date", today)
        if ahead is not None:
            condition = SQL("last.day >= %s::date AND last.day <= %s::date + %s", today, today, ahead)
        # Without inactivity the index on the dates of open lots leads to the few that are due.
        bound = SQL("TRUE") if inactive else SQL("open.expiration_date < %s::date + %s", today, 0 if ahead is None else 366)
        return SQL(
            """SELECT open.entry_id, open.card_id, open.points, e.program_id, e.partner_id, e.company_id, last.day
                 FROM loyalty_ledger_open open
                 JOIN loyalty_ledger_entry e ON e.id = open.entry_id
                CROSS JOIN LATERAL (SELECT %(day)s AS day) last
                WHERE open.points > 0 AND e.company_id = %(company)s AND e.program_id IN %(programs)s
                  AND %(bound)s AND %(condition)s""",
            day=day,
            company=company.id,
            programs=programs,
            bound=bound,
            condition=condition,
        )

    @api.model
    def _idle_day(self, company, idle):
        """SQL: last day of a lot of a program under a rule on inactivity, NULL of others."""
        return SQL(
            """CASE WHEN CASE e.program_id %(idle)s END IS NOT NULL THEN (
                    SELECT MAX((a.date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date)
                      FROM loyalty_ledger_entry a
                     WHERE a.card_id = open.card_id AND a.entry_type IN ('opening', 'accrual', 'redemption', 'transfer'))
                    + MAKE_INTERVAL(months => CASE e.program_id %(idle)s END) END""",
            idle=idle,
            tz=company.customer_policy_tz or "UTC",
        )

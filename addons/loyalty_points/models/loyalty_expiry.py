from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# Lots that expire in one transaction.
BATCH = 50_000


class LoyaltyCard(models.Model):
    """Which points expire, by the rules in force. `_post_expiry` ends them, set-based."""

    _inherit = "loyalty.card"

    @api.model
    def _expire_due(self, company, limit=BATCH):
        """Expire open lots whose last day is over in a company, at most so many per clause; returns how many.

        A second call finds none: a lot that has expired is not open any more.
        """
        reason = self.with_context(lang=company.partner_id.lang or self.env.lang).env._("Expired")
        rules, count = self._expiry_rules(company), 0
        for clause in dict.fromkeys(rule.clause_id for rule in rules.values()):
            mine = {program: rule for program, rule in rules.items() if rule.clause_id == clause}
            lots = SQL(
                "SELECT due.entry_id FROM (%s) due ORDER BY due.card_id, due.entry_id LIMIT %s",
                self._due_lots(company, mine),
                limit,
            )
            count += self.sudo()._post_expiry(lots, reason=reason, clause=clause)
        return count

    @api.model
    def _expiry_rules(self, company):
        """{loyalty program: rule in force}; also of archived programs, whose points are still owed.

        Without a rule (an empty one) lots that have a last day of their own expire all the same.
        """
        domain = Domain("program_type", "=", "loyalty") & Domain("company_id", "in", [company.id, False])
        programs = self.env["loyalty.program"].sudo().with_context(active_test=False).search(domain)
        rules = self.env["loyalty.points.expiry.rule"]
        return {program: rules._for_program(program, company) for program in programs}

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
        bound = (
            SQL("TRUE") if inactive else SQL("open.expiration_date < %s::date + %s", today, 0 if ahead is None else 366)
        )
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
                     WHERE a.card_id = open.card_id
                       AND a.entry_type IN ('opening', 'accrual', 'redemption', 'transfer'))
                    + MAKE_INTERVAL(months => CASE e.program_id %(idle)s END) END""",
            idle=idle,
            tz=company.customer_policy_tz or "UTC",
        )

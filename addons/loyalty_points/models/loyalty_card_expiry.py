from odoo import api, fields, models
from odoo.tools import SQL


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    @api.model
    def _post_expiry(self, lots, *, reason, clause=None, date=None):
        """Let lots expire with all that they have left, in one statement. A second call finds nothing left.

        :param lots: SQL, a SELECT of `loyalty_ledger_open.entry_id`
        :param clause: the clause (a record) that ends them
        :return: the number of lots
        """
        clause = clause or self.env["customer.policy.clause"]
        self.env.flush_all()
        entry_ids = [entry_id for [entry_id] in self.env.execute_query(lots)]  # looked for once
        chosen = SQL("SELECT * FROM loyalty_ledger_open WHERE points > 0 AND entry_id = ANY(%s)", entry_ids)
        self._lock(SQL("id IN (SELECT card_id FROM (%s) lot)", chosen))
        [(count,)] = self.env.execute_query(
            SQL(
                """WITH lot AS (%(chosen)s),
                   card AS (
                       UPDATE loyalty_card card
                          SET points = ROUND(card.points::numeric, 4) - gone.points, write_date = %(now)s
                         FROM (SELECT card_id, SUM(points) AS points FROM lot GROUP BY card_id) gone
                        WHERE card.id = gone.card_id),
                   entry AS (
                       INSERT INTO loyalty_ledger_entry (
                              card_id, program_id, partner_id, company_id, entry_type, date, points, qualifying_points,
                              owed_points, is_lot, reason, user_id, policy_id, clause_id, clause, origin_entry_id)
                       SELECT lot.card_id, given.program_id, given.partner_id, given.company_id, 'expiry', %(date)s,
                              -lot.points, 0, 0, FALSE, %(reason)s, %(user)s, %(policy)s, %(clause_id)s, %(clause)s,
                              given.id
                         FROM lot JOIN loyalty_ledger_entry given ON given.id = lot.entry_id
                       RETURNING id, points, origin_entry_id),
                   kept AS (
                       INSERT INTO loyalty_ledger_allocation (entry_id, lot_id, points)
                       SELECT id, origin_entry_id, -points FROM entry),
                   gone AS (
                       DELETE FROM loyalty_ledger_open open USING lot WHERE open.entry_id = lot.entry_id)
                   SELECT COUNT(*) FROM entry""",
                chosen=chosen,
                now=fields.Datetime.now(),
                date=date or fields.Datetime.now(),
                reason=reason,
                user=self.env.uid,
                policy=clause.policy_id.id or None,
                clause_id=clause.id or None,
                clause=clause.display_name if clause else None,
            )
        )
        self.env.invalidate_all(flush=False)
        return count

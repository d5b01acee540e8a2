from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..posting import exact


class LoyaltyLedgerEntry(models.Model):
    """Taking entries back, in whole or in part."""

    _inherit = "loyalty.ledger.entry"

    def _reverse(self, amounts=None, **values):
        """Take these entries back: accruals from the balance, redemptions into the lots that they came from.

        :param amounts: {entry id: points, positive}; never more than is not taken back yet, all of it if not given
        :param values: of `_post_entries`: `reason`, and as needed `move_id`, `order_model`, `order_id`, `date` ...
        :return: the new entries (sudo)
        """
        return self.env["loyalty.card"]._post_entries(self._prepare_reversals(amounts, **values))

    def _prepare_reversals(self, amounts=None, **values):
        """What `_reverse` posts, given back first: it may cover what is taken."""
        done = self._get_reversed()
        sources = self._get_sources()
        moved = self._get_transferred()
        owed = {card: exact(card.points_owed) for card in self.sudo().card_id._surviving()}
        giving, taking = [], []
        for entry in self.sudo():
            value = exact(entry.points) - exact(entry.owed_points)
            base = value or exact(entry.qualifying_points)
            left = abs(base) - done[entry.id][0]
            wanted = left if amounts is None else min(left, exact(amounts.get(entry.id, 0)))
            if wanted <= 0:
                continue
            qualifying = exact(entry.qualifying_points)
            share = qualifying - done[entry.id][1] if wanted == left else exact(qualifying * wanted / abs(base))
            vals = {**entry._prepare_reversal(), "qualifying_points": -share, **values}
            if value < 0:
                giving += entry._prepare_give_back(vals, wanted, sources[entry.id], done[entry.id][2], owed)
            elif value:
                taking.append({**vals, "points": -wanted, "lots": dict.fromkeys([entry.id, *moved[entry.id]], wanted)})
            else:
                taking.append({**vals, "points": 0})
        return giving + taking

    def _prepare_reversal(self):
        self.ensure_one()
        rule = self.env["loyalty.points.return.rule"]._in_force(self.company_id)[:1]
        names = ("order_model", "order_id", "order_line_id")
        return {
            **{name: self[name] for name in names},
            "card_id": self.card_id.id,
            "company_id": self.company_id.id,
            "clause_id": rule.clause_id.id,
            "entry_type": "reversal",
            "origin_entry_id": self.id,
        }

    def _prepare_give_back(self, vals, wanted, sources, anew, owed):
        """Entries that give back `wanted` points: to lots of the card that are still valid, else as new lots.

        What was owed (`owed_points`) is owed no more, as far as it still is.

        :param sources: [(lot, points, last day, card)], those that are valid longest first
        :param anew: points that were given back as new lots already
        :param owed: {card: points that it still owes}; what is released here is taken off
        """
        card = self.card_id._surviving()
        released = min(wanted, exact(max(self.owed_points, 0)), owed[card])
        owed[card] -= released
        alive, new = self._split_give_back(wanted - released, sources, anew)
        parts = [
            {"points": sum(alive.values(), Decimal(0)), "lots": alive},
            *({"points": points, "expiration_date": day} for day, points in new.items()),
            {"points": 0, "owed_points": -released},
        ]
        parts = [part for part in parts if part["points"] or part.get("owed_points")]
        return [{**vals, "qualifying_points": 0 if n else vals["qualifying_points"], **p} for n, p in enumerate(parts)]

    def _split_give_back(self, left, sources, anew):
        """({lot: points}, {last day: points of a new lot}): an expired lot comes back with days of grace, one that was
        transferred meanwhile on the account that has its points now, and what no lot gave like points earned today."""
        rule = self.env["loyalty.points.return.rule"]._in_force(self.company_id)[:1]
        today, card = self.company_id._customer_policy_today(), self.card_id._surviving()
        alive, new = {}, defaultdict(Decimal)
        for lot_id, points, last_day, holder_id in sources:
            over = bool(last_day) and last_day < today
            if over or holder_id != card.id:
                known = min(anew, points)
                anew, points = anew - known, points - known
            taken = min(left, points)
            left -= taken
            if over:
                new[today + timedelta(days=rule.grace_days)] += taken
            elif holder_id == card.id:
                alive[lot_id] = taken
            else:
                new[last_day] += taken
        if left:
            new[card.with_company(self.company_id)._lot_values().get("expiration_date")] += left
        return {id_: points for id_, points in alive.items() if points}, new

    def _get_reversed(self):
        """{entry id: (points, qualifying points, points in new lots)} that were taken back already, as positive
        numbers."""
        done = defaultdict(lambda: (Decimal(0), Decimal(0), Decimal(0)))
        query = SQL(
            """SELECT back.origin_entry_id, back.points - back.owed_points, -back.qualifying_points,
                      CASE WHEN back.is_lot THEN back.points ELSE 0 END
                 FROM loyalty_ledger_entry back
                WHERE back.origin_entry_id = ANY(%s) AND back.entry_type = 'reversal'""",
            self.ids,
        )
        for id_, points, qualifying, anew in self.env.execute_query(query):
            figures = (abs(exact(points or qualifying)), exact(qualifying), exact(anew))
            done[id_] = tuple(before + more for before, more in zip(done[id_], figures, strict=True))
        return done

    def _get_transferred(self):
        """{lot id: [lot id]} of lots that hold what was transferred from these to another card."""
        moved = defaultdict(list)
        query = SQL(
            """WITH RECURSIVE moved (first_id, id) AS (
                   SELECT id, id FROM loyalty_ledger_entry WHERE id = ANY(%s)
                   UNION ALL
                   SELECT moved.first_id, entry.id FROM moved JOIN loyalty_ledger_entry entry
                     ON entry.origin_entry_id = moved.id AND entry.entry_type = 'transfer' AND entry.is_lot)
               SELECT first_id, id FROM moved WHERE id <> first_id""",
            self.ids,
        )
        for first_id, id_ in self.env.execute_query(query):
            moved[first_id].append(id_)
        return moved

    def _get_sources(self):
        """{entry id: [(lot id, points, last day, card)]} of what redemptions took and have not given back to lots."""
        sources = defaultdict(list)
        query = SQL(
            """SELECT COALESCE(back.origin_entry_id, taken.entry_id) AS entry_id, taken.lot_id, SUM(taken.points),
                      COALESCE(open.expiration_date, lot.expiration_date) AS last_day, lot.card_id
                 FROM loyalty_ledger_allocation taken
                 JOIN loyalty_ledger_entry lot ON lot.id = taken.lot_id
                 LEFT JOIN loyalty_ledger_open open ON open.entry_id = lot.id
                 LEFT JOIN loyalty_ledger_entry back ON back.id = taken.entry_id AND back.origin_entry_id = ANY(%(ids)s)
                WHERE taken.entry_id = ANY(%(ids)s) OR back.id IS NOT NULL
                GROUP BY 1, taken.lot_id, last_day, lot.card_id HAVING SUM(taken.points) > 0
                ORDER BY last_day DESC NULLS FIRST, taken.lot_id DESC""",
            ids=self.ids,
        )
        for id_, lot_id, points, last_day, card_id in self.env.execute_query(query):
            sources[id_].append((lot_id, exact(points), last_day, card_id))
        return sources

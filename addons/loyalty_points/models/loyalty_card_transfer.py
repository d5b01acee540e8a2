from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..posting import exact


class LoyaltyCard(models.Model):
    """Points that go from one card to another keep the day on which they expire."""

    _inherit = "loyalty.card"

    def _transfer(self, target, points=None, *, reason, **values):
        """Move `points` of this card, those first that expire soonest, to `target`; all, debts included, by default."""
        self.ensure_one()
        values = {"entry_type": "transfer", "reason": reason, **values}
        lots = self._get_lots_to_move(points)
        total = sum((taken for _id, taken, _day in lots), Decimal(0))
        if points is not None:
            total = self._check_points(points)
        vals_list = [{**values, "card_id": self.id, "points": -total, "lots": {id_: taken for id_, taken, _d in lots}}]
        vals_list += [
            {**values, "card_id": target.id, "points": taken, "expiration_date": day, "origin_entry_id": id_}
            for id_, taken, day in lots
        ]
        if points is None:
            vals_list += self._prepare_debt_transfer(target, values)
        return self.env["loyalty.card"]._post_entries(
            [vals for vals in vals_list if vals["points"] or "owed_points" in vals]
        )

    def _get_lots_to_move(self, points):
        """[(lot, points, last day)] in the order of spending, as many as make up `points` or all."""
        query = SQL(
            """SELECT entry_id, points, expiration_date FROM loyalty_ledger_open
                WHERE card_id = %s AND points > 0 ORDER BY expiration_date, entry_id""",
            self.id,
        )
        left, lots = None if points is None else exact(points), []
        for id_, available, day in self.env.execute_query(query):
            taken = exact(available) if left is None else min(exact(available), left)
            if taken <= 0:
                break
            lots.append((id_, taken, day))
            left = None if left is None else left - taken
        return lots

    def _prepare_debt_transfer(self, target, values):
        """What this card owes, below zero or from later points, is owed by `target` then."""
        values = {**values, "shortfall": "allow"}
        debt, owed = max(-exact(self.points), Decimal(0)), exact(self.points_owed)
        vals_list = [
            {**values, "card_id": self.id, "points": debt, "owed_points": -owed},
            {**values, "card_id": target.id, "points": -debt, "owed_points": owed},
        ]
        return vals_list if debt or owed else []

    def _merged_references(self):
        """(table, column) where Odoo says which card it was; the account that took it over is named there then."""
        return (
            ("sale_order_line", "coupon_id"),
            ("sale_order_coupon_points", "coupon_id"),
            ("loyalty_history", "card_id"),
            ("loyalty_earning", "card_id"),
            ("loyalty_points_adjustment", "card_id"),
        )

    def _merge_into(self, target, reason):
        """Let `target` take these cards over, with their points, orders and history; they are archived."""
        sources = self.sudo() - target
        for card in sources:
            card._transfer(target, reason=reason)
        if not sources:
            return
        self.env.flush_all()
        for table, column in self._merged_references():
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE %s = ANY(%s)",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    target.id,
                    SQL.identifier(column),
                    sources.ids,
                )
            )
        self.env.invalidate_all(flush=False)
        earlier = sources.with_context(active_test=False).search([("merged_into_id", "in", sources.ids)])
        (sources | earlier).write({"active": False, "merged_into_id": target.id})

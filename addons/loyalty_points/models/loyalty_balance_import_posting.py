import json
from collections import defaultdict
from typing import NamedTuple

from odoo import models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..posting import exact
from .loyalty_balance_import import FIGURES, FIXED


class Held(NamedTuple):
    """What the ledger holds of a row: its sums, how many entries, and {lot: points left}."""

    points: float = 0
    qualifying_points: float = 0
    entries: int = 0
    lots: dict = {}


class Pending:
    """Rows whose changes are posted together: {row id: whether its day has changed}. No client can send one.

    Equal to itself alone: environments with equal contexts are one.
    """

    def __init__(self):
        self.rows = {}


class LoyaltyBalanceImport(models.Model):
    """How imported balances get into the ledger: always the difference to what it holds of the row."""

    _inherit = "loyalty.balance.import"

    def _load_records(self, data_list, update=False):
        """Rows of a file that change are read, checked and posted together."""
        references = [data["values"].get("reference") for data in data_list]
        self.search_fetch([("reference", "in", references)], [*FIXED, *FIGURES, "card_id"])
        pending = Pending()
        deferring = self.with_context(loyalty_balance_pending=pending)
        rows = super(LoyaltyBalanceImport, deferring)._load_records(data_list, update)
        changed = self.browse(pending.rows)
        changed._check_and_post(changed.filtered(lambda row: pending.rows[row.id]))
        return rows.with_env(self.env)

    def _post_now_or_later(self, redated):
        pending = self.env.context.get("loyalty_balance_pending")
        if not isinstance(pending, Pending):
            self._check_and_post(redated)
            return
        for row in self:
            pending.rows[row.id] = pending.rows.get(row.id) or row in redated

    def _check_and_post(self, redated):
        self._check_content()
        self._post(redated)

    def _open_accounts(self):
        """Find or make the account of each row's customer."""
        # sudo: whoever may import balances may open accounts for them; customers and programs were checked.
        cards_sudo = self.env["loyalty.card"].sudo().with_context(loyalty_no_mail=True, tracking_disable=True)
        known = cards_sudo._get_member_cards(self.partner_id, self.program_id)
        keys = {row: (row.partner_id.commercial_partner_id.id, row.program_id.id) for row in self}
        missing = [key for key in dict.fromkeys(keys.values()) if key not in known]
        opened = cards_sudo.create([{"partner_id": partner, "program_id": program} for partner, program in missing])
        known.update(zip(missing, opened, strict=True))
        for row, key in keys.items():
            row.sudo().card_id = known[key].id

    def _post(self, redated=()):
        """Post what rows say and the ledger does not hold yet. A second call finds nothing to post.

        :param redated: rows whose points are valid until another day than when they were posted
        """
        cards = self.card_id.sudo()
        cards.fetch(["program_id", "partner_id", "merged_into_id", "expiration_date", "active"])
        cards.partner_id.fetch(["commercial_partner_id"])
        held, days = self._get_held(), self._get_policy_days()
        vals_list, history = [], []
        for row in self:
            entries = row._prepare_entries(held[row.id], row in redated, days[row.program_id, row.company_id])
            vals_list += entries
            history += row._prepare_history(sum(vals["points"] for vals in entries))
        if vals_list:
            self.env["loyalty.card"].with_context(loyalty_no_mail=True)._post_entries(vals_list)
        # sudo: Odoo's own history, which the customer sees, says what the ledger says.
        self.env["loyalty.history"].sudo().create(history)

    def _prepare_entries(self, held, redated, policy_day):
        """The difference in points; where the day has changed, all that is left goes into a lot with the new one."""
        points = exact(self.points) - exact(held.points)
        qualifying = exact(self.qualifying_points) - exact(held.qualifying_points)
        moved = sum(held.lots.values()) if redated else exact(0)
        parts = []
        if moved:
            parts.append({"points": -moved, "lots": held.lots})
        if points + moved or qualifying:
            lots = {"lots": held.lots} if points < 0 and not moved and held.lots else {}
            parts.append({"points": points + moved, "qualifying_points": qualifying, **lots})
        if not parts:
            return []
        self._check_account()
        day = min(filter(None, [self.expiration_date or policy_day, self.card_id.sudo().expiration_date]), default=None)
        common = {**self._prepare_entry_vals(held), "expiration_date": day}
        key = json.dumps([self.source, self.reference])
        return [
            {**common, **part, "idempotency_key": f"balance-import-{self.company_id.id}-{key}-{held.entries + number}"}
            for number, part in enumerate(parts)
        ]

    def _prepare_entry_vals(self, held):
        reason = self.env._("Balance from %(system)s (%(reference)s)", system=self.source, reference=self.reference)
        if held.entries:
            reason = self.env._(
                "Imported again from %(system)s (%(reference)s): %(points)s points instead of %(before)s",
                system=self.source,
                reference=self.reference,
                points=f"{self.points:g}",
                before=f"{float(held.points):g}",
            )
        return {
            "card_id": self.card_id.id,
            "entry_type": "adjustment" if held.entries else "opening",
            "reason": reason,
            "company_id": self.company_id.id,
            "order_model": self._name,
            "order_id": self.id,
            "inputs": {"source": self.source, "reference": self.reference, "before": float(held.points)},
        }

    def _prepare_history(self, points):
        if not points:
            return []
        description = self.env._(
            "Balance from %(system)s (%(reference)s)", system=self.source, reference=self.reference
        )
        values = {"issued": float(max(points, 0)), "used": float(max(-points, 0))}
        return [{"card_id": self.card_id.sudo()._surviving().id, "description": description, **values}]

    def _check_account(self):
        card_sudo = self.card_id.sudo()._surviving()
        expired = card_sudo.expiration_date and card_sudo.expiration_date < self.company_id._customer_policy_today()
        if not card_sudo.active or expired:
            raise ValidationError(
                self.env._(
                    "%(reference)s: the account of %(customer)s is archived, or expired.",
                    reference=self.reference,
                    customer=self.partner_id.display_name,
                )
            )

    def _get_policy_days(self):
        """{(program, company): last day of points without one of their own}"""
        rules = self.env["loyalty.points.expiry.rule"]
        return {
            (program, company): rules._expiration_date(program, company, company._customer_policy_today())
            for program, company in {(row.program_id, row.company_id) for row in self}
        }

    def _get_held(self):
        """{row id: Held}. Points that were spent, expired or went to another account still count as held."""
        query = SQL(
            """SELECT order_id, SUM(points), SUM(qualifying_points), COUNT(*),
                      ARRAY_AGG(id) FILTER (WHERE is_lot)
                 FROM loyalty_ledger_entry
                WHERE order_model = %s AND order_id = ANY(%s) AND entry_type IN ('opening', 'adjustment')
                GROUP BY order_id""",
            self._name,
            self.ids,
        )
        found = self.env.execute_query(query)
        left = self._get_left([lot for row in found for lot in row[4] or ()])
        held = defaultdict(Held)
        for row_id, points, qualifying, entries, lots in found:
            account = self.browse(row_id).card_id.sudo()._surviving()
            own = {id_: points for lot in lots or () for id_, card, points in left[lot] if card == account.id}
            held[row_id] = Held(points, qualifying, entries, own)
        return held

    def _get_left(self, lot_ids):
        """{lot: [(lot, card, points left)]} of lots and of those that their points went on to."""
        left = defaultdict(list)
        if not lot_ids:
            return left
        moved = self.env["loyalty.ledger.entry"].browse(lot_ids)._get_transferred()
        first = {id_: lot for lot in lot_ids for id_ in (lot, *moved[lot])}
        query = SQL(
            "SELECT entry_id, card_id, points FROM loyalty_ledger_open WHERE points > 0 AND entry_id = ANY(%s)",
            list(first),
        )
        for id_, card, points in self.env.execute_query(query):
            left[first[id_]].append((id_, card, exact(points)))
        return left

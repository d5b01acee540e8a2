from collections import defaultdict
from decimal import Decimal
from math import isfinite

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..posting import ENTRY_COLUMNS, MAX_POINTS, exact, insert_entries
from ..scope import current


class LoyaltyCard(models.Model):
    """The one way into the points ledger."""

    _inherit = "loyalty.card"

    @api.model
    def _post_entries(self, vals_list, base=None):
        """Post entries to the ledger: cards, entries and allocations in one go, set-based.

        Every card named is locked and its row updated, whatever comes of it: under REPEATABLE READ that, and not the
        lock, is what makes a transaction that saw an older balance fail and be tried again.

        Keys of a dict: `card_id`, `entry_type`, `points` (signed), `reason`, and optionally `qualifying_points`
        (signed), `date`, `expiration_date` (of a lot), `order_model`, `order_id`, `order_line_id`, `move_id`,
        `company_id` (else the program's or the current one), `user_id`, `clause_id`, `inputs` (JSON),
        `origin_entry_id`, `idempotency_key` (an entry with a known key is left out), and
        - `lots`: {id of a lot: points} to take from (negative entry; what they lack comes from others, soonest expiry
          first) or to give back to (positive entry, which then is no lot and names lots for all of its points);
        - `shortfall`, for negative entries that the balance does not cover: `refuse` (default), `owe` (default of
          reversals: below zero as far as the return rule lets, the rest is owed and taken from later points), `allow`.

        :param base: {card id: balance} of cards whose balance counts as another than it is (see `Settling`)
        :return: the new entries (sudo), in the order of `vals_list`, debits of owed points behind them
        """
        rows = self._prepare_entries(vals_list)
        base = base or {}
        cards = self.sudo().browse(sorted({row["card_id"] for row in rows} | set(base)))
        if not cards:
            return self.env["loyalty.ledger.entry"].sudo()
        before = cards._lock_balances(base)
        after = {card_id: list(balance) for card_id, balance in before.items()}
        rows = cards._cover_shortages(rows, after)
        entries = insert_entries(self.env, rows)
        cards._store_balances(after)
        self._allocate(rows, entries)
        if any(row["points"] < 0 for row in rows) or any(points < 0 for points, _owed in before.values()):
            self._match_open(cards.ids)
        cards._after_posting(before, after)
        self._move_base(before, after, base)
        return entries

    @api.model
    def _prepare_entries(self, vals_list):
        """Checked and completed copies of `vals_list` without those that are posted already."""
        keys = [vals["idempotency_key"] for vals in vals_list if vals.get("idempotency_key")]
        known = set()
        if keys:
            query = SQL("SELECT idempotency_key FROM loyalty_ledger_entry WHERE idempotency_key = ANY(%s)", keys)
            known = {key for (key,) in self.env.execute_query(query)}
        rows = []
        for vals in vals_list:
            key = vals.get("idempotency_key")
            if key in known:
                continue
            known |= {key} if key else set()
            rows.append(self._prepare_entry(vals))
        return rows

    @api.model
    def _prepare_entry(self, vals):
        card = self.sudo().browse(vals["card_id"])._surviving()
        clause = self.env["customer.policy.clause"].sudo().browse(vals.get("clause_id"))
        row = {
            **dict.fromkeys(ENTRY_COLUMNS),
            "date": fields.Datetime.now(),
            "user_id": self.env.uid,
            "program_id": card.program_id.id,
            "partner_id": card.partner_id.commercial_partner_id.id or None,
            "clause": clause.display_name if clause else None,
            "policy_id": clause.policy_id.id or None,
            "shortfall": "owe" if vals["entry_type"] == "reversal" else "refuse",
            **{name: value or None for name, value in vals.items()},
            "card_id": card.id,
        }
        row["company_id"] = row["company_id"] or card.program_id.company_id.id or self.env.company.id
        for name in ("points", "qualifying_points", "owed_points"):
            row[name] = self._check_points(row[name] or 0)
        row["is_lot"] = row["points"] > 0 and not row.get("lots")
        if row["points"] > 0 and row.get("lots"):
            assert sum(map(exact, row["lots"].values())) == row["points"], "gives back other points than it has"
        return row

    @api.model
    def _check_points(self, points):
        if not isfinite(points) or abs(points) > MAX_POINTS:
            raise ValidationError(self.env._("%s is no number of points that can be recorded.", points))
        return exact(points)

    def _lock_balances(self, base):
        """{card id: (balance, owed)} before this posting, with the rows locked in one order for all."""
        columns = SQL("id, COALESCE(points, 0), COALESCE(points_owed, 0)")
        rows = self._lock(SQL("id = ANY(%s)", self.ids), columns)
        return {id_: (base.get(id_, exact(points)), exact(owed)) for id_, points, owed in rows}

    def _cover_shortages(self, rows, balances):
        """`rows` with what the balances can bear; `balances` as they are afterwards.

        Raises where points are missing that must be there. What is owed and can be paid by now is debited behind them.
        """
        covered, spending, last = [], set(), {}
        for row in rows:
            card_id, balance = row["card_id"], balances[row["card_id"]]
            if row["points"] < 0 and row["shortfall"] == "owe":
                row = self._owe_shortage(row, balance[0])
            elif row["points"] < 0 and row["shortfall"] == "refuse":
                spending.add(card_id)
            last[card_id] = row
            balance[0] += row["points"]
            balance[1] += row["owed_points"]
            covered.append(row)
        for card_id in spending:
            if balances[card_id][0] < 0:
                self.browse(card_id)._raise_missing_points(rows)
        for card_id, row in last.items():
            debit = min(balances[card_id])
            if debit > 0:
                covered.append(self._prepare_debit(row, debit))
                balances[card_id] = [balance - debit for balance in balances[card_id]]
        return covered

    def _owe_shortage(self, row, balance):
        """`row`, a negative one, with as many of its points owed as the balance lacks."""
        rule = self.env["loyalty.points.return.rule"]._in_force(self._company_of(row))[:1]
        takes = min(-row["points"], max(balance + exact(rule.debt_limit), Decimal(0)))
        return {**row, "points": -takes, "owed_points": row["owed_points"] - row["points"] - takes}

    def _prepare_debit(self, row, debit):
        """The entry that takes `debit` owed points from what `row` has brought."""
        rule = self.env["loyalty.points.return.rule"]._in_force(self._company_of(row))[:1]
        names = ("card_id", "company_id", "date", "order_model", "order_id", "move_id", "user_id")
        vals = {
            **{name: row[name] for name in names},
            "entry_type": "reversal",
            "points": -debit,
            "owed_points": -debit,
            "clause_id": rule.clause_id.id,
            "reason": self.env._("Owed since goods came back"),
        }
        return self._prepare_entry(vals)

    def _company_of(self, row):
        return self.env["res.company"].browse(row["company_id"])

    def _raise_missing_points(self, rows):
        needed = -sum(row["points"] for row in rows if row["card_id"] == self.id)
        self.invalidate_recordset(["points"])
        raise ValidationError(
            self.env._(
                "%(card)s has %(balance)s points, %(needed)s would be taken.",
                card=self.display_name,
                balance=f"{self.points:g}",
                needed=f"{float(needed):g}",
            )
        )

    def _store_balances(self, balances):
        """Balances and owed points, in all rows of these cards, also where nothing differs (see `_post_entries`)."""
        values = SQL(", ").join(
            SQL("(%s, %s::numeric, %s::numeric)", card_id, points, owed) for card_id, (points, owed) in balances.items()
        )
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_card card SET points = new.points, points_owed = new.owed,
                          write_date = %s, write_uid = %s
                     FROM (VALUES %s) new (id, points, owed) WHERE card.id = new.id""",
                fields.Datetime.now(),
                self.env.uid,
                values,
            )
        )

    def _after_posting(self, before, after):
        """Bring the cache up to date and tell members who have reached what they are told of."""
        changes = {}
        for card in self:
            old, new = float(before[card.id][0]), float(after[card.id][0])
            self._fields["points"]._update_cache(card, new)
            self._fields["points_owed"]._update_cache(card, float(after[card.id][1]))
            if new > old:
                changes[card] = {"old": old, "new": new}
        self.modified(["points", "points_owed"])
        if changes and not self.env.context.get("loyalty_no_mail"):
            self.browse(card.id for card in changes)._send_points_reach_communication(changes)

    @api.model
    def _move_base(self, before, after, base):
        """Entries posted while orders are being settled count besides what the orders say in the end."""
        scope = current(self.env)
        for card_id in set(getattr(scope, "base", ())) & set(before) - set(base):
            scope.base[card_id] += after[card_id][0] - before[card_id][0]

    @api.model
    def _allocate(self, rows, entries):
        """Allocations to the lots that entries name: to take from, or to give back to."""
        takes, returns = [], defaultdict(Decimal)
        for row, entry_id in zip(rows, entries.ids, strict=True):
            for lot_id, points in (row.get("lots") or {}).items():
                points = exact(points)
                if row["points"] < 0:
                    takes.append((entry_id, lot_id, points))
                elif row["points"] > 0:
                    returns[entry_id, lot_id] += points
        if returns:
            self._give_back_to_lots(returns)
        if takes:
            self._take_from_lots(takes)

    @api.model
    def _take_from_lots(self, takes):
        """Take from named lots of the same card as much as they and the entries have open.

        :param takes: [(entry, lot, points)]
        """
        values = SQL(", ").join(SQL("(%s, %s, %s::numeric)", *take) for take in takes)
        self.env.cr.execute(
            SQL(
                """WITH want AS (
                       SELECT want.*, SUM(points) OVER (PARTITION BY lot_id ORDER BY entry_id) - points AS before
                         FROM (VALUES %(values)s) want (entry_id, lot_id, points)),
                   offer AS (
                       SELECT want.entry_id, want.lot_id, -due.points AS due,
                              LEAST(want.points, lot.points - want.before) AS points
                         FROM want
                         JOIN loyalty_ledger_open due ON due.entry_id = want.entry_id AND due.points < 0
                         JOIN loyalty_ledger_open lot ON lot.entry_id = want.lot_id AND lot.points > want.before
                          AND lot.card_id = due.card_id),
                   stretch AS (
                       SELECT *, SUM(points) OVER (PARTITION BY entry_id ORDER BY lot_id) AS high FROM offer),
                   taken AS (
                       SELECT entry_id, lot_id, LEAST(high, due) - (high - points) AS points
                         FROM stretch WHERE high - points < due)
                   %(settle)s""",
                values=values,
                settle=self._settle_taken(),
            )
        )

    @api.model
    def _give_back_to_lots(self, returns):
        """Give points back to lots. :param returns: {(entry, lot): points}"""
        values = SQL(", ").join(SQL("(%s, %s, %s::numeric)", *key, points) for key, points in returns.items())
        self.env.cr.execute(
            SQL(
                """WITH back (entry_id, lot_id, points) AS (VALUES %s),
                   kept AS (
                       INSERT INTO loyalty_ledger_allocation (entry_id, lot_id, points)
                       SELECT entry_id, lot_id, -points FROM back)
                   INSERT INTO loyalty_ledger_open AS open (entry_id, card_id, points, expiration_date)
                   SELECT lot.id, lot.card_id, SUM(back.points), lot.expiration_date
                     FROM back JOIN loyalty_ledger_entry lot ON lot.id = back.lot_id
                    GROUP BY lot.id
                   ON CONFLICT (entry_id) DO UPDATE SET points = open.points + EXCLUDED.points""",
                values,
            )
        )

    @api.model
    def _match_open(self, card_ids, at_once=100):
        """Cover what cards owe their lots, oldest debt first, from the lots that expire soonest.

        Debts and lots of a card are laid out one after the other; where their stretches overlap, points are taken. A
        pass looks at the first `at_once` of each, so that a card with very many lots costs what any other does.
        """
        again = True
        while again:
            [(again,)] = self.env.execute_query(
                SQL(
                    """WITH lot AS (%(lots)s), due AS (%(dues)s),
                       taken AS (
                           SELECT due.entry_id, lot.entry_id AS lot_id,
                                  LEAST(due.high, lot.high) - GREATEST(due.low, lot.low) AS points
                             FROM due JOIN lot USING (card_id) WHERE due.low < lot.high AND lot.low < due.high)
                       %(settle)s
                       SELECT EXISTS (SELECT FROM taken) AND (
                              EXISTS (SELECT FROM lot WHERE place = %(at_once)s)
                              OR EXISTS (SELECT FROM due WHERE place = %(at_once)s))""",
                    lots=self._stretches("points > 0", "expiration_date, entry_id", card_ids, at_once),
                    dues=self._stretches("points < 0", "entry_id", card_ids, at_once),
                    settle=self._settle_taken(more=True),
                    at_once=at_once,
                )
            )
        self.env["loyalty.ledger.open"].invalidate_model()
        self.env["loyalty.ledger.allocation"].invalidate_model()

    @api.model
    def _stretches(self, which, order, card_ids, at_once):
        """SELECT of the first open items of each card, laid out one after the other from 0.

        :param which: condition of an index, as `order` is of the same one
        """
        return SQL(
            """SELECT card.id AS card_id, item.entry_id, item.place, item.high - item.points AS low, item.high
                 FROM unnest(%(cards)s) card (id) CROSS JOIN LATERAL (
                      SELECT entry_id, ABS(points) AS points, SUM(ABS(points)) OVER (ORDER BY %(order)s) AS high,
                             ROW_NUMBER() OVER (ORDER BY %(order)s) AS place
                        FROM loyalty_ledger_open
                       WHERE card_id = card.id AND %(which)s ORDER BY %(order)s LIMIT %(at_once)s) item""",
            which=SQL(which),
            order=SQL(order),
            cards=list(card_ids),
            at_once=at_once,
        )

    @api.model
    def _settle_taken(self, more=False):
        """The tail of a statement whose CTE `taken` (entry_id, lot_id, points) is to be allocated.

        :param more: whether the statement goes on behind it
        """
        return SQL(
            """, kept AS (
                   INSERT INTO loyalty_ledger_allocation (entry_id, lot_id, points)
                   SELECT entry_id, lot_id, points FROM taken WHERE points > 0),
               change AS (
                   SELECT entry_id, SUM(points) AS points FROM (
                          SELECT lot_id AS entry_id, -points AS points FROM taken
                          UNION ALL SELECT entry_id, points FROM taken) item GROUP BY entry_id),
               gone AS (
                   DELETE FROM loyalty_ledger_open open USING change
                    WHERE open.entry_id = change.entry_id AND open.points + change.points = 0),
               left_over AS (
                   UPDATE loyalty_ledger_open open SET points = open.points + change.points FROM change
                    WHERE open.entry_id = change.entry_id AND open.points + change.points <> 0)
               %s""",
            SQL() if more else SQL("SELECT"),
        )

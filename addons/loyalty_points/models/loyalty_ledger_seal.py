import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.ledger_seal import FIRST, Block, block_hash, digest

# Lines per block: a block is read and checked in one go.
BLOCK = 1000
# Seconds that a job waits for transactions which may still hold a smaller id.
PATIENCE = 5
# Columns that are sealed, as text. Nothing that names a person, and nothing that a merge of contacts, the deletion of
# an invoice or of a user changes.
SEALED = {
    "entry": (
        "loyalty_ledger_entry",
        """card_id::text, program_id::text, company_id::text, entry_type, to_char(date, 'YYYY-MM-DD"T"HH24:MI:SS.US'),
           points::numeric(20, 4)::text, qualifying_points::numeric(20, 4)::text, owed_points::numeric(20, 4)::text,
           COALESCE(is_lot, false)::text, expiration_date::text, order_model, order_id::text, order_line_id::text,
           clause, origin_entry_id::text, idempotency_key""",
    ),
    "allocation": ("loyalty_ledger_allocation", "entry_id::text, lot_id::text, points::numeric(20, 4)::text"),
}
KINDS = [("entry", "Entries"), ("allocation", "Allocations")]


class LoyaltyLedgerSeal(models.Model):
    """A sealed block of the points ledger, chained to the block before it (see engine/ledger_seal.py).

    Blocks are made by a job, from lines that are committed: a confirmation never waits for a seal.
    """

    _name = "loyalty.ledger.seal"
    _description = "Seal of the Points Ledger"
    _order = "kind desc, number desc"
    _log_access = False
    _rec_name = "hash"

    kind = fields.Selection(KINDS, required=True, readonly=True)
    number = fields.Integer("Block", required=True, readonly=True, aggregator="max")
    first_id = fields.Integer("First Line", required=True, readonly=True, aggregator="min")
    last_id = fields.Integer("Last Line", required=True, readonly=True, aggregator="max")
    count = fields.Integer("Lines", required=True, readonly=True)
    date = fields.Datetime("Sealed on", required=True, readonly=True)
    previous = fields.Char("Previous Hash", required=True, readonly=True)
    hash = fields.Char(required=True, readonly=True)
    digests = fields.Text(required=True, readonly=True, prefetch=False, help="Id and digest of each line.")

    _number_unique = models.UniqueIndex("(kind, number)")

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("Seals are made by a job."))
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A seal can't be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A seal can't be deleted."))

    # ------------------------------------------------------------ sealing

    @api.model
    def _cron_seal(self):
        """Seal what is committed. Ids are drawn before a transaction commits: the job waits until all transactions
        have ended that ran when it looked for the last line, so that no smaller id can appear later."""
        limits, horizon = self._last_lines()
        deadline = time.monotonic() + PATIENCE
        while not self._is_settled(horizon):
            if time.monotonic() > deadline:
                return  # next time
            time.sleep(0.2)
            self.env["ir.cron"]._commit_progress()
        for kind, last in limits.items():
            while seal := self._seal_block(kind, last):
                remaining = -(-(last - seal.last_id) // BLOCK)
                if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                    return  # the rest is called at once

    def _last_lines(self):
        """{kind: last line}, and the number of the first transaction that has not begun yet."""
        self.env.flush_all()
        limits = {}
        for kind, (table, _columns) in SEALED.items():
            [(limits[kind],)] = self.env.execute_query(
                SQL("SELECT COALESCE(MAX(id), 0) FROM %s", SQL.identifier(table))
            )
        [(horizon,)] = self.env.execute_query(SQL("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"))
        return limits, horizon

    def _is_settled(self, horizon):
        [(oldest,)] = self.env.execute_query(SQL("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
        return oldest >= horizon

    @api.model
    def _seal_block(self, kind, last_id):
        """Seal the next lines up to `last_id`; returns the block, empty if there are none."""
        before = self.sudo().search([("kind", "=", kind)], limit=1)
        lines = self._lines(kind, before.last_id or 0, last_id, BLOCK)
        if not lines:
            return before.browse()
        digests = [(line, digest([line, *columns])) for line, columns in lines]
        vals = {
            "kind": kind,
            "number": (before.number or 0) + 1,
            "first_id": lines[0][0],
            "last_id": lines[-1][0],
            "count": len(lines),
            "date": fields.Datetime.now(),
            "previous": before.hash or FIRST,
        }
        head = self._block({**vals, "hash": ""})
        text = "\n".join(f"{line} {sealed}" for line, sealed in digests)
        return self.sudo().create({**vals, "hash": block_hash(head, digests), "digests": text})

    @api.model
    def _lines(self, kind, after, last_id, limit=None):
        """[(id, columns)] of lines after `after` up to `last_id`."""
        table, columns = SEALED[kind]
        rows = self.env.execute_query(
            SQL("SELECT id, %s FROM %s WHERE id > %s AND id <= %s ORDER BY id LIMIT %s",
                SQL(columns), SQL.identifier(table), after, last_id, limit)
        )  # fmt: skip
        return [(row[0], row[1:]) for row in rows]

    @api.model
    def _block(self, vals):
        return Block(vals["kind"], vals["number"], vals["first_id"], vals["last_id"], vals["count"],
                     fields.Datetime.to_string(vals["date"]), vals["previous"], vals["hash"])  # fmt: skip

    @api.model
    def _last_hashes(self):
        """Texts “kind block: hash”, one per chain."""
        found = [self.sudo().search([("kind", "=", kind)], limit=1) for kind, _label in KINDS]
        return [f"{seal.kind} {seal.number}: {seal.hash}" for seal in found if seal]

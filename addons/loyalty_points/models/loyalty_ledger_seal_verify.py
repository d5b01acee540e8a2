from odoo import api, models
from odoo.tools import SQL

from ..engine.ledger_seal import Chain
from .loyalty_ledger_seal import KINDS

SHOWN = 10
# No line has a greater number.
LAST = 2**31 - 1


class LoyaltyLedgerSeal(models.Model):
    """Verification of the seal, and the export with which it is verified outside."""

    _inherit = "loyalty.ledger.seal"

    @api.model
    def _verify(self):
        """Findings on all blocks, and how many lines are sealed; reads block after block."""
        found, lines = [], 0
        for kind, _label in KINDS:
            chain = Chain(kind)
            for block, sealed in self._walk(kind):
                found += chain.check(block, sealed)
            lines += chain.lines
        return found, lines

    def _walk(self, kind):
        """(block, [(id, digest as sealed, columns)]) of each block, in their order; reads the database, not caches."""
        self.env.flush_all()
        last = 0
        seals = self.sudo().search([("kind", "=", kind)], order="number")
        for seal in seals:
            vals = seal.read(load=None)[0]
            sealed = dict(line.split(" ") for line in vals["digests"].splitlines())
            lines = dict(self._lines(kind, last, seal.last_id))
            known = {int(line): old for line, old in sealed.items()}
            yield (
                self._block(vals),
                [(line, known.get(line, ""), lines.get(line)) for line in sorted(known.keys() | lines.keys())],
            )
            last = seal.last_id
            seal.invalidate_recordset()

    @api.model
    def action_verify(self):
        """Verify and say what was found."""
        self.check_access("read")
        found, lines = self._verify()
        text = "\n".join(self._describe(finding) for finding in found[:SHOWN])
        is_fine = not found
        if is_fine:
            text = self.env._("%s lines are as they were sealed.", f"{lines:,}")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if is_fine else "danger",
                "title": self.env._("The seal is intact") if is_fine else self.env._("The ledger was changed"),
                "message": text,
                "sticky": not is_fine,
            },
        }

    def _describe(self, finding):
        """A finding as a sentence."""
        kind = dict(self._fields["kind"]._description_selection(self.env))[finding.kind]
        names = {"kind": kind, "block": finding.number, "line": finding.line}
        texts = {
            "changed": self.env._("%(kind)s, block %(block)s: line %(line)s was changed", **names),
            "removed": self.env._("%(kind)s, block %(block)s: line %(line)s was removed", **names),
            "inserted": self.env._("%(kind)s, block %(block)s: line %(line)s was added later", **names),
            "order": self.env._("%(kind)s, block %(block)s: line %(line)s is not in its place", **names),
            "hash": self.env._("%(kind)s, block %(block)s: the hash does not fit the content", **names),
            "chain": self.env._("%(kind)s, block %(block)s does not follow the block before it", **names),
        }
        return texts[finding.code]

    @api.model
    def _sealed_rows(self):
        """Rows of an export, as engine/ledger_seal.py reads them."""
        for kind, _label in KINDS:
            last = 0
            for block, lines in self._walk(kind):
                hidden = self._hidden(kind, last, block.last)
                for line, old, columns in lines:
                    if line in hidden and old and columns:
                        yield ["hidden", kind, str(line), old]
                    else:
                        columns = () if line in hidden else columns or ()
                        yield ["line", kind, str(line), old, *("" if c is None else c for c in columns)]
                yield ["block", kind, *map(str, block[1:])]
                last = block.last
            hidden = self._hidden(kind, last, LAST)
            for line, columns in self._lines(kind, last, LAST):
                if line not in hidden:
                    yield ["unsealed", kind, str(line), "", *("" if c is None else c for c in columns)]

    def _hidden(self, kind, after, last_id):
        """Ids of lines of companies that the reader has no part in. The chain is one for all companies."""
        companies = self.env.user.company_ids.ids
        everybody = self.env["res.company"].sudo().with_context(active_test=False)
        if self.env.su or len(companies) == everybody.search_count([]):
            return set()
        queries = {
            "entry": SQL(
                "SELECT id FROM loyalty_ledger_entry WHERE id > %s AND id <= %s AND company_id <> ALL(%s)",
                after, last_id, companies,
            ),
            "allocation": SQL(
                """SELECT a.id FROM loyalty_ledger_allocation a JOIN loyalty_ledger_entry e ON e.id = a.entry_id
                     JOIN loyalty_ledger_entry lot ON lot.id = a.lot_id
                    WHERE a.id > %s AND a.id <= %s
                      AND (e.company_id <> ALL(%s) OR lot.company_id <> ALL(%s))""",
                after, last_id, companies, companies,
            ),
        }  # fmt: skip
        return {line for (line,) in self.env.execute_query(queries[kind])}

    @api.model
    def action_export(self):
        return {"type": "ir.actions.act_url", "url": "/loyalty_points/ledger.csv", "target": "download"}

    @api.model
    def action_script(self):
        return {"type": "ir.actions.act_url", "url": "/loyalty_points/ledger_seal.py", "target": "download"}

from collections import defaultdict
from itertools import combinations

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

from ..normalize.evidence import Evidence
from .customer_duplicate import DECIDING, components


class CustomerDuplicate(models.Model):
    """What people decide about two customers that look like the same one."""

    _inherit = "customer.duplicate"

    def action_not_same(self):
        """Ask for the reason, then remember that these are different customers."""
        self._check_steward()
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.duplicate.reason",
            "name": self.env._("Not the Same"),
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_duplicate_ids": self.ids},
        }

    def _decide_not_same(self, reason):
        """Never propose these pairs again."""
        self._check_steward()
        pairs = self._lock_open()
        pairs.sudo().write(
            {"state": "not_same", "reason": reason, "user_id": self.env.uid, "date": fields.Datetime.now()}
        )
        pairs.flush_recordset()
        pairs.sudo()._regroup({*pairs.partner_id.ids, *pairs.other_id.ids})
        pairs.invalidate_recordset()

    def action_reopen(self):
        """Take back “not the same”."""
        self._check_steward()
        decided = self.filtered(lambda pair: pair.state == "not_same")
        decided.sudo().write({"state": "open", "reason": False, "user_id": False, "date": False})
        decided.flush_recordset()
        decided.sudo()._regroup({*decided.partner_id.ids, *decided.other_id.ids})
        decided.invalidate_recordset()

    def action_merge(self):
        """Merge the customers of these pairs, group by group, into the oldest active one of each.

        A pair alone says nothing of the others of its group: refused where two of them are not one customer.
        """
        self._check_steward()
        pairs = self._lock_open()
        root = components((pair.partner_id.id, pair.other_id.id) for pair in pairs)
        groups = defaultdict(set)
        for pair in pairs:
            groups[root(pair.partner_id.id)] |= {pair.partner_id.id, pair.other_id.id}
        for ids in groups.values():
            self._check_mergeable(ids)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        for ids in groups.values():
            partners = wizard._get_ordered_partner(sorted(ids, reverse=True))
            self._merge(partners[-1], partners[:-1])

    def action_keep_first(self):
        """Merge the right customer of the comparison into the left one."""
        self._merge_pair("partner_id", "other_id")

    def action_keep_second(self):
        self._merge_pair("other_id", "partner_id")

    def _merge_pair(self, kept, merged):
        self.ensure_one()
        self._check_steward()
        pair = self._lock_open()
        self._merge(pair[kept], pair[merged])

    @api.model
    def _merge(self, kept, merged):
        """Merge customers by Odoo's own wizard, which takes three at a time; it keeps what hangs on them."""
        partners = kept | merged
        partners.check_access("write")
        wizard = self.env["base.partner.merge.automatic.wizard"]
        for position in range(0, len(merged), 2):
            part = merged[position : position + 2]
            # The person has seen both and decides: other addresses don't speak against it.
            wizard._merge((kept | part).ids, kept, extra_checks=False)

    def _check_mergeable(self, partner_ids):
        """Refuse a group in which two customers were decided to be different, have different valid codes, or belong
        to different companies."""
        decided = self.search(
            [("state", "=", "not_same"), ("partner_id", "in", partner_ids), ("other_id", "in", partner_ids)], limit=1
        )
        if decided:
            raise UserError(
                self.env._(
                    "“%(one)s” and “%(other)s” were decided not to be the same (%(reason)s), but the selected pairs "
                    "would merge them. Select fewer pairs, or decide again about these two.",
                    one=decided.partner_id.display_name,
                    other=decided.other_id.display_name,
                    reason=decided.reason,
                )
            )
        records = self.env["customer.match.key"].sudo()._read_records(partner_ids)
        apart = next((pair for pair in combinations(records.values(), 2) if self._is_kept_apart(*pair)), None)
        if apart:
            one, other = self.env["res.partner"].browse(record.id for record in apart)
            raise UserError(
                self.env._(
                    "“%(one)s” and “%(other)s” have different valid codes or belong to different companies, but the "
                    "selected pairs would merge them. Select fewer pairs, or compare these two by themselves.",
                    one=one.display_name,
                    other=other.display_name,
                )
            )

    @api.model
    def _is_kept_apart(self, one, other):
        """Whether two `Record`s are of different companies or two legal entities."""
        owners = {record.extra["company_id"] for record in (one, other)} - {None}
        return len(owners) > 1 or Evidence(one, other, {}).code_conflict

    def _lock_open(self):
        """These pairs, locked; refuse where somebody else has decided or merged meanwhile."""
        try:
            self.lock_for_update()
            self.invalidate_recordset()
            decided = self.filtered(lambda pair: pair.state != "open")
        except LockError:
            decided = self
        if not decided:
            return self
        done = decided.exists().filtered(lambda pair: pair.state != "open" and pair.user_id)[:1]
        if done:
            raise UserError(
                self.env._(
                    "%(user)s has already decided about “%(pair)s”.", user=done.user_id.name, pair=done.display_name
                )
            )
        raise UserError(self.env._("Somebody else is deciding about these customers right now. Reload the page."))

    def _check_steward(self):
        if not self.env.user.has_groups(DECIDING):
            raise AccessError(self.env._("Only data stewards decide about duplicates."))

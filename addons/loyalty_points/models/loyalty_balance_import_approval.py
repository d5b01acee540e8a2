from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

STATES = [("requested", "To Approve"), ("posted", "Posted")]
DAY = timedelta(days=1)


class LoyaltyBalanceImport(models.Model):
    """Imported balances above the limit of a change by hand wait until somebody else approves them.

    The limit is that of adjustments, for what an import changes on an account within a day: rows of a file that are
    above it are approved together, from the list. Software (sudo) imports without approval.
    """

    _inherit = "loyalty.balance.import"

    state = fields.Selection(STATES, default="posted", required=True, readonly=True, copy=False, index=True)
    approver_id = fields.Many2one("res.users", readonly=True, copy=False)
    approve_date = fields.Datetime(readonly=True, copy=False)

    def action_approve(self):
        """Post these rows; a policy manager decides who has not imported them."""
        if self and not self.env.user.has_group("customer_policy.group_customer_manager"):
            raise AccessError(self.env._("Only customer policy managers approve imported balances."))
        requested = self.filtered(lambda row: row.state == "requested")
        requested.check_access("write")
        for company, rows in requested.grouped("company_id").items():
            company._check_four_eyes(rows.create_uid | rows.write_uid)
        decided = {"state": "posted", "approver_id": self.env.uid, "approve_date": fields.Datetime.now()}
        requested.sudo().write(decided)
        # As sudo: approved.
        requested.sudo()._check_and_post(requested.sudo())

    def _complete_vals(self, vals):
        """Explicit values: defaults may come with the context of a client."""
        decided = {"state": "posted", "approver_id": False, "approve_date": False}
        return {**super()._complete_vals(vals), **decided}

    def write(self, vals):
        if not self.env.su and {"state", "approver_id", "approve_date"} & set(vals):
            raise AccessError(self.env._("Imported balances are approved by the button of the list."))
        return super().write(vals)

    def _post(self, redated=()):
        """Rows above the limit wait; the others are posted."""
        waiting = self._get_above_limit()
        waiting.sudo().write({"state": "requested", "approver_id": False, "approve_date": False})
        rest = self - waiting
        rest.filtered(lambda row: row.state == "requested").sudo().write({"state": "posted"})
        return super(LoyaltyBalanceImport, rest)._post(rest.filtered(lambda row: row in redated))

    def _get_above_limit(self):
        """Rows of accounts on which an import changes more than one person may, by the ledger's figures of them."""
        if self.env.su:
            return self.browse()
        self.card_id.sudo().fetch(["merged_into_id"])
        held, total = self._get_held(), self._get_recent()
        changes = {row: row._get_change(held[row.id]) for row in self}
        for row, change in changes.items():
            total[row.card_id] = total.get(row.card_id, 0.0) + change
        rules = self.env["loyalty.points.adjustment.rule"]
        limits = {company: rules._in_force(company)[:1].approval_limit for company in self.company_id}
        return self.filtered(lambda row: changes[row] and total[row.card_id] > limits[row.company_id])

    def _get_change(self, held):
        """By how much this row changes an account: the larger figure of spendable and qualifying points."""
        points = self.points - float(held.points or 0)
        return max(abs(points), abs(self.qualifying_points - float(held.qualifying_points or 0)))

    def _get_recent(self):
        """{account: points} of other rows that were posted for it within a day, without anybody's approval."""
        domain = Domain("card_id", "in", self.card_id.ids) & Domain("id", "not in", self.ids)
        domain &= Domain("state", "=", "posted") & Domain("approver_id", "=", False)
        domain &= Domain("create_date", ">", fields.Datetime.now() - DAY)
        return dict(self.sudo()._read_group(domain, ["card_id"], ["points:sum"]))

    def _prepare_entry_vals(self, held):
        values = super()._prepare_entry_vals(held)
        if self.approver_id:
            values["inputs"]["approver"] = self.approver_id.id
            values["user_id"] = self.create_uid.id
        return values

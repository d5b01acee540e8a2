from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from .loyalty_ledger_entry import POINTS

STATES = [("requested", "To Approve"), ("posted", "Posted"), ("refused", "Refused")]
DAY = timedelta(days=1)
DECIDED = {"state", "approver_id", "approve_date", "requester_id", "entry_id", "company_id"}


class LoyaltyPointsAdjustment(models.Model):
    """A balance changed by hand: with a reason, above the limit of the rule approved by somebody else."""

    _name = "loyalty.points.adjustment"
    _description = "Points Adjustment"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _rec_name = "reason"

    card_id = fields.Many2one("loyalty.card", required=True, index=True, ondelete="restrict")
    program_id = fields.Many2one(related="card_id.program_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", compute="_compute_partner_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    points = fields.Float(
        digits=POINTS, min_display_digits=0, required=True, tracking=True, help="Added, or taken if negative."
    )
    expiration_date = fields.Date("Valid Until", help="Of points that are added.")
    reason = fields.Char(required=True)
    state = fields.Selection(STATES, default="requested", required=True, readonly=True, copy=False, tracking=True)
    requester_id = fields.Many2one("res.users", required=True, readonly=True, default=lambda self: self.env.user)
    approver_id = fields.Many2one("res.users", readonly=True, copy=False, tracking=True)
    approve_date = fields.Datetime(readonly=True, copy=False)
    entry_id = fields.Many2one("loyalty.ledger.entry", "Ledger Entry", readonly=True, copy=False)

    @api.depends("card_id")
    def _compute_partner_id(self):
        for adjustment in self:
            adjustment.partner_id = adjustment.card_id.partner_id.commercial_partner_id

    @api.constrains("points", "reason")
    def _check_content(self):
        for adjustment in self:
            if not self.env["loyalty.card"]._check_points(adjustment.points):
                raise ValidationError(self.env._("An adjustment of no points changes nothing."))
            if not (adjustment.reason or "").strip():
                raise ValidationError(self.env._("Say why the balance is changed."))

    @api.model_create_multi
    def create(self, vals_list):
        """Posted at once, or left for approval."""
        prepared = []
        for vals in vals_list:
            if not self.env.su and DECIDED & set(vals):
                raise AccessError(self.env._("An adjustment begins as a request."))
            card = self.env["loyalty.card"].browse(vals.get("card_id"))
            # Explicit values: defaults may come with the context of a client.
            begin = {"state": "requested", "approver_id": False, "approve_date": False, "entry_id": False}
            company = card.sudo().program_id.company_id or self.env.company
            prepared.append({"requester_id": self.env.uid, **vals, **begin, "company_id": company.id})
        adjustments = super().create(prepared)
        adjustments._check_card()
        adjustments_sudo = adjustments.sudo()
        (adjustments_sudo - adjustments_sudo._get_above_limit())._post()
        return adjustments

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("An adjustment is decided by its buttons; otherwise ask for another one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("An adjustment stays on record."))

    def action_approve(self):
        """Post what was asked for; a policy manager other than who asked decides."""
        self._check_may_decide()
        requested = self.filtered(lambda adjustment: adjustment.state == "requested")
        for adjustment in requested:
            adjustment.company_id._check_four_eyes(adjustment.requester_id | adjustment.create_uid)
        requested.sudo().write({"approver_id": self.env.uid, "approve_date": fields.Datetime.now()})
        requested.sudo()._post()

    def action_refuse(self):
        self._check_may_decide()
        requested = self.filtered(lambda adjustment: adjustment.state == "requested")
        requested.sudo().write({"state": "refused", "approver_id": self.env.uid, "approve_date": fields.Datetime.now()})

    def _check_may_decide(self):
        if self and not self.env.user.has_group("customer_policy.group_customer_manager"):
            raise AccessError(self.env._("Only customer policy managers decide on adjustments."))

    def _check_card(self):
        for adjustment in self.sudo():
            card, today = adjustment.card_id, adjustment.company_id._customer_policy_today()
            if adjustment.points > 0 and card.expiration_date and card.expiration_date < today:
                raise UserError(self.env._("The card %s has expired.", card.code))
            if adjustment.points > 0 and adjustment.expiration_date and adjustment.expiration_date < today:
                raise UserError(self.env._("Points that are valid until a day in the past can't be spent."))
            if not adjustment.card_id.active:
                raise UserError(self.env._("The card %s is archived.", adjustment.card_id.display_name))
            if not adjustment.card_id.program_id.active:
                raise UserError(self.env._("The program “%s” is archived.", adjustment.program_id.display_name))

    def _get_rule(self):
        return self.env["loyalty.points.adjustment.rule"]._in_force(self.company_id)[:1]

    def _get_above_limit(self):
        """Those above the limit, alone or together with what was changed on the card by hand within a day."""
        above, recent = self.browse(), self._get_recent()
        for adjustment in self:
            total = recent.get(adjustment.card_id, 0.0) + adjustment.points
            if max(abs(adjustment.points), abs(total)) > adjustment._get_rule().approval_limit:
                above |= adjustment
            else:
                recent[adjustment.card_id] = total
        return above

    def _get_recent(self):
        """{card: points} that were changed by hand within a day, without anybody's approval."""
        domain = Domain("card_id", "in", self.card_id.ids) & Domain("state", "=", "posted")
        domain &= Domain("approver_id", "=", False) & Domain("create_date", ">", fields.Datetime.now() - DAY)
        return dict(self._read_group(domain, ["card_id"], ["points:sum"]))

    def _post(self):
        """Write them into the ledger, and into Odoo's own history, which the customer sees; with sudo."""
        self._check_card()
        entries = self.env["loyalty.card"]._post_entries([adjustment._prepare_entry_vals() for adjustment in self])
        posted = entries.filtered("idempotency_key").grouped("idempotency_key")
        for adjustment in self:
            entry = posted.get(adjustment._prepare_key(), entries.browse())
            adjustment.write({"state": "posted", "entry_id": entry.id})
        self.env["loyalty.history"].create(
            [
                {
                    "card_id": adjustment.card_id.id,
                    "description": adjustment.reason,
                    "issued": max(adjustment.points, 0),
                    "used": max(-adjustment.points, 0),
                }
                for adjustment in self
            ]
        )

    def _prepare_key(self):
        return f"adjustment-{self.id}"

    def _prepare_entry_vals(self):
        own = {"expiration_date": self.expiration_date} if self.expiration_date else {}
        return {
            **self.card_id.with_company(self.company_id)._lot_values(),
            **own,
            "card_id": self.card_id.id,
            "entry_type": "adjustment",
            "points": self.points,
            "reason": self.reason,
            "user_id": self.requester_id.id,
            "company_id": self.company_id.id,
            "clause_id": self._get_rule().clause_id.id,
            "order_model": self._name,
            "order_id": self.id,
            "inputs": {"limit": self._get_rule().approval_limit, "approver": self.approver_id.id or None},
            "idempotency_key": self._prepare_key(),
        }

    def _submitted_action(self):
        """What the screen does after a request: nothing, or say that it waits."""
        if self.state == "posted":
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("More points than one person may change: a customer policy manager approves it."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

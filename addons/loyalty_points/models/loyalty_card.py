from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from psycopg2 import Error

from ..posting import exact
from ..scope import Posting, Settling, current, entered
from .loyalty_ledger_entry import POINTS

# Programs with one card per customer: `is_nominative`, which Odoo can't search.
NOMINATIVE = Domain("program_id.applies_on", "=", "both") | (
    Domain("program_id.program_type", "in", ("ewallet", "loyalty")) & Domain("program_id.applies_on", "=", "future")
)
NOMINATIVE_PROGRAMS = SQL(
    """SELECT id FROM loyalty_program
        WHERE applies_on = 'both' OR (program_type IN ('ewallet', 'loyalty') AND applies_on = 'future')"""
)


class LoyaltyCard(models.Model):
    """Cards whose balance is that of their ledger, whoever writes it."""

    _inherit = "loyalty.card"

    # The ledger is a better trace than tracking, and a copy of a card holds nothing.
    points = fields.Float(tracking=False, copy=False)
    points_owed = fields.Float(
        "Owed Points",
        digits=POINTS,
        min_display_digits=0,
        default=0,
        readonly=True,
        copy=False,
        help="Points of returned goods that were spent already; taken from the points earned next.",
    )
    merged_into_id = fields.Many2one(
        "loyalty.card", readonly=True, copy=False, index="btree_not_null", help="The account that took this one over."
    )
    ledger_entry_ids = fields.One2many("loyalty.ledger.entry", "card_id", "Ledger")

    @api.onchange("expiration_date")
    def _restrict_expiration_on_loyalty(self):
        """Odoo refuses it for loyalty cards; here they may expire, and earn nothing afterwards."""

    @api.model_create_multi
    def create(self, vals_list):
        """Cards begin empty; what they are to hold is posted. Accounts belong to the customer, not to its contact."""
        points = [vals.get("points") or 0 for vals in vals_list]
        vals_list = [{**self._account_vals(vals), "points": 0, "points_owed": 0} for vals in vals_list]
        if not any(points):
            return super().create(vals_list)
        scope = self._scope_of_write()
        silent = self.with_context(loyalty_no_mail=True)
        cards = super(LoyaltyCard, silent).create(vals_list)
        cards._post_changes(scope, dict(zip(cards.ids, points, strict=True)))
        cards = cards.with_env(self.env)
        cards._send_creation_communication()
        return cards

    def write(self, vals):
        """A balance that is written becomes an entry of the difference to what the writer has seen."""
        if "points" not in vals and "points_owed" not in vals:
            return super().write(vals)
        if "points_owed" in vals:
            raise UserError(self.env._("Owed points are kept by the software alone."))
        self.check_access("write")
        scope = self._scope_of_write()
        vals = dict(vals)
        points = exact(vals.pop("points") or 0)
        changes = {card.id: points - exact(card.points) for card in self}
        result = super().write(vals) if vals else True
        changed = self.browse(card_id for card_id, change in changes.items() if change)
        if isinstance(scope, Settling):
            changed._move_provisionally(scope, changes)
        elif changed:
            changed._post_changes(scope, changes)
        return result

    def unlink(self):
        """A card with a ledger is archived, and empty; Odoo deletes those of cancelled orders."""
        entries = self.env["loyalty.ledger.entry"].sudo()._read_group([("card_id", "in", self.ids)], ["card_id"])
        kept = self.browse([card.id for (card,) in entries])
        if kept:
            self.check_access("unlink")
            if not isinstance(current(self.env), Settling):
                with self._posting("adjustment", self.env._("Card removed")):
                    kept.sudo().filtered("points").write({"points": 0})
            kept.sudo().action_archive()
        return super(LoyaltyCard, self - kept).unlink()

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        """Whoever looks for the cards of a contact finds the account of its company too."""
        domain = Domain(domain).map_conditions(self._with_account)
        return super()._search(domain, offset, limit, order, **kwargs)

    @api.model
    def _with_account(self, condition):
        asked = (condition.field_expr, condition.operator, type(condition.value))
        if asked != ("partner_id", "=", int):
            return condition
        partner = self.env["res.partner"].sudo().browse(condition.value).exists()
        account = partner.commercial_partner_id
        if account == partner:
            return condition
        return condition | Domain("partner_id", "=", account.id) & NOMINATIVE

    @api.model
    def _account_vals(self, vals):
        program = self.env["loyalty.program"].sudo().browse(vals.get("program_id"))
        if not vals.get("partner_id") or not program.is_nominative:
            return vals
        partner = self.env["res.partner"].sudo().browse(vals["partner_id"])
        return {**vals, "partner_id": partner.commercial_partner_id.id}

    @api.model
    def _find_account(self, program, partner):
        """The card of `partner`'s customer in a nominative program, as sudo; empty where there is none."""
        domain = [("program_id", "=", program.id), ("partner_id", "=", partner.commercial_partner_id.id)]
        return self.sudo().search(domain, order="id", limit=1)

    @api.model
    def _get_account(self, program, partner):
        """The card of `partner`'s customer in a nominative program, made where there is none; as sudo."""
        account = self._find_account(program, partner)
        if not account:
            vals = {"program_id": program.id, "partner_id": partner.commercial_partner_id.id}
            account = self.sudo().with_context(loyalty_no_mail=True).create(vals)
        return account

    @api.model
    def _get_accounts(self, program, members):
        """The accounts of these commercial partners in a nominative program, made where there are none; as sudo."""
        known = self._get_member_cards(members, program)
        missing = [member.id for member in members if (member.id, program.id) not in known]
        silent = self.sudo().with_context(loyalty_no_mail=True)
        opened = silent.create([{"partner_id": id_, "program_id": program.id} for id_ in missing])
        return opened.union(*known.values())

    def action_open_ledger(self):
        """The entries of this card, as far as the user may see them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_points.loyalty_ledger_entry_action")
        return {**action, "domain": [("card_id", "=", self.id)]}

    def _surviving(self):
        """These cards, those that were merged as the account that took them over."""
        return self.browse([(card.merged_into_id or card).id for card in self])

    def _is_expired(self, order):
        """Whether this card is past its last day when `order` is bought."""
        self.ensure_one()
        return bool(self.expiration_date) and self.expiration_date < order._get_confirmed_tx_create_date()

    @contextmanager
    def _posting(self, entry_type, reason, **values):
        """Within it, what is written to the points of cards becomes entries of this type.

        :param values: of `_post_entries`; for `entry_type` a tuple means (of what is added, of what is taken)
        """
        with entered(self.env, Posting(entry_type, reason, values)):
            yield

    def _lot_values(self):
        """Of what is added to this card: nothing on it outlives the card."""
        return {"expiration_date": self.expiration_date} if self.expiration_date else {}

    def _scope_of_write(self):
        scope = current(self.env)
        if scope:
            return scope
        if not self.env.su:
            raise UserError(
                self.env._(
                    "Points are not typed in: use “Update Balance” on the card, which asks for a reason. Every change "
                    "is kept in the points ledger."
                )
            )
        return Posting("adjustment", self.env._("Changed by software"), {})

    def _post_changes(self, scope, changes):
        """Post what is written outside of orders. :param changes: {card id: points}"""
        if isinstance(scope, Settling):
            scope = Posting("accrual", self.env._("Given with an order"), {})
        types = scope.entry_type if isinstance(scope.entry_type, tuple) else (scope.entry_type,) * 2
        self.env["loyalty.card"].with_env(self.env)._post_entries(
            [
                {
                    "card_id": card.id,
                    "entry_type": types[changes[card.id] < 0],
                    "points": changes[card.id],
                    **card.sudo()._lot_values(),
                    "reason": scope.reason,
                    **scope.values,
                }
                for card in self
                if changes[card.id]
            ]
        )

    def _move_provisionally(self, scope, changes):
        """Let the code of orders go on with the balances that it counts with, until the orders are settled."""
        for card in self:
            scope.base.setdefault(card.id, exact(card.points))
            self.env.cr.execute(
                SQL("UPDATE loyalty_card SET points = points + %s WHERE id = %s", changes[card.id], card.id)
            )
            points = float(exact(card.points) + changes[card.id])
            self._fields["points"]._update_cache(card, points)
        self.modified(["points"])

    @api.model
    def _undo_provisional(self, scope):
        """What failed may be caught by somebody who goes on: balances are then as they were."""
        try:
            for card_id, balance in scope.base.items():
                query = SQL("UPDATE loyalty_card SET points = %s WHERE id = %s", balance, card_id)
                self.env.cr.execute(query, log_exceptions=False)
        except Error:
            return  # the transaction is lost, and the balances with it
        self.browse(scope.base).invalidate_recordset(["points"], flush=False)

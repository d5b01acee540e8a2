from contextlib import contextmanager

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..scope import Settling, current, entered
from .loyalty_card import NOMINATIVE_PROGRAMS


class SaleOrder(models.Model):
    """What orders do to points while they are confirmed, changed, cancelled: it is settled when they are done."""

    _inherit = "sale.order"

    def action_confirm(self):
        self._lock_cards()
        with self._settling():
            return super().action_confirm()

    def _lock_cards(self):
        """Lock what these orders may touch: their cards and the accounts of their customers.

        Whoever meets another one is told so now, and tried again, not after all the work.
        """
        cards = self.applied_coupon_ids | self.coupon_point_ids.coupon_id | self.order_line.coupon_id
        customers = self.partner_id.commercial_partner_id
        accounts = SQL("partner_id = ANY(%s) AND active AND program_id IN (%s)", customers.ids, NOMINATIVE_PROGRAMS)
        self.env["loyalty.card"]._lock(SQL("id = ANY(%s) OR %s", cards.ids, accounts))

    def _action_cancel(self):
        self._lock_cards()
        with self._settling():
            return super()._action_cancel()

    def _update_programs_and_rewards(self):
        with self._settling(), self._seen_as_account():
            return super()._update_programs_and_rewards()

    def _add_points_for_coupon(self, coupon_points):
        with self._settling():
            return super()._add_points_for_coupon(coupon_points)

    @contextmanager
    def _settling(self, move=None):
        """Within it balances move provisionally; at the end the ledger is brought to what these orders say.

        :param move: the credit note because of which they say something else
        """
        scope = current(self.env)
        if isinstance(scope, Settling):
            scope.orders |= self
            yield
            return
        scope = Settling(self, {"move": move})
        before = self.filtered(lambda order: order.state == "sale")
        before._carve_out_of_opening()
        with entered(self.env, scope):
            try:
                yield
            except Exception:
                self.env["loyalty.card"].sudo()._undo_provisional(scope)
                raise
        orders = scope.orders.with_env(self.env).exists()
        (orders.filtered(lambda order: order.state == "sale") | before & orders)._settle_points(scope)

    @contextmanager
    def _seen_as_account(self):
        """Let the account of a company pass as that of the contact who buys: Odoo takes points off orders whose
        customer is not the card's own partner."""
        swapped = self.env["loyalty.card"]
        field = swapped._fields["partner_id"]
        for order in self:
            account, contact = order.partner_id.commercial_partner_id, order.partner_id
            cards = order.sudo().coupon_point_ids.coupon_id.filtered(lambda card: card.program_id.is_nominative)
            cards = cards.filtered(lambda card, account=account: card.partner_id == account)
            if account != contact and cards:
                field._update_cache(cards, contact.id)
                swapped |= cards
        try:
            yield
        finally:
            swapped.exists().invalidate_recordset(["partner_id"])

    def _get_confirmed_tx_create_date(self):
        """A confirmed order keeps the programs of its own day: changed later, it loses no points of a program that has
        ended meanwhile."""
        if self.state != "sale":
            return super()._get_confirmed_tx_create_date()
        return fields.Datetime.context_timestamp(
            self.with_context(tz=self._get_program_timezone()), self.date_order
        ).date()

    def _get_program_domain(self):
        domain = super()._get_program_domain()
        if self.state != "sale":
            return domain
        return Domain(domain).map_conditions(lambda leaf: Domain.TRUE if leaf.field_expr == "active" else leaf)

    def _program_check_compute_points(self, programs):
        """An expired card earns nothing; a confirmed order keeps what it has earned of a program archived since."""
        result = super()._program_check_compute_points(programs)
        if self.state == "sale":
            for program in programs.filtered(lambda program: not program.active):
                rows = self.coupon_point_ids.filtered(lambda row, program=program: row.coupon_id.program_id == program)
                result[program] = {"points": [row.points for row in rows] or [0]}
            return result
        nominative = programs.filtered("is_nominative")
        cards = self.env["loyalty.card"].sudo()
        if nominative and self.partner_id:
            cards = cards.search([("program_id", "in", nominative.ids), ("partner_id", "=", self.partner_id.id)])
        for program, accounts in cards.grouped("program_id").items():
            if all(card._is_expired(self) for card in accounts):
                result[program] = {"error": self.env._("The card %s has expired.", accounts[:1].code)}
        return result

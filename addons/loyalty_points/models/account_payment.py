from contextlib import contextmanager

from odoo import models

from .account_move_earning import PAID


class AccountPayment(models.Model):
    """Payments without a journal entry, as Odoo's accounting app makes them where a journal has no outstanding account,
    pay an invoice by their state alone: nothing is reconciled, and Odoo calls no hook."""

    _inherit = "account.payment"

    def write(self, vals):
        if "state" not in vals:
            return super().write(vals)
        with self.sudo().invoice_ids._paying_loyalty():
            return super().write(vals)

    def unlink(self):
        with self.sudo().invoice_ids._paying_loyalty():
            return super().unlink()


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        if "matched_payment_ids" not in vals:
            return super().write(vals)
        with self._paying_loyalty():
            return super().write(vals)

    @contextmanager
    def _paying_loyalty(self):
        """Within it payments of these invoices may come and go; what that means for points is settled at the end."""
        before = {move: move.payment_state for move in self}
        yield
        changed = self.exists().filtered(lambda move: move.payment_state != before[move])
        changed._settle_loyalty()
        paid = changed.filtered(lambda move: move.move_type == "out_invoice" and move.payment_state in PAID)
        new = paid.filtered(lambda move: before[move] not in PAID)
        self.env["loyalty.points.behaviour.rule"]._on_invoices_paid(new)

from collections import defaultdict

from odoo import models

from ..engine.earning_sheet import Position, Sheet

PAID = ("paid", "in_payment")


class AccountMove(models.Model):
    """Invoices earn points when they are posted or paid; credit notes take them back."""

    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._settle_loyalty()
        return posted

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        self._settle_loyalty()
        self.env["loyalty.points.behaviour.rule"]._on_invoices_paid(
            self.filtered(lambda m: m.move_type == "out_invoice")
        )
        return result

    def button_draft(self):
        result = super().button_draft()
        self._settle_loyalty()
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._settle_loyalty()
        return result

    def _settle_loyalty(self):
        """Bring the points of these invoices, or of what these credit notes take back, up to date."""
        sales = self.filtered(lambda move: move.move_type in ("out_invoice", "out_refund"))._loyalty_own()
        if not sales:
            return
        refunds = sales.filtered(lambda move: move.move_type == "out_refund")
        orders_sudo = sales.sudo().line_ids.sale_line_ids.order_id
        invoices_sudo = (sales - refunds).sudo() | refunds.sudo().reversed_entry_id
        invoices_sudo |= refunds.sudo().filtered(lambda m: not m.reversed_entry_id)._loyalty_invoices_of_orders()
        earnings = self.env["loyalty.earning"]
        earnings._settle(invoices_sudo.filtered(lambda move: move.move_type == "out_invoice"))
        if refunds:
            earnings._settle(orders_sudo)

    def _loyalty_own(self):
        """Those that earn by themselves; a bridge leaves out what earns elsewhere."""
        return self

    def _loyalty_invoices_of_orders(self):
        """Invoices of the order lines that credit notes without an invoice of their own are made of."""
        return self.invoice_line_ids.sale_line_ids.invoice_lines.move_id.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        )

    # ------------------------------------------------------------ what they say about points

    def _loyalty_moments(self):
        return ["invoice", "payment"]

    def _loyalty_sheets(self):
        """One sheet per invoice: posted and paid invoices have reached their moment with all of their lines."""
        refunds = self._loyalty_refunds()
        sheets = []
        for move in self:
            reached = {
                "invoice": float(move.state == "posted"),
                "payment": float(move.state == "posted" and move.payment_state == "paid"),
                "in_payment": float(move.state == "posted" and move.payment_state in PAID),
            }
            orders = move.invoice_line_ids.sale_line_ids.order_id
            sheet = Sheet(
                document=move,
                partner=move.commercial_partner_id,
                currency=move.currency_id,
                date=move.invoice_date or move.date,
                pricelist=orders[:1].pricelist_id,
                orders=orders,
                positions=[move._loyalty_position(line, dict(reached)) for line in move._loyalty_lines()],
                counts_returns=False,
            )
            sheet.take_off_discounts()
            for refund in refunds[move]:
                sheet.credit(refund._loyalty_credits())
            sheets.append(sheet)
        return sheets

    def _loyalty_lines(self):
        """Product lines that count, without down payments (the final invoice earns for all), shipping, and what
        was paid with points or a gift card."""
        return self.invoice_line_ids.filtered(
            lambda line: (
                line.display_type == "product"
                and line.product_id
                and not line.is_downpayment
                and not line.sale_line_ids._loyalty_is_left_out()
            )
        )

    def _loyalty_position(self, line, reached):
        return Position(
            line=line,
            product=line.product_id,
            order=line.sale_line_ids.order_id[:1],
            amount=line.price_total,
            untaxed=line.price_subtotal,
            quantity=0.0 if line.sale_line_ids._loyalty_is_unpriced() else line.quantity,
            share_reached=reached,
        )

    def _loyalty_refunds(self):
        """{invoice: its posted credit notes}. One without an invoice, made from an order, belongs to the order's last
        invoice."""
        found = defaultdict(self.browse)
        for refund in self.reversal_move_ids:
            if refund.state == "posted" and refund.move_type == "out_refund":
                found[refund.reversed_entry_id] |= refund
        for line in self.invoice_line_ids.sale_line_ids.invoice_lines:
            refund = line.move_id
            if refund.move_type == "out_refund" and refund.state == "posted" and not refund.reversed_entry_id:
                found[refund._loyalty_invoices_of_orders().sorted("id")[-1:]] |= refund
        return found

    def _loyalty_credits(self):
        """Lines of a credit note as (order line ids, product, amount, quantity), its discounts taken off."""
        lines = self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and not line.sale_line_ids._loyalty_is_left_out()
        )
        sheet = Sheet(self, None, None, None, None, None, [self._loyalty_position(line, {}) for line in lines], False)
        sheet.take_off_discounts()
        return [(set(p.line.sale_line_ids.ids), p.product, p.amount, p.quantity) for p in sheet.positions if p.amount]

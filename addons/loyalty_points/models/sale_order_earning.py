from collections import defaultdict
from contextlib import contextmanager

from odoo import api, models

from ..engine.earning_sheet import Position, Sheet
from ..scope import Settling, current


class SaleOrder(models.Model):
    """Orders earn points when they are confirmed, under the policy; with Odoo's own moment core gives them."""

    _inherit = "sale.order"

    def _points_issued_by_order(self, program):
        return super()._points_issued_by_order(program) and not program._earns_by_policy()

    def _program_check_compute_points(self, programs):
        """A program under the policy gives nothing with the order itself: not on it, and not to spend on it. Orders
        that were confirmed before the switch keep what they gave."""
        result = super()._program_check_compute_points(programs)
        issued = (
            self.coupon_point_ids.filtered("points").coupon_id.program_id if self.state == "sale" else programs.browse()
        )
        for program, status in result.items():
            if "points" in status and program._earns_by_policy() and program not in issued:
                status["points"] = [0]
        return result

    @contextmanager
    def _settling(self, move=None):
        """What came up meanwhile is earned when the orders are settled."""
        outer = current(self.env)
        with super()._settling(move):
            scope = current(self.env)
            yield
        if not isinstance(outer, Settling):
            self._earn_later(scope.later)

    def _earn_later(self, later):
        earnings = self.env["loyalty.earning"]
        waiting = [records for records in later if records._name == earnings._name]
        for name in {records._name for records in later} - {earnings._name}:
            records = self.env[name].union(*(r.with_env(self.env) for r in later if r._name == name))
            earnings._settle(records.exists())
        earnings.sudo().union(*(records.sudo().with_env(earnings.sudo().env) for records in waiting))._release()

    def action_confirm(self):
        result = super().action_confirm()
        self._settle_loyalty()
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        self._settle_loyalty()
        return result

    def _settle_loyalty(self):
        self.env["loyalty.earning"]._settle(self)

    # ------------------------------------------------------------ what they say about points

    def _loyalty_moments(self):
        return ["confirmation"]

    def _loyalty_sheets(self):
        credits = self._loyalty_credits()
        sheets = []
        for order in self:
            lines = order.order_line.filtered(
                lambda line: (
                    not line.display_type
                    and line.product_id
                    and not line.is_downpayment
                    and not line._loyalty_is_left_out()
                )
            )
            sheet = Sheet(
                document=order,
                partner=order.partner_id.commercial_partner_id,
                currency=order.currency_id,
                date=order.date_order and order.date_order.date(),
                pricelist=order.pricelist_id,
                orders=order,
                positions=[order._loyalty_position(line) for line in lines],
                counts_returns=True,
            )
            sheet.take_off_discounts()
            sheet.credit(credits[order])
            sheets.append(sheet)
        return sheets

    def _loyalty_position(self, line):
        return Position(
            line=line,
            product=line.product_id,
            order=self,
            amount=line.price_total,
            untaxed=line.price_subtotal,
            quantity=0.0 if line._loyalty_is_unpriced() else line.product_uom_qty,
            share_reached=self._loyalty_reached(line),
        )

    def _loyalty_reached(self, line):
        return {"confirmation": float(self.state == "sale")}

    def _loyalty_shipping_lines(self):
        """Lines that core leaves out when it counts amounts."""
        return self.env["sale.order.line"].union(*(order._get_no_effect_on_threshold_lines() for order in self))

    def _loyalty_credits(self):
        """{order: credit lines (order line ids, product, amount, quantity)}"""
        found = defaultdict(list)
        lines = self.order_line.invoice_lines
        for refund in lines.move_id.filtered(lambda move: move.move_type == "out_refund" and move.state == "posted"):
            for credit in refund._loyalty_credits():
                for order in self.env["sale.order.line"].browse(credit[0]).order_id[:1]:
                    found[order].append(credit)
        return found


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._loyalty_settle_changed()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not self._loyalty_basis().isdisjoint(vals):
            self._loyalty_settle_changed()
        return result

    def unlink(self):
        orders = self.order_id.filtered(lambda order: order.state == "sale")
        result = super().unlink()
        orders.exists()._settle_loyalty()
        return result

    def _loyalty_basis(self):
        """Fields that say how much a line earns."""
        return {"product_id", "product_uom_qty", "product_uom_id", "price_unit", "discount", "tax_ids"}

    def _loyalty_settle_changed(self):
        """A confirmed order was edited."""
        self.order_id.filtered(lambda order: order.state == "sale")._settle_loyalty()

    def _loyalty_is_left_out(self):
        """Lines that neither earn nor lower what others earn: paid with points or a gift card, and shipping."""
        paying = ("ewallet", "gift_card", "loyalty")
        shipping = self.order_id._loyalty_shipping_lines()
        return any(line in shipping or (line.reward_id and line.reward_id.program_type in paying) for line in self)

    def _loyalty_is_unpriced(self):
        """Lines whose pieces earn nothing: rewards, trial items, and combos, which have their price in their parts."""
        return any(line.reward_id or line.is_loyalty_trial or line.product_id.type == "combo" for line in self)

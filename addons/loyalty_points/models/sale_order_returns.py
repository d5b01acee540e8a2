from odoo import models
from odoo.tools import SQL


class SaleOrder(models.Model):
    """Which part of an order has come back, and which part of its points that makes."""

    _inherit = "sale.order"

    def _get_returned_parts(self):
        """{order line: part from 0 to 1} that posted credit notes have credited of these orders' lines.

        By amount, in the currency of the order; of free products by quantity. What was credited and then invoiced
        again (a credit note that corrects an invoice) has not come back.
        """
        if not self:
            return {}
        self.env.flush_all()
        query = SQL(
            """WITH part AS (
                   SELECT line.id, move.move_type = 'out_refund' AS is_back,
                          CASE WHEN line.price_subtotal <> 0
                               THEN CASE WHEN booked.currency_id = line.currency_id THEN booked.price_subtotal
                                         ELSE ABS(booked.balance) * SIGN(booked.price_subtotal)
                                              * COALESCE(NULLIF(ordered.currency_rate, 0), 1) END / line.price_subtotal
                               WHEN line.product_uom_qty <> 0 THEN booked.quantity / line.product_uom_qty
                               ELSE 1 END AS share
                     FROM sale_order_line line
                     JOIN sale_order ordered ON ordered.id = line.order_id
                     JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
                     JOIN account_move_line booked ON booked.id = rel.invoice_line_id
                     JOIN account_move move ON move.id = booked.move_id
                    WHERE line.order_id = ANY(%s) AND move.move_type IN ('out_invoice', 'out_refund')
                      AND move.state = 'posted')
               SELECT id, SUM(share) FILTER (WHERE is_back)
                          - GREATEST(COALESCE(SUM(share) FILTER (WHERE NOT is_back), 0) - 1, 0)
                 FROM part GROUP BY id HAVING BOOL_OR(is_back)""",
            self.ids,
        )
        return {line_id: min(max(float(part or 0), 0.0), 1.0) for line_id, part in self.env.execute_query(query)}

    def _has_credit_notes(self):
        moves = self.order_line.invoice_lines.move_id
        return any(move.move_type == "out_refund" and move.state == "posted" for move in moves)

    def _get_returned_share(self, program, returned):
        """Part of the points of `program` on this order whose goods have come back.

        Lines weigh what they earn by the program's rules. A coupon is taken back with the last of the goods only.
        """
        if not returned:
            return 0.0
        weights = self._get_point_weights(program)
        total = sum(weights.values())
        share = sum(weight * returned.get(line_id, 0) for line_id, weight in weights.items()) / total if total else 0.0
        return self._whole_unless_points(program, share)

    def _whole_unless_points(self, program, part):
        """Points and money come back in parts, a coupon comes back whole."""
        divisible = program.is_nominative or program.is_payment_program
        return part if divisible else float(part >= 1)

    def _get_point_weights(self, program):
        """{order line: weight} of the lines that earn points of `program`, rules since archived included."""
        program = program.sudo().with_context(active_test=False)
        lines = self.sudo().order_line.filtered(lambda line: line.product_id and not line.reward_id)
        products = program._get_valid_products(lines.product_id)
        weights = dict.fromkeys(lines.ids, 0.0)
        for rule in program.rule_ids:
            eligible = lines.filtered(lambda line, rule=rule: line.product_id in products.get(rule, []))
            total = sum(eligible.mapped("price_total"))
            for line in eligible:
                if rule.reward_point_mode == "unit":
                    weights[line.id] += rule.reward_point_amount * line.product_uom_qty
                elif rule.reward_point_mode == "money":
                    weights[line.id] += rule.reward_point_amount * line.price_total
                elif total:
                    weights[line.id] += rule.reward_point_amount * line.price_total / total
        return weights

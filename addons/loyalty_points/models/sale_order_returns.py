from odoo import models
from odoo.tools import SQL


class SaleOrder(models.Model):
    """Which part of an order has come back, and which part of its points that makes."""

    _inherit = "sale.order"

    def _get_returned_parts(self):
        """{order line: part from 0 to 1} that posted credit notes have credited of these orders' lines.

        By amount, in the currency of the order; of free products by quantity.
        """
        if not self:
            return {}
        self.env.flush_all()
        query = SQL(
            """SELECT line.id,
                      CASE WHEN line.price_subtotal <> 0
                           THEN SUM(CASE WHEN back.currency_id = line.currency_id THEN back.price_subtotal
                                         ELSE ABS(back.balance) * SIGN(back.price_subtotal)
                                              * COALESCE(NULLIF(ordered.currency_rate, 0), 1) END) / line.price_subtotal
                           WHEN line.product_uom_qty <> 0 THEN SUM(back.quantity) / line.product_uom_qty
                           ELSE 1 END
                 FROM sale_order_line line
                 JOIN sale_order ordered ON ordered.id = line.order_id
                 JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
                 JOIN account_move_line back ON back.id = rel.invoice_line_id
                 JOIN account_move move ON move.id = back.move_id
                WHERE line.order_id = ANY(%s) AND move.move_type = 'out_refund' AND move.state = 'posted'
                GROUP BY line.id, ordered.id""",
            self.ids,
        )
        return {line_id: min(max(float(part or 0), 0.0), 1.0) for line_id, part in self.env.execute_query(query)}

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

from odoo import api, models
from odoo.tools import SQL


class LoyaltyPointsValue(models.Model):
    _inherit = "loyalty.points.value"

    @api.model
    def _documents(self, company):
        """Receipts; what comes back stands on receipts of its own, line by line."""
        return {**super()._documents(company), "pos.order": self._receipts(company)}

    def _receipts(self, company):
        return SQL(
            """SELECT o.id, (o.amount_total - o.amount_tax - COALESCE(settled.amount, 0)) / rate.value AS price,
                      COALESCE(back.amount, 0) / rate.value AS credited
                 FROM pos_order o CROSS JOIN LATERAL (SELECT NULLIF(o.currency_rate, 0)) rate (value)
                 LEFT JOIN (SELECT order_id, SUM(price_subtotal) AS amount FROM pos_order_line
                             WHERE reward_id IN (%(paying)s) GROUP BY order_id) settled ON settled.order_id = o.id
                 LEFT JOIN (SELECT sold.order_id, -SUM(line.price_subtotal) AS amount
                              FROM pos_order_line line
                              JOIN pos_order_line sold ON sold.id = line.refunded_orderline_id
                              JOIN pos_order receipt ON receipt.id = line.order_id
                             WHERE receipt.state IN ('paid', 'done')
                               AND (sold.reward_id IS NULL OR sold.reward_id NOT IN (%(paying)s))
                             GROUP BY sold.order_id) back ON back.order_id = o.id
                WHERE o.company_id = %(company)s""",
            paying=self._paying_rewards(),
            company=company.id,
        )

from odoo import api, models
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # Few lines of many: closings ask for all of them.
    _downpayment_idx = models.Index("(move_id) WHERE is_downpayment")


class LoyaltyPointsValue(models.Model):
    """What was paid for the documents that give points."""

    _inherit = "loyalty.points.value"

    @api.model
    def _documents(self, company):
        """{model of a document: SELECT of its id, `price` and `credited`}: what was paid for it, and what of that was
        given back; without taxes, in the company's currency.

        Paid is what was given for the goods, also where it was given before (down payments) or not in money (points,
        gift cards): these are no discounts.
        """
        return {"account.move": self._invoices(company), "sale.order": self._orders(company)}

    def _paying_rewards(self):
        """SELECT of the rewards that are a way to pay."""
        return SQL(
            """SELECT r.id FROM loyalty_reward r JOIN loyalty_program p ON p.id = r.program_id
                WHERE p.program_type IN ('ewallet', 'gift_card', 'loyalty')"""
        )

    def _invoices(self, company):
        """Lines that settle a down payment or a reward lower an invoice, not its price."""
        return SQL(
            """WITH settled AS (
                   SELECT move_id, SUM(balance) AS balance FROM (
                          SELECT move_id, balance FROM account_move_line
                           WHERE is_downpayment AND company_id = %(company)s
                          UNION ALL
                          SELECT line.move_id, line.balance
                            FROM sale_order_line sold
                            JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sold.id
                            JOIN account_move_line line ON line.id = rel.invoice_line_id
                           WHERE sold.reward_id IN (%(paying)s) AND line.company_id = %(company)s) line
                    GROUP BY move_id)
               SELECT m.id, m.amount_untaxed_signed + COALESCE(settled.balance, 0) AS price,
                      COALESCE(credit.amount, 0) AS credited
                 FROM account_move m LEFT JOIN settled ON settled.move_id = m.id
                 LEFT JOIN (SELECT r.reversed_entry_id,
                                   -SUM(r.amount_untaxed_signed + COALESCE(settled.balance, 0)) AS amount
                              FROM account_move r LEFT JOIN settled ON settled.move_id = r.id
                             WHERE r.company_id = %(company)s AND r.move_type = 'out_refund' AND r.state = 'posted'
                               AND r.reversed_entry_id IS NOT NULL
                             GROUP BY r.reversed_entry_id) credit ON credit.reversed_entry_id = m.id
                WHERE m.company_id = %(company)s AND m.move_type = 'out_invoice'""",
            company=company.id,
            paying=self._paying_rewards(),
        )

    def _orders(self, company):
        """An order says what is ordered now; what was credited stands on the credit notes of its lines."""
        return SQL(
            """SELECT o.id, (o.amount_untaxed - COALESCE(settled.amount, 0)) / NULLIF(o.currency_rate, 0) AS price,
                      COALESCE(credit.amount, 0) AS credited
                 FROM sale_order o
                 LEFT JOIN (SELECT order_id, SUM(price_subtotal) AS amount FROM sale_order_line
                             WHERE reward_id IN (%(paying)s) GROUP BY order_id) settled ON settled.order_id = o.id
                 LEFT JOIN (SELECT sold.order_id, SUM(line.balance) AS amount
                              FROM account_move r
                              JOIN account_move_line line ON line.move_id = r.id AND line.display_type = 'product'
                              JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = line.id
                              JOIN sale_order_line sold ON sold.id = rel.order_line_id
                             WHERE r.company_id = %(company)s AND r.move_type = 'out_refund' AND r.state = 'posted'
                               AND sold.is_downpayment IS NOT TRUE
                               AND (sold.reward_id IS NULL OR sold.reward_id NOT IN (%(paying)s))
                             GROUP BY sold.order_id) credit ON credit.order_id = o.id
                WHERE o.company_id = %(company)s""",
            company=company.id,
            paying=self._paying_rewards(),
        )

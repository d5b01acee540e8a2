from odoo import models
from odoo.tools import SQL

from ..posting import exact
from .loyalty_card_opening import LEDGER_BEGIN


class SaleOrder(models.Model):
    """Orders that were confirmed before there was a ledger."""

    _inherit = "sale.order"

    def _carve_out_of_opening(self):
        """Split off the opening entry what these orders had issued and cost by then, as Odoo's history says.

        It leaves the balance as it is. From then on the order can be changed, returned and cancelled like any other.
        """
        if not self:
            return
        history = self._get_history_before_ledger()
        vals_list = []
        for order_id, card_id, issued, cost in history:
            order = self.browse(order_id)
            values = {
                "card_id": card_id,
                "company_id": order.company_id.id,
                "date": order.date_order,
                "reason": self.env._("Order %(order)s, before the ledger", order=order.name),
                "shortfall": "allow",
            }
            document = {"order_model": order._name, "order_id": order.id}
            issued, cost = exact(issued), exact(cost)
            vals_list += [
                {**values, "entry_type": "opening", "points": cost - issued},
                {**values, **document, "entry_type": "accrual", "points": issued},
                {**values, **document, "entry_type": "redemption", "points": -cost},
            ]
        self.env["loyalty.card"].sudo().with_context(loyalty_no_mail=True)._post_entries(
            [vals for vals in vals_list if vals["points"]]
        )

    def _get_history_before_ledger(self):
        """[(order, card, issued, cost)] of these orders from before the ledger began, where it has none of them yet."""
        begin = self.env["ir.config_parameter"].sudo().get_param(LEDGER_BEGIN)
        if not begin:
            return []
        return self.env.execute_query(
            SQL(
                """SELECT history.order_id, history.card_id, SUM(history.issued), SUM(history.used)
                     FROM loyalty_history history
                    WHERE history.order_model = 'sale.order' AND history.order_id = ANY(%s)
                      AND history.create_date < %s
                      AND NOT EXISTS (
                          SELECT FROM loyalty_ledger_entry known
                           WHERE known.order_model = 'sale.order' AND known.order_id = history.order_id
                             AND known.card_id = history.card_id)
                    GROUP BY history.order_id, history.card_id""",
                self.ids,
                begin,
            )
        )

from collections import defaultdict
from decimal import Decimal

from odoo import models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..posting import exact

ZERO = Decimal(0)


class SaleOrder(models.Model):
    """Orders and the ledger: what an order says of points, what was posted of it, and the difference.

    An order issues what its coupon points say and costs what its reward lines say, both as far as the goods have not
    come back. Whatever happened to it, the ledger gets the difference to what stands there: it can't drift apart.
    """

    _inherit = "sale.order"

    def _points_issued_by_order(self, program):
        """Whether orders themselves issue the points of `program`, when they are confirmed."""
        return True

    def _settle_points(self, scope):
        """Bring the ledger to what these orders say now. :param scope: the `Settling` that has just ended"""
        posted = self._get_posted_points()
        returned = self._get_returned_parts() if posted else {}
        vals_list = []
        for order in self:
            targets = order._get_point_targets(posted, returned)
            for card in order._cards_of(posted, targets):
                key = (order.id, card.id)
                vals_list += order._prepare_settlement(card, targets[card], posted[key], scope)
        vals_list.sort(key=lambda vals: vals["points"] < 0 and not vals.get("lots"))
        self.env["loyalty.card"].sudo()._post_entries(vals_list, scope.base)

    def _cards_of(self, posted, targets):
        ids = [card_id for order_id, card_id in posted if order_id == self.id]
        return self.env["loyalty.card"].sudo().browse(ids) | self.env["loyalty.card"].sudo().union(*targets)

    def _get_posted_points(self):
        """{(order, card): [issued, cost]} of what the ledger holds of these orders, as they stand after reversals."""
        posted = defaultdict(lambda: [ZERO, ZERO])
        if not self:
            return posted
        query = SQL(
            """SELECT entry.order_id, COALESCE(card.merged_into_id, card.id) AS account,
                      COALESCE(SUM(entry.points - owed_points) FILTER (WHERE %(issue)s), 0),
                      COALESCE(-SUM(entry.points - owed_points) FILTER (WHERE NOT (%(issue)s)), 0)
                 FROM loyalty_ledger_entry entry JOIN loyalty_card card ON card.id = entry.card_id
                WHERE entry.order_model = 'sale.order' AND entry.order_id = ANY(%(ids)s)
                  AND entry_type IN ('accrual', 'redemption', 'reversal')
                GROUP BY entry.order_id, account""",
            issue=SQL("entry_type = 'accrual' OR entry_type = 'reversal' AND entry.points - owed_points < 0"),
            ids=self.ids,
        )
        for order_id, card_id, issued, cost in self.env.execute_query(query):
            posted[order_id, card_id] = [exact(issued), exact(cost)]
        return posted

    def _get_point_targets(self, posted, returned):
        """{card: [issued, cost]} that this order is to have in the ledger; nothing unless it is confirmed."""
        targets = defaultdict(lambda: [ZERO, ZERO])
        if self.state != "sale":
            return targets
        for row in self.sudo().coupon_point_ids.filtered("points"):
            card = row.coupon_id._surviving()
            known = posted[self.id, card.id][0]
            if known or (self._points_issued_by_order(card.program_id) and not card._is_expired(self)):
                kept = 1 - self._get_returned_share(card.program_id, returned)
                targets[card][0] += exact(row.points * kept)
        for line in self.sudo().order_line.filtered("coupon_id"):
            part = self._whole_unless_points(line.coupon_id.program_id, returned.get(line.id, 0))
            targets[line.coupon_id._surviving()][1] += exact(line.points_cost * (1 - part))
        return targets

    def _prepare_settlement(self, card, target, posted, scope):
        """What to post so that the ledger holds `target` of this order and card."""
        issue, cost = target[0] - posted[0], target[1] - posted[1]
        values = {"card_id": card.id, "order_model": self._name, "order_id": self.id, "company_id": self.company_id.id}
        move = scope.values.get("move")
        if move:
            values["move_id"] = move.id
        values["reason"] = self._get_points_reason(move, posted)
        vals_list = []
        if issue < 0 or cost < 0:
            vals_list += self._prepare_order_reversals(card, -issue, -cost, values)
        if issue > 0:
            lot = card.with_company(self.company_id)._lot_values()
            vals_list.append({**values, "entry_type": "accrual", "points": issue, **lot})
        if cost > 0:
            self._check_card_of_customer(card)
            vals_list += self._prepare_redemptions(card, cost, posted[1], values)
        return vals_list

    def _prepare_redemptions(self, card, cost, posted, values):
        """One entry per reward when the order is confirmed, one for the difference when it is changed."""
        values = {**values, "entry_type": "redemption"}
        lines = self.sudo().order_line.filtered(lambda line: line.coupon_id == card and line.points_cost)
        if posted or exact(sum(lines.mapped("points_cost"))) != cost:
            return [{**values, "points": -cost}]
        return [
            {
                **values,
                "points": -line.points_cost,
                "order_line_id": line.id,
                "reason": f"{values['reason']}: {line.reward_id.description or line.product_id.display_name}",
            }
            for line in lines
        ]

    def _prepare_order_reversals(self, card, issue, cost, values):
        """Take back `issue` points issued by and give back `cost` points spent on this order, newest entries first."""
        entries = (
            self.env["loyalty.ledger.entry"]
            .sudo()
            .search(
                [
                    ("order_model", "=", self._name),
                    ("order_id", "=", self.id),
                    "|",
                    ("card_id", "=", card.id),
                    ("card_id.merged_into_id", "=", card.id),
                    ("entry_type", "in", ("accrual", "redemption")),
                ]
            )
        )
        done = entries._get_reversed()
        left = {"accrual": max(issue, ZERO), "redemption": max(cost, ZERO)}
        amounts = {}
        for entry in entries:
            value = abs(exact(entry.points) - exact(entry.owed_points)) - done[entry.id][0]
            amounts[entry.id] = min(value, left[entry.entry_type])
            left[entry.entry_type] -= amounts[entry.id]
        return entries._prepare_reversals(amounts, **values)

    def _get_points_reason(self, move, posted):
        names = {"order": self.name, "move": move.name if move else ""}
        if move:
            return self.env._("%(move)s for order %(order)s", **names)
        if self.state != "sale":
            return self.env._("Order %(order)s cancelled", **names)
        if any(posted):
            return self.env._("Order %(order)s changed", **names)
        return self.env._("Order %(order)s", **names)

    def _check_card_of_customer(self, card):
        """Points of an account are spent by its own customer, whatever a client writes into an order line, and of an
        expired card by nobody."""
        if card._is_expired(self):
            raise ValidationError(self.env._("The card %s has expired.", card.code))
        customer = self.partner_id.commercial_partner_id
        if card.program_id.is_nominative and card.partner_id.commercial_partner_id not in (customer, customer.browse()):
            raise ValidationError(
                self.env._(
                    "Order %(order)s: the card %(card)s belongs to another customer.", order=self.name, card=card.code
                )
            )

from odoo import fields, models
from odoo.addons.loyalty_points.posting import exact


class PosOrder(models.Model):
    _inherit = "pos.order"

    def confirm_coupon_programs(self, coupon_data):
        """What the counter has given and taken. The goods are sold: what a card lacks by now is owed."""
        reason = self.env._("Point of sale %s", self.pos_reference or self.name)
        values = {"order_model": self._name, "order_id": self.id, "company_id": self.company_id.id, "shortfall": "owe"}
        with self.env["loyalty.card"]._posting(("accrual", "redemption"), reason, **values):
            return super().confirm_coupon_programs(self._coupon_data_of_accounts(coupon_data))

    def _coupon_data_of_accounts(self, coupon_data):
        """What the counter sends, with accounts for contacts and without points for cards that have expired."""
        programs = self.env["loyalty.program"].sudo()
        cards = self.env["loyalty.card"].sudo()
        today = fields.Date.context_today(self, self.date_order)
        result = {}
        for key, vals in coupon_data.items():
            vals = dict(vals)
            partner = self.env["res.partner"].sudo().browse(vals.get("partner_id") or self.partner_id.id).exists()
            program = programs.browse(vals.get("program_id"))
            if partner and program.is_nominative:
                vals["partner_id"] = partner.commercial_partner_id.id
            card = cards.browse(int(key)).exists() if int(key) > 0 else cards
            if card.expiration_date and card.expiration_date < today and vals.get("points", 0) > 0:
                vals["points"] = 0
            result[key] = vals
        return result

    def action_pos_order_paid(self):
        result = super().action_pos_order_paid()
        self._settle_returned_points()
        return result

    def _settle_returned_points(self):
        """Take back the points of what was returned at the counter."""
        self.lines.refunded_orderline_id.order_id._take_back_points(self.pos_reference or self.name)

    def _take_back_points(self, document):
        """Take back the points of these orders, of each as far as it has come back in all; sudo, as cashiers and
        accountants see no points."""
        for order in self.sudo():
            entries = (
                self.env["loyalty.ledger.entry"]
                .sudo()
                .search(
                    [
                        ("order_model", "=", self._name),
                        ("order_id", "=", order.id),
                        ("entry_type", "in", ("accrual", "redemption")),
                    ]
                )
            )
            credited = order.account_move._get_counter_share()
            shares = {
                "accrual": min(order._get_returned_share(False) + credited, 1.0),
                "redemption": min(order._get_returned_share(True) + credited, 1.0),
            }
            done = entries._get_reversed()
            amounts = {
                entry.id: exact(abs(entry.points - entry.owed_points) * shares[entry.entry_type]) - done[entry.id][0]
                for entry in entries
            }
            entries._reverse(amounts, reason=self.env._("Returned with %s", document))

    def _get_returned_share(self, rewards):
        """Part from 0 to 1 of this order that was returned: of its rewards by what they cost, else by amount."""
        total = back = 0.0
        for line in self.lines.filtered(lambda line: line.is_reward_line == rewards):
            weight = line.points_cost if rewards else line.price_subtotal_incl
            returns = line.refund_orderline_ids.filtered(lambda part: part.order_id.state in ("paid", "done"))
            part = -sum(returns.mapped("qty")) / line.qty if line.qty else 0.0
            total += weight
            back += weight * min(max(part, 0.0), 1.0)
        return back / total if total else 0.0

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, float_compare

USER = "customer_policy.group_customer_user"
# Breaks of a price that are looked at beyond the quantity of a line.
BREAKS = 3


class SaleOrder(models.Model):
    """What else to offer on a quotation: products to add, and lines to raise to a higher variant or quantity."""

    _inherit = "sale.order"

    def get_customer_suggestions(self):
        """What the panel shows. Remote call: for people with a customer role who may read the quotation."""
        self._check_suggestions("read")
        if self.state not in ("draft", "sent"):
            return {"add": [], "raise": [], "currency_id": self.currency_id.id, "shows_margin": False}
        return {
            "add": self._suggested_products(),
            "raise": self._suggested_raises(),
            "currency_id": self.currency_id.id,
            "shows_margin": self._shows_cost(),
        }

    def add_customer_suggestion(self, product_id, quantity=1.0):
        """Add a line, priced and described by Odoo. Remote call, with the rights of the user on the quotation."""
        self._check_suggestions("write")
        self.env["sale.order.line"].create(
            {"order_id": self.id, "product_id": int(product_id), "product_uom_qty": float(quantity)}
        )

    def raise_customer_line(self, line_id, quantity=None, product_id=None):
        """Raise a line of this quotation to a quantity or a product. Remote call, like `add_customer_suggestion`."""
        self._check_suggestions("write")
        line = self.order_line.filtered(lambda known: known.id == int(line_id))
        if not line:
            raise UserError(self.env._("The line is not part of this quotation any more."))
        line.write({"product_id": int(product_id)} if product_id else {"product_uom_qty": float(quantity)})

    def _check_suggestions(self, operation):
        self.ensure_one()
        if not self.env.user.has_group(USER):
            raise AccessError(self.env._("Only people with a customer role see suggestions."))
        self.check_access(operation)
        if operation == "write" and self.state not in ("draft", "sent"):
            raise UserError(self.env._("The quotation is not open any more."))

    def _suggested_products(self):
        customer = self.partner_id.commercial_partner_id
        # The history of a customer whose profile the user may not see stays out: the lines speak alone.
        visible = self.env["customer.profile"].search_count(
            [("partner_id", "=", customer.id), ("company_id", "=", self.company_id.id)], limit=1
        )
        rows = self.env["customer.suggestion"]._suggest(
            self.company_id, customer if visible else None, self, self.order_line.product_id
        )
        products = self.env["product.product"].browse([row["product_id"] for row in rows])
        prices = self._suggestion_prices(products)
        return [
            {
                "product_id": row["product_id"],
                "name": row["name"],
                "kind": row["kind"],
                "reason": row["reason"],
                "price": prices[row["product_id"]],
                "margin": self._line_margin(row["product"], 1.0, prices[row["product_id"]]),
                "stock": None,
            }
            for row in rows
            if prices[row["product_id"]] > 0
        ]

    def _suggestion_prices(self, products, quantity=1.0):
        """{product id: price of one unit by the price list of the quotation}"""
        return self.pricelist_id._get_products_price(
            products.with_context(lang=self.env.lang), quantity, currency=self.currency_id, date=self.date_order
        )

    def _shows_cost(self):
        products = self.env["product.product"]
        return products._has_field_access(products._fields["standard_price"], "read")

    def _line_margin(self, product, quantity, price):
        """Margin in the currency of the quotation; None for who may not see the cost or where none is known."""
        if not self._shows_cost():
            return None
        cost = product.with_company(self.company_id).standard_price
        if not cost:
            return None
        cost = self.company_id.currency_id._convert(cost, self.currency_id, self.company_id, self.date_order)
        return quantity * (price - cost)

    def _suggested_raises(self):
        lines = self.order_line.filtered(
            lambda line: line.product_id and not line.display_type and line.product_uom_id == line.product_id.uom_id
        )
        return [offer for line in lines for offer in (self._next_break(line), self._higher_variant(line)) if offer]

    def _next_break(self, line):
        """The next quantity from which the price list gives the product for less."""
        product, quantity = line.product_id, line.product_uom_qty
        rules = self.pricelist_id._get_applicable_rules(product, self.date_order)
        higher = sorted({rule.min_quantity for rule in rules if rule.min_quantity > quantity})[:BREAKS]
        price = self._suggestion_prices(product, quantity)[product.id]
        for number in higher:
            lower = self._suggestion_prices(product, number)[product.id]
            if lower > 0 and float_compare(lower, price, precision_rounding=self.currency_id.rounding) < 0:
                reason = self.env._("From %(number)s pieces for less each", number=f"{number:g}")
                return self._raise_offer(line, product, reason, number, price, lower)
        return None

    def _higher_variant(self, line):
        """The nearest dearer variant of the same product, within the increase that the policy allows."""
        product = line.product_id
        others = product.product_tmpl_id.product_variant_ids - product
        if others:
            offered = self.env["customer.suggestion"]._offered(self.company_id, self.partner_id.commercial_partner_id)
            found = self.env.execute_query(SQL("SELECT id FROM UNNEST(%s) AS id WHERE id IN %s", others.ids, offered))
            others = others.browse(product_id for (product_id,) in found)
        if not others:
            return None
        prices = self._suggestion_prices(others | product, line.product_uom_qty)
        price = prices[product.id]
        increase = self.env["customer.policy.parameter"]._figures(self.company_id)["suggestion_upsell_increase"]
        dearer = others.filtered(lambda other: price < prices[other.id] <= price * (1 + increase))
        if not dearer:
            return None
        other = min(dearer, key=lambda found: (prices[found.id], found.id))
        reason = self.env._("Higher variant of the same product")
        return self._raise_offer(line, other, reason, line.product_uom_qty, price, prices[other.id])

    def _raise_offer(self, line, product, reason, quantity, price, new_price):
        """One offer, with the margin of the line today and after."""
        return {
            "line_id": line.id,
            "product_id": product.id if product != line.product_id else None,
            "quantity": quantity,
            "name": product.display_name,
            "reason": reason,
            "old_price": price,
            "price": new_price,
            "old_total": price * line.product_uom_qty,
            "total": new_price * quantity,
            "old_margin": self._line_margin(line.product_id, line.product_uom_qty, price),
            "margin": self._line_margin(product, quantity, new_price),
        }

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class SaleOrder(models.Model):
    """Benefits of a tier on an order: products before their day, trial items."""

    _inherit = "sale.order"

    has_loyalty_trial = fields.Boolean(compute="_compute_has_loyalty_trial")

    @api.depends("partner_id", "state", "order_line.is_loyalty_trial", "order_line.product_id")
    def _compute_has_loyalty_trial(self):
        for order in self:
            order.has_loyalty_trial = order.state in ("draft", "sent") and bool(order._get_loyalty_trials())

    @api.constrains("partner_id")
    def _check_loyalty_early(self):
        self.order_line._check_loyalty_early()

    def action_confirm(self):
        self._check_loyalty_open()
        return super().action_confirm()

    def _check_loyalty_open(self):
        """Whether all that these orders hold is on sale for their customers; asked before they pay, too."""
        self.order_line._check_loyalty_early()

    def action_add_loyalty_trials(self):
        """Add the trial items that the customer's tier brings and that were not given yet."""
        self.ensure_one()
        self.check_access("write")
        products = self._get_loyalty_trials()
        if not products:
            raise UserError(self.env._("This customer has had all trial items, or has no tier with any."))
        lines = [
            {"product_id": p.id, "product_uom_qty": 1, "is_loyalty_trial": True, "price_unit": 0} for p in products
        ]
        self.write({"order_line": [Command.create(vals) for vals in lines]})
        return True

    def _get_loyalty_trials(self):
        """Trial items of the customer's tier and of lower ones that stand on no order yet.

        sudo: the orders of colleagues count too.
        """
        self.ensure_one()
        member = self.partner_id.commercial_partner_id
        level = self.env["loyalty.tier.membership"]._get_levels(member, self.company_id).get(member.id)
        if not level:
            return self.env["product.product"]
        ranked = level.rule_id._ranked_levels()
        products = ranked[: ranked.ids.index(level.id) + 1].trial_product_ids
        given = self.order_line.filtered("is_loyalty_trial").product_id
        return products.with_env(self.env) - given - self.sudo()._given_loyalty_trials(member)

    def _given_loyalty_trials(self, member):
        domain = Domain("is_loyalty_trial", "=", True) & Domain("order_id.state", "!=", "cancel")
        domain &= Domain("order_id.partner_id.commercial_partner_id", "=", member.id)
        others = Domain("order_id", "not in", self.ids) & Domain("company_id", "=", self.company_id.id)
        return self.env["sale.order.line"].search(domain & others).product_id.with_env(self.env)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    is_loyalty_trial = fields.Boolean("Trial Item", copy=False, readonly=True, help="Free of charge, once per member.")

    @api.constrains("product_id", "order_id")
    def _check_loyalty_early(self):
        for order, lines in self.grouped("order_id").items():
            products = lines.product_id.product_tmpl_id
            if not any(products.sudo().mapped("loyalty_open_date")):
                continue
            closed = products._loyalty_closed_to(order._loyalty_tier(), order.company_id._customer_policy_today())
            if closed:
                raise ValidationError(
                    self.env._(
                        "“%(product)s” is sold to everybody from %(day)s on; until then only to members of certain "
                        "tiers.",
                        product=closed[0].display_name,
                        day=closed[0].loyalty_open_date,
                    )
                )

    @api.constrains("is_loyalty_trial", "product_id", "product_uom_qty", "price_unit")
    def _check_loyalty_trial(self):
        """What a client writes is checked like what the button writes."""
        for line in self.filtered(lambda line: line.is_loyalty_trial and line.state in ("draft", "sent")):
            order = line.order_id
            twice = order.order_line.filtered(
                lambda other, line=line: other.is_loyalty_trial and other.product_id == line.product_id
            )
            if line.product_uom_qty > 1 or line.price_unit or len(twice) > 1 or not line._may_be_loyalty_trial():
                raise ValidationError(
                    self.env._(
                        "“%s” is no trial item of this customer, or more than one.", line.product_id.display_name
                    )
                )

    def _may_be_loyalty_trial(self):
        order, member = self.order_id, self.order_id.partner_id.commercial_partner_id
        level = self.env["loyalty.tier.membership"]._get_levels(member, order.company_id).get(member.id)
        ranked = level.rule_id._ranked_levels() if level else self.env["loyalty.points.tier.level"]
        offered = ranked[: ranked.ids.index(level.id) + 1].trial_product_ids if level else self.env["product.product"]
        return self.product_id in offered and self.product_id not in order.sudo()._given_loyalty_trials(member)

    def _get_display_price(self):
        return 0.0 if self.is_loyalty_trial else super()._get_display_price()

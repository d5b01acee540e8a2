from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date, format_list


class LoyaltyPointsMultiplierRule(models.Model):
    """More (or fewer) points for some customers, products or days. A tier's own multiplier stands in its level."""

    _name = "loyalty.points.multiplier.rule"
    _description = "Points Multiplier"
    _inherit = ["customer.policy.rule", "loyalty.points.program.mixin"]
    _policy_domains = {"product_domain": "product.product"}

    name = fields.Char(required=True, translate=True)
    factor = fields.Float(required=True, default=2.0, digits=(16, 4))
    grade_ids = fields.Many2many("customer.grade", string="Grades", help="Of the customer. Empty: all.")
    category_ids = fields.Many2many("product.category", string="Categories", help="With those below them. Empty: all.")
    product_domain = fields.Char("Products", default="[]")
    date_from = fields.Date("From")
    date_to = fields.Date("To", help="This day included.")

    @api.constrains("factor", "date_from", "date_to", "product_domain")
    def _check_multiplier(self):
        for rule in self:
            if not 0 <= rule.factor <= 100:
                raise ValidationError(self.env._("“%s”: a multiplier lies between 0 and 100.", rule.name))
            if rule.date_from and rule.date_to and rule.date_from > rule.date_to:
                raise ValidationError(self.env._("“%s”: it ends before it begins.", rule.name))
            rule._parse_domain(rule.product_domain, "product.product")

    def _get_sentence(self):
        self.ensure_one()
        parts = [*self.sudo().grade_ids.mapped("name"), *self.sudo().category_ids.mapped("display_name")]
        if self.date_from:
            parts.append(self.env._("from %s", format_date(self.env, self.date_from)))
        if self.date_to:
            parts.append(self.env._("to %s", format_date(self.env, self.date_to)))
        scope = f" ({format_list(self.env, parts, 'unit')})" if parts else ""
        return self.env._("%(name)s: × %(factor)s%(scope)s", name=self.name, factor=f"{self.factor:g}", scope=scope)

    def _applying(self, program, grade, day):
        """Those of these rules that hold for a customer of this grade on this day, whatever the product."""
        return self.filtered(
            lambda rule: (
                rule._covers(program)
                and (not rule.grade_ids or grade in rule.grade_ids)
                and (not rule.date_from or rule.date_from <= day)
                and (not rule.date_to or day <= rule.date_to)
            )
        )

    def _products(self, products):
        """Those of `products` that this rule speaks of."""
        self.ensure_one()
        domain = self._parse_domain(self.product_domain, "product.product")
        if self.category_ids:
            domain &= fields.Domain("categ_id", "child_of", self.category_ids.ids)
        return products.filtered_domain(domain)

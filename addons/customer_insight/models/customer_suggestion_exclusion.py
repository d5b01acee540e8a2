from odoo import api, fields, models
from odoo.addons.customer_policy.condition import describe_condition
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval


class CustomerSuggestionExclusion(models.Model):
    """Products that are never suggested, to anybody or to some customers: end of life, restricted, under repair."""

    _name = "customer.suggestion.exclusion"
    _description = "Products Not Suggested"
    _inherit = "customer.policy.rule"
    _policy_domains = {"product_domain": "product.product", "partner_domain": "res.partner"}

    name = fields.Char(required=True, translate=True)
    product_domain = fields.Char("Products", required=True, default="[]")
    partner_domain = fields.Char("Customers", default="[]", help="Empty: for all customers.")

    product_text = fields.Char("Which Products", compute="_compute_texts")
    partner_text = fields.Char("Which Customers", compute="_compute_texts")

    @api.depends("product_domain", "partner_domain")
    @api.depends_context("lang")
    def _compute_texts(self):
        """The conditions in words, for people who do not read domains."""
        for rule in self:
            rule.product_text = rule._in_words("product_domain")
            rule.partner_text = rule._in_words("partner_domain")

    def _in_words(self, name):
        # sudo: who may read a rule may read the names of what it speaks of.
        records_sudo = self.env[self._policy_domains[name]].sudo()
        return describe_condition(records_sudo, safe_eval(self[name] or "[]")) or self.env._("all")

    @api.constrains("product_domain", "partner_domain")
    def _check_domains(self):
        for rule in self:
            rule._parse_domain(rule.product_domain, "product.product")
            rule._parse_domain(rule.partner_domain, "res.partner")

    def _concerns(self, partner):
        """Whether this exclusion holds for a customer."""
        domain = Domain(safe_eval(self.partner_domain or "[]"))
        return domain.is_true() or bool(partner.sudo().filtered_domain(domain))

    def _get_warnings(self):
        return [
            self.env._("“%s” keeps every product from being suggested.", rule.name)
            for rule in self
            if Domain(safe_eval(rule.product_domain or "[]")).is_true()
        ]

    def _get_sentence(self):
        self.ensure_one()
        return self.env._("%s: not suggested", self.name)

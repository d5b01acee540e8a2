from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..condition import describe_condition
from ..words import join_statements


class CustomerPolicyCondition(models.AbstractModel):
    """A rule for customers that meet two conditions, on the contact and on the metrics; told in words as well."""

    _name = "customer.policy.condition"
    _description = "Rule with a Condition on Customers"
    _inherit = "customer.policy.rule"
    _policy_domains = {"domain": "res.partner", "metric_domain": "customer.profile"}

    domain = fields.Char(
        "Contact", required=True, default="[]", help="Condition on the contact, its address above all."
    )
    metric_domain = fields.Char(
        "Metrics", required=True, default="[]", help="Condition on the numbers of the customer profile."
    )
    condition = fields.Char(compute="_compute_condition", help="Both conditions in words.")

    @api.depends("domain", "metric_domain")
    @api.depends_context("lang", "uid")
    def _compute_condition(self):
        for rule in self:
            try:
                parts = [
                    describe_condition(self.env["res.partner"], rule._get_domain()),
                    describe_condition(self.env["customer.profile"], rule._get_metric_domain()),
                ]
            except ValidationError as error:
                rule.condition = str(error)
                continue
            rule.condition = join_statements(self.env, [*filter(None, parts)]) or rule._describe_everybody()

    def _describe_everybody(self):
        """What a rule without a condition holds for."""
        return self.env._("everybody")

    @api.constrains("domain", "metric_domain")
    def _check_domains(self):
        for rule in self:
            rule._get_domain()
            rule._get_metric_domain()

    def _get_domain(self):
        """The condition on res.partner as a `Domain`."""
        self.ensure_one()
        return self._parse_domain(self.domain, "res.partner")

    def _get_metric_domain(self):
        """The condition on customer.profile as a `Domain`."""
        self.ensure_one()
        return self._parse_domain(self.metric_domain, "customer.profile")

    def _get_problems(self):
        problems = []
        for rule in self:
            try:
                rule._check_domains()
            except ValidationError as error:
                problems.append(str(error))
        return problems

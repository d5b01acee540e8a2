from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

from ..condition import describe_text
from .customer_profile import LIFECYCLE_STAGES


class CustomerLifecycleRule(models.Model):
    """When a customer is in a lifecycle stage. The first rule (by sequence) that fits decides."""

    _name = "customer.lifecycle.rule"
    _description = "Lifecycle Rule"
    _inherit = "customer.policy.rule"
    _policy_rule_outputs = frozenset({"lifecycle_stage", "customer_lifecycle_stage"})
    _rec_name = "stage"
    _policy_domains = {"domain": "customer.profile"}

    stage = fields.Selection(LIFECYCLE_STAGES, required=True)
    minimum_purchases = fields.Integer(help="Purchases in all, at least.")
    days_without_purchase = fields.Integer(help="At least; 0 sets no condition.")
    domain = fields.Char("Further Condition", default="[]", help="On the customer profile.")

    @api.depends("stage")
    def _compute_display_name(self):
        labels = dict(self._fields["stage"]._description_selection(self.env))
        for rule in self:
            rule.display_name = labels.get(rule.stage)

    @api.constrains("minimum_purchases", "days_without_purchase")
    def _check_not_negative(self):
        for rule in self:
            if rule.minimum_purchases < 0 or rule.days_without_purchase < 0:
                raise ValidationError(self.env._("Purchases and days can't be negative."))

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self:
            rule._get_domain()

    def _get_domain(self):
        """The condition on customer.profile as a `Domain`."""
        self.ensure_one()
        return self._parse_domain(self.domain, "customer.profile")

    def _get_problems(self):
        problems = []
        for rule in self:
            try:
                rule._get_domain()
            except ValidationError as error:
                problems.append(str(error))
        active = self.filtered("active")
        if active and not any(rule._takes_all() for rule in active):
            problems.append(self.env._("The lifecycle needs one rule without any condition, for all other customers."))
        return problems

    def _takes_all(self):
        return not self.minimum_purchases and not self.days_without_purchase and self._get_domain().is_true()

    def _get_sentence(self):
        self.ensure_one()
        conditions = []
        if self.minimum_purchases:
            conditions.append(self.env._("%s purchases or more", self.minimum_purchases))
        if self.days_without_purchase:
            conditions.append(self.env._("%s days or more without a purchase", self.days_without_purchase))
        if not self._get_domain().is_true():
            conditions.append(describe_text(self.env, self.domain, "customer.profile"))
        return self.env._(
            "%(stage)s: %(conditions)s",
            stage=self.display_name,
            conditions=format_list(self.env, conditions) if conditions else self.env._("all others"),
        )

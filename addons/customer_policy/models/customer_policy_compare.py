from odoo import api, fields, models

from ..versions.comparison import Comparison


class CustomerPolicy(models.Model):
    """What a version changes, for those who approve it."""

    _inherit = "customer.policy"

    compared_id = fields.Many2one(
        "customer.policy", compute="_compute_compared_id", string="Compared With", compute_sudo=False
    )
    can_compare = fields.Boolean(compute="_compute_compared_id", compute_sudo=False)
    change_summary = fields.Char(compute="_compute_change_summary", help="What differs from the version before.")

    @api.depends("previous_id", "company_id")
    def _compute_compared_id(self):
        """The version that this one was drafted from, else the one that it would replace, else any other."""
        for policy in self:
            origin = policy._origin
            replaced = self._get_in_force(policy.company_id or self.env.company).with_env(self.env)
            found = (policy.previous_id | replaced)._filtered_access("read") - origin
            policy.compared_id = found[:1] or self.search([("id", "!=", origin.id)], limit=1)
            policy.can_compare = bool(origin and policy.compared_id)

    @api.depends_context("lang")
    def _compute_change_summary(self):
        comparisons = self.env["customer.policy.comparison"]
        for policy in self:
            is_open = policy.state in ("draft", "review") and policy.can_compare
            policy.change_summary = is_open and comparisons._summarise(
                Comparison(policy.compared_id, policy._origin).counts
            )

    def action_compare(self):
        """Open this version beside the one that it was drafted from."""
        self.ensure_one()
        comparison = self.env["customer.policy.comparison"].create(
            {"old_id": self.compared_id.id or self.id, "new_id": self.id}
        )
        return comparison._get_records_action(name=self.env._("Compare Versions"))

from odoo import api, fields, models

from ..versions.comparison import ADDED, CHANGED, REMOVED, Comparison
from ..words import join_statements


class CustomerPolicyComparison(models.TransientModel):
    """Two versions of the policy side by side, on screen and on paper."""

    _name = "customer.policy.comparison"
    _description = "Comparison of Two Policy Versions"

    old_id = fields.Many2one("customer.policy", string="Compare", required=True, ondelete="cascade")
    new_id = fields.Many2one("customer.policy", string="With", required=True, ondelete="cascade")
    html = fields.Html("Differences", compute="_compute_html", sanitize=False)

    @api.depends("old_id", "new_id")
    def _compute_display_name(self):
        for comparison in self:
            comparison.display_name = self.env._(
                "Version %(old)s → %(new)s", old=comparison.old_id.version, new=comparison.new_id.version
            )

    @api.depends("old_id", "new_id")
    @api.depends_context("lang")
    def _compute_html(self):
        for comparison in self:
            comparison.html = comparison.old_id and comparison.new_id and comparison._render()

    def _render(self):
        """The differences as HTML; record rules decide which versions the reader may compare."""
        self.ensure_one()
        old, new = self.old_id._origin or self.old_id, self.new_id._origin or self.new_id
        comparison = Comparison(old, new)
        values = {"old": old, "new": new, "comparison": comparison, "labels": self._status_labels()}
        values["summary"] = self._summarise(comparison.counts)
        return self.env["ir.qweb"]._render("customer_policy.comparison_body", values)

    @api.model
    def _status_labels(self):
        return {
            ADDED: (self.env._("Added"), "text-bg-success"),
            REMOVED: (self.env._("Removed"), "text-bg-danger"),
            CHANGED: (self.env._("Changed"), "text-bg-warning"),
        }

    @api.model
    def _summarise(self, counts):
        """One line like “Clauses: 1 changed · 1 added; Rules: 2 changed”"""
        words = {
            CHANGED: lambda count: self.env._("%s changed", count),
            ADDED: lambda count: self.env._("%s added", count),
            REMOVED: lambda count: self.env._("%s removed", count),
        }
        labels, parts = {"clauses": self.env._("Clauses"), "rules": self.env._("Rules")}, []
        for kind, label in labels.items():
            found = [word(counts[kind, status]) for status, word in words.items() if counts[kind, status]]
            if found:
                parts.append(self.env._("%(kind)s: %(counts)s", kind=label, counts=" · ".join(found)))
        return join_statements(self.env, parts) or self.env._("The two versions say the same.")

    def action_print(self):
        self.ensure_one()
        return self.env.ref("customer_policy.customer_policy_comparison_report_action").report_action(self)

    def action_swap(self):
        """The other way round."""
        self.ensure_one()
        self.write({"old_id": self.new_id.id, "new_id": self.old_id.id})
        return self._get_records_action(name=self.env._("Compare Versions"))

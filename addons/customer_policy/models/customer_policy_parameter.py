from odoo import api, fields, models, tools


class CustomerPolicyParameter(models.Model):
    """A single figure of the policy that is no table of its own, for example a weight of the loyalty index."""

    _name = "customer.policy.parameter"
    _description = "Customer Policy Figure"
    _inherit = "customer.policy.rule"
    _policy_order_decides = False

    key = fields.Selection(
        [
            ("loyalty_tenure_months", "Loyalty index: months of tenure for full marks"),
            ("loyalty_tenure_weight", "Loyalty index: weight of tenure"),
            ("loyalty_activity_weight", "Loyalty index: weight of active months"),
            ("loyalty_repeat_weight", "Loyalty index: weight of repeat purchases"),
            ("recheck_open_limit", "Re-check: open reminders per salesperson, at most"),
        ],
        string="Figure",
        required=True,
    )
    value = fields.Float(required=True, digits=(16, 4))

    _key_unique = models.UniqueIndex("(policy_id, key)", "This figure is already given in this version.")

    @api.depends("key")
    def _compute_display_name(self):
        labels = dict(self._fields["key"]._description_selection(self.env))
        for parameter in self:
            parameter.display_name = labels.get(parameter.key)

    @api.model
    def _figures(self, company):
        """{key: value} of the figures in force for `company`, at no query: a version in force is frozen.

        A version from before a release knows nothing of the figures that came with it: those shipped hold.
        """
        if not self.env.registry.ready:
            return self._find_figures(company.id)
        return dict(self._figures_by_company(company.id))

    @tools.ormcache("company_id")
    def _figures_by_company(self, company_id):
        return self._find_figures(company_id)

    def _find_figures(self, company_id):
        company = self.env["res.company"].browse(company_id)
        shipped = self.sudo().search([("policy_id", "=", self.env["customer.policy"]._get_default().id)])
        return {figure.key: figure.value for figure in shipped + self._in_force(company)}

    def _get_problems(self):
        return [
            self.env._("“%s” must not be negative.", parameter.display_name)
            for parameter in self
            if parameter.value < 0
        ]

    def _get_sentence(self):
        self.ensure_one()
        return self.env._("%(figure)s: %(value)s", figure=self.display_name, value=f"{self.value:g}")

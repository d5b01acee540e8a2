from odoo import api, fields, models


class CustomerHistoryGuide(models.TransientModel):
    _inherit = "customer.history.guide"

    balance_count = fields.Integer("Imported Balances", compute="_compute_counts")

    def _compute_counts(self):  # pylint: disable=missing-return
        super()._compute_counts()
        domain = [("company_id", "=", self.env.company.id)]
        for guide in self:
            guide.balance_count = self.env["loyalty.balance.import"].search_count(domain)

    @api.model
    def _steps(self):
        return [*super()._steps(), ("balances", "loyalty.balance.import", "loyalty_points")]

    @api.model
    def _template_labels(self):
        return {**super()._template_labels(), "balances": self.env._("Template: points balances")}

    @api.model
    def _step_titles(self):
        return {**super()._step_titles(), "balances": self.env._("Import Points Balances")}

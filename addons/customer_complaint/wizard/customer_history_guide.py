from odoo import api, fields, models


class CustomerHistoryGuide(models.TransientModel):
    _inherit = "customer.history.guide"

    complaint_count = fields.Integer("Imported Cases", compute="_compute_counts")

    def _compute_counts(self):  # pylint: disable=missing-return
        super()._compute_counts()
        domain = [("company_id", "=", self.env.company.id), ("reference", "!=", False)]
        for guide in self:
            guide.complaint_count = self.env["customer.complaint"].search_count(domain)

    @api.model
    def _steps(self):
        return [*super()._steps(), ("complaints", "customer.complaint", "customer_complaint")]

    @api.model
    def _template_labels(self):
        return {**super()._template_labels(), "complaints": self.env._("Template: cases")}

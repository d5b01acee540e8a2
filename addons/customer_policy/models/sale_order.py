from odoo import api, fields, models

from .res_partner import USER


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "customer.policy.document"]

    # What changed since the last run.
    _customer_policy_write_idx = models.Index("(write_date)")

    customer_grade_id = fields.Many2one(related="partner_id.customer_grade_id", groups=USER)
    customer_grade_color = fields.Integer(related="partner_id.customer_grade_color", groups=USER)

    @api.depends("partner_id")
    def _compute_payment_term_id(self):
        """Customers without payment terms of their own get those of their grade."""
        result = super()._compute_payment_term_id()
        for company, orders in self.grouped("company_id").items():
            orders = orders.with_company(company)
            without = orders.filtered(lambda order: not order.partner_id.property_payment_term_id)
            levels = without.partner_id._customer_grade_levels()
            for order in without:
                level = levels.get(order.partner_id.commercial_partner_id.id)
                if level and level.payment_term_id and level.payment_term_id.company_id in (company, company.browse()):
                    order.payment_term_id = level.payment_term_id
        return result

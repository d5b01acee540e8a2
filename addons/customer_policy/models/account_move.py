from odoo import api, fields, models

from .res_partner import USER


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "customer.policy.document"]

    # One customer's documents, and what changed since the last run.
    _customer_policy_partner_idx = models.Index(
        "(commercial_partner_id) WHERE move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )
    _customer_policy_write_idx = models.Index(
        "(write_date) WHERE move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )

    customer_grade_id = fields.Many2one(related="partner_id.customer_grade_id", groups=USER)
    customer_grade_color = fields.Integer(related="partner_id.customer_grade_color", groups=USER)

    @api.depends("partner_id")
    def _compute_invoice_payment_term_id(self):
        """Customers without payment terms of their own get those of their grade."""
        result = super()._compute_invoice_payment_term_id()
        sales = self.filtered(lambda move: move.is_sale_document(include_receipts=True) and move.partner_id)
        for company, moves in sales.grouped("company_id").items():
            moves = moves.with_company(company)
            without = moves.filtered(lambda move: not move.partner_id.property_payment_term_id)
            levels = without.partner_id._customer_grade_levels()
            for move in without:
                level = levels.get(move.commercial_partner_id.id)
                if level and level.payment_term_id and level.payment_term_id.company_id in (company, company.browse()):
                    move.invoice_payment_term_id = level.payment_term_id
        return result

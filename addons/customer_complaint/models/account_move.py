from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    complaint_id = fields.Many2one(
        "customer.complaint", "Settles Case", index="btree_not_null", copy=False,
        groups="customer_policy.group_customer_user",
    )  # fmt: skip

    def action_new_complaint(self):
        """A case about this invoice."""
        self.ensure_one()
        products = self.invoice_line_ids.product_id
        context = {"default_contact_id": self.partner_id.id, "default_move_id": self.id,
                   "default_company_id": self.company_id.id,
                   "default_product_id": products.id if len(products) == 1 else False}  # fmt: skip
        return {**self.env["customer.complaint"]._form_action(), "context": context}

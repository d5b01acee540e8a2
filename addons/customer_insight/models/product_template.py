from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def action_customer_prospects(self):
        return self.product_variant_id.action_customer_prospects()

    def action_customer_pairs(self):
        return self.product_variant_ids.action_customer_pairs()

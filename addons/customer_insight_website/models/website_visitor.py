from odoo import models
from odoo.http import request


class WebsiteVisitor(models.Model):
    _inherit = "website.visitor"

    def _add_viewed_product(self, product_id):
        """Of visitors who are logged in and have agreed twice: to optional cookies on this website, and to this use."""
        super()._add_viewed_product(product_id)
        if not request or not self.partner_id or not request.website._allConsentsGranted():
            return
        product = self.env["product.product"].browse(product_id).exists()
        if product and product._is_variant_possible():
            self.env["customer.product.view"]._note(self.partner_id, product, request.website.company_id)

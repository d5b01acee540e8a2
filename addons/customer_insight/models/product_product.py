from odoo import models

PAIRS = "customer_insight.customer_product_pair_action"


class ProductProduct(models.Model):
    _inherit = "product.product"

    def action_customer_prospects(self):
        """Customers who lack this product. For people with a customer role; each sees its own customers."""
        self.ensure_one()
        prospects = self.env["customer.product.prospect"]._find(self, self.env.company)
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_insight.customer_product_prospect_action")
        name = self.env._("Customers Who Lack %s", self.display_name)
        return {
            **action,
            "name": name,
            "display_name": name,
            "domain": [("id", "in", prospects.ids)],
        }

    def action_customer_pairs(self):
        """What is bought together with these products."""
        action = self.env["ir.actions.act_window"]._for_xml_id(PAIRS)
        return {**action, "domain": [("product_id", "in", self.ids)]}

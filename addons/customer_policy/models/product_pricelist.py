from odoo import models


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def _get_partner_pricelist_multi(self, partner_ids):
        """Customers without a pricelist of their own get that of their grade, as long as they have the grade."""
        result = super()._get_partner_pricelist_multi(partner_ids)
        if not self.env["res.groups"]._is_feature_enabled("product.group_product_pricelist"):
            return result
        partners = self.env["res.partner"].with_context(active_test=False).browse(partner_ids)
        levels = partners._customer_grade_levels()
        company = self.env.company
        for partner in partners:
            level = levels.get(partner.commercial_partner_id.id)
            pricelist = level and level.pricelist_id.with_env(self.env)
            if (
                pricelist
                and pricelist.active
                and pricelist.company_id in (company, company.browse())
                and not partner.specific_property_product_pricelist
            ):
                result[partner.id] = pricelist
        return result

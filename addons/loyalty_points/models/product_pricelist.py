from odoo import models


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def _get_partner_pricelist_multi(self, partner_ids):
        """Members without a pricelist of their own get that of their tier; it goes before that of a grade."""
        result = super()._get_partner_pricelist_multi(partner_ids)
        if not self.env["res.groups"]._is_feature_enabled("product.group_product_pricelist"):
            return result
        company = self.env.company
        partners = self.env["res.partner"].with_context(active_test=False).browse(partner_ids)
        levels = self.env["loyalty.tier.membership"]._get_levels(partners, company) if partners else {}
        for partner in partners if levels else []:
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

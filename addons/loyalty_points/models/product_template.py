from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    """Products that members of some tiers may order before everybody else."""

    _inherit = "product.template"

    loyalty_open_date = fields.Date("Sold to Everybody From", help="Until then only to members of the tiers named.")
    loyalty_early_tier_ids = fields.Many2many("loyalty.tier", string="Early Order For", copy=False)

    @api.constrains("loyalty_open_date", "loyalty_early_tier_ids")
    def _check_loyalty_early(self):
        for product in self:
            if product.loyalty_early_tier_ids and not product.loyalty_open_date:
                raise ValidationError(
                    self.env._("“%s”: from which day on is it sold to everybody?", product.display_name)
                )

    def _loyalty_closed_to(self, tier, day):
        """Those of these products that a member of this tier (empty: nobody's) can't order yet.

        sudo: who orders need not see tiers.
        """
        return self.sudo().filtered(
            lambda product: (
                product.loyalty_open_date
                and day < product.loyalty_open_date
                and tier not in product.loyalty_early_tier_ids
            )
        )

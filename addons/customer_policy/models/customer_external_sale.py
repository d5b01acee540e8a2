from math import isfinite

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# More than any single purchase, less than what overflows a sum: catches amounts pasted from another column.
LARGEST_AMOUNT = 1e12


class CustomerExternalSale(models.Model):
    """A purchase made before or outside Odoo, imported for the customer's history.

    One record per purchased line. Lines with the same source and order reference are one purchase.
    `source` and `reference` identify the line: importing it again updates it when it differs and
    leaves it alone otherwise.
    """

    _name = "customer.external.sale"
    _description = "External Sale"
    _order = "date desc, id desc"
    _inherit = ["customer.policy.document", "customer.import.mixin"]
    _rec_name = "reference"
    _check_company_auto = True

    partner_id = fields.Many2one("res.partner", string="Customer", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True)
    source = fields.Char(required=True, default="import", help="The system that the purchase comes from.")
    reference = fields.Char(required=True, help="Identifies the line in its source.")
    order_reference = fields.Char(help="Lines with the same order reference are one purchase. Empty: the line is one.")
    product_id = fields.Many2one("product.product", index="btree_not_null", ondelete="restrict", check_company=True)
    category_id = fields.Many2one(
        "product.category",
        string="Product Category",
        compute="_compute_category_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    description = fields.Char()
    quantity = fields.Float(default=1.0, digits="Product Unit")
    amount = fields.Monetary("Untaxed Amount", required=True, help="In company currency; negative for a return.")

    _reference_unique = models.UniqueIndex(
        "(company_id, source, reference)", "This source and reference have been imported already."
    )
    _write_date_idx = models.Index("(write_date)")

    @api.depends("product_id")
    def _compute_category_id(self):
        for sale in self:
            sale.category_id = sale.product_id.categ_id or sale.category_id

    @api.constrains("amount", "quantity", "date", "company_id")
    def _check_plausible(self):
        for sale in self:
            if sale.date > sale.company_id._customer_policy_today():
                raise ValidationError(
                    self.env._(
                        "%(reference)s: the date %(date)s lies in the future.", reference=sale.reference, date=sale.date
                    )
                )
            if not (abs(sale.amount) <= LARGEST_AMOUNT and abs(sale.quantity) <= LARGEST_AMOUNT):
                raise ValidationError(
                    self.env._(
                        "%(reference)s: the amount %(amount)s can't be right.",
                        reference=sale.reference,
                        amount=sale.amount,
                    )
                )

    @api.constrains("partner_id", "company_id")
    def _check_partner(self):
        own = self.env["res.company"]._customer_policy_companies().partner_id
        for sale in self:
            if sale.partner_id.commercial_partner_id in own:
                raise ValidationError(self.env._("%s: your own company can't be the customer.", sale.reference))

    @api.model
    def _complete_import(self, values):
        """What is no number would stop at its rounding already, without a word that helps."""
        for name in ("amount", "quantity"):
            if not isfinite(values.get(name) or 0):
                raise ValidationError(
                    self.env._(
                        "%(reference)s: the amount %(amount)s can't be right.",
                        reference=values.get("reference"),
                        amount=values[name],
                    )
                )
        return super()._complete_import(values)

    @api.model
    def get_import_templates(self):
        return self.env["customer.history.guide"]._import_template("purchases")

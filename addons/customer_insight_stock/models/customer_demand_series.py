from odoo import api, fields, models
from odoo.tools import SQL


class CustomerDemandSeries(models.Model):
    """Demand of all customers beside what is in stock. A segment has no stock of its own."""

    _inherit = "customer.demand.series"

    stock_quantity = fields.Float("In Stock", digits="Product Unit", compute="_compute_stock")
    stock_months = fields.Float(
        "Lasts For (Months)", digits=(16, 1), compute="_compute_stock", help="At the demand of the months ahead."
    )
    is_short = fields.Boolean("Short", compute="_compute_stock", help="Stock does not reach through this month.")

    @api.depends("category_id", "segment_id", "next_quantity", "next_high", "ahead_quantity")
    def _compute_stock(self):
        everybody = self.filtered(lambda series: not series.segment_id)
        in_stock = everybody._in_stock()
        for series in self:
            known = series in everybody and in_stock.get((series.company_id.id, series.category_id.id))
            series.stock_quantity = known or 0
            ahead = series.ahead_quantity / max(len(series.month_ids.filtered(lambda m: m.kind == "forecast")), 1)
            series.stock_months = known / ahead if known and ahead else 0
            # Categories that were never in stock are made to order, or services.
            series.is_short = known is not False and known is not None and known < series.next_quantity

    def _in_stock(self):
        """{(company id, category id): quantity} in internal locations. As sudo: sums per category."""
        if not self:
            return {}
        self.env["stock.quant"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT quant.company_id, template.categ_id, SUM(quant.quantity)
                     FROM stock_quant quant
                     JOIN stock_location location ON location.id = quant.location_id AND location.usage = 'internal'
                     JOIN product_product product ON product.id = quant.product_id
                     JOIN product_template template ON template.id = product.product_tmpl_id
                    WHERE quant.company_id = ANY(%s) AND template.categ_id = ANY(%s)
                    GROUP BY 1, 2""",
                self.company_id.ids,
                self.category_id.ids,
            )
        )
        return {(company, category): quantity for company, category, quantity in rows}

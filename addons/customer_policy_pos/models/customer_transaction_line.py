from odoo import api, models
from odoo.addons.customer_policy.models.customer_transaction import ID_STEP
from odoo.tools import SQL

from .customer_transaction import POS_RESIDUE


class CustomerTransactionLine(models.Model):
    """Lines of the same orders of the point of sale as `customer.transaction` has."""

    _inherit = "customer.transaction.line"
    _depends = {
        "pos.order": ["state", "partner_id", "company_id", "date_order", "currency_rate", "account_move"],
        "pos.order.line": [
            "order_id",
            "product_id",
            "full_product_name",
            "name",
            "qty",
            "price_unit",
            "price_subtotal",
        ],
        "account.move": ["state"],
    }

    @api.model
    def _sources(self):
        return {**super()._sources(), "pos": self._source_pos()}

    def _source_pos(self):
        transactions = self.env["customer.transaction"]
        # Older returns keep a positive subtotal: the signs of quantity and price tell.
        amount = SQL("SIGN(line.qty) * SIGN(line.price_unit) * ABS(line.price_subtotal)")
        return SQL(
            """SELECT line.id::bigint * %(step)s + %(residue)s AS id,
                      pos.id::bigint * %(step)s + %(residue)s AS transaction_id,
                      partner.commercial_partner_id AS partner_id,
                      pos.company_id,
                      (pos.date_order AT TIME ZONE 'UTC' AT TIME ZONE company.customer_policy_tz)::date AS date,
                      line.product_id,
                      template.categ_id AS category_id,
                      COALESCE(line.full_product_name, line.name) AS description,
                      line.qty AS quantity,
                      %(amount)s AS amount
                 FROM pos_order_line line
                 JOIN pos_order pos ON pos.id = line.order_id
                 JOIN res_partner partner ON partner.id = pos.partner_id
                 JOIN res_company company ON company.id = pos.company_id
                 JOIN res_currency currency ON currency.id = company.currency_id
            LEFT JOIN product_product product ON product.id = line.product_id
            LEFT JOIN product_template template ON template.id = product.product_tmpl_id
                WHERE %(sold)s""",
            step=ID_STEP,
            residue=POS_RESIDUE,
            amount=transactions._pos_amount(amount),
            sold=transactions._pos_is_sold(),
        )

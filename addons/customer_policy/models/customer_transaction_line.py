from odoo import api, fields, models
from odoo.tools import SQL

from .customer_transaction import CUSTOMER_MOVES, EXTERNAL_RESIDUE, ID_STEP, INVOICE_RESIDUE


class CustomerTransactionLine(models.Model):
    """What customers bought, one row per product line: the same documents as `customer.transaction`."""

    _name = "customer.transaction.line"
    _description = "Customer Transaction Line"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "description"
    _depends = {
        "account.move": ["state", "move_type", "company_id", "invoice_date", "date", "commercial_partner_id"],
        "account.move.line": ["move_id", "product_id", "name", "quantity", "balance", "display_type"],
        "customer.external.sale": ["partner_id", "company_id", "date", "product_id", "category_id", "description"]
        + ["reference", "quantity", "amount"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "res.partner": ["commercial_partner_id"],
    }

    transaction_id = fields.Many2one("customer.transaction", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    category_id = fields.Many2one("product.category", string="Product Category", readonly=True)
    description = fields.Char(readonly=True)
    quantity = fields.Float(readonly=True)
    amount = fields.Monetary("Untaxed Amount", readonly=True)

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(self._sources().values())

    @api.model
    def _sources(self):
        """SELECT statements by source name, each with the columns of this model."""
        return {"invoice": self._source_invoice(), "external": self._source_external()}

    def _source_invoice(self):
        return SQL(
            """SELECT line.id::bigint * %(step)s + %(residue)s AS id,
                      move.id::bigint * %(step)s + %(residue)s AS transaction_id,
                      partner.commercial_partner_id AS partner_id,
                      move.company_id,
                      COALESCE(move.invoice_date, move.date) AS date,
                      line.product_id,
                      template.categ_id AS category_id,
                      line.name AS description,
                      CASE WHEN move.move_type = 'out_refund' THEN -line.quantity ELSE line.quantity END AS quantity,
                      -line.balance AS amount
                 FROM account_move_line line
                 JOIN account_move move ON move.id = line.move_id
                 JOIN res_partner partner ON partner.id = move.commercial_partner_id
            LEFT JOIN product_product product ON product.id = line.product_id
            LEFT JOIN product_template template ON template.id = product.product_tmpl_id
                WHERE line.display_type = 'product' AND move.state = 'posted' AND move.move_type IN %(types)s""",
            step=ID_STEP,
            residue=INVOICE_RESIDUE,
            types=CUSTOMER_MOVES,
        )

    def _source_external(self):
        return SQL(
            """SELECT sale.id::bigint * %(step)s + %(residue)s AS id,
                      sale.id::bigint * %(step)s + %(residue)s AS transaction_id,
                      partner.commercial_partner_id AS partner_id,
                      sale.company_id,
                      sale.date,
                      sale.product_id,
                      sale.category_id,
                      COALESCE(sale.description, sale.reference) AS description,
                      sale.quantity,
                      sale.amount
                 FROM customer_external_sale sale
                 JOIN res_partner partner ON partner.id = sale.partner_id""",
            step=ID_STEP,
            residue=EXTERNAL_RESIDUE,
        )

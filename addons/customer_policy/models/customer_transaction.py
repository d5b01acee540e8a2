from odoo import api, fields, models
from odoo.tools import SQL

# Each source owns one residue class, so that an id tells its document and never changes.
ID_STEP = 8
INVOICE_RESIDUE, EXTERNAL_RESIDUE = 0, 1
CUSTOMER_MOVES = ("out_invoice", "out_refund", "out_receipt")


class CustomerTransaction(models.Model):
    """What customers bought, one row per document, whatever system it comes from.

    Amounts are untaxed, in company currency, negative for returns. `partner_id` is the commercial
    partner of today: invoices of a person who has become a company's contact count for the company.
    `purchase_key` is the same for all documents of one purchase: an order invoiced in parts, its down
    payment and its credit notes are one. A document without a key is a purchase of its own.

    A source is a method that returns one SELECT (see `_sources`); an addon with further documents
    overrides `_sources`.
    """

    _name = "customer.transaction"
    _description = "Customer Transaction"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "reference"
    _depends = {
        "account.move": ["state", "move_type", "company_id", "invoice_date", "date", "amount_untaxed_signed"]
        + ["commercial_partner_id", "reversed_entry_id", "name"],
        "customer.external.sale": ["partner_id", "company_id", "date", "amount", "source", "reference"]
        + ["order_reference"],
        "res.partner": ["commercial_partner_id"],
    }

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(readonly=True)
    amount = fields.Monetary("Untaxed Amount", readonly=True)
    reference = fields.Char(readonly=True)
    kind = fields.Selection(
        [("invoice", "Invoice"), ("refund", "Credit Note"), ("external", "External Sale")], readonly=True
    )
    purchase_key = fields.Integer(readonly=True, aggregator=None)
    document_model = fields.Char(readonly=True)
    document_id = fields.Many2oneReference(model_field="document_model", readonly=True)

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(self._sources().values())

    @api.model
    def _sources(self, restriction=None):
        """SELECT statements by source name, each with the columns of this model.

        :param restriction: None, or a `TransactionRestriction` when documents are read in bulk
        """
        return {
            "invoice": self._source_invoice(restriction),
            "external": self._source_external(restriction),
        }

    @api.model
    def _documents(self, company, until, contact_ids=None):
        """SELECT partner_id, purchase_key, date, amount of all transactions of a company up to a day.

        :param contact_ids: None for all; else the customers and all their contacts
        """
        return SQL(" UNION ALL ").join(
            SQL("SELECT partner_id, purchase_key, date, amount FROM (%s) source WHERE date <= %s::date", source, until)
            for source in self._sources(TransactionRestriction(company.id, contact_ids)).values()
        )

    def _source_invoice(self, restriction=None):
        """A credit note belongs to the purchase of the invoice that it takes back, whatever its own lines say."""
        root = SQL("COALESCE(move.reversed_entry_id, move.id)")
        join, condition = SQL(), SQL()
        if restriction:
            condition = SQL(
                " AND move.company_id = %s AND %s",
                restriction.company_id,
                restriction.among(SQL("move.commercial_partner_id"), SQL("partner.id")),
            )
        if restriction and restriction.contact_ids is None:
            # Everybody's: the orders of all invoices in one pass.
            order, reversal = SQL("invoice_order.order_id"), SQL("reversal.move_id IS NOT NULL")
            join = SQL(
                """LEFT JOIN (SELECT DISTINCT reversed_entry_id AS move_id
                                FROM account_move WHERE reversed_entry_id IS NOT NULL) reversal
                          ON reversal.move_id = move.id
                   LEFT JOIN (SELECT aml.move_id, MIN(sol.order_id) AS order_id
                                FROM sale_order_line_invoice_rel rel
                                JOIN account_move_line aml ON aml.id = rel.invoice_line_id
                                JOIN sale_order_line sol ON sol.id = rel.order_line_id
                               GROUP BY aml.move_id) invoice_order ON invoice_order.move_id = %s""",
                root,
            )
        else:
            # Some customers' rows: subqueries per invoice, not evaluated unless somebody reads the key.
            reversal = SQL("EXISTS (SELECT FROM account_move reversal WHERE reversal.reversed_entry_id = move.id)")
            order = SQL(
                """(SELECT MIN(sol.order_id) FROM account_move_line aml
                      JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = aml.id
                      JOIN sale_order_line sol ON sol.id = rel.order_line_id
                     WHERE aml.move_id = %s)""",
                root,
            )
        return SQL(
            """SELECT move.id::bigint * %(step)s + %(residue)s AS id,
                      partner.commercial_partner_id AS partner_id,
                      move.company_id,
                      COALESCE(move.invoice_date, move.date) AS date,
                      move.amount_untaxed_signed AS amount,
                      move.name AS reference,
                      CASE WHEN move.move_type = 'out_refund' THEN 'refund' ELSE 'invoice' END AS kind,
                      COALESCE(-%(order)s, CASE WHEN move.reversed_entry_id IS NOT NULL OR %(reversal)s
                                                THEN %(root)s END)::bigint * %(step)s + %(residue)s AS purchase_key,
                      'account.move' AS document_model,
                      move.id AS document_id
                 FROM account_move move
                 JOIN res_partner partner ON partner.id = move.commercial_partner_id
                 %(join)s
                WHERE move.state = 'posted' AND move.move_type IN %(types)s %(condition)s""",
            step=ID_STEP,
            residue=INVOICE_RESIDUE,
            order=order,
            reversal=reversal,
            root=root,
            join=join,
            types=CUSTOMER_MOVES,
            condition=condition,
        )

    def _source_external(self, restriction=None):
        condition = SQL("TRUE")
        if restriction:
            condition = SQL(
                "sale.company_id = %s AND %s",
                restriction.company_id,
                restriction.among(SQL("sale.partner_id"), SQL("partner.id")),
            )
        # The key of a purchase made of several lines: a 64 bit hash, within one customer as good as unique.
        key = SQL("hashtextextended(sale.source || '/' || COALESCE(sale.order_reference, sale.reference), 0)")
        return SQL(
            """SELECT sale.id::bigint * %(step)s + %(residue)s AS id,
                      partner.commercial_partner_id AS partner_id,
                      sale.company_id,
                      sale.date,
                      sale.amount,
                      COALESCE(sale.order_reference, sale.reference) AS reference,
                      'external' AS kind,
                      (%(key)s >> 4) * %(step)s + %(residue)s AS purchase_key,
                      'customer.external.sale' AS document_model,
                      sale.id AS document_id
                 FROM customer_external_sale sale
                 JOIN res_partner partner ON partner.id = sale.partner_id
                WHERE %(condition)s""",
            step=ID_STEP,
            residue=EXTERNAL_RESIDUE,
            key=key,
            condition=condition,
        )

    @api.model
    def _document_models(self):
        """{residue of the id: model of the document}"""
        return {INVOICE_RESIDUE: "account.move", EXTERNAL_RESIDUE: "customer.external.sale"}

    def action_open_document(self):
        """Open the document, named by the id alone: a search by id has no index to use."""
        self.ensure_one()
        document_id, residue = divmod(self.id, ID_STEP)
        return self.env[self._document_models()[residue]].browse(document_id)._get_records_action()


class TransactionRestriction:
    """Which documents a bulk reader wants: one company's, of all customers or of some.

    :param contact_ids: None for all; else the customers and all their contacts
    """

    def __init__(self, company_id, contact_ids=None):
        self.company_id = company_id
        self.contact_ids = contact_ids

    def among(self, *columns):
        """Condition that columns name one of these partners.

        PostgreSQL does not carry it from a document over to the contact that it joins: who joins names both.
        """
        if self.contact_ids is None:
            return SQL("TRUE")
        return SQL(" AND ").join(SQL("%s = ANY(%s)", column, self.contact_ids) for column in columns)

from odoo import api, fields, models
from odoo.addons.customer_policy.models.customer_transaction import ID_STEP, INVOICE_RESIDUE
from odoo.tools import SQL

POS_RESIDUE = 2
# Sold is what is paid at the counter; closing the session only posts it.
SOLD_STATES = ("paid", "done")


class CustomerTransaction(models.Model):
    """Orders of the point of sale, in the time zone of the policy and in company currency.

    An order with a posted invoice is left to the invoice. An order and its returns are one purchase; an order that
    settles a quotation belongs to the purchase of that quotation, as the quotation's invoices do.
    """

    _inherit = "customer.transaction"
    _depends = {
        "pos.order": ["state", "partner_id", "company_id", "date_order", "amount_total", "amount_tax", "currency_rate"]
        + ["account_move", "pos_reference", "name"],
        "pos.order.line": ["order_id", "refunded_orderline_id"],
        "account.move": ["state"],
    }

    kind = fields.Selection(selection_add=[("pos", "Point of Sale Order"), ("pos_return", "Point of Sale Return")])

    @api.model
    def _sources(self, restriction=None):
        return {**super()._sources(restriction), "pos": self._source_pos(restriction)}

    @api.model
    def _document_models(self):
        return {**super()._document_models(), POS_RESIDUE: "pos.order"}

    def _source_pos(self, restriction=None):
        condition = SQL("TRUE")
        if restriction:
            condition = SQL(
                "pos.company_id = %s AND %s", restriction.company_id, restriction.among(SQL("pos.partner_id"))
            )
        is_bulk = bool(restriction) and restriction.contact_ids is None
        join, key = self._pos_key_of_all() if is_bulk else (SQL(), self._pos_key_of_some())
        return SQL(
            """SELECT pos.id::bigint * %(step)s + %(residue)s AS id,
                      partner.commercial_partner_id AS partner_id,
                      pos.company_id,
                      (pos.date_order AT TIME ZONE 'UTC' AT TIME ZONE company.customer_policy_tz)::date AS date,
                      %(amount)s AS amount,
                      COALESCE(pos.pos_reference, pos.name) AS reference,
                      CASE WHEN pos.amount_total < 0 THEN 'pos_return' ELSE 'pos' END AS kind,
                      %(key)s AS purchase_key,
                      'pos.order' AS document_model,
                      pos.id AS document_id
                 FROM pos_order pos
                 JOIN res_partner partner ON partner.id = pos.partner_id
                 JOIN res_company company ON company.id = pos.company_id
                 JOIN res_currency currency ON currency.id = company.currency_id
                 %(join)s
                WHERE %(sold)s AND %(condition)s""",
            step=ID_STEP,
            residue=POS_RESIDUE,
            amount=self._pos_amount(SQL("pos.amount_total - pos.amount_tax")),
            key=key,
            join=join,
            sold=self._pos_is_sold(),
            condition=condition,
        )

    @api.model
    def _pos_is_sold(self):
        """Condition on `pos`: sold, and not counted by a posted invoice already."""
        return SQL(
            """pos.state IN %s AND NOT EXISTS (
                   SELECT FROM account_move move WHERE move.id = pos.account_move AND move.state = 'posted')""",
            SOLD_STATES,
        )

    @api.model
    def _pos_amount(self, amount):
        """An amount of an order in company currency, by the rate that the order keeps."""
        return SQL("ROUND((%s) / COALESCE(NULLIF(pos.currency_rate, 0), 1)::numeric, currency.decimal_places)", amount)

    def _pos_quotation(self):
        """SQL of the quotation that a line, or the line that it takes back, settles.

        Known with Odoo's own bridge from sales to the point of sale.
        """
        if "sale_order_origin_id" not in self.env["pos.order.line"]._fields:
            return SQL("NULL::integer")
        return SQL("COALESCE(line.sale_order_origin_id, origin.sale_order_origin_id)")

    def _pos_key(self, quotation, root):
        """The key of an invoice for the quotation, else that of the first order."""
        return SQL(
            "COALESCE((-%s)::bigint * %s + %s, (%s)::bigint * %s + %s)",
            quotation,
            ID_STEP,
            INVOICE_RESIDUE,
            root,
            ID_STEP,
            POS_RESIDUE,
        )

    def _pos_key_of_some(self):
        """Subqueries per order, not evaluated unless somebody reads the key."""
        lines = SQL(
            """FROM pos_order_line line LEFT JOIN pos_order_line origin ON origin.id = line.refunded_orderline_id
                WHERE line.order_id = pos.id"""
        )
        quotation = SQL("(SELECT MIN(%s) %s)", self._pos_quotation(), lines)
        origin = SQL("(SELECT MIN(origin.order_id) %s)", lines)
        returned = SQL(
            """EXISTS (SELECT FROM pos_order_line line
                         JOIN pos_order_line back ON back.refunded_orderline_id = line.id
                        WHERE line.order_id = pos.id)"""
        )
        return self._pos_key(quotation, SQL("COALESCE(%s, CASE WHEN %s THEN pos.id END)", origin, returned))

    def _pos_key_of_all(self):
        """The links of all orders in one pass: (joins, key)."""
        quotation = self._pos_quotation()
        join = SQL(
            """LEFT JOIN (SELECT line.order_id, MIN(origin.order_id) AS origin_id, MIN(%s) AS quotation_id
                            FROM pos_order_line line
                       LEFT JOIN pos_order_line origin ON origin.id = line.refunded_orderline_id
                           WHERE line.refunded_orderline_id IS NOT NULL OR %s IS NOT NULL
                           GROUP BY line.order_id) link ON link.order_id = pos.id
               LEFT JOIN (SELECT DISTINCT origin.order_id
                            FROM pos_order_line back
                            JOIN pos_order_line origin ON origin.id = back.refunded_orderline_id
                         ) returned ON returned.order_id = pos.id""",
            quotation,
            quotation,
        )
        return join, self._pos_key(SQL("link.quotation_id"), SQL("COALESCE(link.origin_id, returned.order_id)"))

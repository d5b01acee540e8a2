import logging

import numpy as np
from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import association
from ..engine.association import MiningSettings, find_pairs
from ..engine.binary_copy import Receiver

_logger = logging.getLogger(__name__)

COLUMNS = ("product_id", "other_id", "together", "purchases", "other_purchases", "total", "customers", "support")
COLUMNS += ("confidence", "low", "lift", "lift_low")
# Rows of one INSERT.
CHUNK = 10_000


class CustomerProductPair(models.Model):
    """Products bought together, see `engine/association.py`; found anew every week by the company's own purchases."""

    _name = "customer.product.pair"
    _description = "Products Bought Together"
    _order = "lift_low DESC, id"
    _rec_name = "other_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", required=True, readonly=True, index=True, ondelete="cascade")
    other_id = fields.Many2one(
        "product.product", "Bought Together With", required=True, readonly=True, index=True, ondelete="cascade"
    )
    together = fields.Integer("Purchases of Both", readonly=True, aggregator=None)
    purchases = fields.Integer("Purchases of the Product", readonly=True, aggregator=None)
    other_purchases = fields.Integer("Purchases of the Other", readonly=True, aggregator=None)
    total = fields.Integer("All Purchases", readonly=True, aggregator=None)
    customers = fields.Integer("Customers Who Bought Both", readonly=True, aggregator=None)
    support = fields.Float(digits=(16, 5), readonly=True, aggregator=None, help="Share of all purchases with both.")
    confidence = fields.Float(
        digits=(16, 4), readonly=True, aggregator=None, help="Share of the purchases of the product with the other."
    )
    low = fields.Float(
        "Confidence, at Least", digits=(16, 4), readonly=True, aggregator=None, help="Lower bound at 95 %."
    )
    lift = fields.Float(digits=(16, 2), readonly=True, aggregator=None, help="Times as often as without the product.")
    lift_low = fields.Float("Lift, at Least", digits=(16, 2), readonly=True, aggregator=None, help="Bound at 95 %.")
    reason = fields.Char(compute="_compute_reason")

    _company_product = models.Index("(company_id, product_id)")
    _company_other = models.Index("(company_id, other_id)")

    @api.depends("together", "purchases", "lift", "customers")
    @api.depends_context("lang")
    def _compute_reason(self):
        for pair in self:
            pair.reason = self.env._(
                "Together in %(together)s of %(purchases)s purchases (%(customers)s customers), %(lift)s × as often as "
                "otherwise",
                together=f"{pair.together:,}",
                purchases=f"{pair.purchases:,}",
                customers=f"{pair.customers:,}",
                lift=f"{pair.lift:.1f}",
            )

    @api.model
    def _refresh(self, company, since, until):
        """Find the pairs anew. As sudo: statistics over all customers of the company, no customer is named."""
        pairs = self._find(company, since, until)
        self.flush_model()
        self.env.cr.execute(SQL("DELETE FROM customer_product_pair WHERE company_id = %s", company.id))
        self._store(pairs, company, "customer_product_pair")
        self.env.cr.execute("ANALYZE customer_product_pair")
        self.invalidate_model()
        return len(pairs)

    @api.model
    def _find(self, company, since, until):
        """`Pairs` of the purchases after the day `since` up to `until`; none without SciPy, and popularity is shown."""
        if not association.is_available():
            _logger.warning("SciPy is missing: what is bought together is not searched.")
            since = until
        customer, day, product = read_integers(self.env, purchases_sql(self.env, company, since, until), 3)
        figures = self.env["customer.policy.parameter"]._figures(company)
        settings = MiningSettings(
            min_together=max(int(figures["pair_min_together"]), 1),
            min_customers=int(figures["pair_min_customers"]),
            false_share=figures["pair_false_share"],
            per_product=int(figures["pair_per_product"]),
            purchase_limit=int(figures["pair_purchase_limit"]),
            customer_limit=int(figures["pair_customer_limit"]),
        )
        return find_pairs(customer, day, product, settings)

    @api.model
    def _store(self, pairs, company, table):
        """Write `Pairs` into a table with the columns of this model."""
        columns = {
            **{name: getattr(pairs, name) for name in ("together", "purchases", "other_purchases", "customers")},
            **{name: getattr(pairs, name) for name in ("confidence", "low", "lift", "lift_low")},
            "product_id": pairs.product,
            "other_id": pairs.other,
            "total": np.full(len(pairs), pairs.total),
            "support": pairs.together / max(pairs.total, 1),
        }
        for start in range(0, len(pairs), CHUNK):
            values = [columns[name][start : start + CHUNK].tolist() for name in COLUMNS]
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %s (company_id, %s) SELECT %s, %s FROM UNNEST(%s) AS row (%s)",
                    SQL.identifier(table),
                    SQL(", ").join(map(SQL.identifier, COLUMNS)),
                    company.id,
                    SQL(", ").join(map(SQL.identifier, COLUMNS)),
                    SQL(", ").join(SQL("%s", column) for column in values),
                    SQL(", ").join(map(SQL.identifier, COLUMNS)),
                )
            )


def purchases_sql(env, company, since, until):
    """SELECT partner_id, day, product_id: which products a customer bought on which day (since 1970-01-01).

    What was taken back on the same day does not count; lines without a product neither, nor those after `until`.
    """
    lines = env["customer.transaction.line"].sudo()
    env.flush_all()
    return SQL(
        """SELECT partner_id, date - DATE '1970-01-01' AS day, product_id FROM (%s) line
            WHERE company_id = %s AND date > %s AND date <= %s AND product_id IS NOT NULL AND partner_id IS NOT NULL
            GROUP BY partner_id, date, product_id HAVING SUM(quantity) > 0""",
        lines._table_query,
        company.id,
        since,
        until,
    )


def read_integers(env, query, count):
    """Columns of a query of `count` integers as NumPy arrays, streamed: no Python object per value."""
    target = Receiver(["int4"] * count)
    statement = env.cr.mogrify(query).decode()
    env.cr.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT binary)", target)
    return target.columns()

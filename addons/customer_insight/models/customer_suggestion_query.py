from dataclasses import dataclass, field
from datetime import date, timedelta

from odoo import models
from odoo.tools import SQL

# Candidates per customer and kind that leave the database; the filters of products and prices come after.
CANDIDATES = 40
# Of the most popular products so many are looked through for those that a customer lacks.
POPULAR = 300
COLUMNS = ("kind", "partner_id", "product_id", "score", "count", "total", "customers", "lift", "because_id", "date")
COLUMNS += ("gap",)
NAMES = ("code", "name", "is_variant", "because")


@dataclass
class SuggestionScope:
    """For whom and as of which day products are looked for, and in which tables the statistics stand.

    :param partner_ids: commercial partners whose history may be used
    :param basket: {partner id: ids of products that are being bought, for example lines of a quotation}
    :param order_id: the quotation itself, which is no enquiry of its own
    :param products: SELECT of the ids of products that may be offered; None for all that were ever bought
    """

    company: object
    today: date
    figures: dict
    partner_ids: list
    basket: dict = field(default_factory=dict)
    order_id: int = 0
    kinds: frozenset = frozenset(("usual", "pair", "basket", "popular", "enquiry"))
    pairs: str = "customer_product_pair"
    popularity: str = "customer_product_popularity"
    products: SQL | None = None

    def since(self, figure):
        return self.today - timedelta(days=int(self.figures[figure]))


class CustomerSuggestion(models.AbstractModel):
    """What to offer to a customer: the candidates, in one statement for any number of customers and any day.

    The score of every kind is an estimate of the same thing, the share of the customer's purchases with the product:

    usual    bought on at least two days, not just now: share of the customer's purchases, a purchase weighs half after
             the half-life, and everybody's share weighs as much as a few purchases (shrinkage, as of a beta prior)
    pair     bought with something of the last days: lower bound of the confidence, see `customer.product.pair`
    basket   the same with what is being bought now
    popular  share of all customers' purchases, shrunk in the same way by the customer's purchases without it
    common   the same, of products that the customer may have bought lately: shown where its habit is no better
    enquiry  quoted and not ordered, or named by its code in an opportunity: what each adds, times their number

    A bridge adds a kind by `_parts`; one that raises a product like an enquiry by `_raising_kinds` and `_raised`.

    The evaluation on held-back purchases and every screen run this statement; a second one could differ.
    """

    _name = "customer.suggestion"
    _description = "Product Suggestions"

    def _candidates(self, scope):
        """Rows as dicts of `COLUMNS` and `NAMES`, at most `CANDIDATES` per customer and kind, the best first."""
        if not scope.partner_ids:
            return []
        parts = self._parts()
        columns = SQL(", ").join(map(SQL.identifier, COLUMNS))
        statement = SQL(
            """WITH %(history)s
               SELECT %(columns)s, %(names)s FROM (
                   SELECT found.*,
                          ROW_NUMBER() OVER (PARTITION BY partner_id, kind ORDER BY score DESC, product_id) AS place
                     FROM (%(selects)s) found (%(columns)s) WHERE %(offered)s) ranked
                 JOIN product_product product ON product.id = product_id
                 JOIN product_template template ON template.id = product.product_tmpl_id
            LEFT JOIN product_product reason ON reason.id = because_id
            LEFT JOIN product_template reason_template ON reason_template.id = reason.product_tmpl_id
                WHERE place <= %(limit)s ORDER BY score DESC, product_id""",
            history=self._history(scope),
            columns=columns,
            names=self._names_sql(),
            selects=SQL(" UNION ALL ").join(parts[kind](scope) for kind in sorted(scope.kinds)),
            offered=SQL("product_id IN %s", scope.products) if scope.products else SQL("TRUE"),
            limit=CANDIDATES,
        )
        self.env.flush_all()
        return [dict(zip(COLUMNS + NAMES, row, strict=True)) for row in self.env.execute_query(statement)]

    def _parts(self):
        """{kind: method that takes the scope and returns a SELECT of `COLUMNS`}"""
        return {
            "usual": self._usual,
            "pair": self._pair,
            "basket": self._basket,
            "popular": self._popular,
            "common": self._common,
            "enquiry": self._enquiry,
        }

    def _names_sql(self):
        """Columns `NAMES`. A name in this statement: core's reads a product's attributes in queries of their own."""
        templates = self.env["product.template"].sudo()
        return SQL(
            "product.default_code, %s, COALESCE(product.combination_indices, '') <> '', %s",
            templates._field_to_sql("template", "name"),
            templates._field_to_sql("reason_template", "name"),
        )

    def _history(self, scope):
        """What these customers bought and are buying. As sudo: whoever asks has shown that it may see the customers."""
        basket = [(partner, product) for partner, products in scope.basket.items() for product in products]
        return SQL(
            """bought AS MATERIALIZED (
                   SELECT partner_id, product_id, date FROM (%(lines)s) line
                    WHERE company_id = %(company)s AND partner_id = ANY(%(partners)s) AND product_id IS NOT NULL
                      AND date > %(since)s AND date <= %(today)s
                    GROUP BY partner_id, product_id, date HAVING SUM(quantity) > 0),
               purchase AS MATERIALIZED (
                   SELECT partner_id, COUNT(*) AS times, SUM(POWER(0.5, (%(today)s - date) / %(half)s)) AS weight
                     FROM (SELECT DISTINCT partner_id, date FROM bought) days GROUP BY partner_id),
               own AS MATERIALIZED (
                   SELECT partner_id, product_id, COUNT(*) AS times, MAX(date) AS last, MIN(date) AS first,
                          SUM(POWER(0.5, (%(today)s - date) / %(half)s)) AS weight
                     FROM bought GROUP BY partner_id, product_id),
               basket AS MATERIALIZED (
                   SELECT * FROM UNNEST(%(basket_partners)s::int4[], %(basket_products)s::int4[])
                                 AS b (partner_id, product_id))""",
            lines=self.env["customer.transaction.line"].sudo()._table_query,
            company=scope.company.id,
            partners=scope.partner_ids,
            since=scope.since("suggestion_history_days"),
            today=scope.today,
            half=max(scope.figures["suggestion_half_life_days"], 1.0),
            basket_partners=[partner for partner, _product in basket],
            basket_products=[product for _partner, product in basket],
        )

    def _usual(self, scope):
        return SQL(
            """SELECT 'usual' AS kind, own.partner_id, own.product_id,
                      ((own.weight + %(prior)s * COALESCE(popular.share, 0))
                       / (purchase.weight + %(prior)s))::float8 AS score,
                      own.times AS count, purchase.times AS total, NULL::bigint AS customers, NULL::float8 AS lift,
                      NULL::int4 AS because_id, own.last AS date,
                      ((own.last - own.first)::float8 / (own.times - 1)) AS gap
                 FROM own JOIN purchase USING (partner_id)
            LEFT JOIN %(popularity)s popular ON popular.product_id = own.product_id AND popular.company_id = %(company)s
                WHERE own.times >= 2 AND own.last <= %(pause)s
                  AND (%(today)s - own.last) * (own.times - 1) >= %(share)s * (own.last - own.first)
                  AND NOT EXISTS (SELECT FROM basket WHERE basket.partner_id = own.partner_id
                                                       AND basket.product_id = own.product_id)""",
            pause=scope.since("suggestion_pause_days"),
            share=scope.figures["suggestion_pause_share"],
            today=scope.today,
            prior=max(scope.figures["suggestion_prior"], 0.001),
            popularity=SQL.identifier(scope.popularity),
            company=scope.company.id,
        )

    def _pair(self, scope):
        """With what was bought in the last days; not what the customer bought itself in these days."""
        source = SQL("(SELECT * FROM own WHERE last > %s)", scope.since("suggestion_fresh_days"))
        return self._by_pairs(scope, "pair", source)

    def _basket(self, scope):
        return self._by_pairs(scope, "basket", SQL("basket"))

    def _by_pairs(self, scope, kind, source):
        return SQL(
            """SELECT * FROM (
                 SELECT DISTINCT ON (source.partner_id, pair.other_id)
                        %(kind)s AS kind, source.partner_id, pair.other_id, pair.low::float8, pair.together::bigint,
                        pair.purchases::bigint, pair.customers::bigint, pair.lift::float8, pair.product_id, NULL::date,
                        NULL::float8
                   FROM %(source)s source
                   JOIN %(pairs)s pair ON pair.product_id = source.product_id AND pair.company_id = %(company)s
                  WHERE %(unknown)s
                  ORDER BY source.partner_id, pair.other_id, pair.low DESC, pair.product_id) best""",
            kind=kind,
            source=source,
            pairs=SQL.identifier(scope.pairs),
            company=scope.company.id,
            unknown=self._is_new(scope, SQL("source.partner_id"), SQL("pair.other_id"), kind),
        )

    def _popular(self, scope):
        return self._by_popularity(scope, "popular")

    def _common(self, scope):
        return self._by_popularity(scope, "common")

    def _by_popularity(self, scope, kind):
        return SQL(
            """SELECT %(kind)s, customer.partner_id, popular.product_id,
                      (popular.share * %(prior)s / (COALESCE(purchase.weight, 0) + %(prior)s))::float8,
                      popular.purchases::bigint, NULL::bigint, popular.customers::bigint, NULL::float8, NULL::int4,
                      NULL::date, NULL::float8
                 FROM UNNEST(%(partners)s::int4[]) AS customer (partner_id)
            LEFT JOIN purchase ON purchase.partner_id = customer.partner_id
           CROSS JOIN (SELECT * FROM %(popularity)s WHERE company_id = %(company)s
                        ORDER BY share DESC, product_id LIMIT %(limit)s) popular
                WHERE %(unknown)s""",
            partners=scope.partner_ids,
            popularity=SQL.identifier(scope.popularity),
            company=scope.company.id,
            unknown=self._is_new(scope, SQL("customer.partner_id"), SQL("popular.product_id"), kind),
            kind=kind,
            limit=POPULAR,
            prior=max(scope.figures["suggestion_prior"], 0.001),
        )

    def _is_new(self, scope, partner, product, kind):
        """Condition: not being bought, and not bought lately. What goes with a basket, or is common, may have been
        bought lately, unless it was within the pause."""
        figure = "suggestion_pause_days" if kind in ("basket", "common") else "suggestion_fresh_days"
        return SQL(
            """NOT EXISTS (SELECT FROM own WHERE own.partner_id = %(partner)s AND own.product_id = %(product)s
                                             AND own.last > %(since)s)
               AND NOT EXISTS (SELECT FROM basket WHERE basket.partner_id = %(partner)s
                                                    AND basket.product_id = %(product)s)""",
            partner=partner,
            product=product,
            since=scope.since(figure),
        )

    def _enquiry(self, scope):
        """Quoted, or named by its code in an opportunity, and not ordered since. As sudo, like the history."""
        asked = SQL("%s UNION ALL %s", self._quoted(scope), self._named(scope))
        return self._raised(scope, "enquiry", asked, scope.figures["suggestion_enquiry_weight"])

    def _raised(self, scope, kind, asked, weight):
        """SELECT of the products of `asked` that are neither being bought nor were bought or ordered since.

        :param asked: SELECT partner_id, product_id, moment; a row per occasion on which interest was shown
        :param weight: what each occasion adds to the score
        """
        return SQL(
            """SELECT %(kind)s, asked.partner_id, asked.product_id, (COUNT(*) * %(weight)s)::float8,
                      COUNT(*), NULL::bigint, NULL::bigint, NULL::float8, NULL::int4, MAX(asked.moment)::date,
                      NULL::float8
                 FROM (%(asked)s) asked (partner_id, product_id, moment)
            LEFT JOIN own ON own.partner_id = asked.partner_id AND own.product_id = asked.product_id
                         AND own.last >= asked.moment::date
                WHERE own.product_id IS NULL
                  AND NOT EXISTS (SELECT FROM basket WHERE basket.partner_id = asked.partner_id
                                                       AND basket.product_id = asked.product_id)
                  AND NOT EXISTS (
                      SELECT FROM sale_order_line ordered
                        JOIN sale_order sale ON sale.id = ordered.order_id
                        JOIN res_partner buyer ON buyer.id = sale.partner_id
                       WHERE ordered.product_id = asked.product_id AND sale.state = 'sale'
                         AND sale.company_id = %(company)s AND sale.date_order >= asked.moment
                         AND buyer.commercial_partner_id = asked.partner_id)
                GROUP BY asked.partner_id, asked.product_id""",
            kind=kind,
            asked=asked,
            weight=weight,
            company=scope.company.id,
        )

    def _quoted(self, scope):
        return SQL(
            """SELECT DISTINCT ON (o.id, line.product_id) partner.commercial_partner_id, line.product_id, o.date_order
                 FROM sale_order o
                 JOIN res_partner partner ON partner.id = o.partner_id
                 JOIN sale_order_line line ON line.order_id = o.id
                WHERE partner.commercial_partner_id = ANY(%(partners)s) AND o.company_id = %(company)s
                  AND o.state IN ('draft', 'sent', 'cancel') AND o.id <> %(order)s AND line.product_id IS NOT NULL
                  AND o.date_order::date > %(since)s AND o.date_order::date <= %(today)s""",
            partners=scope.partner_ids,
            company=scope.company.id,
            order=scope.order_id,
            since=scope.since("suggestion_enquiry_days"),
            today=scope.today,
        )

    def _named(self, scope):
        """An opportunity has no products; a code of at least three signs in its title or note names one."""
        return SQL(
            """SELECT DISTINCT ON (lead.id, product.id) partner.commercial_partner_id, product.id, lead.create_date
                 FROM crm_lead lead
                 JOIN res_partner partner ON partner.id = lead.partner_id
           CROSS JOIN LATERAL REGEXP_SPLIT_TO_TABLE(
                      CONCAT_WS(' ', lead.name, REGEXP_REPLACE(lead.description, '<[^>]*>', ' ', 'g')),
                      '[^[:alnum:]_./-]+') word
                 JOIN product_product product ON product.default_code = word AND LENGTH(word) >= 3
                WHERE partner.commercial_partner_id = ANY(%(partners)s)
                  AND (lead.company_id = %(company)s OR lead.company_id IS NULL)
                  AND lead.create_date::date > %(since)s AND lead.create_date::date <= %(today)s""",
            partners=scope.partner_ids,
            company=scope.company.id,
            since=scope.since("suggestion_enquiry_days"),
            today=scope.today,
        )

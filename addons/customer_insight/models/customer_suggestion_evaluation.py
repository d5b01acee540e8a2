from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.tools import SQL

from ..engine.paired import paired_difference
from .customer_product_pair import purchases_sql
from .customer_suggestion_query import SuggestionScope

# Days held back, customers tried, products counted, customers in one statement, cases needed to judge.
HELD_BACK, SAMPLE, TOP, BATCH, ENOUGH = 30, 2000, 5, 200, 30
PAIRS, POPULARITY = "customer_product_pair_past", "customer_product_popularity_past"


class CustomerSuggestionEvaluation(models.Model):
    """How often a way of suggesting hits what was bought in the last days, which it did not see, beside popularity.

    Three tasks, five products each: what the customer buys next; what it buys next that it did not buy lately; the
    product that was taken out of a purchase, from the rest of it. Statistics are used where the 95 % interval of the
    difference to popularity lies above zero. The customer's own habit is no statistic but a simple rule, as popularity
    is: of the two the one with more hits is used, the habit where they are even or too few purchases judge. Popularity
    keeps to the same rule: not what the customer has just bought.
    """

    _name = "customer.suggestion.evaluation"
    _description = "Evaluation of Suggestions"
    _order = "date DESC, id"
    _rec_name = "kind"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    date = fields.Date("Tried On", required=True, readonly=True)
    kind = fields.Selection(
        [
            ("usual", "Customer's own purchases: next purchase"),
            ("pair", "Bought together: something new to the customer"),
            ("basket", "Bought together: the missing product of a purchase"),
        ],
        "Method and Task",
        required=True,
        readonly=True,
    )
    cases = fields.Integer("Purchases", readonly=True, aggregator=None)
    hit_rate = fields.Float(
        digits=(16, 4), readonly=True, aggregator=None, help="Purchases with at least one of five products."
    )
    popular_rate = fields.Float("Popularity", digits=(16, 4), readonly=True, aggregator=None)
    global_rate = fields.Float(
        "Five Most Popular",
        digits=(16, 4),
        readonly=True,
        aggregator=None,
        help="Hit rate of the same five products for everybody, whatever a customer has just bought.",
    )
    low = fields.Float(
        "Difference, From",
        digits=(16, 4),
        readonly=True,
        aggregator=None,
        help="95 % interval of the difference to popularity.",
    )
    high = fields.Float("Difference, To", digits=(16, 4), readonly=True, aggregator=None)
    is_used = fields.Boolean("Used", readonly=True)
    is_latest = fields.Boolean("Latest", readonly=True)
    verdict = fields.Char(compute="_compute_verdict")

    @api.depends("cases", "low", "high", "is_used")
    @api.depends_context("lang")
    def _compute_verdict(self):
        for row in self:
            if row.cases < ENOUGH:
                text = self.env._("Too few purchases to judge.")
            elif row.low > 0:
                text = self.env._("Better than popularity.")
            elif row.high < 0:
                text = self.env._("Worse than popularity.")
            else:
                text = self.env._("No detectable difference from popularity.")
            use = self.env._("Used.") if row.is_used else self.env._("Popularity is shown instead.")
            row.verdict = self.env._("%(verdict)s %(use)s", verdict=text, use=use)

    @api.model
    @tools.ormcache("company.id")
    def _used_kinds(self, company):
        """Kinds that the latest evaluation lets through; before any, only the customer's own purchases."""
        latest = self.sudo().search([("company_id", "=", company.id), ("is_latest", "=", True)])
        return frozenset(latest.filtered("is_used").mapped("kind")) if latest else frozenset(("usual",))

    @api.model
    def _cron_refresh(self):
        """Find pairs and popularity anew and try the methods, for each company when its time has come."""
        companies = self.env["res.company"]._customer_policy_companies()
        for done, company in enumerate(companies, start=1):
            self._refresh_all(company)
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(companies) - done):
                return

    @api.model
    def _refresh_all(self, company, force=False):
        """Statistics and evaluation of one company, unless they are as young as the policy allows."""
        figures = self.env["customer.policy.parameter"]._figures(company)
        today = company._customer_policy_today()
        oldest = today - timedelta(days=int(figures["pair_refresh_days"]))
        recent = [("company_id", "=", company.id), ("is_latest", "=", True), ("date", ">", oldest)]
        if not force and self.search_count(recent, limit=1):
            return False
        since = today - timedelta(days=int(figures["suggestion_history_days"]))
        self.env["customer.product.popularity"]._refresh(company, since, today)
        self.env["customer.product.pair"]._refresh(company, since, today)
        return self._refresh(company, today)

    @api.model
    def _refresh(self, company, today):
        """Try all methods on the last days of a company; returns the new rows."""
        figures = self.env["customer.policy.parameter"]._figures(company)
        cut = today - timedelta(days=HELD_BACK)
        since = cut - timedelta(days=int(figures["suggestion_history_days"]))
        self._make_past(company, since, cut)
        trial = _Trial(self.env, company, cut, today, figures)
        values = []
        for kind, (ours, popular) in trial.run().items():
            result = paired_difference(ours, popular)
            same = paired_difference(ours, trial.top_hits) if kind == "usual" else result
            enough = result.n >= ENOUGH
            used = not enough or result.value >= 0 if kind == "usual" else enough and result.low > 0
            values.append(
                {"company_id": company.id, "date": today, "kind": kind, "cases": result.n, "hit_rate": result.rate,
                 "popular_rate": result.other_rate, "global_rate": same.other_rate, "low": result.low,
                 "high": result.high, "is_used": used,
                 "is_latest": True}
            )  # fmt: skip
        self.search([("company_id", "=", company.id), ("is_latest", "=", True)]).is_latest = False
        rows = self.create(values)
        self.env.registry.clear_cache()
        return rows

    def _make_past(self, company, since, cut):
        """Pairs and popularity as they were found at the cut, in tables of this transaction."""
        for table, past in (("customer_product_pair", PAIRS), ("customer_product_popularity", POPULARITY)):
            self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", SQL.identifier(past)))
            self.env.cr.execute(
                SQL(
                    "CREATE TEMPORARY TABLE %s (LIKE %s INCLUDING DEFAULTS) ON COMMIT DROP",
                    SQL.identifier(past),
                    SQL.identifier(table),
                )
            )
        pairs, popularity = self.env["customer.product.pair"], self.env["customer.product.popularity"]
        pairs._store(pairs._find(company, since, cut), company, PAIRS)
        columns = SQL("company_id, product_id, purchases, customers, share")
        counts = popularity._counts(company, since, cut)
        self.env.cr.execute(SQL("INSERT INTO %s (%s) %s", SQL.identifier(POPULARITY), columns, counts))
        self.env.cr.execute(SQL("CREATE INDEX ON %s (product_id)", SQL.identifier(PAIRS)))
        self.env.cr.execute(SQL("CREATE INDEX ON %s (share DESC)", SQL.identifier(POPULARITY)))
        self.env.cr.execute(SQL("ANALYZE %s, %s", SQL.identifier(PAIRS), SQL.identifier(POPULARITY)))


class _Trial:
    """The first purchase of each customer after the cut, guessed from what was known at the cut."""

    def __init__(self, env, company, cut, today, figures):
        self.env, self.company, self.cut, self.today, self.figures = env, company, cut, today, figures
        self.suggestions = env["customer.suggestion"]
        self.top_hits = []
        self.hits = {kind: ([], []) for kind in ("usual", "pair", "basket")}

    def run(self):
        held = self._held_back()
        top = [row[0] for row in self.env.execute_query(
            SQL("SELECT product_id FROM %s ORDER BY share DESC, product_id LIMIT %s", SQL.identifier(POPULARITY), TOP)
        )]  # fmt: skip
        partners = sorted(held)
        for start in range(0, len(partners), BATCH):
            batch = partners[start : start + BATCH]
            self._try_history(batch, held, set(top))
            self._try_baskets(batch, held)
        return self.hits

    def _held_back(self):
        """{customer: products of its first purchase after the cut}, of at most `SAMPLE` customers drawn by a hash."""
        rows = self.env.execute_query(
            SQL(
                """WITH bought AS (%(bought)s),
                        first AS (SELECT partner_id, MIN(day) AS day FROM bought GROUP BY partner_id
                                   ORDER BY HASHINT4(partner_id), partner_id LIMIT %(sample)s)
                   SELECT partner_id, ARRAY_AGG(product_id ORDER BY product_id)
                     FROM bought JOIN first USING (partner_id, day) GROUP BY partner_id""",
                bought=purchases_sql(self.env, self.company, self.cut, self.today),
                sample=SAMPLE,
            )
        )
        return dict(rows)

    def _candidates(self, partners, kinds, basket=None):
        scope = SuggestionScope(
            self.company, self.cut, self.figures, partners, basket or {}, kinds=frozenset(kinds), pairs=PAIRS,
            popularity=POPULARITY,
        )  # fmt: skip
        return self.suggestions._candidates(scope)

    def _try_history(self, batch, held, top):
        rows = self._candidates(batch, ("usual", "pair", "popular", "common"))
        usual, common = self._tops(rows, {"usual", "popular"}), self._tops(rows, {"common"})
        new, popular = self._tops(rows, {"pair"}), self._tops(rows, {"popular"})
        for partner in batch:
            bought = set(held[partner])
            self._note("usual", bought & set(usual[partner]), bought & set(common[partner]))
            self.top_hits.append(bool(bought & top))
            self._note("pair", bought & _filled(new[partner], popular[partner]), bought & set(popular[partner]))

    def _try_baskets(self, batch, held):
        """One product of each purchase is taken out: which one is drawn by a hash of the customer.

        Nothing but the rest of the purchase is known here: the ids are negative, so that no history is found.
        """
        hidden = {-p: held[p][hash((p, 19)) % len(held[p])] for p in batch if len(held[p]) >= 2}
        basket = {p: [product for product in held[-p] if product != hidden[p]] for p in hidden}
        rows = self._candidates(list(hidden), ("basket", "popular"), basket)
        ours, popular = self._tops(rows, {"basket"}), self._tops(rows, {"popular"})
        for partner, product in hidden.items():
            self._note("basket", product in _filled(ours[partner], popular[partner]), product in popular[partner])

    def _tops(self, rows, kinds):
        ranked = self.suggestions._ranked([row for row in rows if row["kind"] in kinds])
        tops = {partner: [row["product_id"] for row in ranked_rows[:TOP]] for partner, ranked_rows in ranked.items()}
        return defaultdict(list, tops)

    def _note(self, kind, hit, popular_hit):
        ours, popular = self.hits[kind]
        ours.append(bool(hit))
        popular.append(bool(popular_hit))


def _filled(products, others):
    """`products`, filled up to `TOP` with others."""
    return set([*products, *(other for other in others if other not in products)][:TOP])

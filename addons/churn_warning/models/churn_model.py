import logging
from dataclasses import asdict
from datetime import date, timedelta

import numpy as np
from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.addons.customer_insight.engine import mathematics
from odoo.addons.customer_insight.engine.purchase_model import FitError, PurchaseModel
from odoo.addons.customer_policy.models.customer_transaction import TransactionRestriction
from odoo.tools import SQL

from ..engine.backtest import Backtest
from ..engine.candidates import PolicyRules, PurchaseRisk, Recency, Regression, RfmSum, pick, restore
from ..engine.history import History
from ..engine import stability

_logger = logging.getLogger(__name__)

EPOCH = date(1970, 1, 1)
# Customers that a back-test looks at: the margins of more are no narrower than anybody needs.
SAMPLE = 50_000
# Bounds of a horizon that comes from the intervals: below it is noise, above a year nothing can be tried.
SHORTEST, LONGEST = 14, 365
NAMES = [
    ("recency", "Days Since the Last Purchase"),
    ("rfm", "RFM Sum"),
    ("rules", "The Policy's Warning Rules"),
    ("purchase", "Purchase Model"),
    ("regression", "Regression"),
]


class ChurnModel(models.Model):
    """A version of what tells the churn risk for one definition: the horizon, the back-test, what it chose and why, and
    what is needed to apply it. Every version is kept; the newest of a definition is used."""

    _name = "churn.model"
    _description = "Churn Model"
    _order = "id desc"
    _rec_name = "as_of"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    definition_key = fields.Char(required=True, readonly=True, help="Of the definition, the same in all versions.")
    definition_name = fields.Char("Definition", required=True, readonly=True)
    as_of = fields.Date(required=True, readonly=True)
    state = fields.Selection(
        [("used", "Used"), ("replaced", "Replaced")], required=True, readonly=True, default="used"
    )
    chosen = fields.Selection(NAMES, readonly=True, help="What tells the risk. Empty: only the warning rules run.")
    refusal = fields.Selection(
        [("history", "Too Little History"), ("customers", "Too Few Customers")],
        readonly=True,
        help="Why nothing could be tried.",
    )
    horizon_days = fields.Integer("N (Days)", readonly=True)
    customer_count = fields.Integer("Customers", readonly=True, help="Seen in the back-test, each on several days.")
    auc = fields.Float("AUC", digits=(16, 3), readonly=True, aggregator=None, help="Of what was chosen.")
    auc_margin = fields.Float("± (95 %)", digits=(16, 3), readonly=True, aggregator=None)
    rule_auc = fields.Float("AUC of the Best Rule", digits=(16, 3), readonly=True, aggregator=None)
    drift = fields.Float("Stability Index", digits=(16, 3), readonly=True, aggregator=None)
    drift_date = fields.Date("Alarm", readonly=True, help="When the customers were found to have changed.")
    result = fields.Json(readonly=True, help="The whole back-test.")
    parameters = fields.Json(readonly=True)
    cohorts = fields.Json(readonly=True, help="Who bought again in which month after the first purchase.")
    trend = fields.Json(readonly=True, help="Customers by status at the end of past months.")
    intervals = fields.Json(readonly=True, help="Intervals between purchases, which the default horizon comes from.")

    _used_unique = models.UniqueIndex("(company_id, definition_key) WHERE state = 'used'")

    @api.depends("chosen", "as_of", "definition_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["chosen"]._description_selection(self.env))
        for model in self:
            chosen = labels.get(model.chosen) or self.env._("Warning Rules Only")
            model.display_name = f"{model.definition_name}: {chosen} ({model.as_of})"

    # ------------------------------------------------------------ data

    @api.model
    def _history(self, company, partner_ids=None, until=None):
        """`History` of the customers of a company; days count from 1970-01-01.

        Unlike the purchases of the profile, those returned later stay: on a day of the past nobody knew of the return,
        which counts from its own day on.
        """
        self.env.flush_all()
        contact_ids = None
        if partner_ids is not None:
            partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
            contact_ids = partners_sudo.search([("commercial_partner_id", "in", list(partner_ids))]).ids
        until = until or company._customer_policy_today()
        query = self._history_query(company, until, contact_ids)
        columns = self.env["customer.insight.days"]._receive(query, ("int4", "int4", "float8", "int4"))
        return History(*columns)

    def _history_query(self, company, until, contact_ids):
        """SELECT partner_id, day, amount, whether a purchase begins: documents with the same key are one purchase."""
        restriction = TransactionRestriction(company.id, contact_ids)
        documents = SQL(" UNION ALL ").join(
            SQL("SELECT partner_id, purchase_key, date, amount FROM (%s) source WHERE date <= %s::date", source, until)
            for source in self.env["customer.transaction"]._sources(restriction).values()
        )
        return SQL(
            """SELECT d.partner_id::int4, d.date - '1970-01-01'::date, SUM(d.amount)::float8,
                      MAX((d.amount > 0 AND d.place = 1)::int)::int4
                 FROM (SELECT partner_id, date, amount,
                              CASE WHEN purchase_key IS NULL THEN 1 ELSE
                                  ROW_NUMBER() OVER (PARTITION BY partner_id, purchase_key ORDER BY amount <= 0, date)
                              END AS place
                         FROM (%s) document) d
                 JOIN res_partner p ON p.id = d.partner_id
                WHERE p.partner_share AND p.employee IS NOT TRUE
                  AND NOT EXISTS (SELECT FROM res_company c WHERE c.partner_id = p.id)
                GROUP BY d.partner_id, d.date""",
            documents,
        )

    @api.model
    def _day(self, day):
        return (day - EPOCH).days

    @api.model
    def _used(self, company):
        """{key of the definition: the version in use}."""
        used = self.sudo().search([("company_id", "=", company.id), ("state", "=", "used")])
        return {model.definition_key: model for model in used}

    @api.model
    def _horizon(self, definition, history, figures):
        """(N in days, what it was taken from): that of the definition, else a percentile of the intervals."""
        intervals = history.intervals()
        described = {"n": int(len(intervals))}
        if len(intervals):
            steps = (50, 75, 90, 95)
            described["percentiles"] = [[p, int(np.percentile(intervals, p))] for p in steps]
            edges = [7, 14, 30, 60, 90, 120, 180, 365]
            described["shares"] = [[edge, float((intervals <= edge).mean())] for edge in edges]
        if definition.days:
            return definition.days, described
        if not len(intervals):
            return int(self.env["customer.policy.parameter"]._insight_horizon(definition.policy_id)), described
        percentile = min(max(figures["churn_interval_percentile"], 1), 99)
        days = int(np.ceil(np.percentile(intervals, percentile) / 5) * 5)
        return min(max(days, SHORTEST), LONGEST), described

    # ------------------------------------------------------------ training

    @api.model
    def _cron_train(self):
        """Monthly, and when somebody asks: a new version for each definition of each company."""
        companies = self.env["customer.policy.run"]._get_companies()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            try:
                with self.env.cr.savepoint():
                    self._train(company)
            except Exception:
                _logger.exception("Churn models of %s could not be made", company.name)
            if not cron._commit_progress(1):
                return

    @api.model
    def _train(self, company, today=None):
        """New versions for all definitions by purchases; returns them."""
        company = company.sudo()
        today = today or company._customer_policy_today()
        definitions = self.env["churn.definition"]._in_force(company)
        purchasing = definitions.filtered(lambda definition: definition.method == "purchase")
        if not purchasing:
            return self.browse()
        history = self._history(company, until=today)
        members = definitions._members(history.ids.tolist())
        trained = self.browse()
        for definition in purchasing:
            mine = np.isin(history.ids, members[definition.id])
            trained |= self._train_one(company, definition, history.only(self._sample(history.ids, mine)), today)
        used = set(purchasing.mapped("stable_key"))
        self._used_models(company).filtered(lambda model: model.definition_key not in used).state = "replaced"
        return trained

    @api.model
    def _used_models(self, company):
        return self.sudo().search([("company_id", "=", company.id), ("state", "=", "used")])

    @api.model
    def _sample(self, ids, mine):
        """Which customers are looked at: all of these, or a draw that is the same every time."""
        if mine.sum() <= SAMPLE:
            return mine
        draw = (ids * 2654435761) % 2**32  # Knuth's multiplicative hash
        return mine & (draw <= np.partition(draw[mine], SAMPLE - 1)[SAMPLE - 1])

    @api.model
    def _train_one(self, company, definition, history, today):
        figures = self.env["customer.policy.parameter"]._churn_figures(company)
        horizon, intervals = self._horizon(definition, history, figures)
        backtest = self._backtest(company, definition, history, self._day(today), horizon)
        result = backtest.run()
        values = {
            "company_id": company.id,
            "definition_key": definition.stable_key,
            "definition_name": definition.name,
            "as_of": today,
            "horizon_days": horizon,
            "intervals": intervals,
            "refusal": result.refusal,
            "customer_count": result.customers,
            "result": asdict(result),
            **self._past(definition, history, today, horizon),
        }
        if not result.refusal:
            values.update(self._chosen_values(backtest, result))
        before = self._used(company).get(definition.stable_key, self.browse())
        before.state = "replaced"
        self.flush_model()
        model = self.sudo().create(values)
        model._check_ranking(before)
        return model

    def _past(self, definition, history, today, horizon):
        """Retention by month of the first purchase, and statuses at the ends of the last twelve months."""
        span = history.span
        if not span:
            return {}

        def month_of(days):
            return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)

        first, last = month_of(np.array([span[0], self._day(today)]))
        ends = [today.replace(day=1) - relativedelta(months=back) - timedelta(days=1) for back in range(12)][::-1]
        days = [self._day(day) for day in [*ends, today] if self._day(day) >= span[0]]
        limits = [horizon * percent / 100 for percent in (definition.at_risk_percent, 100, definition.lost_percent)]
        return {"cohorts": history.retention(month_of, int(first), int(last)), "trend": history.statuses(days, limits)}

    def _chosen_values(self, backtest, result):
        taught = backtest.teach(result.chosen)
        today = backtest.open_snapshot(backtest.today)
        cuts, shares = stability.describe(taught.score(today)) if len(today["position"]) else ([], [])
        chosen = result.scores[result.chosen]
        return {
            "chosen": result.chosen,
            "auc": chosen.auc,
            "auc_margin": chosen.margin,
            "rule_auc": result.scores[result.rule].auc,
            "parameters": {**taught.to_json(), "drift_cuts": cuts, "drift_shares": shares},
        }

    @api.model
    def _backtest(self, company, definition, history, day, horizon):
        points = self.env["churn.rule"]._in_force(company)._points_of_the_past(company)
        figures = self.env["customer.policy.parameter"]._churn_figures(company)
        people = self.env["churn.warning"]._count_responsible(company)

        def candidates():
            return [Recency(), RfmSum(), *([PolicyRules(points)] if points else []), PurchaseRisk(), Regression()]

        return Backtest(
            history,
            day,
            horizon,
            definition._population(horizon),
            candidates,
            self._fit_purchase,
            capacity=max(int(figures["churn_capacity"]) * people, 1),
        )

    @api.model
    def _fit_purchase(self, repeats, span, tenure):
        """A purchase model, or None where there is none to be had: too little data, SciPy not installed."""
        if not mathematics.is_available() or (repeats > 0).sum() < 20:
            return None
        try:
            return PurchaseModel.fit(repeats, span, tenure)
        except (FitError, ValueError, FloatingPointError):
            return None

    # ------------------------------------------------------------ use

    def _candidate(self):
        """What was chosen, ready to be applied; None where nothing was."""
        self.ensure_one()
        if not self.chosen:
            return None
        points = self.env["churn.rule"]._in_force(self.company_id)._points_of_the_past(self.company_id)
        return restore(self.parameters, points, PurchaseModel)

    def _risk(self, definition, history, day):
        """({name: array} of the customers that are scored, their churn risks 0 to 1, reasons by group or None)."""
        self.ensure_one()
        everybody = {**history.snapshot(day, self.horizon_days), "horizon": self.horizon_days}
        snapshot = pick(everybody, definition._population(self.horizon_days)(everybody))
        candidate = self._candidate()
        if candidate is None or not len(snapshot["position"]):
            return snapshot, None, None
        groups = candidate.groups(snapshot) if hasattr(candidate, "groups") else None
        return snapshot, candidate.probability(snapshot), groups

    # ------------------------------------------------------------ drift

    @api.model
    def _watch(self, company):
        """Raise an alarm once where today's customers are not those that a version was made with."""
        limit = self.env["customer.policy.parameter"]._churn_figures(company)["churn_drift_limit"]
        definitions = {d.stable_key: d for d in self.env["churn.definition"]._in_force(company)}
        day = self._day(company._customer_policy_today())
        used = self._used_models(company).filtered(lambda m: m.chosen and m.definition_key in definitions)
        if not used:
            return
        whole = self._history(company)
        members = self.env["churn.definition"]._in_force(company)._members(whole.ids.tolist())
        for model in used:
            definition = definitions[model.definition_key]
            mine = self._sample(whole.ids, np.isin(whole.ids, members[definition.id]))
            history = whole.only(mine)
            everybody = {**history.snapshot(day, model.horizon_days), "horizon": model.horizon_days}
            snapshot = pick(everybody, definition._population(model.horizon_days)(everybody))
            cuts, shares = model.parameters["drift_cuts"], model.parameters["drift_shares"]
            if not cuts or not len(snapshot["position"]):
                continue
            index = stability.index(model._candidate().score(snapshot), cuts, shares)
            if round(index, 3) != model.drift:
                model.drift = index
            if index > limit and not model.drift_date:
                model._alarm(lambda env: env._(
                    "The customers of today are not those that the churn model was made with (stability index %.2f).",
                    index,
                ))

    def _check_ranking(self, before):
        """Alarm where the version before did clearly worse on the newest day than in its own back-test."""
        result = before.result if before and before.chosen and not self.refusal else None
        newest = self.result["scores"].get(before.chosen) if result else None
        if newest and newest["by_day"][-1] < before.auc - 2 * max(before.auc_margin, newest["margin"]):
            area = newest["by_day"][-1]
            self._alarm(lambda env: env._("What told the churn risk ranked worse lately (AUC %.3f).", area))

    def _alarm(self, tell):
        """An activity for the policy owner; `tell` says why in the language of an environment."""
        self.ensure_one()
        self.drift_date = self.company_id._customer_policy_today()
        policy = self.env["customer.policy"]._get_in_force(self.company_id)
        owner = self.env["customer.policy.run"].new({"company_id": self.company_id.id})._answerable()
        if policy and owner:
            policy = policy.with_context(lang=owner.lang)
            policy._remind(
                "mail.mail_activity_data_warning",
                policy.env._("Look at the churn back-test"),
                [tell(policy.env)],
                owner,
            )

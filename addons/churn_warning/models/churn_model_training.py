import logging
from dataclasses import asdict
from datetime import timedelta

import numpy as np
from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.addons.customer_insight.engine import mathematics
from odoo.addons.customer_insight.engine.purchase_model import FitError, PurchaseModel

from ..engine import stability
from ..engine.backtest import Backtest
from ..engine.candidates import PolicyRules, PurchaseRisk, Recency, Regression, RfmSum

_logger = logging.getLogger(__name__)

# Customers that a back-test looks at: the margins of more are no narrower than anybody needs.
SAMPLE = 50_000
# Bounds of a horizon that comes from the intervals: below it is noise, above a year nothing can be tried.
SHORTEST, LONGEST = 14, 365
# Days between two jobs of a month.
SHORTEST_MONTH = 27


class ChurnModel(models.Model):
    """Making a version: the horizon, the back-test, what it chose, retention and trend on the way."""

    _inherit = "churn.model"

    # ------------------------------------------------------------ horizon

    @api.model
    def _horizon(self, definition, history, figures):
        """(N in days, what it was taken from): that of the definition, else a percentile of the intervals."""
        intervals = history.intervals()
        described = {"n": len(intervals)}
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
        """Monthly, and when somebody asks: a new version for each definition of each company that is due."""
        companies = self.env["customer.policy.run"]._get_companies().filtered(self._is_training_due)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            company.sudo().churn_trained_on = company._customer_policy_today()
            try:
                with self.env.cr.savepoint():
                    self._train(company)
            except Exception:
                _logger.exception("Churn models of %s could not be made", company.name)
            if not cron._commit_progress(1):
                return

    @api.model
    def _is_training_due(self, company):
        """Whether a company asks for versions, had none for a month, or the policy in force wants others than those in
        use since a day before today."""
        last, today = company.sudo().churn_trained_on, company._customer_policy_today()
        if not last or last <= today - timedelta(days=SHORTEST_MONTH):
            return True
        used = self._used(company)

        def is_other(definition):
            model = used.get(definition.stable_key)
            return not model or definition.days not in (0, model.horizon_days)

        definitions = self.env["churn.definition"]._in_force(company)
        return last < today and any(is_other(rule) for rule in definitions if rule.method == "purchase")

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
        return {
            "cohorts": history.retention(month_of, int(first), int(last) - 1),
            "trend": history.statuses(days, limits),
        }

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
        points = self.env["churn.rule"]._in_force(company)._readable()._points_of_the_past(company)
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

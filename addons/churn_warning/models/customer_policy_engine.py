import numpy as np
from odoo import models
from odoo.addons.customer_policy.engine.context import STAGE, collected
from odoo.tools import SQL

from ..engine.history import HALF_YEAR
from ..engine.signs import SIGNS, signs

LOYALTY = ("loyalty_tenure_months", "loyalty_tenure_weight", "loyalty_activity_weight", "loyalty_repeat_weight")
SENT = "churn_warning_sent"


class CustomerPolicyEngine(models.AbstractModel):
    """Churn in the profile: who falls under which definition, signs, risk and status; warnings end on a purchase."""

    _inherit = "customer.policy.engine"

    def _steps(self):
        steps = super()._steps()
        steps.insert(steps.index("assign"), "churn")  # definitions may ask for segments
        return [*steps, "churn_end"]

    def _step_churn(self, run):
        definitions = self.env["churn.definition"]._in_force(run.company)
        days = self.env["customer.insight.days"]
        partners, belongs = days._receive(
            SQL(
                "SELECT s.partner_id::int4, COALESCE(%s, 0)::int4 FROM %s s ORDER BY 1",
                definitions._case(SQL("s.partner_id")),
                SQL.identifier(STAGE),
            ),
            ("int4", "int4"),
        )
        day = self.env["churn.model"]._day(run.today)
        history = self.env["churn.model"]._history(run.company, document=collected("document"))
        history = history.only(np.isin(history.ids, partners))
        places = np.searchsorted(partners, history.ids)
        columns = {name: np.full(len(partners), np.nan) for name in (*SIGNS, "churn_risk")}
        snapshot = history.snapshot(day, HALF_YEAR)
        figures = [run.policy._get_parameter(name) for name in LOYALTY]
        for name, values in signs(snapshot, history.snapshot(day - HALF_YEAR, HALF_YEAR), figures).items():
            columns[name][places[snapshot["position"]]] = values
        horizons, used = {}, self.env["churn.model"]._used(run.company)
        for rule in definitions:
            mine = history.only(belongs[places] == rule.id)
            horizons[rule.id], ids, risks = self._score_churn(run, rule, used.get(rule.stable_key), mine, day)
            columns["churn_risk"][np.searchsorted(partners, ids)] = np.round(100 * risks)
        kinds = ("int4", "int4", *["float8"] * len(columns))
        days._send(SENT, kinds, {"partner_id": partners, "definition": belongs, **columns})
        self._write_churn(run, definitions, horizons, columns)

    def _score_churn(self, run, definition, model, history, day):
        """(N, customers that are scored, their churn risks 0 to 1) of one definition; `model` is None before there is
        one."""
        nobody = np.zeros(0, int), np.zeros(0)
        if definition.method != "purchase":
            return definition.days or 90, *nobody
        if not model:
            figures = self.env["customer.policy.parameter"]._churn_figures(run.company)
            return self._churn_horizon(run, definition, history, figures), *nobody
        snapshot, risk, _groups = model._risk(definition, history, day)
        scored = nobody if risk is None else (history.ids[snapshot["position"]], risk)
        return definition.days or model.horizon_days, *scored

    def _write_churn(self, run, definitions, horizons, names):
        """Bring what was computed into the staging table; NaN is empty. The status follows from it."""
        days = [SQL("WHEN v.definition = %s THEN %s", key, value) for key, value in horizons.items()]
        statuses = [SQL("WHEN v.definition = %s THEN %s", r.id, self._status(run, r, horizons)) for r in definitions]
        self._update_stage(
            run,
            {
                **{name: SQL("NULLIF(v.%s, 'NaN'::float8)", SQL.identifier(name)) for name in names},
                "churn_definition_id": SQL("NULLIF(v.definition, 0)"),
                "churn_horizon_days": self._case(days),
                "churn_status": self._case(statuses),
            },
            SQL("LEFT JOIN %s v ON v.partner_id = s.partner_id", SQL.identifier(SENT)),
        )
        self.env.cr.execute(SQL("DROP TABLE %s", SQL.identifier(SENT)))

    def _churn_horizon(self, run, rule, history, figures):
        """N while no model is trained: of the intervals of all; a run for some takes that of the last full one."""
        if run.is_full:
            self._request_training()
            return self.env["churn.model"]._horizon(rule, history, figures)[0]
        query = SQL(
            """SELECT churn_horizon_days FROM customer_profile
                WHERE company_id = %s AND churn_definition_id = %s AND churn_horizon_days > 0 LIMIT 1""",
            run.company.id,
            rule.id,
        )
        [known] = self.env.execute_query(query) or [[0]]
        default = self.env["customer.policy.parameter"]._insight_horizon(rule.policy_id)
        return rule.days or known[0] or int(default)

    def _request_training(self):
        """Have models made soon, unless somebody has asked for it already."""
        cron = self.env.ref("churn_warning.ir_cron_train")
        if not self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)], limit=1):
            cron._trigger()

    def _status(self, run, rule, horizons):
        """SQL of the status by one definition."""
        if rule.method == "domain":
            return SQL("CASE WHEN %s THEN 'lost' ELSE 'active' END", self._stage_condition(rule._get_metric_domain()))
        days = horizons[rule.id]
        if rule.method == "contract":
            silence = SQL("(%s::date - s.%s + %s)", run.today, SQL.identifier(rule.end_metric), days)
        else:
            silence = SQL("(%s::date - s.last_purchase_date)", run.today)
        steps = (("lost", rule.lost_percent), ("dormant", 100), ("at_risk", rule.at_risk_percent))
        branches = [SQL("WHEN %s * 100 >= %s THEN %s", silence, days * percent, name) for name, percent in steps]
        return SQL("CASE %s WHEN %s IS NOT NULL THEN 'active' END", SQL(" ").join(branches), silence)

    def _step_churn_end(self, run):
        """Close the warnings of who has bought again."""
        self.env["churn.warning"]._end_on_purchase(run.company, run.partner_ids)

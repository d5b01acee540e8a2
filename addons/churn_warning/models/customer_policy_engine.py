import numpy as np
from odoo import models
from odoo.addons.customer_policy.engine.context import STAGE
from odoo.tools import SQL

from ..engine.history import HALF_YEAR
from ..engine.signs import signs

LOYALTY = ("loyalty_tenure_months", "loyalty_tenure_weight", "loyalty_activity_weight", "loyalty_repeat_weight")


class CustomerPolicyEngine(models.AbstractModel):
    """Churn in the profile: who falls under which definition, signs, risk and status; warnings end on a purchase."""

    _inherit = "customer.policy.engine"

    def _steps(self):
        steps = super()._steps()
        steps.insert(steps.index("assign"), "churn")  # definitions may ask for segments
        return [*steps, "churn_end"]

    def _step_churn(self, run):
        definitions = self.env["churn.definition"]._in_force(run.company)
        day = self.env["churn.model"]._day(run.today)
        history = self.env["churn.model"]._history(run.company, run.partner_ids, until=run.today)
        self._update_stage({"churn_definition_id": definitions._case(SQL("s.partner_id"))})
        snapshot = history.snapshot(day, HALF_YEAR)
        figure = run.policy._get_parameter
        found = signs(snapshot, history.snapshot(day - HALF_YEAR, HALF_YEAR), [figure(name) for name in LOYALTY])
        self._send_churn(history.ids[snapshot["position"]], found)
        horizons = self._score_churn(run, definitions, history, day)
        self._update_stage(
            {
                "churn_horizon_days": self._case(
                    [SQL("WHEN s.churn_definition_id = %s THEN %s", key, days) for key, days in horizons.items()]
                ),
                "churn_status": self._case(
                    [
                        SQL("WHEN s.churn_definition_id = %s THEN %s", rule.id, self._status(run, rule, horizons))
                        for rule in definitions
                    ]
                ),
            }
        )

    def _score_churn(self, run, definitions, history, day):
        """Fill `churn_risk`; returns {id of a definition: N}."""
        used = self.env["churn.model"]._used(run.company)
        figures = self.env["customer.policy.parameter"]._churn_figures(run.company)
        rows = self.env.execute_query(SQL("SELECT partner_id, churn_definition_id FROM %s", SQL.identifier(STAGE)))
        belongs = np.array(rows or [(0, None)], dtype=float)
        horizons, scored = {}, [(np.zeros(0, int), np.zeros(0))]
        for rule in definitions:
            model = used.get(rule.stable_key)
            if rule.method != "purchase":
                horizons[rule.id] = rule.days or 90
                continue
            mine = history.only(np.isin(history.ids, belongs[belongs[:, 1] == rule.id, 0]))
            if not model:
                horizons[rule.id] = self._churn_horizon(run, rule, mine, figures)
                continue
            horizons[rule.id] = rule.days or model.horizon_days
            snapshot, risk, _groups = model._risk(rule, mine, day)
            if risk is not None:
                scored.append((mine.ids[snapshot["position"]], np.round(100 * risk)))
        ids, risks = (np.concatenate(part) for part in zip(*scored, strict=True))
        self._send_churn(ids, {"churn_risk": risks})
        return horizons

    def _churn_horizon(self, run, rule, history, figures):
        """N while no model is trained: of the intervals of all; a run for some takes that of the last full one."""
        if run.is_full:
            self.env.ref("churn_warning.ir_cron_train")._trigger()
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

    def _send_churn(self, ids, columns):
        """Bring computed numbers into the staging table, one array per column; NaN and all other rows are empty."""
        table, names = "churn_warning_sent", list(columns)
        kinds = ("int4", *["float8"] * len(names))
        self.env["customer.insight.days"]._send(table, kinds, {"partner_id": ids.astype(np.int32), **columns})
        empty = {name: SQL("NULL") for name in names}
        known = SQL("EXISTS (SELECT FROM %s v WHERE v.partner_id = s.partner_id)", SQL.identifier(table))
        self._update_stage(empty, condition=SQL("NOT %s", known))
        self._update_stage(
            {name: SQL("NULLIF(v.%s, 'NaN'::float8)::numeric", SQL.identifier(name)) for name in names},
            SQL("%s v", SQL.identifier(table)),
            SQL("s.partner_id = v.partner_id"),
        )
        self.env.cr.execute(SQL("DROP TABLE %s", SQL.identifier(table)))

    def _step_churn_end(self, run):
        """Close the warnings of who has bought again."""
        self.env["churn.warning"]._end_on_purchase(run.company, run.partner_ids)

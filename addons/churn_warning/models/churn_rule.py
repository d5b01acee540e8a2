import logging
import re
from datetime import date

import numpy as np
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_amount, format_date
from odoo.tools.date_utils import parse_date

from ..engine.conditions import NotOfThePast, evaluate
from ..engine.history import HALF_YEAR
from ..engine.signs import change

_logger = logging.getLogger(__name__)

# Metrics that a snapshot of the past tells as the profile does; dates as days before the snapshot, negative.
SNAPSHOT_METRICS = {
    "purchase_count": lambda s: s["repeats"] + 1,
    "purchase_count_12m": lambda s: s["count_year"],
    "revenue_12m": lambda s: s["revenue_year"],
    "revenue_total": lambda s: s["revenue"],
    "avg_interval_days": lambda s: s["interval"],
    "last_purchase_date": lambda s: -s["silence"],
    "first_purchase_date": lambda s: -s["tenure"],
    "purchase_gap_ratio": lambda s: np.round(s["silence"] / np.where(s["interval"] > 0, s["interval"], np.nan), 1),
    "purchase_change": lambda s: change(s["count_recent"], s["count_before"], s["tenure"] >= 2 * HALF_YEAR),
    "revenue_change": lambda s: change(s["revenue_recent"], s["revenue_before"], s["tenure"] >= 2 * HALF_YEAR),
}
# What purchases alone tell: rules on nothing else compete with the model in the back-test.
PURCHASE_METRICS = SNAPSHOT_METRICS.keys() | {"loyalty_index", "loyalty_index_change"}
PLACEHOLDER = re.compile(r"\{(\w+)(:days)?\}")


class ChurnRule(models.Model):
    """A sign of churn: a condition on contact and metrics, how serious it is, and what it is called.

    The reason may name metrics in braces; a date with `:days` counts the days since then.
    """

    _name = "churn.rule"
    _description = "Churn Warning Rule"
    _inherit = "customer.policy.condition"

    name = fields.Char(required=True, translate=True)
    domain = fields.Char("Customers")
    points = fields.Integer(
        default=60,
        required=True,
        help="Score of a warning on this sign alone, 1 to 100. Of several the highest counts.",
    )
    reason_id = fields.Many2one(
        "churn.reason", required=True, ondelete="restrict", domain=[("is_sign", "=", True)], string="Kind of Reason"
    )
    reason = fields.Char(
        required=True,
        translate=True,
        help="What people read. Metrics in braces: {overdue_amount}; days since a date: {last_contact_date:days}.",
    )

    @api.constrains("metric_domain")
    def _check_asks_for_metrics(self):
        for rule in self:
            if rule._get_metric_domain().is_true():
                raise ValidationError(self.env._("“%s”: a warning needs a condition on the metrics.", rule.name))

    @api.constrains("points")
    def _check_points(self):
        if any(not 1 <= rule.points <= 100 for rule in self):
            raise ValidationError(self.env._("From 1 to 100 points, please."))

    @api.constrains("reason")
    def _check_reason(self):
        profiles = self.env["customer.profile"]
        for rule in self:
            for name, days in PLACEHOLDER.findall(rule.reason or ""):
                if name not in profiles._metric_names() or (days and profiles._fields[name].type != "date"):
                    raise ValidationError(
                        self.env._("“%(rule)s”: there is no metric “%(name)s”.", rule=rule.name, name=name)
                    )

    def _sql(self, query):
        """Both conditions as SQL over a query of profiles (`p`) joined with their contacts (`partner`)."""
        self.ensure_one()
        partners, profiles = self.env["res.partner"].with_context(active_test=True), self.env["customer.profile"]
        return SQL(
            "(%s AND %s)",
            self._get_domain().optimize_full(partners)._to_sql(partners, "partner", query),
            self._get_metric_domain().optimize_full(profiles)._to_sql(profiles, "p", query),
        )

    def _get_sentence(self):
        self.ensure_one()
        return self.env._(
            "%(name)s: %(condition)s (%(points)s points)", name=self.name, condition=self.condition, points=self.points
        )

    def _readable(self):
        """Those whose condition can be read: a metric may have gone with its addon. Others are logged only."""
        readable = self.browse()
        for rule in self:
            try:
                rule._get_domain()
                rule._get_metric_domain()
                readable |= rule
            except ValidationError as error:
                _logger.error("Churn warnings: %s", error)
        return readable

    def _knows_purchases_only(self):
        """Whether the risk, where it is known, has been tried against this rule and rules like it."""
        self.ensure_one()
        return self._get_domain().is_true() and set(self._paths(self._get_metric_domain())) <= PURCHASE_METRICS

    # ------------------------------------------------------------ the past

    def _points_of_the_past(self, company):
        """Function from a snapshot to the points of each customer by these rules; None where no rule can be tried.

        Only rules on metrics that purchases tell, for all customers: nobody knows what others would have said then.
        """
        today = company._customer_policy_today()

        def number(_name, value):
            if isinstance(value, str):
                value = fields.Date.to_date(value) if value[:1].isdigit() else parse_date(value, self.env)
            return -(today - value).days if isinstance(value, date) else value

        found, nobody = [], dict.fromkeys(SNAPSHOT_METRICS, np.zeros(0))
        for rule in self.filtered(lambda rule: rule._get_domain().is_true()):
            domain = rule._get_metric_domain().optimize(self.env["customer.profile"])
            try:
                evaluate(domain, nobody, number, 0)
            except NotOfThePast:
                continue
            found.append((domain, rule.points))

        def points(snapshot):
            with np.errstate(divide="ignore", invalid="ignore"):
                arrays = {name: read(snapshot) for name, read in SNAPSHOT_METRICS.items()}
            size, result = len(snapshot["repeats"]), np.zeros(len(snapshot["repeats"]))
            for domain, value in found:
                result = np.maximum(result, value * evaluate(domain, arrays, number, size))
            return result

        return points if found else None

    # ------------------------------------------------------------ reasons

    def _inputs(self, profile):
        """The values that the reason names, as they are stored with a decision."""
        self.ensure_one()
        names = {name for name, _days in PLACEHOLDER.findall(self.with_context(lang="en_US").reason or "")}
        values = {name: profile[name] for name in names if name in profile._fields}
        return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}

    def _tell(self, inputs, today, currency):
        """The reason in the reader's language."""
        self.ensure_one()
        profiles = self.env["customer.profile"]

        def fill(match):
            name, value = match[1], inputs.get(match[1])
            kind = profiles._fields[name].type if name in profiles._fields else None
            if value in (None, False):
                return self.env._("unknown") if kind == "date" else "0"
            if kind == "date":
                day = fields.Date.to_date(value)
                return str((today - day).days) if match[2] else format_date(self.env, day)
            if kind == "monetary":
                return format_amount(self.env, value, currency)
            return f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else f"{value:,.1f}"

        return PLACEHOLDER.sub(fill, self.reason or self.name)

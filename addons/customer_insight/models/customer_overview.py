from odoo import api, models
from odoo.tools import format_date


class CustomerOverview(models.AbstractModel):
    """The 360° page: what is predicted of the customer, by what, as of which day. All of it stands in the profile that
    the page has read anyway."""

    _inherit = "customer.overview"

    @api.model
    def _figures(self, scope):
        profile = scope.profile
        figures = super()._figures(scope)
        if profile.insight_source:
            figures += [
                self._figure(profile, "probability_alive", type="percentage"),
                self._figure(profile, "clv_12m"),
            ]
        return figures

    @api.model
    def _cards(self, scope):
        return [*super()._cards(scope), *filter(None, [self._insight_card(scope)])]

    def _insight_card(self, scope):
        profile = scope.profile
        if not profile.insight_source:
            return None
        parameters = self.env["customer.policy.parameter"]
        days = int(parameters._insight_figure(scope.company, "insight_horizon_days"))
        rows = [
            self._row(self.env._("Purchases in 12 Months"), profile.expected_purchases_12m, "float", digits=1),
            self._row(self.env._("Lifetime Value, 12 Months"), profile.clv_12m, "monetary"),
            self._row(self.env._("Probability Active"), profile.probability_alive, "percentage"),
            self._row(self.env._("No Purchase in %s Days", days), profile.no_purchase_probability, "percentage"),
            self._next_purchase_row(scope),
            self._row(self.env._("By"), self._source_label(profile)),
            self._row(self.env._("As of"), self._insight_as_of(scope).isoformat(), "date"),
        ]
        return {"name": "insight", "label": self.env._("Predictions"), "rows": [row for row in rows if row]}

    def _next_purchase_row(self, scope):
        day = scope.profile.next_purchase_date
        if not day:
            return None
        style = "warning" if day < scope.today else ""
        return self._row(self.env._("Next Purchase Expected"), day.isoformat(), "date", style=style)

    def _source_label(self, profile):
        return dict(profile._fields["insight_source"]._description_selection(self.env))[profile.insight_source]

    def _insight_as_of(self, scope):
        """The day of looking, see the engine's step."""
        step = self.env["customer.policy.parameter"]._insight_figure(scope.company, "insight_refresh_days")
        day = self.env["customer.policy.engine"]._insight_day(scope.today, step)
        return max(day, scope.profile.last_purchase_date or day)

    @api.model
    def _next_actions(self, scope):
        return [*super()._next_actions(scope), *filter(None, [self._next_order(scope)])]

    def _next_order(self, scope):
        """A customer who has probably not left, and has not bought by when half of its like have."""
        profile = scope.profile
        day = profile.next_purchase_date
        if not day or day >= scope.today:
            return None
        reason = self.env._(
            "A purchase was expected by %(expected)s; the last one was on %(last)s.",
            expected=format_date(self.env, day),
            last=format_date(self.env, profile.last_purchase_date),
        )
        return {
            "priority": 35,
            "name": "next_purchase",
            "text": self.env._("Ask for the next order"),
            "reason": reason,
            "action": self._schedule(scope),
        }

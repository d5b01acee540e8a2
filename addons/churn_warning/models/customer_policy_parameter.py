from odoo import api, fields, models

# {key: value that applies where no version in force has one}
DEFAULTS = {
    "churn_interval_percentile": 90,
    "churn_minimum_score": 50,
    "churn_medium_score": 65,
    "churn_high_score": 80,
    "churn_capacity": 10,
    "churn_repeat_days": 60,
    "churn_follow_up_days": 30,
    "churn_snooze_days": 30,
    "churn_drift_limit": 0.25,
}
FIGURES = [
    ("churn_interval_percentile", "Churn: percentile of the intervals between purchases that makes the default"),
    ("churn_minimum_score", "Churn warning: score from which one is opened"),
    ("churn_medium_score", "Churn warning: score of the medium level"),
    ("churn_high_score", "Churn warning: score of the high level"),
    ("churn_capacity", "Churn warning: open ones per person, at most"),
    ("churn_repeat_days", "Churn warning: days before the same customer gets another one"),
    ("churn_follow_up_days", "Win-back: days until the follow-up visit"),
    ("churn_snooze_days", "Churn warning: days that one may be snoozed, at most"),
    ("churn_drift_limit", "Churn model: stability index from which its customers count as changed"),
]


class CustomerPolicyParameter(models.Model):
    _inherit = "customer.policy.parameter"

    key = fields.Selection(selection_add=FIGURES, ondelete=dict.fromkeys(DEFAULTS, "cascade"))

    @api.model
    def _churn_figures(self, company):
        """{key: value} of the figures for churn in force, the shipped ones where there are none."""
        found = self._figures(company)
        return {key: found.get(key, default) for key, default in DEFAULTS.items()}

    @api.model
    def _insight_horizon(self, policy):
        """Days of “no purchase” of the predictions, where there are no intervals to take them from."""
        return policy._get_parameter("insight_horizon_days") or 90

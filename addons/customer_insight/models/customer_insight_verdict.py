from odoo import api, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang


class CustomerInsightModel(models.Model):
    """Whether the model or the rule is used, and why, in words."""

    _inherit = "customer.insight.model"

    @api.depends_context("lang")
    def _compute_verdict(self):
        for version in self:
            version.verdict = " ".join(filter(None, version._get_verdict())) if version.state == "done" else False

    def _get_verdict(self):
        """Sentences on what is used and why."""
        self.ensure_one()
        if self.method != "rule":
            return [
                self.env._(
                    "The purchase model %(method)s is used: tried on what came after %(day)s, it was closer to it than "
                    "the simple rule.",
                    method=dict(self._fields["method"].selection)[self.method],
                    day=format_date(self.env, self.trial_date),
                ),
                self._get_comparison(self.method),
            ]
        return [self.env._("The simple rule is used."), self._get_reason(), self._get_rule()]

    def _get_comparison(self, name):
        """What a candidate and the rule predicted, and what came."""
        found = {trial.name: trial for trial in self.trial_ids}
        if name not in found or "rule" not in found:
            return None
        return self.env._(
            "Purchases made: %(actual)s; predicted by the model %(model)s, by the rule %(rule)s. Error per customer: "
            "%(model_error)s and %(rule_error)s.",
            actual=self._number(found[name].actual),
            model=self._number(found[name].expected),
            rule=self._number(found["rule"].expected),
            model_error=self._number(found[name].error, 3),
            rule_error=self._number(found["rule"].error, 3),
        )

    def _get_reason(self):
        if self.reason == "scipy":
            return self.env._("The Python package SciPy is missing on the server; the purchase model needs it.")
        if self.reason == "customers":
            return self._few(self.env._("Customers who have bought: %(count)s; the policy asks for %(needed)s."),
                             self.customer_count)  # fmt: skip
        if self.reason == "repeaters":
            return self._few(self.env._("Customers who have bought again: %(count)s; the policy asks for %(needed)s."),
                             self.repeater_count)  # fmt: skip
        if self.reason == "history":
            return self._few(self.env._("Days of history: %(count)s; the policy asks for %(needed)s."),
                             (self.as_of - self.first_date).days if self.first_date else 0)  # fmt: skip
        if self.reason == "estimate":
            return self.env._("The purchases fit the model for no sane parameters; customers may be too much alike.")
        candidates = self.trial_ids.filtered(lambda trial: trial.name != "rule").sorted("error")
        return " ".join(
            filter(
                None,
                [
                    self.env._("Tried on what came after %s, the rule was closer to it.",
                               format_date(self.env, self.trial_date)),
                    self._get_comparison(candidates[:1].name),
                ],
            )
        )  # fmt: skip

    def _few(self, sentence, count):
        return sentence % {"count": self._number(count), "needed": self._number(self.needed)}

    def _get_rule(self):
        """The rule in words."""
        share = self._number(100 * self.retention)
        if not self.retention_count:
            return self.env._(
                "It multiplies each customer's average spend and rate of purchases by the retention that the policy "
                "assumes, %s %% per year.",
                share,
            )
        return self.env._(
            "It multiplies each customer's average spend and rate of purchases by the retention: %(share)s %% of "
            "%(customers)s customers who bought within %(days)s days bought again within the next %(days)s.",
            share=share,
            customers=self._number(self.retention_count),
            days=self.retention_days,
        )

    def _number(self, value, digits=0):
        return formatLang(self.env, value, digits=digits)

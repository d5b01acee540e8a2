import numpy as np
from odoo import api, models

from ..engine import stability


class ChurnModel(models.Model):
    """Whether a version still is about the customers of today; an alarm for the policy owner where it is not."""

    _inherit = "churn.model"

    @api.model
    def _watch(self, company):
        """Look at all versions in use; each raises its alarm once."""
        definitions = self.env["churn.definition"]._in_force(company)
        by_key = {definition.stable_key: definition for definition in definitions}
        used = self._used_models(company).filtered(lambda model: model.chosen and model.definition_key in by_key)
        if not used:
            return
        history = self._history(company)
        members = definitions._members(history.ids.tolist())
        for model in used:
            definition = by_key[model.definition_key]
            mine = self._sample(history.ids, np.isin(history.ids, members[definition.id]))
            model._watch_one(definition, history.only(mine))

    def _watch_one(self, definition, history):
        limit = self.env["customer.policy.parameter"]._churn_figures(self.company_id)["churn_drift_limit"]
        day = self._day(self.company_id._customer_policy_today())
        cuts, shares = self.parameters["drift_cuts"], self.parameters["drift_shares"]
        snapshot, candidate = self._snapshot(definition, history, day), self._candidate()
        if not cuts or candidate is None or not len(snapshot["position"]):
            return
        index = stability.index(candidate.score(snapshot), cuts, shares)
        if round(index, 3) != round(self.drift, 3):
            self.drift = index
        if index > limit and not self.drift_date:
            self._alarm(
                lambda env: env._(
                    "The customers of today are not those that the churn model was made with (stability index %.2f).",
                    index,
                )
            )

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

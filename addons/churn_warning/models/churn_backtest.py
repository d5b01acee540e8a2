from datetime import timedelta

from odoo import api, models
from odoo.tools import format_date

from .churn_model import EPOCH


class ChurnBacktest(models.AbstractModel):
    """The back-test page: what was tried on this company's own past, what is used and why."""

    _name = "churn.backtest"
    _description = "Churn Back-Test"

    @api.model
    @api.readonly
    def load(self, model_id=None, definition=None):
        """The page. Remote call, for who may read churn models.

        :param model_id: a version; None: of those in use the one about most customers
        :param definition: key of the definition that it is to be about, where it has a version
        """
        versions = self.env["churn.model"].search([("company_id", "=", self.env.company.id)])
        used = versions.filtered(lambda version: version.state == "used").sorted("customer_count", reverse=True)
        asked = versions.filtered(lambda version: version.id == model_id)
        asked = asked or used.filtered(lambda version: version.definition_key == definition)
        model = asked[:1] or used[:1] or versions[:1]
        names = self.env["churn.model"]._definition_names()
        return {
            "versions": [self._version(version, names) for version in versions[:24]],
            "model": self._describe(model, names) if model else None,
            "can_train": self.env.user.has_group("customer_policy.group_customer_manager"),
        }

    @api.model
    def action_train(self):
        """Ask for new versions; the job makes them."""
        self.env["churn.model"].check_access("read")
        if self.env.user.has_group("customer_policy.group_customer_manager"):
            self.env.company.sudo().churn_trained_on = False
            self.env.ref("churn_warning.ir_cron_train").sudo()._trigger()
        return True

    def _version(self, model, names):
        labels = dict(model._fields["chosen"]._description_selection(self.env))
        return {
            "id": model.id,
            "definition": names.get(model.definition_key, model.definition_name),
            "as_of": format_date(self.env, model.as_of),
            "is_used": model.state == "used",
            "chosen": labels.get(model.chosen) or self.env._("Warning Rules Only"),
            "auc": model.auc if model.chosen else None,
            "margin": model.auc_margin,
            "drift": model.drift,
            "drift_date": model.drift_date and format_date(self.env, model.drift_date),
        }

    def _describe(self, model, names):
        result = model.result
        labels = dict(model._fields["chosen"]._description_selection(self.env))
        scores = [
            {
                **score,
                "label": labels[name],
                "is_chosen": name == result["chosen"],
                "is_best_rule": name == result["rule"],
            }
            for name, score in result["scores"].items()
        ]
        return {
            **self._version(model, names),
            "horizon": model.horizon_days,
            "intervals": model.intervals,
            "refusal": model.refusal,
            "alarm": self._alarm(model),
            "customers": model.customer_count,
            "base_rate": result["base_rate"],
            "capacity": result["capacity"],
            "days": [format_date(self.env, EPOCH + timedelta(days=day)) for day in result["days"]],
            "scores": sorted(scores, key=lambda score: -score["auc"]),
            "verdict": self._verdict(model, labels),
        }

    def _alarm(self, model):
        """What is wrong with a version that has raised its alarm."""
        if not model.drift_date:
            return None
        day = format_date(self.env, model.drift_date)
        if model.drift > self.env["customer.policy.parameter"]._churn_figures(model.company_id)["churn_drift_limit"]:
            return self.env._("Alarm of %s: today's customers differ from those of the back-test.", day)
        return self.env._("Alarm of %s: what told the risk before ranked worse lately.", day)

    def _verdict(self, model, labels):
        """Why this is used, in words that can be checked against the table."""
        result = model.result
        if model.refusal:
            return self.env._(
                "Nothing could be tried: this needs at least two days of the past, %(days)s days apart, on which "
                "20 customers bought again within %(days)s days and 20 did not. Only the warning rules of the policy "
                "run.",
                days=model.horizon_days,
            )
        chosen, rule = result["scores"][model.chosen], result["scores"][result["rule"]]
        best = max((s for s in result["scores"].values() if s["is_model"]), key=lambda s: s["auc"], default=None)
        names = {"rule": labels[rule["name"]], "rule_auc": f"{rule['auc']:.3f}"}
        if chosen["is_model"]:
            return self.env._(
                "“%(model)s” is used: it ranks better than the best simple rule, “%(rule)s”, by %(lead)s ± %(margin)s "
                "(AUC %(auc)s against %(rule_auc)s).",
                model=labels[chosen["name"]],
                auc=f"{chosen['auc']:.3f}",
                lead=f"{chosen['lead'][0]:.3f}",
                margin=f"{chosen['lead'][1]:.3f}",
                **names,
            )
        if not best:
            return self.env._("“%(rule)s” is used (AUC %(rule_auc)s): no model could be estimated.", **names)
        return self.env._(
            "The simple rule “%(rule)s” is used (AUC %(rule_auc)s): the best model, “%(model)s”, differs from it by "
            "%(lead)s ± %(margin)s only, which is not better beyond the margin of error.",
            model=labels[best["name"]],
            lead=f"{best['lead'][0]:+.3f}",
            margin=f"{best['lead'][1]:.3f}",
            **names,
        )

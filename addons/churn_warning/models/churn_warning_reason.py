from odoo import api, fields, models
from odoo.tools import format_amount

# A fifth less is what people call less.
LESS = 0.8
# Where the numbers of a customer show it, in this order when nothing says what weighs most.
ORDER = ("silence", "frequency", "volume", "young")
# {group of reasons: code of the `churn.reason` that it is counted as}
CODES = {"silence": "silence", "frequency": "falling", "volume": "falling", "young": "silence"}


class ChurnWarning(models.Model):
    """Reasons in words: what rules say, and what in the numbers of the customer makes the risk high.

    Stored as facts without language: each reader is told in theirs.
    """

    _inherit = "churn.warning"

    @api.model
    def _collect_facts(self, company, rows):
        """{customer id: (main `churn.reason`, [fact])} of the rows of `_find`."""
        numbers = self._numbers(company, [row["partner_id"] for row in rows])
        reasons = {reason.code: reason for reason in self.env["churn.reason"].sudo().search([])}
        rules = {rule.id: rule for rule in self.env["churn.rule"]._in_force(company)}
        profiles = self.env["customer.profile"].sudo().browse([row["profile_id"] for row in rows])
        minimum = self.env["customer.policy.parameter"]._churn_figures(company)["churn_minimum_score"]
        today, found = company._customer_policy_today().isoformat(), {}
        for row, profile in zip(rows, profiles, strict=True):
            fired = sorted((rules[key] for key in row["rule_ids"]), key=lambda rule: (-rule.points, rule.sequence))
            facts = [{"kind": "rule", "id": rule.id, "day": today, "inputs": rule._inputs(profile)} for rule in fired]
            told = {rule.reason_id.code for rule in fired}
            shown = [fact for fact in numbers.get(row["partner_id"], []) if CODES[fact["kind"]] not in told]
            risk = row["churn_risk"] or 0
            # A rule that the score comes from is the main reason.
            by_rule = bool(fired) and (row["score"] > risk or not shown)
            main = self.env["churn.reason"]
            if by_rule:
                main = fired[0].reason_id
            elif shown:
                main = reasons.get(CODES[shown[0]["kind"]], main)
            told = [*facts, *shown] if by_rule else [*shown, *facts]
            if risk >= minimum:
                told.append({"kind": "risk", "risk": int(risk), "days": row["churn_horizon_days"]})
            found[row["partner_id"]] = (main, told)
        return found

    @api.model
    def _numbers(self, company, partner_ids):
        """{customer id: [fact]} of what its own past shows, the heaviest first by what told the risk."""
        if not partner_ids:
            return {}
        models_ = self.env["churn.model"]
        used, day = models_._used(company), models_._day(company._customer_policy_today())
        definitions = self.env["churn.definition"]._in_force(company)
        profiles = (
            self.env["customer.profile"]
            .sudo()
            .search_fetch(
                [("partner_id", "in", partner_ids), ("company_id", "=", company.id)],
                ["partner_id", "churn_definition_id"],
            )
        )
        found = {}
        for definition in definitions.filtered(lambda rule: rule.stable_key in used):
            mine = profiles.filtered(lambda p, d=definition: p.churn_definition_id.id == d.id).partner_id.ids
            if not mine:
                continue
            history = models_._history(company, mine)
            snapshot, _risk, groups = used[definition.stable_key]._risk(definition, history, day)
            for place, position in enumerate(snapshot["position"]):
                weights = {name: float(part[place]) for name, part in (groups or {}).items()}
                customer = {name: values[place] for name, values in snapshot.items() if name != "horizon"}
                found[int(history.ids[position])] = self._facts_of(customer, weights)
        return found

    @api.model
    def _facts_of(self, customer, weights):
        """What is true of a customer's numbers and pushes the risk up."""
        facts, usual = [], customer["interval"] if customer["repeats"] > 0 else 0
        silence = {"kind": "silence", "days": int(customer["silence"]), "usual": round(usual)}
        if 0 < usual < customer["silence"]:
            facts.append(silence)
        if customer["count_recent"] <= LESS * customer["count_before"] > 0:
            facts.append(
                {"kind": "frequency", "now": int(customer["count_recent"]), "before": int(customer["count_before"])}
            )
        if customer["revenue_recent"] <= LESS * customer["revenue_before"] > 0:
            facts.append(
                {
                    "kind": "volume",
                    "now": round(customer["revenue_recent"], 2),
                    "before": round(customer["revenue_before"], 2),
                }
            )
        if customer["repeats"] <= 2:
            facts.append({"kind": "young", "count": int(customer["repeats"]) + 1})
        return sorted(facts or [silence], key=lambda fact: (-weights.get(fact["kind"], 0), ORDER.index(fact["kind"])))

    def _tell(self):
        """The facts as sentences in the reader's language."""
        self.ensure_one()
        told = []
        for fact in self.facts or []:
            text = getattr(self, f"_tell_{fact['kind']}")(fact)
            if text:
                told.append(text)
        return told

    def _tell_rule(self, fact):
        # sudo: whoever may read a warning may read why.
        rule = self.env["churn.rule"].sudo().browse(fact["id"]).exists()
        if not rule:
            return None
        return rule._tell(fact["inputs"], fields.Date.to_date(fact["day"]), self.currency_id)

    def _tell_silence(self, fact):
        if fact["usual"] < 1:
            return self.env._("No order for %s days.", fact["days"])
        return self.env._(
            "No order for %(days)s days, usually every %(usual)s.", days=fact["days"], usual=fact["usual"]
        )

    def _tell_frequency(self, fact):
        return self.env._(
            "%(now)s orders in the last half year, %(before)s in the half year before.",
            now=fact["now"],
            before=fact["before"],
        )

    def _tell_volume(self, fact):
        return self.env._(
            "Bought for %(now)s in the last half year, for %(before)s in the half year before.",
            now=format_amount(self.env, fact["now"], self.currency_id),
            before=format_amount(self.env, fact["before"], self.currency_id),
        )

    def _tell_young(self, fact):
        return self.env._("Only %s orders so far.", fact["count"])

    def _tell_risk(self, fact):
        return self.env._(
            "Of 100 such customers %(risk)s bought nothing within %(days)s days.", risk=fact["risk"], days=fact["days"]
        )

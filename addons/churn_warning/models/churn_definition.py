from odoo import api, fields, models
from odoo.addons.customer_policy.condition import describe_text
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

METHODS = [
    ("purchase", "No Purchase for So Many Days"),
    ("contract", "End of a Contract"),
    ("domain", "Own Condition"),
]
STATUSES = [("active", "Active"), ("at_risk", "At Risk"), ("dormant", "Dormant"), ("lost", "Lost")]


class ChurnDefinition(models.Model):
    """What counts as churn for one kind of customer, and from when somebody is at risk, dormant and lost.

    Days count from the last purchase, for contracts from so many days before their end: they are dormant on that day.
    The first definition that fits a customer is used.
    """

    _name = "churn.definition"
    _description = "Churn Definition"
    _inherit = "customer.policy.scheme"
    _policy_domains = {"domain": "res.partner", "metric_domain": "customer.profile"}
    _policy_rule_outputs = frozenset({"churn_status", "churn_risk", "churn_horizon_days", "churn_definition_id"})

    method = fields.Selection(METHODS, required=True, default="purchase")
    days = fields.Integer(
        "Days (N)", help="Without a purchase, or before the end of a contract. 0: from the company's own intervals."
    )
    end_metric = fields.Selection(
        "_selection_end_metric", "Contract Ends On", help="A date of the profile, for example a metric of your own."
    )
    metric_domain = fields.Char("Lost If", default="[]", help="Condition on the profile, for “Own Condition”.")
    at_risk_percent = fields.Integer("At Risk From (% of N)", default=50, required=True)
    lost_percent = fields.Integer("Lost From (% of N)", default=200, required=True)
    minimum_purchases = fields.Integer(
        default=2, required=True, help="Who bought less often has no rhythm yet and is not scored."
    )
    condition = fields.Char(compute="_compute_condition", help="In words.")

    @api.model
    def _selection_end_metric(self):
        profiles = self.env["customer.profile"]
        names = [name for name in profiles._metric_names() if profiles._fields[name].type == "date"]
        labels = profiles.fields_get(names, ["string"])
        return [(name, labels[name]["string"]) for name in names]

    @api.depends("method", "days", "end_metric", "metric_domain", "at_risk_percent", "lost_percent")
    @api.depends_context("lang", "uid")
    def _compute_condition(self):
        for rule in self:
            if rule.method == "domain":
                rule.condition = describe_text(self.env, rule.metric_domain, "customer.profile")
                continue
            days = rule.days or self.env._("from own intervals")
            names = {"days": days, "risk": rule.at_risk_percent, "lost": rule.lost_percent}
            if rule.method == "purchase":
                rule.condition = self.env._(
                    "no purchase for N days (N: %(days)s); at risk from %(risk)s %%, lost from %(lost)s %% of N",
                    **names,
                )
            else:
                rule.condition = self.env._(
                    "end of the contract; at risk from %(risk)s %% of the %(days)s days before it, "
                    "lost from %(lost)s %%",
                    **names,
                )

    @api.constrains("method", "days", "end_metric", "at_risk_percent", "lost_percent", "minimum_purchases")
    def _check_figures(self):
        for rule in self:
            if not 0 <= rule.days <= 3650 or (rule.method == "contract" and not rule.days):
                raise ValidationError(self.env._("“%s”: from 1 to 3650 days, please.", rule.name))
            if rule.method == "contract" and not rule.end_metric:
                raise ValidationError(self.env._("“%s”: which date is the end of the contract?", rule.name))
            if not 0 < rule.at_risk_percent <= 100 < rule.lost_percent <= 1000:
                raise ValidationError(
                    self.env._("“%s”: at risk from 1 to 100 %%, lost above 100 %%, please.", rule.name)
                )
            if rule.minimum_purchases < 1:
                raise ValidationError(self.env._("“%s”: one purchase at least.", rule.name))

    @api.constrains("metric_domain", "method")
    def _check_metric_domain(self):
        for rule in self:
            rule._get_metric_domain()

    def _get_metric_domain(self):
        """The condition of a loss on customer.profile as a `Domain`; nobody without one."""
        self.ensure_one()
        domain = self._parse_domain(self.metric_domain, "customer.profile")
        return Domain.FALSE if domain.is_true() else domain

    # ------------------------------------------------------------ use

    def _members(self, partner_ids):
        """{id of a definition: array of its customers} among these; the first one that fits a customer has it."""
        self.env.flush_all()
        query = SQL(
            """SELECT p.id::int4, COALESCE(%s, 0)::int4
                 FROM res_partner p JOIN UNNEST(%s::int[]) asked (key) ON key = p.id""",
            self._case(SQL("p.id")),
            partner_ids,
        )
        partners, definitions = self.env["customer.insight.days"]._receive(query, ("int4", "int4"))
        return {definition.id: partners[definitions == definition.id] for definition in self}

    def _case(self, partner):
        """SQL of the id of the first of these definitions that fits a customer; NULL where none does."""
        partners = self.env["res.partner"].sudo()
        branches = [
            SQL("WHEN %s IN %s THEN %s", partner, partners._search(rule._get_domain()).subselect(), rule.id)
            for rule in self
        ]
        return SQL("CASE %s END", SQL(" ").join(branches)) if branches else SQL("NULL::int")

    def _population(self, horizon):
        """Function that says of a snapshot who is scored: bought often enough, and is not lost yet."""
        self.ensure_one()
        repeats, longest = self.minimum_purchases - 1, horizon * self.lost_percent / 100
        return lambda snapshot: (snapshot["repeats"] >= repeats) & (snapshot["silence"] <= longest)

    def _get_problems(self):
        problems = []
        for rule in self:
            try:
                rule._get_domain()
                rule._get_metric_domain()
            except ValidationError as error:
                problems.append(str(error))
        return problems

    def _get_sentence(self):
        self.ensure_one()
        return self.env._("%(name)s: %(content)s", name=self.name, content=self.condition)

    def action_show_intervals(self):
        """The data that the default comes from, of the current company."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "churn_warning.backtest",
            "name": self.env._("Churn Definition and Back-Test"),
            "params": {"definition": self.stable_key},
        }

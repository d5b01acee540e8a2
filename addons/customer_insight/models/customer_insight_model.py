import logging
from datetime import date, timedelta
from time import monotonic

from dateutil.relativedelta import relativedelta
from odoo import Command, api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from ..engine.choice import MODELS, Limits, choose
from ..engine.predictor import Predictor
from ..engine.purchase_model import PurchaseModel
from ..engine.simple_rule import SimpleRule
from ..engine.spend_model import SpendModel

_logger = logging.getLogger(__name__)

EPOCH = date(1970, 1, 1)
METHODS = [("bgnbd", "BG/NBD"), ("mbgnbd", "MBG/NBD"), ("rule", "Simple rule")]
# Why the simple rule is used; "" for none stands for a model that is used.
REASONS = [
    ("scipy", "SciPy is missing"),
    ("customers", "Too few customers"),
    ("repeaters", "Too few bought again"),
    ("history", "Too short a history"),
    ("estimate", "No sane estimate"),
    ("lost", "The simple rule did better"),
]
PARAMETERS = ("r", "alpha", "a", "b")


def to_day(number):
    """Date of a number of days since 1970-01-01."""
    return EPOCH + timedelta(days=int(number)) if number is not None else False


class CustomerInsightModel(models.Model):
    """A purchase model of a company, one row per version: what it was fitted on, its parameters, how it did on
    held-back days against the simple rule, and whether it or the rule is used. Written once by the monthly job."""

    _name = "customer.insight.model"
    _description = "Purchase Model"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    state = fields.Selection(
        [("waiting", "Waiting"), ("done", "Done"), ("failed", "Failed")],
        default="waiting",
        required=True,
        readonly=True,
    )
    requester_id = fields.Many2one("res.users", readonly=True)
    error = fields.Text(readonly=True)
    as_of = fields.Date("Fitted On", readonly=True)
    seconds = fields.Float(digits=(16, 1), readonly=True)

    method = fields.Selection(METHODS, "Used", readonly=True)
    reason = fields.Selection(REASONS, "Why the Rule", readonly=True, help="Empty where the model is used.")
    needed = fields.Integer(readonly=True, help="What the policy asks for of what was too little.")
    customer_count = fields.Integer("Customers", readonly=True)
    repeater_count = fields.Integer("Bought Again", readonly=True, help="Customers with purchases on two days or more.")
    purchase_day_count = fields.Integer("Days with a Purchase", readonly=True, help="Of all customers together.")
    first_date = fields.Date("First Purchase", readonly=True)
    last_date = fields.Date("Last Purchase", readonly=True)

    r = fields.Float(digits=0, readonly=True, help="Shape of the rates of purchase.")
    alpha = fields.Float(digits=0, readonly=True, help="Scale of the rates of purchase, in days.")
    a = fields.Float(digits=0, readonly=True, help="With b: how likely customers leave after a purchase.")
    b = fields.Float(digits=0, readonly=True)
    has_spend = fields.Boolean("Spend Model", readonly=True, help="Otherwise each customer's own average counts.")
    spend_p = fields.Float("p", digits=0, readonly=True)
    spend_q = fields.Float("q", digits=0, readonly=True)
    spend_v = fields.Float("v", digits=0, readonly=True)
    retention = fields.Float(
        digits=0, readonly=True, help="Of the simple rule: who bought in a period and in the next."
    )
    retention_days = fields.Integer("Period of the Retention", readonly=True, help="Days.")
    retention_count = fields.Integer("Retention Measured On", readonly=True, help="Customers; 0: the policy's figure.")
    margin_rate = fields.Float("Margin", digits=0, readonly=True, help="Of products with a cost, over 12 months.")
    margin_share = fields.Float("Revenue with Known Cost", digits=0, readonly=True)

    trial_date = fields.Date("Held Back From", readonly=True, help="What came later was hidden from the trial.")
    trial_ids = fields.One2many("customer.insight.trial", "model_id", readonly=True)
    calibration_ids = fields.One2many("customer.insight.calibration", "model_id", readonly=True)
    verdict = fields.Text(compute="_compute_verdict", help="What is used, and why.")
    is_current = fields.Boolean(compute="_compute_is_current")

    _one_waiting = models.UniqueIndex("(company_id) WHERE state = 'waiting'")

    @api.depends("as_of", "method")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["method"]._description_selection(self.env))
        for version in self:
            day = format_date(self.env, version.as_of) if version.as_of else self.env._("Waiting")
            version.display_name = f"{labels.get(version.method, '')} {day}".strip()

    @api.depends("company_id", "state")
    def _compute_is_current(self):
        current = {company: self._in_force(company) for company in self.company_id}
        for version in self:
            version.is_current = version == current.get(version.company_id)

    # ------------------------------------------------------------ the version in force

    @api.model
    def _in_force(self, company):
        """The last fitted version of a company; empty before the first."""
        return self.sudo().search([("company_id", "=", company.id), ("state", "=", "done")], limit=1).with_env(self.env)

    def _predictor(self):
        """What this version predicts with, by the figures of the policy in force."""
        self.ensure_one()
        figure = self.env["customer.policy"]._get_in_force(self.company_id)._get_parameter
        if self.method == "rule":
            purchases = SimpleRule(self.retention, self.retention_days, self.retention_count)
        else:
            purchases = PurchaseModel(*(self[name] for name in PARAMETERS), k=MODELS[self.method])
        return Predictor(
            purchases,
            SpendModel(self.spend_p, self.spend_q, self.spend_v) if self.has_spend else None,
            horizon=max(figure("insight_horizon_days"), 1),
            discount=figure("insight_discount_rate"),
            margin=self.margin_rate if self.margin_share else figure("insight_margin"),
        )

    @api.model
    def _limits(self, company):
        figure = self.env["customer.policy"]._get_in_force(company)._get_parameter
        return Limits(
            customers=figure("insight_min_customers"),
            repeaters=figure("insight_min_repeaters"),
            history_days=figure("insight_min_history_days"),
            retention=min(max(figure("insight_retention"), 0), 1),
            horizon=max(figure("insight_horizon_days"), 1),
        )

    def _source(self):
        """What stands as the source of its predictions."""
        self.ensure_one()
        return f"rule_{self.reason}" if self.reason else "model"

    # ------------------------------------------------------------ fitting

    def action_request(self):
        """Ask for a new version of the current company; the job makes it."""
        if not self.env.user.has_group("customer_policy.group_customer_manager"):
            raise AccessError(self.env._("Only customer policy managers may do this."))
        self._request(self.env.company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _request(self, company):
        """A waiting version (one that waits already serves), and the job woken."""
        # sudo: nobody writes versions; who asks was checked, or is a job.
        versions_sudo = self.sudo()
        waiting = versions_sudo.search([("company_id", "=", company.id), ("state", "=", "waiting")], limit=1)
        waiting = waiting or versions_sudo.create({"company_id": company.id, "requester_id": self.env.uid})
        self.env.ref("customer_insight.ir_cron_refit")._trigger()
        return waiting.with_env(self.env)

    @api.model
    def _cron_refit(self):
        """Work off what was asked for, and give each company a new version every month."""
        cron = self.env["ir.cron"]
        for company in self.env["customer.policy.run"]._get_companies():
            if self._is_due(company):
                self._request(company)
        waiting = self.sudo().search([("state", "=", "waiting")], order="id")
        cron._commit_progress(remaining=len(waiting))
        for version in waiting:
            if version.try_lock_for_update():
                version._execute()
            if not cron._commit_progress(1):
                return

    @api.model
    def _is_due(self, company):
        last = self._in_force(company)
        return not last or last.as_of + relativedelta(months=1) <= company._customer_policy_today()

    def _execute(self):
        """Fit this version while no run works on the company's profiles; a failure is written down, told to who answers
        for the runs, and keeps the last version."""
        commit = self.env["ir.cron"]._commit_progress
        with self.env["customer.policy.engine"]._alone(self.company_id):
            commit()  # what was read while another job worked is outdated
            try:
                with self.env.cr.savepoint():
                    self._fit()
            except Exception as error:
                _logger.exception("The purchase model of %s failed", self.company_id.name)
                self.write({"state": "failed", "error": str(error)})
                self._alert()
            else:
                self.env["customer.policy.run"]._request(self.company_id)
            commit()

    def _alert(self):
        """An activity for who may act on a failure."""
        policy = self.env["customer.policy"]._get_in_force(self.company_id)
        owner = self.env["customer.policy.run"].new({"company_id": self.company_id.id})._answerable()
        if policy and owner:
            policy = policy.with_context(lang=owner.lang)
            summary = policy.env._("The purchase model could not be fitted")
            policy._remind("mail.mail_activity_data_warning", summary, [self.error], owner)

    def _fit(self, as_of=None):
        """Fit and try the models as of a day (today), and write down what was found."""
        self.ensure_one()
        started = monotonic()
        company = self.company_id
        as_of = as_of or company._customer_policy_today()
        days = self.env["customer.insight.days"]._load(company, as_of)
        choice = choose(days, (as_of - EPOCH).days, self._limits(company))
        margin, share = self.env["customer.insight.days"]._measure_margins(company, as_of)
        self.write(
            {
                **self._prepare_choice_vals(choice),
                "margin_rate": margin,
                "margin_share": share,
                "as_of": as_of,
                "seconds": monotonic() - started,
                "state": "done",
            }
        )
        self.flush_recordset()  # the next version may wait: the unique index looks at the table

    def _prepare_choice_vals(self, choice):
        values = {name: getattr(choice.model, name) for name in PARAMETERS} if choice.model else {}
        if choice.spend:
            values |= {
                "has_spend": True,
                "spend_p": choice.spend.p,
                "spend_q": choice.spend.q,
                "spend_v": choice.spend.v,
            }
        return {
            **values,
            "method": choice.method,
            "reason": choice.reason or False,
            "customer_count": choice.customers,
            "repeater_count": choice.repeaters,
            "purchase_day_count": choice.rows,
            "first_date": to_day(choice.first_day),
            "last_date": to_day(choice.last_day),
            "retention": choice.rule.retention,
            "retention_days": choice.rule.period,
            "retention_count": choice.rule.customers,
            "trial_date": to_day(choice.trial_day),
            "needed": choice.needed,
            "trial_ids": [
                # What could not be measured, as nobody or everybody bought, is left empty.
                Command.create({"name": name, **{key: found for key, found in figures.items() if found == found}})
                for name, figures in choice.trials.items()
            ],
            "calibration_ids": [
                Command.create({"place": place, **row}) for place, row in enumerate(choice.calibration, 1)
            ],
        }

import hashlib
from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

STATES = [
    ("open", "To Do"),
    ("working", "Winning Back"),
    ("snoozed", "Snoozed"),
    ("holdout", "Hold-Out"),
    ("closed", "Closed"),
]
OUTCOMES = [
    ("won_back", "Won Back"),
    ("returned", "Came Back Alone"),
    ("lost", "Lost"),
    ("false_alarm", "False Alarm"),
    ("faded", "Sign Has Gone"),
    ("observed", "Observed to the End"),
    ("merged", "Customer Merged"),
]
LEVELS = [("low", "Low"), ("medium", "Medium"), ("high", "High")]
ENTERED = {"user_id", "note"}
TO_DO = ("open", "working", "snoozed")


class ChurnWarning(models.Model):
    """A customer who is about to leave: why, what is at stake, who acts until when, and how it ended.

    One that is not closed per customer and company. The nightly job opens it and keeps it up to date; people act by its
    buttons. A warning of the hold-out is kept for the comparison only: nobody is told.
    """

    _name = "churn.warning"
    _description = "Churn Warning"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "value_at_risk desc, score desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", string="Customer", required=True, readonly=True, ondelete="cascade",
                                 index=True)  # fmt: skip
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        tracking=True,
        index=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    team_id = fields.Many2one(related="user_id.sale_team_id", string="Sales Team", store=True, index=True)
    grade_id = fields.Many2one("customer.grade", readonly=True, ondelete="set null", help="When it was opened.")
    state = fields.Selection(
        STATES, default="open", required=True, readonly=True, tracking=True, group_expand="_expand_states"
    )
    active = fields.Boolean(default=True)

    score = fields.Integer(readonly=True, aggregator="avg", help="0 to 100: the churn risk in percent, or the points "
                           "of the most serious sign where they are higher.")  # fmt: skip
    risk = fields.Integer("Churn Risk (%)", readonly=True, aggregator="avg")
    level = fields.Selection(LEVELS, readonly=True)
    reason_id = fields.Many2one("churn.reason", string="Main Reason", readonly=True, ondelete="restrict")
    rule_ids = fields.Many2many("churn.rule", string="Rules", readonly=True)
    facts = fields.Json(readonly=True)
    reasons = fields.Html(compute="_compute_reasons", sanitize=False)
    reason_text = fields.Char("Why", compute="_compute_reasons")
    clause = fields.Char(compute="_compute_clause", help="Of the policy, for which this is a warning.")
    value_at_risk = fields.Monetary(readonly=True, help="Expected gross margin or revenue of the next 12 months.")
    revenue_12m = fields.Monetary("Revenue, 12 Months", readonly=True, help="When the warning was opened.")
    horizon_days = fields.Integer("N (Days)", readonly=True)

    date_opened = fields.Date("Opened", required=True, readonly=True)
    date_deadline = fields.Date("Act Until", readonly=True)
    date_acted = fields.Date("Acted On", readonly=True)
    date_closed = fields.Date("Closed", readonly=True)
    date_notified = fields.Datetime(readonly=True)
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    snooze_until = fields.Date(readonly=True)
    playbook_id = fields.Many2one("churn.playbook", readonly=True, ondelete="set null")
    outcome = fields.Selection(OUTCOMES, readonly=True, tracking=True)
    loss_reason_id = fields.Many2one("churn.reason", string="Lost Because", readonly=True, ondelete="restrict")
    note = fields.Text("Result in Words")

    is_holdout = fields.Boolean("Hold-Out", readonly=True)
    holdout_share = fields.Float("Share of the Hold-Out (%)", digits=(16, 1), readonly=True, aggregator=None)
    purchase_before = fields.Date("Last Purchase Before", readonly=True)
    return_date = fields.Date("Bought Again On", readonly=True)
    return_revenue = fields.Monetary("Revenue Within N Days", readonly=True)

    _one_open = models.UniqueIndex("(partner_id, company_id) WHERE state != 'closed'")
    _company_state_idx = models.Index("(company_id, state, user_id)")

    # ------------------------------------------------------------ computed

    @api.model
    def _expand_states(self, states, _domain):
        return [state for state, _label in STATES if state in TO_DO or state in states]

    @api.depends("partner_id.display_name")
    def _compute_display_name(self):
        for warning in self:
            warning.display_name = warning.partner_id.sudo().display_name

    @api.depends("date_deadline", "date_acted", "state")
    def _compute_is_late(self):
        today = self.env.company._customer_policy_today()
        for warning in self:
            waiting = warning.state == "open" and not warning.date_acted
            warning.is_late = bool(waiting and warning.date_deadline and warning.date_deadline < today)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._customer_policy_today()
        late = Domain("state", "=", "open") & Domain("date_acted", "=", False) & Domain("date_deadline", "<", today)
        return late if True in value else ~late

    @api.depends("facts", "rule_ids")
    @api.depends_context("lang")
    def _compute_reasons(self):
        for warning in self:
            told = warning._tell()
            warning.reason_text = told[0] if told else ""
            items = Markup().join(Markup("<li>%s</li>") % text for text in told)
            warning.reasons = Markup("<ul class='mb-0 ps-3'>%s</ul>") % items if told else False

    @api.depends("rule_ids")
    def _compute_clause(self):
        for warning in self:
            clauses = (
                warning.sudo().rule_ids.clause_id
                or self.env["churn.definition"].sudo()._in_force(warning.company_id).clause_id
            )
            warning.clause = ", ".join(clauses.mapped("display_name"))

    # ------------------------------------------------------------ CRUD

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("Churn warnings are opened by the nightly job."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and set(vals) - ENTERED - self._system_fields():
            raise AccessError(self.env._("A churn warning moves by its buttons."))
        before = {warning: warning.user_id for warning in self} if "user_id" in vals else {}
        result = super().write(vals)
        for warning, user in before.items():
            if user != warning.user_id:
                warning._hand_activities(user)
        return result

    @api.model
    def _system_fields(self):
        """What chatter and activities write on a record, as the user."""
        return {name for name in self._fields if name.startswith(("activity_", "message_"))}

    def _hand_activities(self, former):
        """Open steps go with the warning."""
        mine = self.sudo().activity_ids.filtered(lambda activity: activity.user_id == former)
        if self.user_id:
            mine.user_id = self.user_id

    # ------------------------------------------------------------ what people do

    def _for_action(self):
        """These warnings as sudo, after checking that the user may work on them."""
        self.check_access("write")
        if any(warning.state not in TO_DO for warning in self):
            raise UserError(self.env._("This warning is closed."))
        return self.sudo()

    def action_start(self):
        """Begin to win back: the steps of the playbook become activities of the person responsible.

        Once: who goes on after a snooze has the steps already.
        """
        for warning_sudo in self._for_action().filtered(lambda warning: warning.state != "working"):
            warning_sudo._lock()
            playbook = warning_sudo.playbook_id
            if not playbook:
                playbooks = self.env["churn.playbook"]._in_force(warning_sudo.company_id)
                playbook = playbooks._for_warning(warning_sudo)
            is_new = not warning_sudo.date_acted
            warning_sudo._act({"state": "working", "playbook_id": playbook.id, "snooze_until": False})
            if is_new:
                warning_sudo._schedule(playbook)

    def _lock(self):
        """Of two people at once the second waits here; under REPEATABLE READ it then fails and is tried again."""
        self.env.cr.execute(SQL("SELECT FROM churn_warning WHERE id = ANY(%s) FOR NO KEY UPDATE", self.ids))

    def _act(self, vals):
        today = self.company_id._customer_policy_today()
        self.write({"date_acted": self.date_acted or today, "user_id": self.user_id.id or self.env.uid, **vals})
        self._first_activities().action_feedback()

    def _schedule(self, playbook):
        today = self.company_id._customer_policy_today()
        user = self.user_id or self.env.user
        for step in playbook.with_context(lang=user.lang).step_ids:
            self._schedule_step(step, today, user)

    def _schedule_step(self, step, today, user):
        """The activity of a step."""
        return self.with_context(mail_activity_quick_update=True).activity_schedule(
            step._activity_type(),
            today + timedelta(days=step.days),
            summary=step.summary,
            note=step.note and Markup("<p>%s</p>") % step.note,
            user_id=user.id,
        )

    def _first_activities(self):
        kind = self.env.ref("churn_warning.mail_activity_type_warning", raise_if_not_found=False)
        return self.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def action_close(self):
        """Ask how it ended."""
        return self._open_wizard("churn.outcome", self.env._("How Did It End?"))

    def action_snooze(self):
        return self._open_wizard("churn.snooze", self.env._("Snooze"))

    def _open_wizard(self, model, name):
        self._for_action()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_warning_ids": self.ids},
        }

    def _finish(self, outcome, *, loss_reason=None, note=None):
        """Close with an outcome; who was won back is visited again. As sudo, after `_for_action`."""
        for warning in self:
            today = warning.company_id._customer_policy_today()
            values = {"state": "closed", "outcome": outcome, "date_closed": today, "snooze_until": False}
            if loss_reason:
                values["loss_reason_id"] = loss_reason.id
            if note:
                values["note"] = "\n".join(filter(None, [warning.note, note]))
            if outcome in ("won_back", "lost", "false_alarm"):
                values["date_acted"] = warning.date_acted or today
            warning.write(values)
            warning.activity_ids.unlink()
            if outcome == "won_back":
                warning._schedule_follow_up(today)

    def _schedule_follow_up(self, today):
        user = self.user_id.filtered("active") or self.env.user
        days = self.env["customer.policy.parameter"]._churn_figures(self.company_id)["churn_follow_up_days"]
        summary = self.with_context(lang=user.lang).env._("Follow-up visit: still content?")
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "churn_warning.mail_activity_type_follow_up",
            today + timedelta(days=int(days)),
            summary=summary,
            user_id=user.id,
        )

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id._get_records_action()

    # ------------------------------------------------------------ small helpers

    @api.model
    def _is_drawn(self, company, partner_id, year, share):
        """Whether a customer is in the hold-out of a year: the first 8 hex digits of
        sha256("company:customer:year"), as a part of 16^8, below the share (percent)."""
        digest = hashlib.sha256(f"{company.id}:{partner_id}:{year}".encode()).hexdigest()
        return int(digest[:8], 16) < share / 100 * 16**8

    @api.model
    def _level(self, score, figures):
        if score >= figures["churn_high_score"]:
            return "high"
        return "medium" if score >= figures["churn_medium_score"] else "low"

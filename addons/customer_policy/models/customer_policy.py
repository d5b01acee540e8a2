from datetime import timedelta

from markupsafe import Markup
from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, LockError, UserError, ValidationError
from odoo.tools import format_date

STATES = [
    ("draft", "Draft"),
    ("review", "In Review"),
    ("in_force", "In Force"),
    ("retired", "Retired"),
]
# Set by the life of a version alone, never by a client.
TRANSITION_FIELDS = {
    "state", "version", "author_id", "submit_date", "submitter_id", "approver_id", "approve_date", "publish_date",
    "retire_date", "previous_id", "module_ids", "release", "editor_ids",
}  # fmt: skip
FROZEN_FIELDS = {"name", "company_id", "effective_date"}


class CustomerPolicy(models.Model):
    """One version of the customer-management policy: the document and the configuration at once.

    A version is drafted, reviewed by somebody else than its author and published from a date on.
    From review on neither its clauses nor its rules change; a change is a new version.
    """

    _name = "customer.policy"
    _description = "Customer Policy"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "company_id, version desc, id desc"

    name = fields.Char(required=True, translate=True)
    version = fields.Integer(default=1, required=True, readonly=True, copy=False)
    state = fields.Selection(STATES, default="draft", required=True, readonly=True, copy=False, tracking=True)
    company_id = fields.Many2one(
        "res.company", help="Empty: applies to every company that has no version of its own in force."
    )
    author_id = fields.Many2one(
        "res.users", required=True, readonly=True, copy=False, default=lambda self: self.env.user, tracking=True
    )
    owner_id = fields.Many2one(
        "res.users", string="Policy Owner", default=lambda self: self.env.user, help="Reminded when a review is due."
    )
    editor_ids = fields.Many2many(
        "res.users", "customer_policy_editor_rel", "policy_id", "user_id", string="Editors", readonly=True, copy=False
    )
    submitter_id = fields.Many2one("res.users", readonly=True, copy=False)
    submit_date = fields.Datetime(readonly=True, copy=False)
    approver_id = fields.Many2one("res.users", readonly=True, copy=False, tracking=True)
    approve_date = fields.Datetime(readonly=True, copy=False)
    effective_date = fields.Date(
        "In Force From", copy=False, tracking=True, help="Empty: from the day of its approval."
    )
    publish_date = fields.Datetime("Published On", readonly=True, copy=False)
    retire_date = fields.Datetime("Retired On", readonly=True, copy=False)
    review_date = fields.Date("Next Review", copy=False, help="The policy owner gets an activity on this day.")
    previous_id = fields.Many2one("customer.policy", string="Drafted From", readonly=True, copy=False, index=True)
    module_ids = fields.Many2many(
        "ir.module.module",
        string="Addons Covered",
        copy=False,
        readonly=True,
        help="Addons whose chapter this version decides about. For other addons their shipped defaults apply.",
    )
    clause_ids = fields.One2many("customer.policy.clause", "policy_id", string="Clauses")
    chapter_ids = fields.One2many("customer.policy.clause", "policy_id", domain=[("parent_id", "=", False)])
    scheme_ids = fields.One2many("customer.grade.scheme", "policy_id", string="Grading Schemes")
    rfm_scheme_ids = fields.One2many("customer.rfm.scheme", "policy_id", string="RFM Schemes")
    lifecycle_rule_ids = fields.One2many("customer.lifecycle.rule", "policy_id", string="Lifecycle Rules")
    parameter_ids = fields.One2many("customer.policy.parameter", "policy_id", string="Figures")
    problem_text = fields.Text(compute="_compute_problem_text", help="What keeps this draft from being submitted.")
    warning_text = fields.Text(compute="_compute_warning_text")
    change_note = fields.Text("What Changes and Why", copy=False)

    _one_in_force = models.UniqueIndex(
        "(COALESCE(company_id, 0)) WHERE state = 'in_force'",
        "Another version has just been published for this company. Reload the page to see it.",
    )
    _version_unique = models.UniqueIndex("(COALESCE(company_id, 0), version)", "This version number is already taken.")

    @api.depends("name", "version")
    def _compute_display_name(self):
        for policy in self:
            policy.display_name = self.env._("%(name)s, version %(version)s", name=policy.name, version=policy.version)

    def _compute_problem_text(self):
        for policy in self:
            is_open = policy.state in ("draft", "review") and policy._origin
            policy.problem_text = "\n".join(policy._origin._get_problems()) if is_open else False

    def _compute_warning_text(self):
        for policy in self:
            is_alive = policy.state != "retired" and policy._origin
            policy.warning_text = "\n".join(policy._origin._get_warnings()) if is_alive else False

    @api.constrains("effective_date", "review_date")
    def _check_dates(self):
        for policy in self:
            if policy.effective_date and policy.review_date and policy.review_date <= policy.effective_date:
                raise ValidationError(
                    self.env._("The next review must come after the day the policy enters into force.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            if any(TRANSITION_FIELDS & set(vals) for vals in vals_list):
                raise AccessError(self.env._("A version begins as a draft of its author."))
            # Explicit values: defaults may come with the context of a client.
            begin = {**dict.fromkeys(TRANSITION_FIELDS - {"version", "module_ids"}, False), "state": "draft"}
            vals_list = [{**vals, **begin, "author_id": self.env.uid} for vals in vals_list]
        policies = self.browse()
        for vals in vals_list:
            version = vals.get("version") or self._next_version(vals.get("company_id"))
            policies |= super().create([{**vals, "version": version}])
        for policy in policies.filtered(lambda policy: not policy.module_ids):
            policy._transition({"module_ids": [Command.set(self._get_default().module_ids.ids)]})
        return policies

    def write(self, vals):
        if not self.env.su:
            if TRANSITION_FIELDS & set(vals):
                raise AccessError(self.env._("A version changes its state by the buttons of its form only."))
            if FROZEN_FIELDS & set(vals):
                self._check_draft()
                self._note_editor()
        if "company_id" in vals and "version" not in vals:
            for policy in self.filtered(lambda policy: policy.company_id.id != vals["company_id"]):
                super(CustomerPolicy, policy).write({"version": self._next_version(vals["company_id"]), **vals})
            return True
        return super().write(vals)

    @api.model
    def _next_version(self, company_id):
        latest = self.sudo().search([("company_id", "=", company_id or False)], order="version desc", limit=1)
        return latest.version + 1

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        self._check_draft()

    # ------------------------------------------------------------ life of a version

    def action_submit(self):
        """Draft → review: from now on nothing in this version changes."""
        self._check_manager()
        for policy in self._lock_in_state("draft"):
            policy._check_problems()
            policy._transition({"state": "review", "submit_date": fields.Datetime.now(), "submitter_id": self.env.uid})

    def action_send_back(self):
        """Review → draft, approval included."""
        self._check_manager()
        for policy in self._lock_in_state("review"):
            policy._transition(
                {
                    "state": "draft",
                    "submit_date": False,
                    "submitter_id": False,
                    "approver_id": False,
                    "approve_date": False,
                }
            )

    def action_approve(self):
        """Approve a version under review; it enters into force today or on its effective date."""
        self._check_manager()
        for policy in self._lock_in_state("review"):
            policy._check_four_eyes()
            policy._check_problems()
            policy._transition({"approver_id": self.env.uid, "approve_date": fields.Datetime.now()})
            if not policy.effective_date or policy.effective_date <= policy._today():
                policy._publish()

    def action_draft_version(self):
        """Draft the next version from this one and open it."""
        self._check_manager()
        self.ensure_one()
        return self._draft_version()._get_records_action()

    def _publish(self):
        """Put an approved version in force and retire the one it replaces."""
        self.ensure_one()
        now = fields.Datetime.now()
        replaced = self.search([("state", "=", "in_force"), ("company_id", "=", self.company_id.id)])
        replaced._transition({"state": "retired", "retire_date": now})
        replaced.flush_recordset()
        effective_date = self.effective_date or self._today()
        review_date = self.review_date or effective_date + timedelta(days=365)
        self._transition(
            {"state": "in_force", "publish_date": now, "effective_date": effective_date, "review_date": review_date}
        )
        self.flush_recordset()
        self.env["customer.policy.run"]._request(self._get_companies())

    def action_retire(self):
        """Return a company with a version of its own to the general policy."""
        self._check_manager()
        for policy in self._lock_in_state("in_force"):
            if not policy.company_id:
                raise UserError(self.env._("The general policy is replaced by publishing another version."))
            policy._transition({"state": "retired", "retire_date": fields.Datetime.now()})
            policy.flush_recordset()
            self.env["customer.policy.run"]._request(policy.company_id)

    @api.model
    def _publish_due(self):
        """Publish approved versions whose effective date has come; tell the owner of one that can't work any more."""
        approved = self.search([("state", "=", "review"), ("approver_id", "!=", False)], order="effective_date, id")
        for policy in approved:
            if policy.effective_date > policy._today():
                continue
            policy = policy._in_language_of_owner()
            problems = policy._get_problems()
            if problems:
                policy._remind("mail.mail_activity_data_warning", policy.env._("Can't be published"), problems)
            else:
                policy._publish()

    @api.model
    def _remind_reviews(self):
        """One activity per policy in force whose review is due, for its owner."""
        for policy in self.search([("state", "=", "in_force"), ("review_date", "!=", False)]):
            if policy.review_date <= policy._today():
                policy = policy._in_language_of_owner()
                policy._remind("mail.mail_activity_data_todo", policy.env._("Review the customer policy"))

    def _in_language_of_owner(self):
        """This version in an environment that translates for whom it is reminded of."""
        return self.with_context(lang=(self.owner_id or self.author_id).lang)

    def _remind(self, activity_type, summary, lines=(), user=None):
        """An activity for the policy owner, unless the same one is open already.

        :param lines: plain text or `Markup`, one paragraph each
        """
        self.ensure_one()
        if summary not in self.activity_ids.mapped("summary"):
            user = user or self.owner_id or self.author_id
            note = Markup("<br/>").join(lines) or False
            self.activity_schedule(activity_type, self._today(), summary=summary, note=note, user_id=user.id)

    def _get_imprint(self):
        """State of this version in one line of the reader's language, for the printed document."""
        self.ensure_one()
        parts = [self.env._("Version %s", self.version)]
        parts.append(dict(self._fields["state"]._description_selection(self.env))[self.state])
        if self.effective_date:
            parts.append(self.env._("in force from %s", format_date(self.env, self.effective_date)))
        if self.approver_id:
            parts.append(self.env._("approved by %s", self.approver_id.sudo().name))
        return " · ".join(parts)

    # ------------------------------------------------------------ who and when

    def _check_manager(self):
        if not self.env.user.has_group("customer_policy.group_customer_manager"):
            raise UserError(self.env._("Only customer policy managers may do this."))

    def _lock_in_state(self, state):
        """Lock these versions and return them; refuse when somebody else has moved one meanwhile."""
        try:
            self.lock_for_update()
            self.invalidate_recordset(["state"])
            moved = any(policy.state != state for policy in self)
        except LockError:
            moved = True
        if moved:
            raise UserError(self.env._("This version has been moved by somebody else meanwhile. Reload the page."))
        return self

    def _transition(self, vals):
        """Change the state; sudo because clients may not, the callers check who asks."""
        # Which rules are in force is cached, see `customer.policy.rule._in_force_ids`.
        self.env.registry.clear_cache()
        return self.sudo().write(vals)

    def _today(self):
        return (self.company_id or self.env.company)._customer_policy_today()

from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.customer_policy.words import join_names
from odoo.exceptions import AccessError, UserError

KINDS = [
    ("containment", "Containment (D3)"),
    ("analysis", "Root Cause (D4)"),
    ("correction", "Correction"),
    ("corrective", "Corrective (D5-D6)"),
    ("preventive", "Preventive (D7)"),
]
# Done when they are implemented; the others are watched.
UNWATCHED = ("containment", "analysis", "correction")
LIFE_FIELDS = {"state", "date_done", "date_check", "checker_id"}


class CustomerComplaintAction(models.Model):
    """A measure of the 8D kind with an owner and a date. A corrective one is done when its cause has not come back.

    open → check (implemented, its effect is watched) → effective, or ineffective, from which it is opened again.
    """

    _name = "customer.complaint.action"
    _description = "Corrective Action"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_deadline, id"

    name = fields.Char("Action", required=True, tracking=True)
    complaint_id = fields.Many2one("customer.complaint", "Case", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="complaint_id.company_id", store=True)
    kind = fields.Selection(KINDS, default="corrective", required=True)
    user_id = fields.Many2one(
        "res.users", "Owner", required=True, default=lambda self: self.env.user, tracking=True,
        domain=[("share", "=", False)],
    )  # fmt: skip
    date_deadline = fields.Date("Due", required=True)
    date_done = fields.Date("Implemented On", readonly=True, copy=False)
    date_check = fields.Date("Checked From", readonly=True, copy=False, help="Until then the cause must not come back.")
    state = fields.Selection(
        [
            ("open", "To Do"),
            ("check", "Effect Is Watched"),
            ("effective", "Effective"),
            ("ineffective", "Not Effective"),
        ],
        "Status",
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    check_result = fields.Text(help="What a test or an audit has shown. It may end the watch early.")
    checker_id = fields.Many2one("res.users", "Checked By", readonly=True, copy=False)
    cause_id = fields.Many2one(related="complaint_id.cause_id")
    recurrence_ids = fields.Many2many(
        "customer.complaint",
        compute="_compute_recurrence_ids",
        string="Came Back",
        help="Same cause and product since.",
    )

    @api.depends("date_done", "complaint_id.cause_id", "complaint_id.product_id")
    def _compute_recurrence_ids(self):
        for action in self:
            action.recurrence_ids = action._recurrences()

    def _recurrences(self):
        """Cases of the same cause and product received after the day of implementation, within the watch: its last
        day included."""
        self.ensure_one()
        case_sudo = self.complaint_id.sudo()  # also cases of customers that the owner does not see count
        if not self.date_done or not case_sudo.cause_id:
            return self.env["customer.complaint"]
        domain = [
            ("cause_id", "=", case_sudo.cause_id.id),
            ("product_id", "=", case_sudo.product_id.id),
            ("company_id", "=", case_sudo.company_id.id),
            ("date_received", ">=", self.date_done + timedelta(days=1)),
            ("date_received", "<", (self.date_check or fields.Date.today()) + timedelta(days=1)),
            ("state", "!=", "cancelled"),
            ("id", "!=", case_sudo.id),
        ]
        return case_sudo.search(domain)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            if any(LIFE_FIELDS & set(vals) for vals in vals_list):
                raise AccessError(self.env._("An action begins as one to do."))
            begin = {**dict.fromkeys(LIFE_FIELDS, False), "state": "open"}
            vals_list = [{**vals, **begin} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and LIFE_FIELDS & set(vals):
            raise AccessError(self.env._("The status of an action follows from its buttons."))
        if not self.env.su and any(action._is_turned_by(vals) for action in self):
            raise UserError(self.env._("Kind and case of an action stay once it is implemented."))
        return super().write(vals)

    def _is_turned_by(self, vals):
        """Whether an implemented action would become another one: what needs no watch would count as corrective."""
        self.ensure_one()
        kind, case_id = vals.get("kind", self.kind), vals.get("complaint_id", self.complaint_id.id)
        return self.state != "open" and (kind, case_id) != (self.kind, self.complaint_id.id)

    def action_implement(self):
        """Done; from now on the cause must not come back for the days of the policy."""
        self.check_access("write")
        for action in self.filtered(lambda action: action.state in ("open", "ineffective")):
            today = action.company_id._customer_policy_today()
            if action.kind in UNWATCHED:
                action.sudo().write({"state": "effective", "date_done": today})
                continue
            if not action.cause_id:
                raise UserError(self.env._("Name the cause of %s first: the action is checked against it.",
                                           action.complaint_id.sudo().name))  # fmt: skip
            days = action.complaint_id.sudo()._closing_rule().recurrence_days  # its owner may see no more of the case
            action.sudo().write({"state": "check", "date_done": today, "date_check": today + timedelta(days=days)})

    def action_check(self):
        """Effective, when nothing came back in time or a check has shown it."""
        self.check_access("write")
        for action in self.filtered(lambda action: action.state == "check"):
            found = action._recurrences()
            if found:
                raise UserError(self.env._("Not effective: the same cause came back in %s.",
                                           join_names(self.env, found.mapped("name"))))  # fmt: skip
            if action.company_id._customer_policy_today() < action.date_check and not action.check_result:
                raise UserError(self.env._("Wait until %s, or write down what a check has shown.", action.date_check))
            action.sudo().write({"state": "effective", "checker_id": self.env.uid})

    @api.model
    def _check_watched(self):
        """Nightly: what came back is not effective, what stayed away long enough is."""
        for action in self.search([("state", "=", "check")]):
            found = action._recurrences()
            if found:
                action.sudo().write({"state": "ineffective"})
                owner = action.user_id if action.user_id.active else action.complaint_id._who_takes_care()
                words = action.with_context(lang=owner.lang).env
                names = join_names(words, found.mapped("name"))
                summary = words._("Not effective: the same cause came back in %s.", names)
                action.activity_schedule("mail.mail_activity_data_warning", summary=summary, user_id=owner.id)
            elif action.company_id._customer_policy_today() >= action.date_check:
                action.sudo().write({"state": "effective"})

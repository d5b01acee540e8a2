from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError

from .customer_complaint_rule import KINDS, SEVERITIES
from .customer_complaint_severity import LEVELS
from .customer_complaint_stage import DONE_STATES, ENDED_STATES, STATES

CHANNELS = [
    ("mail", "Mail"),
    ("portal", "Portal"),
    ("web", "Web Form"),
    ("phone", "Phone"),
    ("counter", "Counter"),
    ("chat", "Chat"),
    ("other", "Other"),
]
REMEDIES = [
    ("explanation", "Explanation"),
    ("repair", "Repair"),
    ("replacement", "Replacement"),
    ("return", "Return"),
    ("refund", "Refund"),
    ("credit", "Credit Note"),
    ("compensation", "Compensation"),
    ("other", "Other"),
]
# What decides about the deadlines.
CLOCK_INPUTS = {"kind", "type_id", "impact", "urgency", "contact_id", "company_id", "date_received"}
# Set by the life of a case alone, never by a client.
LIFE_FIELDS = {
    "name", "state", "date_acknowledged", "date_replied", "date_last_reply", "date_resolved", "date_closed",
    "date_follow_up", "follow_up_user_id", "date_reopened", "round", "grade_id", "access_token", "deadline_rule_id",
    "deadline_acknowledge", "deadline_reply", "deadline_resolve", "acknowledge_result", "reply_result",
    "resolve_result", "next_deadline", "next_milestone", "next_escalation", "escalation_milestone", "submission_key",
    "standard_id", "reply_on_time", "resolve_on_time", "partner_id", "severity", "route_id", "follow_up_tries",
    "date_follow_up_try",
}  # fmt: skip
# Who may correct the moment of receipt, which all deadlines count from.
STEWARDS = ("customer_policy.group_data_steward", "customer_policy.group_customer_manager")


class CustomerComplaint(models.Model):
    """A complaint or enquiry from its receipt to its closure, after ISO 10002.

    Its clocks stand in `customer_complaint_clock.py`, its life in `customer_complaint_life.py`, what comes and goes
    by mail in `customer_complaint_mail.py`.
    """

    _name = "customer.complaint"
    _description = "Case"
    _rec_name = "subject"
    _inherit = ["portal.mixin", "rating.mixin", "mail.thread.cc", "mail.activity.mixin"]
    _order = "next_deadline NULLS LAST, date_received desc, id desc"
    _rec_names_search = ["name", "subject", "reference"]
    _primary_email = "email_from"
    _mail_post_access = "read"

    name = fields.Char("Number", readonly=True, copy=False, required=True, default="/")
    subject = fields.Char(required=True, tracking=True)
    description = fields.Html()
    kind = fields.Selection(KINDS, default="complaint", required=True, tracking=True)
    type_id = fields.Many2one("customer.complaint.type", index=True, tracking=True, ondelete="restrict")
    channel = fields.Selection(CHANNELS, default="phone", required=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    contact_id = fields.Many2one("res.partner", index=True, tracking=True, help="Who contacted us.")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        index=True,
        help="The company of the contact, or the contact itself.",
    )
    grade_id = fields.Many2one(
        "customer.grade", readonly=True, copy=False, index=True, help="Of the customer, as the deadlines count with."
    )
    grade_color = fields.Integer(related="grade_id.color", string="Grade Color")
    email_from = fields.Char("Email", compute="_compute_contact_details", store=True, readonly=False)
    phone = fields.Char(compute="_compute_contact_details", store=True, readonly=False)
    product_id = fields.Many2one("product.product", index="btree_not_null", tracking=True)
    sale_order_id = fields.Many2one(
        "sale.order", index="btree_not_null", domain="[('partner_id', 'child_of', partner_id)]"
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        index="btree_not_null",
        domain="[('partner_id', 'child_of', partner_id), ('move_type', 'in', ('out_invoice', 'out_refund'))]",
    )
    remedy = fields.Selection(REMEDIES, "Remedy Sought", help="What the customer asks for.")
    impact = fields.Selection(LEVELS, default="2", required=True, tracking=True)
    urgency = fields.Selection(LEVELS, default="2", required=True, tracking=True)
    severity = fields.Selection(SEVERITIES, compute="_compute_severity", store=True, index=True, tracking=True)
    tag_ids = fields.Many2many("customer.complaint.tag", string="Tags")
    color = fields.Integer()
    case_properties = fields.Properties("Properties", definition="team_id.case_properties_definition", copy=True)

    team_id = fields.Many2one("customer.complaint.team", index=True, tracking=True, ondelete="restrict")
    user_id = fields.Many2one(
        "res.users", string="Responsible", index=True, tracking=True, domain=[("share", "=", False)]
    )
    route_id = fields.Many2one("customer.complaint.route", string="Routed By", readonly=True, copy=False)
    stage_id = fields.Many2one(
        "customer.complaint.stage",
        required=True,
        index=True,
        copy=False,
        tracking=True,
        ondelete="restrict",
        default=lambda self: self.env["customer.complaint.stage"]._of_state("new"),
        group_expand="_group_expand_stages",
    )
    state = fields.Selection(STATES, "Status", compute="_compute_state", store=True, index=True)
    date_received = fields.Datetime(
        "Received", default=fields.Datetime.now, required=True, index=True, copy=False, tracking=True
    )
    similar_ids = fields.Many2many("customer.complaint", compute="_compute_similar_ids", string="Similar Cases")
    similar_count = fields.Integer("Similar", compute="_compute_similar_ids")
    submission_key = fields.Char(readonly=True, copy=False)

    _submission_key_unique = models.UniqueIndex("(submission_key) WHERE submission_key IS NOT NULL")
    _name_unique = models.UniqueIndex("(company_id, name)")

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for case in self:
            case.display_name = f"{case.name} {case.subject}" if case.name != "/" else case.subject

    @api.depends("stage_id.state")
    def _compute_state(self):
        for case in self:
            case.state = case.stage_id.state

    @api.depends("contact_id.commercial_partner_id")
    def _compute_partner_id(self):
        for case in self:
            case.partner_id = case.contact_id.commercial_partner_id

    @api.depends("contact_id")
    def _compute_contact_details(self):
        for case in self:
            if case.contact_id:
                case.email_from = case.contact_id.email or case.email_from
                case.phone = case.contact_id.phone or case.phone

    @api.depends("impact", "urgency", "company_id")
    def _compute_severity(self):
        for case in self:
            matrix = self.env["customer.complaint.severity"]._in_force(case.company_id or self.env.company)
            case.severity = matrix._severity_of(case.impact, case.urgency)

    @api.depends("contact_id", "product_id", "type_id")
    def _compute_similar_ids(self):
        """Open cases of the same customer, or of the same product and type."""
        for case in self:
            found = self.browse()
            if case.partner_id or case.product_id:
                mine = [("partner_id", "=", case.contact_id.commercial_partner_id.id or -1)]
                alike = [("product_id", "=", case.product_id.id or -1), ("type_id", "=", case.type_id.id)]
                domain = ["|", *mine, "&", *alike, ("state", "not in", DONE_STATES), ("id", "!=", case._origin.id)]
                found = self.search(domain, limit=20)
            case.similar_ids = found
            case.similar_count = len(found)

    @api.onchange("phone")
    def _onchange_phone(self):
        """Who calls: the contact with this number, if there is exactly one."""
        partners = self.env["res.partner"]
        if len((self.phone or "").strip()) >= partners._phone_search_min_length and not self.contact_id:
            callers = partners.search([("phone_mobile_search", "=", self.phone)], limit=2)
            self.contact_id = callers if len(callers) == 1 else False

    def _compute_access_url(self):
        for case in self:
            case.access_url = f"/my/complaints/{case.id}"

    @api.model
    def _group_expand_stages(self, stages, domain):
        return stages.search([("state", "!=", False)])

    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["contact_id"]

    # ------------------------------------------------------------ CRUD

    @api.model_create_multi
    def create(self, vals_list):
        self._check_life(vals_list)
        new = self.env["customer.complaint.stage"]._of_state("new")
        stages = [vals.get("stage_id") or self.env.context.get("default_stage_id") for vals in vals_list]
        vals_list = [self._complete(vals, new) for vals in vals_list]
        cases = super(CustomerComplaint, self._without_life_defaults()).create(vals_list)
        cases._add_access_tokens()
        cases.filtered(lambda case: case.state not in ENDED_STATES)._assign()
        cases._update_clock()
        for case, stage_id in zip(cases, stages, strict=True):
            if stage_id and stage_id != new.id:
                case.stage_id = stage_id
        return cases

    @api.model
    def _complete(self, vals, new):
        """What a client can't choose: number and first stage."""
        company_id = vals.get("company_id") or self.env.context.get("default_company_id") or self.env.company.id
        sequence = self.env["ir.sequence"].sudo().with_company(company_id)
        number = sequence.next_by_code("customer.complaint")
        return {**vals, "company_id": company_id, "name": number, "stage_id": new.id, **self._past(vals)}

    def _without_life_defaults(self):
        """This model without what the defaults of a context would choose of the life of a case."""
        refused = {f"default_{name}" for name in LIFE_FIELDS}
        kept = {key: value for key, value in self.env.context.items() if key not in refused}
        return self.with_context(kept)  # pylint: disable=context-overridden

    def _add_access_tokens(self):
        for case in self:
            case._portal_ensure_token()

    def write(self, vals):
        self._check_life([vals])
        before = {case: case.state for case in self} if "stage_id" in vals else {}
        if "contact_id" in vals:
            self._remember_customers()
        result = super().write(vals)
        if before:
            self._apply_states(before)
        if CLOCK_INPUTS & set(vals):
            self._update_clock(reason=self._reason_of(vals))
        return result

    def _check_life(self, vals_list):
        if self.env.su:
            return
        if any(LIFE_FIELDS & set(vals) for vals in vals_list):
            raise AccessError(self.env._("Numbers, clocks and states of a case follow from what is done with it."))
        moved = self and any("date_received" in vals for vals in vals_list)
        if moved and not any(map(self.env.user.has_group, STEWARDS)):
            raise AccessError(self.env._("Deadlines count from the receipt: a data steward or a manager corrects it."))

    def _transition(self, vals):
        """Write what belongs to the life of a case; sudo because clients may not, the callers check who asks."""
        return self.sudo().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_spam(self):
        """Every case stays registered (clause 5.1); what was no case is cancelled first."""
        kept = self.filtered(lambda case: case.state != "cancelled")
        if kept:
            raise AccessError(self.env._("%s stays registered. Cancel it first if it is no case.", kept[0].name))

    # ------------------------------------------------------------ who works it

    def _assign(self):
        """Team and responsible by the routing rules, where nobody was chosen."""
        teams = self.env["customer.complaint.team"]
        for company, cases in self.grouped("company_id").items():
            routes = self.env["customer.complaint.route"]._in_force(company)
            grades = cases._current_grades()
            for case in cases.filtered(lambda case: not case.team_id):
                route = routes._first_match(case._facts(grades[case]))
                case._transition({"team_id": route.team_id.id, "route_id": route.id})
        users = self.team_id._active_members().user_id
        load = teams._open_load(users)
        for case in self.filtered(lambda case: case.team_id and not case.user_id):
            user = case.team_id._pick_user(case, load)
            if user:
                case._entrust(user, is_quiet=len(self) > 1)

    def _entrust(self, user, *, is_quiet):
        """Make `user` responsible, and say so unless many cases come at once or the mail itself will tell."""
        self.ensure_one()
        # What a customer does in the portal is told by the system, not in the customer's name.
        case = self.with_user(SUPERUSER_ID) if self.env.user.share else self
        is_quiet = is_quiet or self.channel == "mail"
        context = {"mail_auto_subscribe_no_notify": is_quiet, "mail_notify_force_send": False}
        case.with_context(**context)._transition({"user_id": user.id})
        if not is_quiet:
            self._send_queued_mails()

    def action_route_again(self):
        """Let the rules choose team and responsible anew."""
        self.check_access("write")
        self.write({"team_id": False, "user_id": False})
        self._assign()

    def action_assign_to_me(self):
        self.write({"user_id": self.env.uid})

    @api.model
    def _reassign_of_leavers(self):
        """Open cases of people who have left go to somebody of the team; returns them."""
        domain = [("user_id.active", "=", False), ("user_id", "!=", False), ("state", "not in", DONE_STATES)]
        found = self.search(domain)
        for company, cases in found.grouped("company_id").items():
            words = cases.with_context(lang=company.partner_id.lang).env
            notes = {
                case.id: words._("%s has left: the case needs a responsible.", case.user_id.name) for case in cases
            }
            cases._message_log_batch(bodies=notes)
            cases.write({"user_id": False})
            cases._assign()
        return found

    def action_open_similar(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_complaint.customer_complaint_action")
        return {**action, "name": self.env._("Similar Cases"), "domain": [("id", "in", self.similar_ids.ids)],
                "context": {}, "views": [(False, "list"), (False, "form")]}  # fmt: skip

    def action_open_customer(self):
        """The 360° page of the customer."""
        self.ensure_one()
        self.partner_id.check_access("read")
        return self.partner_id.action_open_customer_overview()

    @api.model
    def _form_action(self):
        return {"type": "ir.actions.act_window", "name": self.env._("New Case"), "res_model": self._name,
                "views": [(False, "form")]}  # fmt: skip

    def action_preview(self):
        """The page that the customer sees."""
        self.ensure_one()
        self.check_access("read")
        return {"type": "ir.actions.act_url", "target": "new", "url": self.get_portal_url()}

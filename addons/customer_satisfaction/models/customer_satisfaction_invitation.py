from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .customer_satisfaction_trigger import CHANNELS, EVENTS
from .survey_survey import TYPE

STATES = [
    ("waiting", "Waiting"),
    ("sent", "Invited"),
    ("answered", "Answered"),
    ("expired", "No Answer"),
    ("declined", "Declined"),
    ("skipped", "Not Invited"),
]
SKIP_REASONS = [
    ("survey_closed", "The questionnaire is closed"),
    ("archived", "The contact is archived"),
    ("opt_out", "The contact wants no surveys"),
    ("no_address", "No mail address"),
    ("no_phone", "No phone number"),
    ("sample", "Not drawn for the sample"),
    ("tenure", "Not a customer for long enough"),
    ("open_case", "A case is open"),
    ("rest", "Invited not long ago"),
]
# Set by triggers and jobs, never by a client.
LIFE_FIELDS = {
    "state", "skip_reason", "event", "trigger_id", "trigger_key", "document_key", "res_model", "res_id", "partner_id",
    "grade_id", "user_id", "team_id", "date_due", "date_sent", "date_expires", "date_answered", "date_reminded",
    "access_token", "interviewer_id", "response_id", "case_id", "contact_deadline", "date_contacted",
}  # fmt: skip


class CustomerSatisfactionInvitation(models.Model):
    """One occasion on which a customer is asked, or why not. Customer, grade and salesperson are those of that day.

    Triggers insert them (`customer_satisfaction_occasion.py`), a job decides and sends them
    (`customer_satisfaction_send.py`).
    """

    _name = "customer.satisfaction.invitation"
    _description = "Survey Invitation"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"
    _order = "date_due desc, id desc"
    _rec_name = "contact_id"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    survey_id = fields.Many2one(
        "survey.survey",
        string="Questionnaire",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("survey_type", "=", TYPE)],
    )
    contact_id = fields.Many2one("res.partner", required=True, index=True, ondelete="cascade", help="Who is asked.")
    contact_phone = fields.Char(related="contact_id.phone", string="Phone")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, copy=False, index=True, ondelete="cascade")
    channel = fields.Selection(CHANNELS, required=True, default="mail")
    state = fields.Selection(STATES, "Status", default="waiting", required=True, readonly=True, copy=False)
    skip_reason = fields.Selection(SKIP_REASONS, "Why Not", readonly=True, copy=False)

    trigger_id = fields.Many2one(
        "customer.satisfaction.trigger", "Rule", readonly=True, index=True, ondelete="set null", copy=False
    )
    event = fields.Selection([*EVENTS, ("manual", "By Hand"), ("public", "Public Link")], readonly=True, copy=False)
    trigger_key = fields.Char(readonly=True, required=True, copy=False, default="manual")
    document_key = fields.Char(readonly=True, required=True, copy=False, default=lambda self: uuid4().hex)
    res_model = fields.Char("Document Model", readonly=True, copy=False)
    res_id = fields.Many2oneReference("Document", model_field="res_model", readonly=True, copy=False)
    product_ids = fields.Many2many("product.product", string="Products", readonly=True, copy=False)
    grade_id = fields.Many2one("customer.grade", readonly=True, copy=False, index="btree_not_null")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, copy=False, index="btree_not_null")
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, copy=False, index="btree_not_null")

    date_due = fields.Date("Planned For", readonly=True, copy=False, index=True)
    date_sent = fields.Datetime("Invited On", readonly=True, copy=False)
    date_reminded = fields.Datetime("Reminded On", readonly=True, copy=False)
    date_expires = fields.Date("Open Until", readonly=True, copy=False)
    date_answered = fields.Datetime("Answered On", readonly=True, copy=False)
    access_token = fields.Char(readonly=True, copy=False, groups="base.group_system")
    user_input_ids = fields.One2many(
        "survey.user_input", "satisfaction_invitation_id", string="Questionnaires", groups="base.group_system"
    )
    answer_ids = fields.One2many("customer.satisfaction.answer", "invitation_id", string="Answers", readonly=True)
    interviewer_id = fields.Many2one("res.users", "Asked by Phone By", readonly=True, copy=False)

    # What a low answer leads to: `customer_satisfaction_loop.py`.
    response_id = fields.Many2one(
        "customer.satisfaction.response", "Low-Score Rule", readonly=True, ondelete="set null", copy=False
    )
    case_id = fields.Many2one("customer.complaint", readonly=True, index="btree_not_null", copy=False)
    contact_deadline = fields.Datetime("Contact By", readonly=True, copy=False)
    date_contacted = fields.Datetime("Contacted On", readonly=True, copy=False)

    link = fields.Char(compute="_compute_link", compute_sudo=True)
    qr_code = fields.Html("QR Code", compute="_compute_qr_code", sanitize=False)

    _occasion_unique = models.UniqueIndex("(trigger_key, document_key)")
    _sent_idx = models.Index("(partner_id, company_id, date_sent) WHERE date_sent IS NOT NULL")
    _open_idx = models.Index("(company_id, state, date_due) WHERE state IN ('waiting', 'sent')")

    @api.depends("contact_id", "survey_id")
    def _compute_display_name(self):
        for invitation in self:
            invitation.display_name = (
                f"{invitation.contact_id.sudo().display_name}: {invitation.survey_id.sudo().title}"
            )

    @api.depends("user_input_ids", "state")
    def _compute_link(self):
        """Of the contact's own questionnaire, to be handed over in a chat or shown as a QR code at the counter."""
        for invitation in self:
            given = invitation.user_input_ids[:1] if invitation.state == "sent" else False
            invitation.link = given and invitation.survey_id.get_base_url() + given.get_start_url()

    @api.depends("link")
    def _compute_qr_code(self):
        for invitation in self:
            invitation.qr_code = self.env["survey.survey"]._qr_code(invitation.link)

    # ------------------------------------------------------------ CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """By hand: the customer, its grade and salesperson follow from the contact."""
        if not self.env.su:
            if any(LIFE_FIELDS & set(vals) for vals in vals_list):
                raise AccessError(self.env._("What becomes of an invitation follows from rules and answers."))
            begin = dict.fromkeys(LIFE_FIELDS - {"trigger_key", "document_key", "access_token"}, False)
            begin |= {"state": "waiting", "trigger_key": "manual", "event": "manual"}
            vals_list = [{**vals, **begin, "document_key": uuid4().hex} for vals in vals_list]
        vals_list = [{"event": "manual", **vals} for vals in vals_list]
        invitations = super().create(vals_list)
        for invitation_sudo in invitations.sudo():
            invitation_sudo.access_token = uuid4().hex
        invitations._freeze_circumstances()
        return invitations

    def write(self, vals):
        if not self.env.su and LIFE_FIELDS & set(vals):
            raise AccessError(self.env._("What becomes of an invitation follows from rules and answers."))
        if not self.env.su and vals and any(invitation.state != "waiting" for invitation in self):
            raise UserError(self.env._("This invitation has been decided about: it stays as it is."))
        result = super().write(vals)
        if "contact_id" in vals:
            self._freeze_circumstances()
        return result

    def _freeze_circumstances(self):
        """Customer, grade, salesperson and team as they are now; sudo, as who asks may not see the grade."""
        for invitation in self.sudo():
            customer = invitation.contact_id.commercial_partner_id
            domain = [("partner_id", "=", customer.id), ("company_id", "=", invitation.company_id.id)]
            profile = self.env["customer.profile"].sudo().search_fetch(domain, ["grade_id"], limit=1)
            user = invitation.user_id or customer.user_id
            invitation.write(
                {
                    "partner_id": customer.id,
                    "grade_id": profile.grade_id.id,
                    "user_id": user.id,
                    "team_id": (invitation.team_id or user.sale_team_id).id,
                    "date_due": invitation.date_due or invitation.company_id._customer_policy_today(),
                }
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_undecided(self):
        if any(invitation.state != "waiting" for invitation in self):
            raise UserError(self.env._("Invitations stay: they keep customers from being asked too often."))

    # ------------------------------------------------------------ buttons

    def action_send(self):
        """Invite now, unless a limit of the policy speaks against it; then the form says which."""
        self.check_access("write")
        if not self._lock_company(self.company_id):
            raise UserError(self.env._("Invitations are being sent this moment. Please try again in a minute."))
        self.filtered(lambda invitation: invitation.state == "waiting").sudo()._decide()

    def action_fill_in(self):
        """The questionnaire, filled in by who has the customer on the phone."""
        self.ensure_one()
        self.check_access("read")
        invitation_sudo = self.sudo()
        if invitation_sudo.state != "sent":
            raise UserError(self.env._("This questionnaire is not open."))
        invitation_sudo.write({"interviewer_id": self.env.uid})
        return {"type": "ir.actions.act_url", "target": "new", "url": invitation_sudo.user_input_ids[0].get_start_url()}

    def action_open_document(self):
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)._get_records_action()

    def action_open_customer(self):
        """The 360° page of the customer."""
        self.ensure_one()
        self.partner_id.check_access("read")
        return self.partner_id.action_open_customer_overview()

    def action_contacted(self):
        """The customer has been called after a low answer."""
        self.check_access("write")
        self.sudo().filtered(lambda invitation: not invitation.date_contacted).write(
            {"date_contacted": fields.Datetime.now()}
        )
        self.activity_feedback(["customer_satisfaction.mail_activity_type_low_score"])

    # ------------------------------------------------------------ opt-out

    def _get_decline_url(self):
        self.ensure_one()
        return f"{self.get_base_url()}/survey-invitation/{self.id}/{self.sudo().access_token}/no-more"

    def _decline(self):
        """The contact wants no more surveys."""
        self.contact_id.sudo().satisfaction_opt_out = True
        self.filtered(lambda invitation: invitation.state == "sent").write({"state": "declined"})

    def _accept_again(self):
        """It was a mistake: the questionnaire, which is still open, waits for an answer again."""
        self.contact_id.sudo().satisfaction_opt_out = False
        self.filtered(lambda invitation: invitation.state == "declined").write({"state": "sent"})

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty

LIFE_FIELDS = {"state", "author_id", "approver_id", "date_sent"}
TEXT_FIELDS = {"subject", "body", "attachment_ids"}


class CustomerComplaintReply(models.Model):
    """A substantive answer to the customer. Where the policy asks for it, somebody else approves it first."""

    _name = "customer.complaint.reply"
    _description = "Reply to a Customer"
    _order = "complaint_id, id desc"
    _rec_name = "subject"

    complaint_id = fields.Many2one("customer.complaint", "Case", required=True, index=True, ondelete="cascade")
    template_id = fields.Many2one("mail.template", domain=[("model", "=", "customer.complaint")], store=False)
    subject = fields.Char(required=True)
    body = fields.Html(required=True, sanitize_style=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Attachments")
    state = fields.Selection(
        [("draft", "Draft"), ("approval", "To Approve"), ("sent", "Sent")],
        "Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    needs_approval = fields.Boolean(compute="_compute_needs_approval")
    standard_text = fields.Text(related="complaint_id.standard_text")
    author_id = fields.Many2one(
        "res.users", readonly=True, required=True, copy=False, default=lambda self: self.env.user
    )
    approver_id = fields.Many2one("res.users", "Approved By", readonly=True, copy=False)
    date_sent = fields.Datetime("Sent On", readonly=True, copy=False)

    @api.depends("complaint_id.kind", "complaint_id.severity", "complaint_id.type_id")
    def _compute_needs_approval(self):
        for reply in self:
            reply.needs_approval = bool(reply.complaint_id) and reply.complaint_id._closing_rule().needs_approval

    @api.onchange("template_id")
    def _onchange_template_id(self):
        if self.template_id and self.complaint_id:
            case = self.complaint_id._origin
            values = self.template_id.sudo()._generate_template(case.ids, ("subject", "body_html"))[case.id]
            self.subject, self.body = values["subject"], values.get("body") or values.get("body_html")

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            if any(LIFE_FIELDS & set(vals) for vals in vals_list):
                raise AccessError(self.env._("A reply begins as a draft of its author."))
            begin = {"state": "draft", "approver_id": False, "date_sent": False, "author_id": self.env.uid}
            vals_list = [{**vals, **begin} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and LIFE_FIELDS & set(vals):
            raise AccessError(self.env._("A reply is sent and approved by its buttons only."))
        if not self.env.su and vals and any(reply.state != "draft" for reply in self):
            raise UserError(self.env._("This reply is no draft any more. Send it back to change it."))
        if not self.env.su and TEXT_FIELDS & set(vals):
            vals = {**vals, "author_id": self.env.uid}  # who approves has not written the last word
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(reply.state == "sent" for reply in self):
            raise UserError(self.env._("A reply that was sent stays."))

    def action_send(self):
        """Send, or ask for the approval that the policy wants."""
        self.check_access("write")
        for reply in self.filtered(lambda reply: reply.state == "draft"):
            reply._check_sendable()
            if reply.needs_approval:
                reply.sudo().write({"state": "approval"})
                reply._ask_for_approval()
            else:
                reply._send()
        return {"type": "ir.actions.act_window_close"}

    def action_approve(self):
        """Approve a reply of somebody else and send it."""
        self.check_access("write")
        for reply in self.filtered(lambda reply: reply.state == "approval"):
            if not reply.complaint_id._may_approve():
                raise UserError(self.env._("The team leader or a manager approves this reply."))
            reply.complaint_id.company_id._check_four_eyes(reply.author_id)
            reply.sudo().write({"approver_id": self.env.uid})
            reply._send()
        return {"type": "ir.actions.act_window_close"}

    def action_send_back(self):
        self.check_access("write")
        self.filtered(lambda reply: reply.state == "approval").sudo().write({"state": "draft"})

    def _check_sendable(self):
        self.ensure_one()
        if is_html_empty(self.body):
            raise UserError(self.env._("The reply is empty."))
        if not self.complaint_id._has_address():
            raise UserError(self.env._("%s has no mail address. Add one, or log the reply given by phone.",
                                       self.complaint_id.name))  # fmt: skip

    def _ask_for_approval(self):
        self.ensure_one()
        case = self.complaint_id
        managers = self.env.ref("customer_policy.group_customer_manager").sudo().all_user_ids
        able = case._who_may_see((case.team_id.sudo().user_id | managers) - self.author_id)
        if able:
            summary = case.with_context(lang=able[0].lang).env._("Approve the reply")
            case.activity_schedule("mail.mail_activity_data_todo", summary=summary, user_id=able[0].id)

    def _send(self):
        self.ensure_one()
        now = fields.Datetime.now()
        self.sudo().write({"state": "sent", "date_sent": now})
        self.complaint_id._send_to_customer(self.body, self.subject, self.attachment_ids)
        self.complaint_id._on_replied(now)

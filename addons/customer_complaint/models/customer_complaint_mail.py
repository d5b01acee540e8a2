import logging

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

_logger = logging.getLogger(__name__)

# Answered by the automatic receipt: who comes in person or calls hears the number.
RECEIPT_CHANNELS = ("mail", "portal", "web")
NO_AUTO_REPLY = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}


class CustomerComplaint(models.Model):
    """What comes and goes by mail, portal and web form."""

    _inherit = "customer.complaint"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """A mail to a team's address opens a case, whoever sent it."""
        values = dict(custom_values or {})
        team = self.env["customer.complaint.team"].browse(values.get("team_id")).exists()
        author = self.env["res.partner"].browse(msg_dict.get("author_id"))
        contact = author if author.partner_share else author.browse()
        company = team.company_id or contact.company_id or self.env.company
        values = {
            "channel": "mail",
            "subject": msg_dict.get("subject") or self._subject_from(msg_dict.get("body")),
            "description": msg_dict.get("body"),
            "contact_id": contact.id,
            "email_from": msg_dict.get("email_from"),
            "company_id": company.id,
            **values,
        }
        if not team:
            values.pop("team_id", None)  # the team of the address has been deleted
        case = super().message_new(msg_dict, custom_values=values)
        case._send_receipt()
        return case

    @api.model
    def _subject_from(self, body):
        """The first words of a mail without a subject."""
        words = html2plaintext(body or "").split()
        return " ".join(words)[:80] or self.env._("(no subject)")

    def message_update(self, msg_dict, update_vals=None):
        result = super().message_update(msg_dict, update_vals=update_vals)
        author = self.env["res.partner"].browse(msg_dict.get("author_id"))
        if not author or author.partner_share:
            self._on_customer_message()
        return result

    def _on_customer_message(self):
        """The customer has answered: what waited goes on; what was solved is looked at by somebody."""
        if self.env.context.get("customer_complaint_automatic"):
            return
        for case in self:
            if case.state == "waiting":
                case._move_to("investigating")
            elif case.state in ("resolved", "follow_up", "closed", "cancelled"):
                user = case._who_takes_care()
                summary = case.with_context(lang=user.lang).env._("The customer wrote again: reopen?")
                if summary not in case.activity_ids.mapped("summary"):
                    case.activity_schedule("mail.mail_activity_data_todo", summary=summary, user_id=user.id)

    def _send_receipt(self):
        """Number and tracking link for the customer. Says that it is automatic, so that machines don't answer.

        A template that somebody has broken loses no case: it is logged on the case.
        """
        if self.env.context.get("customer_complaint_no_receipt"):
            return
        template = self.env.ref("customer_complaint.mail_template_receipt", raise_if_not_found=False)
        for case in self.filtered(lambda case: case.channel in RECEIPT_CHANNELS and case._has_address()):
            if not template:
                continue
            try:
                with self.env.cr.savepoint():
                    template.sudo().send_mail(
                        case.id,
                        email_values={"headers": repr(NO_AUTO_REPLY)},
                        email_layout_xmlid="mail.mail_notification_light",
                    )
                self._send_queued_mails()
            except UserError as error:
                _logger.error("Case %s: no receipt could be written: %s", case.name, error)
                case._message_log(body=case.env._("No receipt could be written: %s", error))

    @api.model
    def _send_queued_mails(self):
        """Have the queue of mails worked off now; by itself Odoo looks at it once an hour."""
        job = self.env.ref("mail.ir_cron_mail_scheduler_action", raise_if_not_found=False)
        if job:
            job.sudo()._trigger()

    def _has_address(self):
        self.ensure_one()
        return bool(self.contact_id.email or self.email_from)

    def _send_to_customer(self, body, subject, attachments=None):
        """A message that the customer gets by mail and sees on the tracking page."""
        self.ensure_one()
        return self.message_post(
            body=body,
            subject=subject,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.contact_id.ids,
            outgoing_email_to=False if self.contact_id else self.email_from,
            attachment_ids=attachments.ids if attachments else [],
        )

    def _receive_from_customer(self, body, attachments=None, author=None):
        """What the customer writes on the tracking page, or `author` in the portal."""
        self.ensure_one()
        staff = author and not author.partner_share  # who looks at the customer's page answers as the company
        author = author or self.contact_id
        values = {"author_id": author.id} if author else {"email_from": self.email_from}
        message = self.with_context(mail_create_nosubscribe=True).message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachment_ids=attachments.ids if attachments else [],
            **values,
        )
        if not staff:
            self._on_customer_message()
        return message

    def _customer_messages(self):
        """What the customer may see of the history, oldest first: no notes, no tracking, no automatic mails."""
        self.ensure_one()
        messages = self.sudo().message_ids.filtered(
            lambda message: (
                not message.is_internal
                and message.message_type in ("comment", "email")
                and not message.subtype_id.internal
            )
        )
        return messages.sorted("id")

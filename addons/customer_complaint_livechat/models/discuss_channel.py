from odoo import models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext


class DiscussChannel(models.Model):
    _inherit = "discuss.channel"

    def execute_command_case(self, **kwargs):
        """“/case subject”: the conversation becomes a case, and the customer gets its number and link."""
        self.ensure_one()
        subject = html2plaintext(kwargs.get("body") or "").strip().removeprefix("/case").strip()
        case = self._open_case(subject)
        note = self.env._("Case %s is open.", case._get_html_link(title=case.name))
        self.env.user._bus_send_transient_message(self, note)

    def _open_case(self, subject=""):
        """A case with what was said so far; a conversation has one case while that is open.

        :raises UserError: this is no conversation with a customer
        """
        self.ensure_one()
        if self.channel_type != "livechat":
            raise UserError(self.env._("Only a live chat with a customer becomes a case."))
        cases = self.env["customer.complaint"]
        known = cases.sudo().search([("channel_id", "=", self.id), ("date_closed", "=", False)], limit=1)
        if known:
            return known.sudo(False)
        history = self._get_channel_history()
        case = cases.create(
            {
                "subject": subject or cases._subject_from(history),
                "description": history,
                "channel": "chat",
                "channel_id": self.id,
                "contact_id": self._chat_customer().id,
            }
        )
        case._tell_in_chat()
        return case

    def _chat_customer(self):
        """The one known customer in the conversation; nobody for anonymous visitors."""
        partners = self.with_context(active_test=False).channel_partner_ids.filtered("partner_share")
        if len(partners) != 1 or partners.is_public:
            return partners.browse()
        return partners

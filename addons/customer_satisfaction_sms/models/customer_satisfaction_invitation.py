from datetime import UTC, timedelta

from odoo import api, fields, models


class CustomerSatisfactionInvitation(models.Model):
    """Invitations and reminders by SMS, through Odoo's own queue."""

    _inherit = "customer.satisfaction.invitation"

    channel = fields.Selection(selection_add=[("sms", "SMS"), ("link",)], ondelete={"sms": "set link"})

    @api.model
    def _reminded_channels(self):
        return [*super()._reminded_channels(), "sms"]

    @api.model
    def _silent_channels(self, company):
        """A telephone rings: what rules send waits for the working hours of the company."""
        silent, calendar = super()._silent_channels(company), company.resource_calendar_id
        now = fields.Datetime.now().replace(tzinfo=UTC)
        if calendar and not calendar._work_intervals_batch(now, now + timedelta(minutes=1))[False]:
            silent = [*silent, "sms"]
        return silent

    def _get_reasons(self, company):
        """Also whose number can't be dialled or is blacklisted for SMS."""
        reasons = super()._get_reasons(company)
        numbers = {i: i.contact_id._phone_format() for i in self if i.channel == "sms" and reasons[i.id] is None}
        listed = self.env["phone.blacklist"].sudo().search([("number", "in", [n for n in numbers.values() if n])])
        refused = set(listed.mapped("number"))
        for invitation, number in numbers.items():
            if not number:
                reasons[invitation.id] = "no_phone"
            elif number in refused:
                reasons[invitation.id] = "opt_out"
        return reasons

    def _hand_over(self, channel, *, is_reminder=False):
        if channel == "sms":
            kind = "reminder" if is_reminder else "invitation"
            self._send_sms(f"customer_satisfaction_sms.sms_template_{kind}")
        return super()._hand_over(channel, is_reminder=is_reminder)

    def _send_sms(self, template_xmlid):
        """Into the queue of outgoing SMS, in this transaction."""
        template = self.env.ref(template_xmlid, raise_if_not_found=False)
        if template:
            bodies = template.sudo()._render_field("body", self.ids, compute_lang=True)
            self.env["sms.sms"].sudo().create(
                [
                    {"body": bodies[i.id], "partner_id": i.contact_id.id, "number": i.contact_id._phone_format()}
                    for i in self
                ]
            )

from markupsafe import Markup
from odoo import fields, models


class CustomerComplaint(models.Model):
    _inherit = "customer.complaint"

    channel_id = fields.Many2one("discuss.channel", "Live Chat", readonly=True, copy=False, index="btree_not_null")

    def action_open_chat(self):
        """The conversation that the case came from, for who may read it."""
        self.ensure_one()
        self.channel_id.check_access("read")
        return self.channel_id._get_records_action()

    def _tell_in_chat(self):
        """Number and tracking link, in the conversation itself."""
        self.ensure_one()
        link = self.get_base_url() + self.sudo().get_portal_url()
        body = Markup("%s <a href='%s'>%s</a>") % (
            self.env._("Your case is registered. Follow it here:"), link, self.name
        )  # fmt: skip
        self.channel_id.message_post(body=body, message_type="comment", subtype_xmlid="mail.mt_comment")

"""A live chat becomes a case."""

from odoo import Command
from odoo.addons.customer_complaint.tests.common import ComplaintCommon
from odoo.exceptions import UserError


class TestLivechat(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator = cls.new_user("operator", "customer_policy.group_service,im_livechat.im_livechat_group_user")

    def chat(self, *partners):
        channel = self.env["discuss.channel"].create(
            {
                "name": "Chat",
                "channel_type": "livechat",
                "livechat_operator_id": self.operator.partner_id.id,
                "channel_member_ids": [
                    Command.create({"partner_id": partner.id}) for partner in (self.operator.partner_id, *partners)
                ],
            }
        )
        for partner in partners:
            channel.message_post(body="The housing is cracked", author_id=partner.id, message_type="comment",
                                 subtype_xmlid="mail.mt_comment")  # fmt: skip
        return channel.with_user(self.operator)

    def test_command_opens_a_case(self):
        channel = self.chat(self.customer)
        channel.execute_command_case(body="/case Cracked housing")
        case = self.env["customer.complaint"].search([("channel_id", "=", channel.id)])
        self.assertEqual((case.subject, case.channel, case.contact_id), ("Cracked housing", "chat", self.customer))
        self.assertIn("The housing is cracked", case.description)
        answer = channel.message_ids[0].body
        self.assertIn(case.name, answer)
        self.assertIn(case.access_token, answer)
        channel.execute_command_case(body="/case")
        self.assertEqual(self.env["customer.complaint"].search_count([("channel_id", "=", channel.id)]), 1)

    def test_unknown_visitor_and_no_subject(self):
        case = self.chat()._open_case()
        self.assertEqual((case.contact_id.id, case.subject), (False, "(no subject)"))

    def test_only_live_chats(self):
        channel = self.env["discuss.channel"].create({"name": "Room", "channel_type": "channel"})
        with self.assertRaisesRegex(UserError, "live chat"):
            channel.with_user(self.operator)._open_case("x")

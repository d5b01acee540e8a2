"""The coupon of a win-back playbook is handed out in a real browser, in English and in Chinese."""

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestOffersInBrowser(HttpCase):
    test_cursor_lock_timeout = 60  # seconds; by default 20, too few while another process keeps a core busy

    def scene(self, lang):
        """A warning whose playbook offers a coupon; who opens it has no right on coupon programs."""
        company = self.env.company
        user = new_test_user(
            self.env, "tour_offer", groups="base.group_user,customer_policy.group_customer_all", lang=lang,
            email="tour_offer@example.com",
        )  # fmt: skip
        template = self.env["mail.template"].create(
            {"name": "Come Back", "model_id": self.env.ref("loyalty.model_loyalty_card").id, "subject": "Come back",
             "use_default_to": True, "body_html": "<p>Your code: <t t-out='object.code' /></p>"}
        )  # fmt: skip
        program = self.env["loyalty.program"].create(
            {
                "name": "Come Back",
                "program_type": "coupons",
                "applies_on": "current",
                "trigger": "with_code",
                "communication_plan_ids": [Command.create({"trigger": "create", "mail_template_id": template.id})],
                "reward_ids": [Command.create({"reward_type": "discount", "discount": 10, "required_points": 1})],
            }
        )
        policies = self.env["customer.policy"]
        draft = policies._get_in_force(company).with_env(self.env)._draft_version()
        draft.churn_playbook_ids.step_ids.filtered(lambda step: step.kind == "offer").coupon_program_id = program
        company.customer_policy_four_eyes = False
        draft.action_submit()
        draft.action_approve()
        partner = self.env["res.partner"].create({"name": "Tour", "email": "tour@example.com", "user_id": user.id})
        return self.env["churn.warning"].sudo().create(
            {"partner_id": partner.id, "company_id": company.id, "user_id": user.id,
             "date_opened": company._customer_policy_today()}
        )  # fmt: skip

    def walk(self, lang):
        warning = self.scene(lang)
        self.start_tour(
            f"/odoo/churn-warnings/{warning.id}", "churn_warning_coupon_offer", login="tour_offer", timeout=120
        )
        self.env.invalidate_all()
        coupon = warning.offer_ids.coupon_id
        self.assertEqual((coupon.partner_id, warning.offer_ids.state), (warning.partner_id, "sent"))
        mail = self.env["mail.mail"].search([("recipient_ids", "=", warning.partner_id.id)])
        self.assertIn(coupon.code, mail.body_html)

    def test_in_english(self):
        self.walk("en_US")

    def test_in_chinese(self):
        self.walk("zh_CN")

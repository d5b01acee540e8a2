"""From a complaint to its outcome, in a real browser, in Chinese and in English: a customer complains on the web form,
staff close the case, the customer is surveyed and answers low, a case comes back, an improvement tells the outcome."""

from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestSatisfactionInBrowser(HttpCase):
    test_cursor_lock_timeout = 60  # seconds; by default 20, too few while another process keeps a core busy

    def walk(self, lang):
        customer = self.env["res.partner"].create(
            {"name": "Tour Customer", "is_company": True, "lang": lang, "email": "tour@customer.example"}
        )
        new_test_user(self.env, "tour_service", groups="base.group_user,customer_policy.group_service", lang=lang)
        # 1. The customer complains on the public form.
        self.start_tour("/complaint", "customer_satisfaction_complain", timeout=90)
        case = self.env["customer.complaint"].search([("subject", "=", "Tour case")])
        self.assertEqual((case.partner_id, case.channel), (customer, "web"))
        # 2. Staff work it to its end.
        self.start_tour("/odoo/cases", "customer_complaint_work", login="tour_service", timeout=120)
        self.env.invalidate_all()
        self.assertEqual(case.state, "closed")
        # 3. The customer is invited and answers.
        invitation = self.env["customer.satisfaction.invitation"].search([("partner_id", "=", customer.id)])
        self.assertEqual((invitation.state, invitation.res_id), ("waiting", case.id))
        invitation._decide()
        self.assertEqual(invitation.state, "sent")
        self.start_tour(
            invitation.link.removeprefix(invitation.get_base_url()), "customer_satisfaction_answer", timeout=90
        )
        self.env.invalidate_all()
        self.assertEqual(invitation.state, "answered")
        # 4. A case comes back; the results page leads to it.
        self.assertEqual(invitation.case_id.channel, "survey")
        self.start_tour("/odoo/satisfaction", "customer_satisfaction_results", login="tour_service", timeout=90)
        # 5. An improvement tells the customer what has changed.
        self.start_tour(
            f"/odoo/cases/{invitation.case_id.id}", "customer_satisfaction_improve", login="tour_service", timeout=90
        )
        improvement = self.env["customer.improvement"].search([("complaint_ids", "in", invitation.case_id.ids)])
        self.assertTrue(improvement.date_notified)
        told = invitation.case_id.message_ids.filtered(lambda message: "Tour notice" in (message.body or ""))
        self.assertEqual(told.partner_ids, customer)

    def test_in_english(self):
        self.walk("en_US")

    def test_in_chinese(self):
        self.walk("zh_CN")

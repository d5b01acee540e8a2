"""A complaint from the portal to its outcome, in a real browser, in Chinese and in English."""

from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestComplaintInBrowser(HttpCase):
    test_cursor_lock_timeout = 60  # seconds; by default 20, too few while another process keeps a core busy

    def walk(self, lang):
        company = self.env.company
        customer = self.env["res.partner"].create({"name": "Tour Customer", "is_company": True, "lang": lang})
        portal = new_test_user(self.env, "tour_portal", groups="base.group_portal", lang=lang)
        portal.partner_id.parent_id = customer
        service = new_test_user(
            self.env, "tour_service", groups="base.group_user,customer_policy.group_service", lang=lang
        )
        self.start_tour("/my/complaints/new", "customer_complaint_file", login="tour_portal", timeout=90)
        case = self.env["customer.complaint"].search([("subject", "=", "Tour case")])
        self.assertEqual((case.partner_id, case.channel, case.company_id), (customer, "portal", company))
        self.start_tour("/odoo/cases", "customer_complaint_work", login="tour_service", timeout=90)
        case.invalidate_recordset()
        self.assertEqual((case.state, case.follow_up_user_id, len(case.done_step_ids)), ("closed", service, 1))
        self.assertEqual(case.reply_ids.mapped("state"), ["sent"])
        self.start_tour("/my/complaints", "customer_complaint_outcome", login="tour_portal", timeout=90)

    def test_in_english(self):
        self.walk("en_US")

    def test_in_chinese(self):
        self.walk("zh_CN")

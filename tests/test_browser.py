"""The screens in a real browser, in English and in Chinese."""

from datetime import date

from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestBrowser(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        partners = cls.env["res.partner"].create([{"name": f"Tour Customer {i}", "is_company": True} for i in range(3)])
        cls.env["customer.external.sale"].create(
            [
                {
                    "partner_id": partner.id,
                    "date": date.today(),
                    "amount": 100 * position,
                    "reference": f"tour{position}",
                }
                for position, partner in enumerate(partners, 1)
            ]
        )
        cls.env["customer.policy.engine"]._run(cls.company)
        for login, lang in (("tour_en", "en_US"), ("tour_zh", "zh_CN")):
            new_test_user(
                cls.env,
                login,
                groups="base.group_user,base.group_partner_manager,customer_policy.group_customer_manager",
                lang=lang,
            )

    def tours(self, name):
        for login in ("tour_en", "tour_zh"):
            self.start_tour("/odoo", name, login=login, timeout=90)

    def test_why_this_grade(self):
        self.tours("customer_policy_why_this_grade")

    def test_customer_overview(self):
        self.tours("customer_policy_overview")

    def test_draft_and_submit(self):
        self.tours("customer_policy_draft")
        drafts = self.env["customer.policy"].search([("state", "=", "review")])
        self.assertEqual(len(drafts), 2)
        self.assertEqual(set(drafts.scheme_ids.mapped("downgrade_months")), {3, 6})

    def test_run_now(self):
        self.tours("customer_policy_run_now")
        run = self.env["customer.policy.run"].search([("state", "=", "waiting")])
        self.assertEqual(run.company_id, self.company)

    def test_rfm_map(self):
        self.tours("customer_policy_rfm_map")

    def test_assign_segments(self):
        for login in ("tour_en", "tour_zh"):
            self.env["customer.segment.assignment"].search([]).unlink()
            self.start_tour("/odoo", "customer_policy_assign_segments", login=login, timeout=90)
            rows = self.env["customer.segment.assignment"].search([])
            self.assertEqual(rows.segment_id, self.env.ref("customer_policy.segment_need_price"))
            self.assertEqual((set(rows.mapped("reason")), rows.user_id.login), ({"Tour"}, login))

"""The screens in a real browser, in English and in Chinese."""

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestBrowser(HttpCase):
    test_cursor_lock_timeout = 60  # seconds; by default 20, too few while another process keeps a core busy

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        partners = cls.env["res.partner"].create([{"name": f"Tour Customer {i}", "is_company": True} for i in range(3)])
        cls.env["customer.external.sale"].create(
            [
                {
                    "partner_id": partner.id,
                    "date": cls.company._customer_policy_today(),
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

    def test_messy_file(self):
        """Import a file with a bad row, correct it, merge the duplicate that came with it, understand who is left."""
        names = ("上海图瑞贸易有限公司", "上海圖瑞貿易有限公司", "福州游览机械有限公司", "Tour Newcomer Ltd")
        steward = "base.group_user,base.group_partner_manager,customer_policy.group_data_steward"
        for lang in ("en_US", "zh_CN"):
            login = f"tour_steward_{lang}"
            new_test_user(self.env, login, groups=f"{steward},customer_policy.group_customer_all", lang=lang)
            country = self.env.ref("base.cn").id
            values = {"name": names[0], "is_company": True, "phone": "021 6234 5678", "country_id": country}
            kept = self.env["res.partner"].create(values)
            sale = {
                "partner_id": kept.id,
                "date": self.company._customer_policy_today(),
                "amount": 700,
                "reference": lang,
            }
            self.env["customer.external.sale"].create(sale)
            self.env["customer.policy.engine"]._run(self.company)
            with mute_logger("odoo.http"):  # Odoo's own importer sends more than its controller reads
                self.start_tour("/odoo", "customer_policy_messy_file", login=login, timeout=240)
            found = self.env["res.partner"].search([("name", "in", names)])
            self.assertEqual(sorted(found.mapped("name")), sorted([names[0], *names[2:]]))
            self.assertEqual(self.env["res.partner"].search([("name", "=", names[0])]), kept)
            self.assertEqual(kept.phone, "021 6234 5678")
            self.env["ir.model.data"].search([("module", "=", "__import__"), ("name", "=like", "tour-%")]).unlink()
            found.write({"active": False})

    def test_completeness(self):
        """A salesperson fills in what is missing from a record of theirs and sees completeness rise."""
        for lang in ("en_US", "zh_CN"):
            login = f"tour_sales_{lang}"
            user = new_test_user(self.env, login, groups="base.group_user,sales_team.group_sale_salesman", lang=lang)
            partner = self.env["res.partner"].create(
                {
                    "name": f"Tour Gap {lang}",
                    "is_company": True,
                    "is_customer_record": True,
                    "phone": "+86 21 6234 5678",
                    "country_id": self.env.ref("base.cn").id,
                    "user_id": user.id,
                }
            )
            self.start_tour("/odoo", "customer_policy_completeness", login=login, timeout=90)
            self.assertEqual((partner.email, partner.customer_completeness), ("purchasing@tour.example", 50))

"""What members and colleagues see: portal, statement, member page, dashboard, 360° page."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import LoyaltyPointsCommon


class MemberCommon(LoyaltyPointsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.new_card()
        cls.soon = fields.Date.today() + timedelta(days=20)
        cls.post(cls.card, 300, expiration_date=cls.soon, reason="Internal words")
        cls.post(cls.card, 200)
        cls.post(cls.card, -120)
        cls.stranger = cls.new_customer("Stranger")
        cls.foreign = cls.new_card(777, partner=cls.stranger)


@tagged("post_install", "-at_install")
class TestPortal(MemberCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = new_test_user(cls.env, "points_contact", groups="base.group_portal")
        cls.contact.partner_id.parent_id = cls.customer
        cls.outsider = new_test_user(cls.env, "points_outsider", groups="base.group_portal")

    def test_contact_sees_the_account_of_the_company(self):
        self.authenticate("points_contact", "points_contact")
        page = self.url_open("/my/points")
        self.assertTrue(page.url.endswith(f"/my/points/{self.card.id}"), "the only card opens at once")
        for text in ("380 Points", "180 Points", "200 Points", "-120 Points"):
            self.assertIn(text, page.text)
        self.assertNotIn("Internal words", page.text)
        home = self.url_open("/my/home").text
        self.assertIn(f"/my/points/{self.card.id}", home)
        self.assertNotIn(f"/my/points/{self.foreign.id}", home)

    def test_contact_reads_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.contact.lang = "zh_CN"
        self.authenticate("points_contact", "points_contact")
        text = self.url_open(f"/my/points/{self.card.id}").text
        for english in ("Accrual", "Redemption", "points on", "Points to spend"):
            self.assertNotIn(english, text)
        for chinese in ("获取", "兑换", "可用积分"):
            self.assertIn(chinese, text)

    def test_statement(self):
        self.authenticate("points_contact", "points_contact")
        url = f"/my/points/{self.card.id}/statement?report_type=html"
        text = self.url_open(url).text
        self.assertIn("Points Statement", text)
        for part in ("+300 Points", "+200 Points", "-120 Points", "380 Points"):
            self.assertIn(part, text)
        later_day = fields.Date.today() + timedelta(days=5)
        later = self.url_open(f"{url}&date_from={later_day}&date_to={later_day}").text
        self.assertIn("No movements in this period", later)
        self.assertIn("380 Points", later)
        self.assertEqual(self.url_open(f"{url}&date_from=nonsense").status_code, 200)

    def test_nothing_of_others(self):
        """Ids of other members' cards lead nowhere, whoever asks."""
        for login in ("points_contact", "points_outsider"):
            self.authenticate(login, login)
            for path in ("", "/page/2", "/statement", "/statement?report_type=html"):
                page = self.url_open(f"/my/points/{self.foreign.id}{path}")
                self.assertEqual(page.status_code, 404, path)
                self.assertNotIn("777 Points", page.text)
        self.assertEqual(self.url_open(f"/my/points/{self.card.id}").status_code, 404)
        self.assertIn("no points yet", self.url_open("/my/points").text)
        self.assertIn(self.url_open("/loyalty_points/ledger.csv").status_code, (403, 404))
        for model in ("loyalty.ledger.entry", "loyalty.points.value", "loyalty.ledger.seal", "loyalty.points.suspicion",
                      "loyalty.points.period", "loyalty.ledger.open"):  # fmt: skip
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.contact).search_read([], ["id"])

    def test_not_logged_in(self):
        page = self.url_open(f"/my/points/{self.card.id}")
        self.assertIn("/web/login", page.url)

    def test_export_for_auditors(self):
        self.env["loyalty.ledger.seal"]._seal_block("entry", self.env["loyalty.ledger.seal"]._last_lines()[0]["entry"])
        new_test_user(self.env, "auditor", groups="base.group_user,account.group_account_readonly")
        self.authenticate("auditor", "auditor")
        text = self.url_open("/loyalty_points/ledger.csv").text
        self.assertIn("line,entry,", text)
        self.assertIn("block,entry,1,", text)
        self.assertNotIn("Longhua", text)
        self.assertIn(["block", "entry", "1"], [row[:3] for row in self.url_open("/loyalty_points/ledger.json").json()])
        self.assertIn("def verify(", self.url_open("/loyalty_points/ledger_seal.py").text)
        self.assertEqual(self.url_open("/loyalty_points/ledger.exe").status_code, 404)


@tagged("post_install", "-at_install")
class TestPages(MemberCommon):
    def test_statement_adds_up(self):
        today = fields.Date.today()
        statement = self.card._statement(today - timedelta(days=1), today + timedelta(days=1))
        self.assertEqual((statement["opening"], statement["closing"]), (0, 380))
        self.assertEqual([line["balance"] for line in statement["lines"]], [300, 500, 380])
        self.assertEqual((statement["received"], statement["spent"]), (500, -120))
        later = self.card._statement(today + timedelta(days=5), today + timedelta(days=6))
        self.assertEqual((later["opening"], later["lines"], later["closing"]), (380, [], 380))

    def test_days_are_the_companys(self):
        """A minute past midnight in Shanghai belongs to the next month, wherever its reader is."""
        self.company.customer_policy_tz = "Asia/Shanghai"
        card = self.new_card(partner=self.new_customer("Night Owl"))
        self.post(card, 55, date="2026-03-31 15:59:00")
        self.post(card, 66, date="2026-03-31 16:01:00")  # one minute past midnight there
        report = self.env["ir.actions.report"].with_context(tz="America/Los_Angeles")
        data = {"date_from": "2026-04-01", "date_to": "2026-04-30", "lang": "en_US"}
        text = report._render_qweb_html("loyalty_points.statement", card.ids, data=data)[0].decode()
        self.assertIn("04/01/2026", text.split("<tbody>")[1])
        self.assertNotIn("03/31/2026", text)
        self.assertIn("+66", text)

    def test_member_page(self):
        seller = self.new_user("seller", "sales_team.group_sale_salesman_all_leads")
        card = self.card.with_user(seller)
        self.assertIn("380 Points", card.member_html)
        self.assertEqual(card.open_ids.mapped("points"), [180, 200])
        self.assertEqual(len(card.ledger_entry_ids), 3)
        self.assertEqual(card._member_summary()["expiring"], [(self.soon, 180)])

    def test_pending(self):
        self.assertEqual(self.card._pending(), [])
        earning = self.env["loyalty.earning"].sudo().create(
            {"company_id": self.company.id, "program_id": self.program.id, "card_id": self.card.id,
             "partner_id": self.customer.id, "kind": "purchase", "key": "test", "points": 25, "day": "2026-03-01",
             "available_date": self.soon}
        )  # fmt: skip
        self.assertEqual(self.card._pending(), [(self.soon, 25)])
        earning.state = "cancelled"
        self.assertEqual(self.card._pending(), [])

    def test_dashboard(self):
        dashboard = self.env["loyalty.points.dashboard"].with_user(self.manager).create({})
        values = dashboard._prepare_values()
        self.assertEqual(values["totals"], {"issued": 1277, "redeemed": 120, "lapsed": 0})
        self.assertEqual(values["members"], {"all": 2, "active": 2, "holding": 2, "points": 1157})
        self.assertEqual([points for _label, points, _share in values["ageing"]], [180, 0, 0, 0, 0, 977])
        self.assertIn("1,277", dashboard.html)
        other = self.new_program("Empty")
        dashboard.program_id = other
        self.assertIn("No points have moved yet", dashboard.html)
        dashboard.program_id = False
        self.new_card(10, program=other)
        self.assertEqual(
            dashboard._prepare_values()["members"], {"all": 2, "active": 2, "holding": 2, "points": 1167},
            "a member of two programs is one",
        )  # fmt: skip

    def test_dashboard_of_a_salesperson(self):
        """Only what their record rules show."""
        self.stranger.user_id = self.manager
        own = self.new_user("own", "customer_policy.group_customer_user")
        values = self.env["loyalty.points.dashboard"].with_user(own).create({})._prepare_values()
        self.assertEqual((values["members"]["all"], values["members"]["points"]), (1, 380))
        self.assertFalse(values["liability"])

    def test_overview(self):
        self.buy(self.customer, 100)
        self.run_all()
        page = self.env["customer.overview"].with_user(self.manager).load(self.customer.id)
        figures = {figure["name"]: figure["value"] for figure in page["figures"]}
        self.assertEqual(figures["loyalty_points_balance"], 380)
        [button] = [button for button in page["buttons"] if button["name"] == "points"]
        self.assertEqual(button["value"], 3)
        entries = self.env["customer.overview"].with_user(self.manager).load_timeline(self.customer.id, ["points"])
        self.assertEqual(
            [entry["title"] for entry in entries["entries"]], ["-120: Test", "+200: Test", "+300: Internal words"]
        )

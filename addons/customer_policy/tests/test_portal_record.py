"""The customer's own record in the portal."""

from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .test_entry_standard import EntryCommon


@tagged("post_install", "-at_install")
class TestPortalRecord(EntryCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env, "record_portal", groups="base.group_portal", company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )  # fmt: skip
        cls.own = cls.portal.partner_id
        cls.own.write(
            {"phone": "13800138000", "country_id": cls.china.id, "email": "me@example.com", "street": "Road 1",
             "city": "Shanghai", "zip": "200040", "comment": "INTERNAL NOTE"}
        )  # fmt: skip
        cls.own._mark_customer()
        cls.other = cls.enter(name="Somebody Else")
        cls.run_all()

    def setUp(self):
        super().setUp()
        self.authenticate("record_portal", "record_portal")

    def post(self, path, **data):
        return self.url_open(path, data={"csrf_token": Request.csrf_token(self), **data})

    def test_page(self):
        page = self.url_open("/my/customer-record").text
        self.assertIn("13800138000", page)
        self.assertIn("me@example.com", page)
        for hidden in ("INTERNAL NOTE", "Somebody Else", "grade", "completeness"):
            self.assertNotIn(hidden, page)
        self.assertIn("/my/customer-record", self.url_open("/my").text)

    def test_confirm_own_only(self):
        self.post("/my/customer-record/confirm", partner_id=self.other.id, id=self.other.id, confirmed_source="entered")
        profile = self.profile(self.own)
        self.assertEqual(
            (profile.confirmed_source, profile.confirmed_user_id, profile.confirmed_date),
            ("portal", self.portal, self.today),
        )
        self.assertFalse(self.profile(self.other).confirmed_date)
        self.assertIn("Last confirmed", self.url_open("/my/customer-record").text)

    def test_confirm_needs_a_token(self):
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open("/my/customer-record/confirm", data={"x": "y"}).status_code, 400)

    def test_others_are_closed(self):
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(f"/my/address?partner_id={self.other.id}").status_code, 403)
            answer = self.post("/my/address/submit", partner_id=self.other.id, name="Hacked", phone="1")
        self.assertEqual(answer.status_code, 403)
        self.assertEqual(self.other.name, "Somebody Else")

    def submit(self, **values):
        given = {
            "partner_id": self.own.id, "name": self.own.name, "email": "me@example.com", "phone": "13800138000",
            "street": "Road 1", "city": "Shanghai", "zip": "200040", "country_id": self.china.id,
            "address_type": "billing", "required_fields": "", **values,
        }  # fmt: skip
        return self.post("/my/address/submit", **given).json()

    def test_correct(self):
        self.env["res.country.state"].search([("country_id", "=", self.china.id)], limit=1)
        answer = self.submit(
            phone="13900139000", user_id=self.seller.id, comment="forged", customer_rank=9, is_customer_record="",
            credit_limit=9, parent_id=self.other.id,
        )  # fmt: skip
        self.assertIn("redirectUrl", answer, answer)
        self.env.invalidate_all()
        self.assertIn("13900139000", self.own.phone.replace(" ", ""))
        self.assertFalse(self.own.user_id)
        self.assertFalse(self.own.parent_id)
        self.assertIn("INTERNAL NOTE", self.own.comment)
        self.assertTrue(self.profile(self.own).is_marked)
        fact = self.env["customer.fact"].search([("partner_id", "=", self.own.id), ("field_name", "=", "phone")])
        self.assertEqual((fact.source, fact.user_id), ("portal", self.portal))

    def test_wrong_format(self):
        answer = self.submit(phone="12")
        self.assertIn("phone", answer["invalid_fields"])
        self.env.invalidate_all()
        self.assertEqual(self.own.phone, "13800138000")

    def test_contact_of_a_company(self):
        self.own.parent_id = self.other
        self.env.flush_all()
        page = self.url_open("/my/customer-record").text
        self.assertIn("Somebody Else", page)
        self.post("/my/customer-record/confirm")
        self.assertEqual(self.profile(self.other).confirmed_source, "portal")

    def test_no_customer_no_page(self):
        self.env["customer.profile"].search([("partner_id", "=", self.own.id)]).unlink()
        self.assertTrue(self.url_open("/my/customer-record").url.rstrip("/").endswith("/my"))
        self.post("/my/customer-record/confirm")

    def test_public_is_sent_to_login(self):
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open("/my/customer-record").url)

    def test_by_rpc(self):
        """A portal user reads neither facts nor interactions nor profiles."""
        for model in ("customer.fact", "customer.interaction", "customer.entry.rule", "customer.profile"):
            with mute_logger("odoo.http"):
                answer = self.make_jsonrpc_request_safe(model)
            self.assertIn("error", answer, model)

    def make_jsonrpc_request_safe(self, model):
        payload = {"params": {"model": model, "method": "search_read", "args": [[]], "kwargs": {"fields": ["id"]}}}
        return self.url_open(f"/web/dataset/call_kw/{model}/search_read", json=payload).json()

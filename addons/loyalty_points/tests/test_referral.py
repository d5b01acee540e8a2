"""The link that members send to friends."""

from odoo import http
from odoo.tests import HttpCase, tagged

from .earning_common import EarningCommon


class ReferralCommon(EarningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"]
        cls.member.email = "tea@longhua.example"

    def reward_friends(self):
        self.policy_rule("loyalty.points.behaviour.rule", name="Friends", behaviour="referral", points=200,
                         friend_points=100)  # fmt: skip


@tagged("post_install", "-at_install")
class TestReferral(ReferralCommon):
    def test_codes(self):
        code = self.member._get_referral_code()
        self.assertLessEqual(len(code), 20, "short enough to be said on the phone")
        self.assertEqual(self.partners._find_referrer(code), self.member)
        contact = self.new_customer("Li", is_company=False, parent_id=self.member.id)
        self.assertEqual(contact._get_referral_code(), code, "contacts refer for their company")
        other = self.new_customer("Other")
        signature = code.split("-")[1]
        for forged in (None, "", "x", code[:-1], f"{other.id}-{signature}", f"-{signature}", f"{self.member.id}-"):
            self.assertFalse(self.partners._find_referrer(forged), forged)
        self.assertEqual(self.partners.name_search(code)[0][0], self.member.id, "staff who is told it finds the member")
        self.member.active = False
        self.assertFalse(self.partners._find_referrer(code))

    def test_who_can_be_referred(self):
        friend = self.new_customer("Friend", email="friend@example.com")
        self.assertTrue(friend._accept_referral(self.member))
        self.assertEqual(friend.loyalty_referrer_id, self.member)
        self.assertFalse(friend._accept_referral(self.new_customer("Later")), "the first one counts")
        same = self.new_customer("Tea Again", email="TEA@longhua.example")
        self.assertFalse(same._accept_referral(self.member), "the same address")
        self.assertFalse(self.member._accept_referral(friend), "not by who was referred by them")
        self.assertFalse(self.member._accept_referral(self.member))
        self.assertFalse(same.loyalty_referrer_id | self.member.loyalty_referrer_id)

    def test_the_link_is_shown_where_it_is_rewarded(self):
        card = self.new_card()
        self.assertFalse(self.member.loyalty_referral_url)
        self.assertFalse(card._member_summary()["referral_url"])
        self.reward_friends()
        self.env.invalidate_all()
        code = self.member._get_referral_code()
        self.assertTrue(self.member.loyalty_referral_url.endswith(f"/loyalty/join/{code}"))
        summary = card._member_summary()
        self.assertEqual(summary["referral_url"], self.member.loyalty_referral_url)
        self.assertIn("200 Points", summary["referral_note"])
        self.assertIn("100 Points", summary["referral_note"])


@tagged("post_install", "-at_install")
class TestReferralPages(ReferralCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")
        self.authenticate(None, None)

    def sign_up(self, login):
        data = {"login": login, "name": "Friend", "password": "correct horse", "confirm_password": "correct horse",
                "csrf_token": http.Request.csrf_token(self)}  # fmt: skip
        return self.url_open("/web/signup", data=data)

    def user(self, login):
        return self.env["res.users"].search([("login", "=", login)])

    def test_a_friend_signs_up(self):
        """And both get points for the friend's first paid invoice."""
        self.reward_friends()
        page = self.url_open(f"/loyalty/join/{self.member._get_referral_code()}")
        self.assertIn("You are invited", page.text)
        self.assertIn("/web/signup", page.text)
        self.assertNotIn(self.member.name, page.text, "a visitor learns nothing of the member")
        self.sign_up("friend@example.com")
        friend = self.user("friend@example.com").partner_id
        self.assertEqual(friend.loyalty_referrer_id, self.member)
        self.collect(self.bill((self.tea, 1, 40), partner=friend))
        self.assertEqual((self.card().points, self.card(friend).points), (200, 140))

    def test_nobody_refers_themselves(self):
        self.url_open(f"/loyalty/join/{self.member._get_referral_code()}")
        answer = self.sign_up("Tea@Longhua.example")
        self.assertIn("nobody refers themselves", answer.text)
        self.assertFalse(self.user("Tea@Longhua.example"))
        self.sign_up("Tea@Longhua.example")
        self.assertFalse(self.user("Tea@Longhua.example").partner_id.loyalty_referrer_id, "without a referral")

    def test_pages_of_who_is_known(self):
        self.assertEqual(self.url_open("/loyalty/join/1-00000000").status_code, 404)
        users = self.env["res.users"].with_context(no_reset_password=True)
        portal = [(6, 0, self.env.ref("base.group_portal").ids)]
        for name, partner, text in (("own", self.member, "your own link"), ("other", self.person(), "account already")):
            users.create({"login": name, "password": f"{name}-password", "partner_id": partner.id, "group_ids": portal})
            self.authenticate(name, f"{name}-password")
            self.assertIn(text, self.url_open(f"/loyalty/join/{self.member._get_referral_code()}").text)

    def person(self):
        return self.new_customer("Wang", is_company=False, email="wang@example.com")

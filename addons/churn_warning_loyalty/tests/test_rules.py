from datetime import datetime, time, timedelta

from odoo.addons.churn_warning.tests.common import ChurnCommon
from odoo.addons.loyalty_points.tests.common import LoyaltyPointsCommon
from odoo.tests import tagged
from odoo.tools import format_date


@tagged("post_install", "-at_install")
class TestLoyaltyRules(ChurnCommon, LoyaltyPointsCommon):
    """Members who buy every 30 days: one of 40 days ago is late (1.3 times the usual), one of 5 days ago is not."""

    def member(self, name, points, *, days_ago=0, silent=40, **values):
        """A customer with an account that got `points` so many days ago."""
        partner = self.rhythm(name, 30, 6, silent)
        card = self.new_card(partner=partner)
        self.collect_points(card, points, days_ago, **values)
        return partner, card

    def collect_points(self, card, points, days_ago=0, entry_type=None, **values):
        noon = datetime.combine(self.today - timedelta(days=days_ago), time(4))  # 12:00 in Shanghai
        return self.post(card, points, entry_type, date=noon, **values)

    def told(self, partner):
        warning = self.warning(partner)
        return warning.score, warning.reason_id.code, warning.reason_text

    def test_inactive_member(self):
        """200 days without earning or redeeming, 120 points left."""
        idle, _card = self.member("Idle", 120, days_ago=200)
        buying, _card = self.member("Buying", 120, days_ago=200, silent=5)
        _active, card = self.member("Active", 120, days_ago=200)
        self.collect_points(card, -20, 30)
        empty, card = self.member("Empty", 120, days_ago=200)
        self.collect_points(card, -120, 190)
        self.night()
        text = "Neither earned nor redeemed points for 200 days; 120 points lie unused."
        self.assertEqual(self.told(idle), (55, "loyalty", text))
        for partner in (buying, _active, empty):
            self.assertFalse(self.warning(partner), partner.name)

    def test_points_expire(self):
        """250 points expire in 10 days, within the 30 days of notice; 100 more in 60 days."""
        soon, later = self.today + timedelta(days=10), self.today + timedelta(days=60)
        losing, card = self.member("Losing", 250, expiration_date=soon)
        self.collect_points(card, 100, expiration_date=later)
        few, _card = self.member("Few", 199, expiration_date=soon)
        far, _card = self.member("Far", 250, expiration_date=later)
        self.night()
        profile = self.profile(losing)
        self.assertEqual((profile.loyalty_expiry_date, profile.loyalty_expiring_points), (soon, 250))
        self.assertEqual(self.profile(far).loyalty_expiring_points, 0)
        day = format_date(self.env, soon)
        text = f"250 points expire soon, the first on {day}; no purchase for 40 days."
        self.assertEqual(self.told(losing), (55, "loyalty", text))
        self.assertFalse(self.warning(few) | self.warning(far))

    def test_points_hardly_used(self):
        """1,550 points were given, 50 redeemed: 3.2 %; of somebody else 155 of 1,550, which is 10 %."""
        keeping, card = self.member("Keeping", 1550, silent=50)
        self.collect_points(card, -50)
        _using, card = self.member("Using", 1550, silent=50)
        self.collect_points(card, -155)
        self.night()
        text = "1,500 points lie unused, 3.2 % of all were redeemed; no purchase for 50 days."
        self.assertEqual(self.told(keeping), (50, "loyalty", text))
        self.assertFalse(self.warning(_using))

    def tiers_of_a_month(self):
        """Tiers by periods of one month since joining, so that the days of a test do not matter."""
        draft = self.policy.with_user(self.manager)._draft_version()
        draft.loyalty_tier_rule_ids.write({"period": "anniversary", "months": 1})
        self.publish(draft)

    def test_tier_about_to_be_lost(self):
        """Silver takes 1,000: the month before had 1,200, the present one has 300, so 700 are missing."""
        self.tiers_of_a_month()
        losing, card = self.member("Losing", 1, qualifying_points=300)
        self.collect_points(card, 1, 10, qualifying_points=1200)
        keeping, other = self.member("Keeping", 1, qualifying_points=1000)
        self.collect_points(other, 1, 10, qualifying_points=1200)
        self.env["loyalty.tier.membership"]._review(self.company, (losing | keeping).ids)
        self.night()
        profile = self.profile(losing)
        self.assertEqual(profile.loyalty_tier_id.code, "silver")
        self.assertEqual(profile.loyalty_tier_missing, 700)
        self.assertGreater(profile.loyalty_tier_date, self.today + timedelta(days=26))
        self.assertLess(profile.loyalty_tier_date, self.today + timedelta(days=31))
        day = format_date(self.env, profile.loyalty_tier_date)
        text = f"Tier safe until {day} only: 700 missing, no purchase for 40 days."
        self.assertEqual(self.told(losing), (60, "loyalty", text))
        self.assertEqual(self.profile(keeping).loyalty_tier_missing, 0)
        self.assertFalse(self.warning(keeping))

    def test_some_customers_as_all(self):
        """A run for one member finds what a run for all finds."""
        self.tiers_of_a_month()
        names = ("loyalty_expiry_date", "loyalty_expiring_points", "loyalty_tier_date", "loyalty_tier_missing")
        partner, card = self.member("Losing", 250, expiration_date=self.today + timedelta(days=10))
        self.collect_points(card, 1, 10, qualifying_points=1200)
        self.env["loyalty.tier.membership"]._review(self.company, partner.ids)
        self.run_all()
        found = [self.profile(partner)[name] for name in names]
        self.assertEqual(found[1::2], [250, 1000])
        again = self.run_all()
        self.assertEqual((again.counts["updated"], again.counts["created"]), (0, 0))
        self.collect_points(card, 5)
        self.engine._run(self.company, partner.ids)
        self.assertEqual([self.profile(partner)[name] for name in names], found)

    def test_playbook(self):
        idle, _card = self.member("Idle", 120, days_ago=200)
        self.night()
        warning = self.warning(idle)
        warning.action_start()
        self.assertEqual(warning.playbook_id.stable_key, "churn_warning_loyalty.playbook_points")
        self.assertEqual(len(warning.activity_ids), 2)

    def test_in_chinese(self):
        idle, _card = self.member("Idle", 120, days_ago=200)
        self.night()
        text = self.warning(idle).with_context(lang="zh_CN").reason_text
        self.assertIn("200", text)
        self.assertIn("积分", text)

    def test_proposed_to_a_version_from_before(self):
        """A version that was published before the bridge came gets its rules and playbook in a draft, once."""
        draft = self.policy.with_user(self.manager)._draft_version()
        for name in ("rule", "playbook"):
            parts = draft[f"churn_{name}_ids"]
            parts.filtered(lambda part: part.stable_key.startswith("churn_warning_loyalty.")).unlink()
        policies = self.env["customer.policy"]
        version = self.publish(draft)
        for _time in range(2):
            policies._integrate_rules("churn_warning_loyalty")
            proposed = policies.search([("previous_id", "=", version.id)])
            self.assertEqual(len(proposed), 1)
            rules = proposed.churn_rule_ids.filtered(lambda rule: rule.reason_id.code == "loyalty")
            self.assertEqual(len(rules), 4)
            self.assertEqual(rules.clause_id, proposed.clause_ids.filtered(lambda clause: clause.number == "7.2"))
            playbooks = proposed.churn_playbook_ids.filtered(
                lambda playbook: "loyalty" in playbook.reason_ids.mapped("code")
            )
            self.assertEqual(len(playbooks.step_ids), 2)

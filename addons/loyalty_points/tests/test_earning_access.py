from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .earning_common import EarningCommon


@tagged("post_install", "-at_install")
class TestEarningAccess(EarningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.new_user("lp_seller", "customer_policy.group_customer_user,sales_team.group_sale_salesman")
        cls.colleague = cls.new_user("lp_colleague", "customer_policy.group_customer_user")
        cls.marketing = cls.new_user("lp_marketing", "customer_policy.group_marketing")
        cls.clerk = cls.new_user("lp_clerk", "account.group_account_invoice")
        cls.portal = new_test_user(cls.env, "lp_portal", groups="base.group_portal")
        cls.member.user_id = cls.seller

    def found(self, model, user):
        return self.env[model].with_user(user).with_context(allowed_company_ids=self.company.ids).search(
            [("partner_id", "=", self.member.id)]
        )  # fmt: skip

    def test_who_sees_what_members_earned(self):
        self.collect(self.bill((self.tea, 1, 5000)))
        for model in ("loyalty.earning", "loyalty.tier.membership"):
            self.assertTrue(self.found(model, self.seller))
            self.assertTrue(self.found(model, self.marketing))
            self.assertFalse(self.found(model, self.colleague))
            for user in (self.clerk, self.portal):
                with self.assertRaises(AccessError):
                    self.found(model, user)

    def test_who_collects_needs_no_right_on_points(self):
        """The invoice clerk has no role of the suite; the points come all the same."""
        invoice = self.bill((self.tea, 1, 100))
        payment = self.env["account.payment.register"].with_user(self.clerk).with_context(
            active_model="account.move", active_ids=invoice.ids, allowed_company_ids=self.company.ids
        ).create({"journal_id": self.bank.id})  # fmt: skip
        payment.action_create_payments()
        self.assertEqual(self.card().points, 100)

    def test_salespeople_confirm_and_change_orders(self):
        self.program.earning_moment = "confirmation"
        order = self.new_order(user_id=self.seller.id).with_user(self.seller)
        order.action_confirm()
        self.assertEqual(self.card().points, 100)
        order.write({"order_line": [Command.update(order.order_line.id, {"product_uom_qty": 2})]})
        self.assertEqual(self.card().points, 200)

    def test_nobody_forges_points(self):
        for user in (self.seller, self.manager):
            with self.assertRaises(UserError):
                self.env["loyalty.earning"].with_user(user).create({"points": 5})
            with self.assertRaises(UserError):
                self.env["loyalty.points.notice"].with_user(user).create({"points": 5})

    def test_rules_of_a_version_in_force_are_frozen(self):
        for name in ("earning_rule", "expiry_rule", "tier_rule", "tier_level_gold", "behaviour_birthday"):
            with self.assertRaises(UserError):
                self.env.ref(f"loyalty_points.{name}").with_user(self.manager).write({"sequence": 99})

    def test_a_version_takes_all_rules_along(self):
        draft = self.draft()
        self.assertEqual(draft.loyalty_tier_rule_ids.level_ids.mapped("tier_id.code"), ["silver", "gold", "platinum"])
        self.assertEqual(len(draft.loyalty_behaviour_rule_ids), 3 + self.extra_behaviours())
        rule = draft.loyalty_earning_rule_ids
        rule.write({"moment": "invoice", "pending_days": 7})
        self.assertIn("7", rule._get_sentence())
        self.publish(draft)
        self.program.action_follow_policy()
        self.assertEqual(self.program.earning_moment, "invoice")
        self.bill((self.tea, 1, 100))
        earning = self.env["loyalty.earning"].search([("partner_id", "=", self.member.id)])
        self.assertEqual((earning.state, earning.points), ("pending", 100))
        self.assertEqual(earning.rule_key, "loyalty_points.earning_rule")

    def extra_behaviours(self):
        """Of bridges that are installed besides."""
        policy = self.default_policy.with_context(active_test=False)
        keys = policy.loyalty_behaviour_rule_ids.mapped("stable_key")
        return len([key for key in keys if not key.startswith("loyalty_points.")])

    def test_problems_keep_a_version_from_being_published(self):
        draft = self.draft()
        draft.loyalty_earning_rule_ids.program_ids = self.program
        draft.loyalty_tier_rule_ids.level_ids.unlink()
        with self.assertRaises(UserError) as caught:
            draft.with_user(self.manager).action_submit()
        self.assertIn("for all others", str(caught.exception))
        self.assertIn("has no tiers", str(caught.exception))

    def test_profile(self):
        self.collect(self.bill((self.tea, 1, 1000)))
        order = self.new_order(lines=[(self.tea, 1)])
        self.claim(order, self.card())
        order.action_confirm()
        self.run_all()
        profile = self.profile(self.member)
        # 1,000 earned; the reward takes a cup for each 100 points
        spent = 1000 - self.card().points
        self.assertEqual(profile.loyalty_points_balance, self.card().points)
        self.assertEqual(profile.loyalty_points_earned_12m, 1000)
        self.assertAlmostEqual(profile.loyalty_redemption_rate, spent / 10, 1)
        self.assertEqual((profile.last_loyalty_date, profile.loyalty_idle_days), (self.today, 0))
        self.assertEqual(profile.loyalty_tier_id, self.env.ref("loyalty_points.loyalty_tier_silver"))
        run = self.run_all()
        self.assertEqual(run.counts["updated"], 0)
        run = self.engine._run(self.company, self.member.ids)
        self.assertEqual(run.counts["updated"], 0, "a run for one finds what the run for all has found")

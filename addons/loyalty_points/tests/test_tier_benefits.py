from datetime import timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .earning_common import EarningCommon


@tagged("post_install", "-at_install")
class TestTierBenefits(EarningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silver, cls.gold = (cls.env.ref(f"loyalty_points.loyalty_tier_{name}") for name in ("silver", "gold"))
        cls.levels = {name: cls.env.ref(f"loyalty_points.tier_level_{name}") for name in ("silver", "gold")}
        cls.other = cls.new_customer("Other Trading")

    def make(self, tier, partner=None):
        """A member of a tier, by a floor."""
        partner = partner or self.member
        if not self.card(partner):
            self.new_card(partner=partner)
        self.env["loyalty.tier.floor"].create({"partner_id": partner.id, "tier_id": tier.id, "reason": "Test",
                                               "company_id": self.company.id})  # fmt: skip

    def test_pricelist(self):
        self.env.user.group_ids += self.env.ref("product.group_product_pricelist")
        lists = [{"name": name, "company_id": self.company.id} for name in ("Everybody's", "Own", "Gold prices")]
        _everybody, own, tiers = self.env["product.pricelist"].create(lists)
        self.change(self.levels["gold"], pricelist_id=tiers.id)
        order = self.new_order()
        self.assertNotEqual(order.pricelist_id, tiers)
        self.make(self.gold)
        self.assertEqual(self.new_order().pricelist_id, tiers)
        self.assertNotEqual(self.new_order(partner=self.other).pricelist_id, tiers)
        self.member.specific_property_product_pricelist = own
        self.assertEqual(self.new_order().pricelist_id, own)

    def test_early_order(self):
        self.cup.product_tmpl_id.write({"loyalty_open_date": self.today + timedelta(days=1),
                                        "loyalty_early_tier_ids": [Command.set(self.gold.ids)]})  # fmt: skip
        with self.assertRaises(ValidationError):
            self.new_order(lines=[(self.cup, 1)])
        order = self.new_order()
        with self.assertRaises(ValidationError):
            order.order_line.product_id = self.cup
        order.order_line.product_id = self.tea
        self.make(self.gold)
        early = self.new_order(lines=[(self.cup, 1)])
        with self.assertRaises(ValidationError):
            early.partner_id = self.other
        early.partner_id = self.member
        early.action_confirm()
        self.cup.product_tmpl_id.loyalty_open_date = self.today
        self.assertTrue(self.new_order(partner=self.other, lines=[(self.cup, 1)]))
        with self.assertRaises(ValidationError):
            self.cup.product_tmpl_id.loyalty_open_date = False

    def test_exclusive_rewards(self):
        self.reward.tier_ids = self.gold
        self.post(self.new_card(), 500)
        order = self.new_order()
        order._update_programs_and_rewards()
        self.assertFalse(order._get_claimable_rewards())
        self.assertIn("error", order._apply_program_reward(self.reward, self.card()))
        self.make(self.gold)
        self.assertEqual(order._get_claimable_rewards(), {self.card(): self.reward})
        self.claim(order, self.card())
        self.env["loyalty.tier.floor"].search([("partner_id", "=", self.member.id)]).unlink()
        with self.assertRaises(ValidationError):
            order.action_confirm()
        self.assertEqual(self.card().points, 500)

    def test_trial_items(self):
        self.change(self.levels["silver"], trial_product_ids=[Command.set(self.cup.ids)])
        order = self.new_order()
        self.assertFalse(order.has_loyalty_trial)
        self.make(self.gold)
        order = self.new_order()
        self.assertTrue(order.has_loyalty_trial, "higher tiers get what lower ones get")
        order.action_add_loyalty_trials()
        trial = order.order_line.filtered("is_loyalty_trial")
        self.assertEqual((trial.product_id, trial.price_subtotal, order.amount_untaxed), (self.cup, 0, 100))
        trial._compute_price_unit()
        self.assertEqual(trial.price_unit, 0)
        self.assertFalse(order.has_loyalty_trial)
        with self.assertRaises(ValidationError):
            trial.product_uom_qty = 2
        trial.product_uom_qty = 1
        self.assertFalse(self.new_order().has_loyalty_trial, "once per member")
        order._action_cancel()
        self.assertTrue(self.new_order().has_loyalty_trial)

    def test_a_client_can_not_make_any_line_a_trial(self):
        order = self.new_order()
        with self.assertRaises(ValidationError):
            order.order_line.write({"is_loyalty_trial": True})
        with self.assertRaises(ValidationError):
            order.write({"order_line": [Command.create({"product_id": self.tea.id, "is_loyalty_trial": True,
                                                        "price_unit": 0})]})  # fmt: skip

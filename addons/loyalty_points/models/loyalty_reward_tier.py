from odoo import fields, models
from odoo.exceptions import ValidationError


class LoyaltyReward(models.Model):
    _inherit = "loyalty.reward"

    tier_ids = fields.Many2many(
        "loyalty.tier", string="Only For Tiers", help="Exclusive reward: members of these tiers. Empty: all members."
    )

    def _loyalty_closed_to(self, tier):
        """sudo: who orders need not see tiers."""
        tiers = self.sudo().tier_ids
        return bool(tiers) and tier not in tiers


class SaleOrder(models.Model):
    """Rewards that only some tiers may claim."""

    _inherit = "sale.order"

    def _get_claimable_rewards(self, forced_coupons=None):
        rewards_by_coupon = super()._get_claimable_rewards(forced_coupons)
        if any(reward.sudo().tier_ids for rewards in rewards_by_coupon.values() for reward in rewards):
            tier = self._loyalty_tier()
            for coupon, rewards in list(rewards_by_coupon.items()):
                open_to = rewards.filtered(lambda reward: not reward._loyalty_closed_to(tier))
                if open_to:
                    rewards_by_coupon[coupon] = open_to
                else:
                    del rewards_by_coupon[coupon]
        return rewards_by_coupon

    def _apply_program_reward(self, reward, coupon, **kwargs):
        if reward._loyalty_closed_to(self._loyalty_tier()):
            return {"error": self.env._("This reward is for members of other tiers.")}
        return super()._apply_program_reward(reward, coupon, **kwargs)

    def _check_loyalty_open(self):
        """A quotation may be older than the tier that its reward was claimed with."""
        result = super()._check_loyalty_open()
        for order in self:
            rewards = order.order_line.reward_id
            closed = rewards.filtered(lambda reward, order=order: reward._loyalty_closed_to(order._loyalty_tier()))
            if closed:
                raise ValidationError(
                    self.env._("“%s” is for members of other tiers; remove it from the order.", closed[0].description)
                )
        return result

    def _loyalty_tier(self):
        """Tier of the customer, as sudo: who orders need not see tiers."""
        self.ensure_one()
        member = self.partner_id.commercial_partner_id
        members = self.env["loyalty.tier.membership"].sudo()
        return members._get_current(member, self.company_id).get(member.id, self.env["loyalty.tier"].sudo())

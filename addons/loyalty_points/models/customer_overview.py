from odoo import api, models
from odoo.fields import Domain

FIGURES = ("loyalty_points_balance", "loyalty_points_earned_12m")


class CustomerOverview(models.AbstractModel):
    """The 360° page: tier as a badge, points as figures, ledger as a button, what expires soon as a next action."""

    _inherit = "customer.overview"

    @api.model
    def _badges(self, scope):
        badges, profile = super()._badges(scope), scope.profile
        if profile.loyalty_tier_id:
            tier = profile.loyalty_tier_id.sudo()  # its name is no secret to who sees the profile
            title = self._label(profile, "loyalty_tier_id")
            badges.append({"name": "tier", "label": tier.name, "color": tier.color, "title": title})
        return badges

    @api.model
    def _buttons(self, scope):
        button = self._button("points", self.env._("Points Ledger"), "fa-star-o", "loyalty.ledger.entry",
                              Domain("partner_id", "=", scope.partner.id))  # fmt: skip
        return [*super()._buttons(scope), *filter(None, [button])]

    @api.model
    def _figures(self, scope):
        profile = scope.profile
        is_member = profile and profile.last_loyalty_date
        return [*super()._figures(scope), *([self._figure(profile, name) for name in FIGURES] if is_member else [])]

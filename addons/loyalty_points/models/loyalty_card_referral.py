from odoo import models


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _member_summary(self):
        """The member's own link to friends, where the policy rewards it: `referral_url`, `referral_note`."""
        rules = self.env["loyalty.points.behaviour.rule"]._of("referral", self._company())
        member = self.sudo().partner_id.commercial_partner_id
        values = {"referral_url": False, "referral_note": False}
        if rules and member:
            values["referral_url"] = member._get_referral_url()
            values["referral_note"] = self._prepare_referral_note(rules)
        return {**super()._member_summary(), **values}

    def _prepare_referral_note(self, rules):
        mine, theirs = (sum(rules.mapped(name)) for name in ("points", "friend_points"))
        figures = {"mine": self._format_points(mine), "theirs": self._format_points(theirs)}
        if mine and theirs:
            return self.env._(
                "After the first paid invoice of a friend you get %(mine)s, your friend gets %(theirs)s.", **figures
            )
        if theirs:
            return self.env._("After the first paid invoice your friend gets %(theirs)s.", **figures)
        return self.env._("After the first paid invoice of a friend you get %(mine)s.", **figures)

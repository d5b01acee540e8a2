from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyTier(models.Model):
    """A tier that members can have. Badges, rewards and products point at it, so it is never copied: what it takes and
    what it brings stands in the policy version."""

    _name = "loyalty.tier"
    _description = "Member Tier"
    _order = "sequence, id"
    _policy_reference = "code"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable name for integrations.")
    sequence = fields.Integer(default=10, help="The best tier first.")
    color = fields.Integer()
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True, help="What members read about it.")
    grade_id = fields.Many2one(
        "customer.grade", "Same as Grade", ondelete="restrict", help="Where the tiers of the policy are the grades."
    )
    member_count = fields.Integer("Members", compute="_compute_member_count")

    _code_unique = models.UniqueIndex("(code)", "Another tier has this code.")

    def _compute_member_count(self):
        groups = self.env["loyalty.tier.membership"]._read_group(
            [("tier_id", "in", self.ids), ("date_end", "=", False), ("company_id", "=", self.env.company.id)],
            ["tier_id"],
            ["__count"],
        )
        counts = {tier.id: count for tier, count in groups}
        for tier in self:
            tier.member_count = counts.get(tier.id, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_never_used(self):
        members = self.env["loyalty.tier.membership"].sudo()
        if members.search_count([("tier_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("Members have or had this tier; archive it instead."))

    def action_open_members(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_points.loyalty_tier_membership_action")
        domain = [("tier_id", "=", self.id), ("date_end", "=", False), ("company_id", "=", self.env.company.id)]
        return {**action, "domain": domain, "context": {}}

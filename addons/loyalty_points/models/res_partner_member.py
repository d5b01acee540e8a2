from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

EMPLOYEE, USER = "base.group_user", "customer_policy.group_customer_user"


class ResPartner(models.Model):
    """Who was born when, who referred whom, and the tier of a member."""

    _inherit = "res.partner"

    # Contacts of one company read each other in the portal's API: not these.
    loyalty_birthday = fields.Date(
        "Birthday", groups=EMPLOYEE, help="For the points of the day; marked as a sensitive field."
    )
    loyalty_referrer_id = fields.Many2one(
        "res.partner",
        "Referred By",
        index="btree_not_null",
        tracking=True,
        groups=EMPLOYEE,
        help="Customer who has brought this one: both get points after the first paid invoice.",
    )
    loyalty_tier_id = fields.Many2one(
        "loyalty.tier", "Member Tier", compute="_compute_loyalty_tier_id", search="_search_loyalty_tier_id", groups=USER
    )
    loyalty_tier_color = fields.Integer(related="loyalty_tier_id.color", related_sudo=False, groups=USER)

    @api.constrains("loyalty_birthday")
    def _check_loyalty_birthday(self):
        for partner in self:
            if partner.loyalty_birthday and partner.loyalty_birthday > fields.Date.context_today(partner):
                raise ValidationError(self.env._("“%s”: the birthday lies in the future.", partner.name))

    @api.constrains("loyalty_referrer_id", "parent_id")
    def _check_loyalty_referrer(self):
        """Nobody refers themselves, nor their own company, nor who has referred them (over however many steps)."""
        for partner in self.sudo().filtered("loyalty_referrer_id"):
            member, seen = partner.commercial_partner_id, partner.commercial_partner_id
            referrer = partner.loyalty_referrer_id.commercial_partner_id
            while referrer:
                if referrer in seen:
                    raise ValidationError(self.env._("“%s” can't be referred by themselves.", member.display_name))
                seen |= referrer
                referrer = referrer.loyalty_referrer_id.commercial_partner_id

    def write(self, vals):
        if "loyalty_referrer_id" in vals:
            self._check_referral_open(vals["loyalty_referrer_id"])
        return super().write(vals)

    def _check_referral_open(self, referrer_id):
        changed = self.filtered(lambda partner: partner.loyalty_referrer_id.id != (referrer_id or False))
        keys = [f"{partner.commercial_partner_id.id}:referrer" for partner in changed if partner.loyalty_referrer_id]
        domain = Domain("kind", "=", "referral") & Domain.OR(Domain("key", "=like", f"%:{key}") for key in keys)
        if keys and self.env["loyalty.earning"].sudo().search_count(domain, limit=1):
            raise ValidationError(self.env._("This referral was rewarded already; it can't be changed."))

    @api.depends_context("company")
    def _compute_loyalty_tier_id(self):
        """As the reader sees memberships."""
        current = self.env["loyalty.tier.membership"]._get_current(self.commercial_partner_id, self.env.company)
        for partner in self:
            partner.loyalty_tier_id = current.get(partner.commercial_partner_id.id)

    @api.model
    def _search_loyalty_tier_id(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        members = self.env["loyalty.tier.membership"]
        current = Domain("date_end", "=", False) & Domain("company_id", "=", self.env.company.id)
        values = set(value)
        with_tier = members._search(current & Domain("tier_id", "in", [v for v in values if v]))
        domain = Domain("commercial_partner_id", "in", with_tier.subselect("partner_id"))
        if False in values:
            domain |= ~Domain("commercial_partner_id", "in", members._search(current).subselect("partner_id"))
        return domain if operator == "in" else ~domain

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import consteq, email_normalize, hmac
from odoo.tools.urls import urljoin

from .res_partner_member import USER

# In the session of a visitor: the code of the member whose link they have opened.
SESSION_KEY = "loyalty_referral"
SIGNATURE = 8


class ResPartner(models.Model):
    """The link that a member sends to friends: whoever comes by it, and is new, is referred by the member.

    The code in the link is the member's id with the beginning of its HMAC: nothing is stored, and nobody guesses the
    codes of others.
    """

    _inherit = "res.partner"

    loyalty_referral_url = fields.Char("Referral Link", compute="_compute_loyalty_referral_url", groups=USER)

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_loyalty_referral_url(self):
        rewarded = bool(self.env["loyalty.points.behaviour.rule"]._of("referral", self.env.company))
        for partner in self:
            is_member = rewarded and partner.id and partner == partner.commercial_partner_id
            partner.loyalty_referral_url = is_member and partner._get_referral_url()

    @api.model_create_multi
    def create(self, vals_list):
        """A visitor who came by a member's link signs up, or buys in the shop."""
        partners = super().create(vals_list)
        code = request and request.session.get(SESSION_KEY)
        if code and request.env.user._is_public():
            # sudo: a visitor sees no members; who is one the signature says.
            for partner in partners.sudo().filtered(lambda partner: partner == partner.commercial_partner_id):
                if partner._accept_referral(self._find_referrer(code)):
                    request.session.pop(SESSION_KEY)
                    break
        return partners

    @api.model
    def _search_display_name(self, operator, value):
        """Who is told a member's code finds the member by it."""
        domain = super()._search_display_name(operator, value)
        member = self._find_referrer(value) if operator in ("=", "ilike") and isinstance(value, str) else None
        return Domain(domain) | Domain("id", "=", member.id) if member else domain

    def _get_referral_url(self):
        return urljoin(self.get_base_url(), f"/loyalty/join/{self._get_referral_code()}")

    def _get_referral_code(self):
        self.ensure_one()
        return f"{self.commercial_partner_id.id}-{self._sign_referral(self.commercial_partner_id.id)}"

    @api.model
    def _sign_referral(self, partner_id):
        return hmac(self.env(su=True), "loyalty-referral", partner_id)[:SIGNATURE]

    @api.model
    def _find_referrer(self, code):
        """The member with this code, as sudo; empty where it is none of ours."""
        number, _dash, signature = (code or "").partition("-")
        if not number.isdecimal() or not consteq(self._sign_referral(int(number)), signature):
            return self.sudo().browse()
        member = self.sudo().browse(int(number)).exists().filtered("active")
        return member.commercial_partner_id

    def _accept_referral(self, referrer):
        """Note who has referred this new contact; returns whether it was done. Nobody refers themselves."""
        self.ensure_one()
        if not referrer or self.loyalty_referrer_id or self._is_same_person(referrer, self.email):
            return False
        try:
            with self.env.cr.savepoint():
                self.loyalty_referrer_id = referrer
        except ValidationError:
            return False
        return True

    @api.model
    def _is_same_person(self, referrer, email):
        """Whether `email` is that of a member or of one of its contacts."""
        email = email_normalize(email or "")
        domain = [("id", "child_of", referrer.commercial_partner_id.ids), ("email_normalized", "=", email)]
        return bool(email) and bool(self.sudo().with_context(active_test=False).search_count(domain, limit=1))

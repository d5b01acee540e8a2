from odoo import http
from odoo.addons.auth_signup.controllers.main import AuthSignupHome
from odoo.exceptions import UserError
from odoo.http import request
from werkzeug.exceptions import NotFound

from ..models.res_partner_referral import SESSION_KEY


class ReferralController(http.Controller):
    @http.route("/loyalty/join/<string:code>", type="http", auth="public", website=True, sitemap=False)
    def join(self, code, **_kwargs):
        """Where a member's link leads: what it is for, and where to sign up or to buy."""
        partners = request.env["res.partner"]
        referrer_sudo = partners._find_referrer(code)
        if not referrer_sudo:
            raise NotFound()
        user, known = request.env.user, not request.env.user._is_public()
        if not known:
            request.session[SESSION_KEY] = code
        values = {
            "is_own": known and user.partner_id.commercial_partner_id == referrer_sudo,
            "is_known": known,
            "can_sign_up": request.env["res.users"].sudo()._get_signup_invitation_scope() == "b2c",
            "has_shop": "product.public.category" in request.env,
            "code": code,
            "company": request.env.company,
        }
        return request.render("loyalty_points.referral_page", values)


class ReferralSignup(AuthSignupHome):
    def do_signup(self, qcontext, do_login=True):
        """Before there is a user: this error is shown in the form, and what was made until then would stay."""
        code = request.session.get(SESSION_KEY)
        partners = request.env["res.partner"]
        referrer_sudo = partners._find_referrer(code)
        if referrer_sudo and partners._is_same_person(referrer_sudo, qcontext.get("login")):
            request.session.pop(SESSION_KEY)
            raise UserError(
                request.env._(
                    "This link is your own: nobody refers themselves. Sign up again, and it is without a referral."
                )
            )
        return super().do_signup(qcontext, do_login)

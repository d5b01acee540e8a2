from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.http import request
from odoo.tools import consteq
from werkzeug.exceptions import NotFound

MODEL = "customer.satisfaction.invitation"


def find_invitation(invitation_id, token):
    """The invitation, as sudo, for who has its link; otherwise there is no such page."""
    invitation_sudo = request.env[MODEL].sudo().browse(invitation_id).exists()
    if not invitation_sudo or not consteq(invitation_sudo.access_token, token):
        raise NotFound()
    return invitation_sudo


class SatisfactionPortal(CustomerPortal):
    """Customers see their own invitations, through these pages only: they have no right on the models."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "survey_count" in counters:
            values["survey_count"] = request.env[MODEL].sudo().search_count(self._own_surveys())
        return values

    def _own_surveys(self):
        shown = ("sent", "answered", "expired")
        return [("contact_id", "=", request.env.user.partner_id.id), ("state", "in", shown)]

    @http.route(["/my/surveys", "/my/surveys/page/<int:page>"], type="http", auth="user", website=True)
    def portal_my_surveys(self, page=1, **_kwargs):
        invitations_sudo = request.env[MODEL].sudo()  # own ones only, by the domain
        domain = self._own_surveys()
        pager = portal_pager(
            url="/my/surveys", total=invitations_sudo.search_count(domain), page=page, step=self._items_per_page
        )
        found = invitations_sudo.search(
            domain, order="date_sent desc, id desc", limit=self._items_per_page, offset=pager["offset"]
        )
        values = self._prepare_portal_layout_values()
        values.update(
            {
                "invitations": found,
                "opt_out": request.env.user.partner_id.sudo().satisfaction_opt_out,
                "page_name": "survey",
                "pager": pager,
                "default_url": "/my/surveys",
            }
        )
        return request.render("customer_satisfaction.portal_my_surveys", values)

    @http.route("/my/surveys/opt-out", type="http", auth="user", website=True, methods=["POST"])
    def portal_opt_out(self, opt_out="", **_kwargs):
        request.env.user.partner_id.sudo().satisfaction_opt_out = bool(opt_out)
        return request.redirect("/my/surveys")

    @http.route(
        "/survey-invitation/<int:invitation_id>/<string:token>/no-more",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        csrf=False,
        sitemap=False,
    )
    def decline(self, invitation_id, token, again=None, **_kwargs):
        """From the mail: a page that sends itself off, so that link scanners, which run no script, unsubscribe nobody.
        Mail programs post here directly (RFC 8058), without a session and its token."""
        invitation_sudo = find_invitation(invitation_id, token)
        is_done = request.httprequest.method == "POST"
        if is_done and again:
            invitation_sudo._accept_again()
        elif is_done:
            invitation_sudo._decline()
        values = {"invitation": invitation_sudo, "token": token, "is_done": is_done, "again": bool(again)}
        return request.render("customer_satisfaction.decline", values)

from odoo import fields, http
from odoo.addons.loyalty.controllers.portal import CustomerPortalLoyalty
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.fields import Domain
from odoo.http import request
from werkzeug.exceptions import NotFound

REPORT = "loyalty_points.statement"


def account_domain():
    """Cards of the account of who is logged in: a company's belong to the company, its contacts see them."""
    return Domain("partner_id", "=", request.env.user.partner_id.commercial_partner_id.id)


def find_card(card_id):
    """A member's own card, as sudo; of others there is no such page."""
    domain = account_domain() & Domain("id", "=", card_id) & Domain("program_id.program_type", "=", "loyalty")
    card_sudo = request.env["loyalty.card"].sudo().search(domain)
    if not card_sudo:
        raise NotFound()
    return card_sudo


class LoyaltyPointsPortal(CustomerPortalLoyalty):
    """Members see their points through these pages only: portal users have no right on ledger and cards."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if not counters:
            values["cards_per_programs"] = self._own_cards()
        return values

    def _own_cards(self):
        """{program: cards} as core's page wants them, of the whole account."""
        domain = account_domain() & Domain("program_id.active", "=", True)
        domain &= Domain("program_id.program_type", "in", ["loyalty", "ewallet"])
        domain &= Domain("expiration_date", "=", False) | Domain("expiration_date", ">=", fields.Date.today())
        return dict(request.env["loyalty.card"].sudo()._read_group(domain, ["program_id"], ["id:recordset"]))

    @http.route(["/my/points"], type="http", auth="user", website=True)
    def portal_my_points(self, **_kwargs):
        domain = account_domain() & Domain("program_id.program_type", "=", "loyalty")
        cards_sudo = request.env["loyalty.card"].sudo().search(domain, order="points desc, id")
        if len(cards_sudo) == 1:
            return request.redirect(f"/my/points/{cards_sudo.id}")
        values = {**self._prepare_portal_layout_values(), "cards": cards_sudo, "page_name": "points"}
        return request.render("loyalty_points.portal_my_points", values)

    @http.route(
        ["/my/points/<int:card_id>", "/my/points/<int:card_id>/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_card(self, card_id, page=1, **_kwargs):
        card_sudo = find_card(card_id)
        entries_sudo, mine = request.env["loyalty.ledger.entry"].sudo(), [("card_id", "=", card_sudo.id)]
        pager = portal_pager(
            url=f"/my/points/{card_sudo.id}",
            total=entries_sudo.search_count(mine),
            page=page,
            step=self._items_per_page,
        )
        entries = entries_sudo.search(
            mine, limit=self._items_per_page, offset=pager["offset"], order="date desc, id desc"
        )
        values = {
            **self._prepare_portal_layout_values(),
            **card_sudo._member_summary(),
            "entries": entries,
            "page_name": "points",
            "pager": pager,
        }
        return request.render("loyalty_points.portal_my_card", values)

    @http.route("/my/points/<int:card_id>/statement", type="http", auth="user", website=True)
    def portal_statement(self, card_id, report_type="pdf", date_from=None, date_to=None, download=None, **_kwargs):
        card_sudo = find_card(card_id)
        report_type = report_type if report_type in ("html", "pdf") else "pdf"
        # Not `_show_report`: it hands no dates on.
        reports_sudo = request.env["ir.actions.report"].sudo().with_company(card_sudo._company())
        data = {"report_type": report_type, "date_from": date_from, "date_to": date_to, "lang": request.env.lang}
        render = reports_sudo._render_qweb_html if report_type == "html" else reports_sudo._render_qweb_pdf
        content = render(REPORT, card_sudo.ids, data=data)[0]
        headers = self._get_http_headers(card_sudo, report_type, content, download)
        return request.make_response(content, headers=list(headers.items()))

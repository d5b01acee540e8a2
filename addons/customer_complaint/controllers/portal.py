from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import consteq, plaintext2html
from werkzeug.exceptions import NotFound

MODEL = "customer.complaint"


def find_case(case_id, access_token=None):
    """The case, as sudo, for who has its link or is its customer; otherwise there is no such page.

    Portal users have no right on the model itself: what they see is what these pages show.
    """
    case_sudo = request.env[MODEL].sudo().browse(case_id).exists()
    if not case_sudo:
        raise NotFound()
    if access_token and case_sudo.access_token and consteq(case_sudo.access_token, access_token):
        return case_sudo
    user = request.env.user
    if not user._is_public():
        if case_sudo.partner_id and case_sudo.partner_id == user.partner_id.commercial_partner_id:
            return case_sudo
        if case_sudo.with_user(user).has_access("read"):
            return case_sudo
    raise NotFound()


def read_submission(post, files):
    """What a person has typed into one of the forms, checked: values of a case, and the files.

    :raises UserError: with a sentence for that person
    """
    env = request.env
    subject, text = (post.get("subject") or "").strip(), (post.get("description") or "").strip()
    if not subject or not text:
        raise UserError(env._("Please tell us in a few words what it is about, and what happened."))
    kind = post.get("kind") if post.get("kind") in dict(env[MODEL]._fields["kind"].selection) else "complaint"
    type_id = int(post["type_id"]) if (post.get("type_id") or "").isdecimal() else False
    return {
        "subject": subject[:200],
        "description": plaintext2html(text[:20000]),
        "kind": kind,
        "type_id": env["customer.complaint.type"].sudo().browse(type_id).exists().id if type_id else False,
        "submission_key": (post.get("submission_key") or "")[:64] or False,
    }, read_files(files)


def read_files(files):
    """[(name, content)] of uploaded files.

    :raises UserError: one is too large, or there are too many
    """
    env = request.env
    limit = env[MODEL]._upload_limit()
    uploads, found = [upload for upload in files if upload.filename], []
    if len(uploads) > 10:
        raise UserError(env._("Please attach no more than ten files."))
    for upload in uploads:
        content = upload.read(limit + 1)
        if len(content) > limit:
            raise UserError(env._("“%(name)s” is too large: files may have up to %(limit)s MB.",
                                  name=upload.filename, limit=limit // 2**20))  # fmt: skip
        found.append((upload.filename, content))
    return found


class ComplaintPortal(CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "complaint_count" in counters:
            values["complaint_count"] = request.env[MODEL].sudo().search_count(self._own_cases())
        return values

    def _own_cases(self):
        return [("partner_id", "=", request.env.user.partner_id.commercial_partner_id.id)]

    @http.route(["/my/complaints", "/my/complaints/page/<int:page>"], type="http", auth="user", website=True)
    def portal_my_complaints(self, page=1, **_kwargs):
        cases_sudo = request.env[MODEL].sudo()  # own cases only, by the domain
        domain = self._own_cases()
        pager = portal_pager(
            url="/my/complaints", total=cases_sudo.search_count(domain), page=page, step=self._items_per_page
        )
        found = cases_sudo.search(
            domain, order="date_received desc, id desc", limit=self._items_per_page, offset=pager["offset"]
        )
        values = self._prepare_portal_layout_values()
        values.update({"cases": found, "page_name": "complaint", "pager": pager, "default_url": "/my/complaints"})
        return request.render("customer_complaint.portal_my_complaints", values)

    @http.route("/my/complaints/new", type="http", auth="user", website=True, methods=["GET", "POST"])
    def portal_new_complaint(self, **post):
        error = False
        if request.httprequest.method == "POST":
            try:
                values, files = read_submission(post, request.httprequest.files.getlist("attachments"))
                case_sudo = (
                    request.env[MODEL]
                    .sudo()
                    ._open_from_form(
                        {**values, "channel": "portal", "contact_id": request.env.user.partner_id.id}, files
                    )
                )
                return request.redirect(case_sudo.get_portal_url(query_string="&sent=1"))
            except UserError as refused:
                error = str(refused)
        values = self._prepare_portal_layout_values()
        values.update({**request.env[MODEL]._form_choices(post), "error": error, "page_name": "complaint_new"})
        return request.render("customer_complaint.portal_new_complaint", values)

    @http.route("/my/complaints/<int:case_id>", type="http", auth="public", website=True)
    def portal_complaint(self, case_id, access_token=None, sent=None, **_kwargs):
        case_sudo = find_case(case_id, access_token)
        values = self._prepare_portal_layout_values()
        values.update(
            {
                "case": case_sudo,
                "customer_messages": case_sudo._customer_messages(),
                "access_token": access_token,
                "page_name": "complaint",
                "sent": sent,
                "no_breadcrumbs": request.env.user._is_public(),
            }
        )
        return request.render("customer_complaint.portal_complaint", values)

    @http.route("/my/complaints/<int:case_id>/message", type="http", auth="public", website=True, methods=["POST"])
    def portal_complaint_message(self, case_id, access_token=None, message="", **_kwargs):
        case_sudo = find_case(case_id, access_token)
        text = message.strip()[:20000]
        try:
            files = read_files(request.httprequest.files.getlist("attachments"))
        except UserError:
            return request.redirect(case_sudo.get_portal_url(query_string="&sent=too_large"))
        if text or files:
            user = request.env.user
            author = None if user._is_public() else user.partner_id
            case_sudo._receive_from_customer(plaintext2html(text), case_sudo._attach(files), author)
        return request.redirect(case_sudo.get_portal_url(query_string="&sent=1"))

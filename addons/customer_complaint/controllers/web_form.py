from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import email_normalize

from .portal import MODEL, read_submission


class ComplaintWebForm(http.Controller):
    """The public form: no login, so a limit per sender, a trap for robots, and no word on who is a customer.

    The tracking link goes by mail only: somebody else's address opens nobody's correspondence.
    """

    @http.route("/complaint", type="http", auth="public", website=True, methods=["GET", "POST"], sitemap=True)
    def complaint_form(self, **post):
        error = False
        if request.httprequest.method == "POST":
            if post.get("homepage"):  # people don't see this field
                return request.render("customer_complaint.web_form_thanks", {"case": False})
            try:
                return request.render("customer_complaint.web_form_thanks", {"case": self._open(post)})
            except UserError as refused:
                error = str(refused)
        values = {**request.env[MODEL]._form_choices(post), "error": error}
        return request.render("customer_complaint.web_form", values)

    def _open(self, post):
        """The case of a submission, as sudo.

        :raises UserError: with a sentence for the person who fills in the form
        """
        email = email_normalize(post.get("email"))
        if not email:
            raise UserError(request.env._("Please give a mail address at which we can answer."))
        values, files = read_submission(post, request.httprequest.files.getlist("attachments"))
        request.env["customer.complaint.submission"].sudo()._check_limit(request.httprequest.remote_addr, email)
        name = (post.get("name") or "").strip()[:100]
        values |= {
            "channel": "web",
            "contact_id": request.env[MODEL].sudo()._contact_of(email).id,
            "email_from": f'"{name}" <{email}>' if name and '"' not in name else email,
            "phone": (post.get("phone") or "").strip()[:40],
            "company_id": request.env.company.id,
        }
        return request.env[MODEL].sudo()._open_from_form(values, files)

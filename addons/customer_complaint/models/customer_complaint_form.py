from uuid import uuid4

from odoo import api, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import email_normalize
from psycopg2.errors import UniqueViolation


class CustomerComplaint(models.Model):
    """Cases from the portal and the web form."""

    _inherit = "customer.complaint"

    @api.model
    def _form_choices(self, post):
        """What the forms offer, and what has been typed already."""
        return {
            "kinds": self._fields["kind"]._description_selection(self.env),
            "types": self.env["customer.complaint.type"].sudo().search([("active", "=", True)]),
            "post": post,
            "submission_key": post.get("submission_key") or uuid4().hex,
        }

    @api.model
    def _upload_limit(self):
        """Bytes of one file."""
        megabytes = self.env["ir.config_parameter"].sudo().get_param("customer_complaint.upload_limit_mb", 25)
        return int(megabytes) * 2**20

    @api.model
    def _contact_of(self, email):
        """The contact with this address, if there is exactly one."""
        domain = [
            ("email_normalized", "=", email_normalize(email)),
            ("company_id", "in", [False, self.env.company.id]),
        ]
        partners = self.env["res.partner"].search(domain, limit=2)
        return partners if len(partners) == 1 and partners.partner_share else partners.browse()

    @api.model
    def _open_from_form(self, values, files):
        """Open a case and send its receipt; who presses the button twice gets the same case.

        :raises ConcurrencyError: pressed twice at the same moment; a new attempt sees the case of the other
        """
        key = values.get("submission_key")
        known = self.search([("submission_key", "=", key)]) if key else self.browse()
        if known and known._is_from(values):
            return known
        if known:  # forged: nobody comes to the case of another by its key
            values = {**values, "submission_key": False}
        try:
            with self.env.cr.savepoint():
                case = self.with_context(mail_create_nosubscribe=True).create(values)
                case._attach(files)
        except UniqueViolation as error:
            raise ConcurrencyError from error
        case._send_receipt()
        return case

    def _is_from(self, values):
        """Whether this case comes from who sends these values."""
        self.ensure_one()
        if values.get("contact_id"):
            return self.contact_id.id == values["contact_id"]
        return not self.contact_id and self.email_from == values.get("email_from")

    def _attach(self, files):
        """:param files: [(name, content)]"""
        self.ensure_one()
        return self.env["ir.attachment"].create(
            [{"name": name, "raw": content, "res_model": self._name, "res_id": self.id} for name, content in files]
        )

import hashlib
import hmac
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

WINDOW = timedelta(hours=1)


class CustomerComplaintSubmission(models.Model):
    """Who has used the public form lately, as a keyed hash of the address; forgotten after the window."""

    _name = "customer.complaint.submission"
    _description = "Submission of the Web Form"
    _log_access = False

    sender = fields.Char(required=True)
    date = fields.Datetime(required=True)

    _sender_idx = models.Index("(sender, date)")

    @api.model
    def _check_limit(self, address):
        """Count one submission of this address; refuse it beyond the limit of an hour."""
        parameters = self.env["ir.config_parameter"].sudo()
        limit = int(parameters.get_param("customer_complaint.web_form_limit", 10))
        secret = parameters.get_param("database.secret").encode()
        sender = hmac.new(secret, (address or "").encode(), hashlib.sha256).hexdigest()
        now = fields.Datetime.now()
        if self.search_count([("sender", "=", sender), ("date", ">", now - WINDOW)]) >= limit:
            raise UserError(self.env._("You have sent several messages already. Please try again in an hour."))
        self.create({"sender": sender, "date": now})

    @api.autovacuum
    def _gc_submissions(self):
        self.search([("date", "<", fields.Datetime.now() - WINDOW)]).unlink()

import hashlib
import hmac
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

WINDOW = timedelta(hours=1)


class CustomerComplaintSubmission(models.Model):
    """Who has used the public form lately, as a keyed hash of a network or mail address; forgotten after the window."""

    _name = "customer.complaint.submission"
    _description = "Submission of the Web Form"
    _log_access = False

    sender = fields.Char(required=True)
    date = fields.Datetime(required=True)

    _sender_idx = models.Index("(sender, date)")

    @api.model
    def _check_limit(self, *addresses):
        """Count one submission of these addresses; refuse it where one of them is beyond the limit of an hour.

        The mail address counts, too: receipts go to it, whoever has typed it.
        """
        parameters = self.env["ir.config_parameter"].sudo()
        limit = int(parameters.get_param("customer_complaint.web_form_limit", 10))
        secret = parameters.get_param("database.secret").encode()
        now = fields.Datetime.now()
        senders = [hmac.new(secret, (a or "").encode(), hashlib.sha256).hexdigest() for a in addresses]
        for sender in senders:
            if self.search_count([("sender", "=", sender), ("date", ">", now - WINDOW)]) >= limit:
                raise UserError(self.env._("You have sent several messages already. Please try again in an hour."))
        self.create([{"sender": sender, "date": now} for sender in senders])

    @api.autovacuum
    def _gc_submissions(self):
        self.search([("date", "<", fields.Datetime.now() - WINDOW)]).unlink()

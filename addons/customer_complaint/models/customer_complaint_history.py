from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .customer_complaint import STEWARDS


class CustomerComplaint(models.Model):
    """Cases from before Odoo: known again by source and reference; those that were closed have no clock and send
    nothing."""

    _name = "customer.complaint"
    _inherit = ["customer.complaint", "customer.import.mixin", "customer.policy.document"]

    source = fields.Char(required=True, default="manual", copy=False, help="The system that the case comes from.")
    reference = fields.Char("Old Number", copy=False, help="Identifies an imported case in its source.")
    closed_before = fields.Datetime(
        "Closed Before Import",
        copy=False,
        groups=",".join(STEWARDS),
        help="It is closed, counted by no clock, and asks for nothing.",
    )

    _reference_unique = models.UniqueIndex(
        "(company_id, source, reference) WHERE reference IS NOT NULL",
        "This source and reference have been imported already.",
    )

    @api.constrains("closed_before", "date_received", "reference")
    def _check_closed_before(self):
        now = fields.Datetime.now()
        for case in self.sudo():
            if case.date_received > now:
                raise ValidationError(self.env._("“%s” was received in the future.", case.subject))
            if case.closed_before and not case.date_received <= case.closed_before <= now:
                raise ValidationError(
                    self.env._("“%s” was closed before it was received, or in the future.", case.subject)
                )

    @api.model
    def _past(self, vals):
        """What a case has that was closed before it was imported."""
        closed = vals.get("closed_before")
        if not closed:
            return {}
        stage = self.env["customer.complaint.stage"]._of_state("closed")
        return {"stage_id": stage.id, "date_resolved": closed, "date_closed": closed}

    @api.model
    def get_import_templates(self):
        return self.env["customer.history.guide"]._import_template("complaints")

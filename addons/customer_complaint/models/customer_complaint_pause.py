from odoo import fields, models


class CustomerComplaintPause(models.Model):
    """A time in which a case waited for the customer: its clocks stood still. Written by the life of the case."""

    _name = "customer.complaint.pause"
    _description = "Pause of a Case"
    _order = "complaint_id, date_begin, id"

    complaint_id = fields.Many2one("customer.complaint", required=True, index=True, ondelete="cascade")
    date_begin = fields.Datetime("From", required=True)
    date_end = fields.Datetime("Until")

    _one_open = models.UniqueIndex("(complaint_id) WHERE date_end IS NULL")

from odoo import fields, models


class CustomerComplaintWhy(models.Model):
    """One “why?” on the way from the symptom to the cause."""

    _name = "customer.complaint.why"
    _description = "Why"
    _order = "complaint_id, sequence, id"
    _rec_name = "answer"

    complaint_id = fields.Many2one("customer.complaint", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    answer = fields.Char("Because", required=True)

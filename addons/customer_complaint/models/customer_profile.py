from odoo import fields, models


class CustomerProfile(models.Model):
    _inherit = "customer.profile"

    complaint_open_count = fields.Integer("Open Cases", readonly=True)
    complaint_count_12m = fields.Integer("Complaints, 12 Months", readonly=True, help="Complaints only, not cancelled.")
    last_complaint_date = fields.Date("Last Complaint", readonly=True)
    complaint_late_count_12m = fields.Integer(
        "Late Answers, 12 Months", readonly=True, help="Cases whose first reply came late or is overdue."
    )

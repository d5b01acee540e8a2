from odoo import fields, models


class CustomerPolicy(models.Model):
    _inherit = "customer.policy"

    complaint_deadline_ids = fields.One2many("customer.complaint.deadline", "policy_id", string="Deadline Rules")
    complaint_route_ids = fields.One2many("customer.complaint.route", "policy_id", string="Routing Rules")
    complaint_escalation_ids = fields.One2many("customer.complaint.escalation", "policy_id", string="Escalation Ladder")
    complaint_closing_ids = fields.One2many("customer.complaint.closing", "policy_id", string="Closing Rules")
    complaint_standard_ids = fields.One2many("customer.complaint.standard", "policy_id", string="Service Standards")
    complaint_severity_ids = fields.One2many("customer.complaint.severity", "policy_id", string="Severity Matrix")

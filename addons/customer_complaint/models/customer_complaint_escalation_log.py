from odoo import fields, models


class CustomerComplaintEscalationLog(models.Model):
    """Who was told of a deadline at which level. A level comes once in a round of a case."""

    _name = "customer.complaint.escalation.log"
    _description = "Escalation of a Case"
    _order = "complaint_id, date, id"

    complaint_id = fields.Many2one("customer.complaint", required=True, index=True, ondelete="cascade", readonly=True)
    round = fields.Integer(required=True, readonly=True, aggregator=None)
    milestone = fields.Selection(
        [("acknowledge", "Acknowledgement"), ("reply", "First Reply"), ("resolve", "Resolution")],
        required=True,
        readonly=True,
    )
    level = fields.Integer(required=True, readonly=True, aggregator="max")
    rule_id = fields.Many2one("customer.complaint.escalation", readonly=True)
    clause_id = fields.Many2one(related="rule_id.clause_id")
    deadline = fields.Datetime(readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    user_ids = fields.Many2many("res.users", string="Told", readonly=True)

    _level_unique = models.UniqueIndex("(complaint_id, round, milestone, level)")

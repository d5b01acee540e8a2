from odoo import fields, models


class CustomerComplaintTeamMember(models.Model):
    _name = "customer.complaint.team.member"
    _description = "Member of a Service Team"
    _order = "team_id, sequence, id"
    _rec_name = "user_id"

    team_id = fields.Many2one("customer.complaint.team", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    user_id = fields.Many2one(
        "res.users", string="Member", required=True, index=True, ondelete="cascade", domain=[("share", "=", False)]
    )
    type_ids = fields.Many2many("customer.complaint.type", string="Knows About", help="Empty: everything.")
    capacity = fields.Integer("At Most Open", help="Cases at the same time; 0: no limit.")

    _member_unique = models.UniqueIndex("(team_id, user_id)", "This person is already in the team.")

from odoo import fields, models


class CustomerComplaintRoute(models.Model):
    """Which team works a case; within the team the person with the least open work takes it."""

    _name = "customer.complaint.route"
    _description = "Routing Rule"
    _inherit = "customer.complaint.rule"

    team_id = fields.Many2one("customer.complaint.team", required=True, ondelete="restrict")

    def _get_content(self):
        return self.team_id.name

    def _get_warnings(self):
        warnings = super()._get_warnings()
        for team in self.filtered("active").team_id:
            if not team._active_members():
                warnings.append(self.env._("Nobody works in the team “%s”: its cases wait unassigned.", team.name))
        return warnings

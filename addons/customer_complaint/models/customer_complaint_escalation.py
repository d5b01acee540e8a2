from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .customer_complaint_deadline import MILESTONES

TARGETS = [
    ("responsible", "Responsible"),
    ("leader", "Team Leader"),
    ("salesperson", "Salesperson of the Customer"),
    ("group", "Everybody With a Role"),
]


class CustomerComplaintEscalation(models.Model):
    """One level of the ladder: whom to tell how long before or after a deadline. Levels come one at a time."""

    _name = "customer.complaint.escalation"
    _description = "Escalation Level"
    _inherit = "customer.policy.rule"
    _order = "policy_id, hours, sequence, id"

    name = fields.Char(required=True, translate=True)
    milestone = fields.Selection(MILESTONES, help="Empty: each deadline.")
    hours = fields.Float(
        "Working Hours After", digits=(16, 2), required=True, help="The deadline; negative: before the deadline."
    )
    target = fields.Selection(TARGETS, required=True, default="responsible")
    group_id = fields.Many2one("res.groups", string="Role", ondelete="restrict")
    by_activity = fields.Boolean("Activity", default=True)
    by_mail = fields.Boolean("Mail", default=True)

    @api.constrains("target", "group_id", "by_activity", "by_mail")
    def _check_target(self):
        for rule in self:
            if rule.target == "group" and not rule.group_id:
                raise ValidationError(self.env._("“%s”: choose the role to escalate to.", rule.name))
            if not rule.by_activity and not rule.by_mail:
                raise ValidationError(self.env._("“%s” tells nobody: choose activity or mail.", rule.name))

    def _ladder(self, milestone):
        """The levels of a deadline in the order in which they come."""
        rules = self.filtered(lambda rule: rule.milestone in (False, milestone))
        return rules.sorted(lambda rule: (rule.hours, rule.sequence))

    def _get_users(self, case):
        """Who is told. Who has left or may not see the case is replaced: by the leader of the team, else by the
        managers."""
        self.ensure_one()
        team = case.team_id.sudo()
        choice = {
            "responsible": case.user_id,
            "leader": team.user_id,
            "salesperson": case.partner_id.sudo().user_id,
            "group": self.group_id.sudo().all_user_ids,
        }[self.target]
        managers = self.env.ref("customer_policy.group_customer_manager").sudo().all_user_ids
        for users in (choice, team.user_id, managers):
            able = case._who_may_see(users)
            if able:
                return able
        return self.env["res.users"]

    def _get_sentence(self):
        self.ensure_one()
        label = dict(self._fields["target"]._description_selection(self.env))[self.target]
        values = {"name": self.name, "hours": f"{abs(self.hours):g}", "who": self.group_id.name or label}
        if self.hours < 0:
            return self.env._("%(name)s: %(hours)s working hours before the deadline, %(who)s", **values)
        if self.hours > 0:
            return self.env._("%(name)s: %(hours)s working hours after the deadline, %(who)s", **values)
        return self.env._("%(name)s: at the deadline, %(who)s", **values)

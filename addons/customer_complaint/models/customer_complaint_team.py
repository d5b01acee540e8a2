from odoo import api, fields, models

from .customer_complaint_stage import DONE_STATES


class CustomerComplaintTeam(models.Model):
    """Who works which cases, with a mail address of its own."""

    _name = "customer.complaint.team"
    _description = "Service Team"
    _inherit = ["mail.alias.mixin", "mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one("res.company", help="Empty: works for all companies.")
    user_id = fields.Many2one("res.users", string="Team Leader", domain=[("share", "=", False)])
    member_ids = fields.One2many("customer.complaint.team.member", "team_id", string="Members")
    default_kind = fields.Selection(
        selection=lambda self: self.env["customer.complaint"]._fields["kind"]._description_selection(self.env),
        string="Mails Become",
        default="complaint",
        required=True,
    )
    case_properties_definition = fields.PropertiesDefinition("Properties of Cases")
    open_count = fields.Integer("Open", compute="_compute_counts")
    overdue_count = fields.Integer("Overdue", compute="_compute_counts")
    unassigned_count = fields.Integer("Unassigned", compute="_compute_counts")

    def _compute_counts(self):
        cases = self.env["customer.complaint"]
        domain = [("team_id", "in", self.ids), ("state", "not in", DONE_STATES)]

        def counts(extra):
            return dict(cases._read_group(domain + extra, ["team_id"], ["__count"]))

        opened, unassigned = counts([]), counts([("user_id", "=", False)])
        overdue = counts([("is_overdue", "=", True)])
        for team in self:
            team.open_count = opened.get(team, 0)
            team.overdue_count = overdue.get(team, 0)
            team.unassigned_count = unassigned.get(team, 0)

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("customer.complaint")
        if self.id:
            values["alias_defaults"] = repr({"team_id": self.id, "kind": self.default_kind, "channel": "mail"})
        return values

    def write(self, vals):
        result = super().write(vals)
        if "default_kind" in vals:
            for team in self:
                team.alias_id.sudo().write(team._alias_get_creation_values())
        return result

    def _active_members(self):
        """Members who still work here."""
        return self.sudo().member_ids.filtered(lambda member: member.user_id.active)

    def _pick_user(self, case, load):
        """The member with the least open work who knows the type of the case; among equals the first.

        :param load: {user id: open cases}, kept up to date for the next pick
        """
        self.ensure_one()
        members = self._active_members().filtered(lambda member: case.company_id in member.user_id.company_ids)
        skilled = members.filtered(lambda member: case.type_id in member.type_ids)
        general = members.filtered(lambda member: not member.type_ids)
        candidates = (skilled or general or members).filtered(
            lambda member: not member.capacity or load.get(member.user_id.id, 0) < member.capacity
        )
        if not candidates:
            return self.env["res.users"]
        user = min(candidates, key=lambda member: (load.get(member.user_id.id, 0), member.sequence, member.id)).user_id
        load[user.id] = load.get(user.id, 0) + 1
        return user

    @api.model
    def _open_load(self, users):
        """{user id: open cases}, of all companies."""
        cases_sudo = self.env["customer.complaint"].sudo()  # balance needs the whole load
        domain = [("user_id", "in", users.ids), ("state", "not in", DONE_STATES)]
        return {user.id: count for user, count in cases_sudo._read_group(domain, ["user_id"], ["__count"])}

    def action_open_cases(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_complaint.customer_complaint_action")
        context = {"default_team_id": self.id, "search_default_open": 1}
        return {**action, "name": self.name, "domain": [("team_id", "=", self.id)], "context": context}

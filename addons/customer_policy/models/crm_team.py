from odoo import models

# `customer_team_user_ids` names colleagues by these records.


class CrmTeam(models.Model):
    _name = "crm.team"
    _inherit = ["crm.team", "customer.access.source"]

    _access_fields = {"user_id", "active", "member_ids"}


class CrmTeamMember(models.Model):
    _name = "crm.team.member"
    _inherit = ["crm.team.member", "customer.access.source"]

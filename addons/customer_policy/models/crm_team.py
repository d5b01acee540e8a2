from odoo import api, models

# Record rules are cached with the colleagues that `customer_team_user_ids` named when they were evaluated.


class CrmTeam(models.Model):
    _inherit = "crm.team"

    def write(self, vals):
        if {"user_id", "active", "member_ids"} & set(vals):
            self.env.registry.clear_cache()
        return super().write(vals)


class CrmTeamMember(models.Model):
    _inherit = "crm.team.member"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

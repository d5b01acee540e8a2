from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .loyalty_points_earning_rule import MOMENTS

ODOO = ("order", "With the Order, as Odoo Does")


class LoyaltyProgram(models.Model):
    """When purchases earn points. Programs from before stay with Odoo's own moment until they are switched."""

    _inherit = "loyalty.program"

    earning_moment = fields.Selection(
        [ODOO, *MOMENTS],
        "Points Are Earned",
        required=True,
        default="order",
        copy=True,
        help="With the order: Odoo's own way, points can be spent on the order that gives them, and the multipliers, "
        "caps and pending days of the customer policy do not apply.",
    )
    earning_count = fields.Integer(compute="_compute_earning_count")

    def _compute_earning_count(self):
        groups = self.env["loyalty.earning"]._read_group([("program_id", "in", self.ids)], ["program_id"], ["__count"])
        counts = {program.id: count for program, count in groups}
        for program in self:
            program.earning_count = counts.get(program.id, 0)

    @api.model
    def default_get(self, fields):
        """Programs that people make follow the policy in force; those that other code makes are Odoo's own."""
        defaults = super().default_get(fields)
        if "earning_moment" in fields and self.env.context.get("loyalty_by_policy"):
            defaults["earning_moment"] = self._get_moment()
        return defaults

    @api.model
    def create_from_template(self, template_id):
        if template_id == "loyalty":
            self = self.with_context(default_earning_moment=self._get_moment())
        return super().create_from_template(template_id)

    @api.model_create_multi
    def create(self, vals_list):
        programs = super().create(vals_list)
        others = programs.filtered(
            lambda program: program.program_type != "loyalty" and program.earning_moment != "order"
        )
        others.write({"earning_moment": "order"})
        return programs

    def write(self, vals):
        """Points earned under the policy are known by their lines; Odoo's way knows orders only."""
        if vals.get("earning_moment") == "order":
            switched_back = self.filtered(lambda program: program._earns_by_policy())
            if self.env["loyalty.earning"].sudo().search_count([("program_id", "in", switched_back.ids)], limit=1):
                raise UserError(
                    self.env._("Points were earned under the policy already. The program can't go back to Odoo's way.")
                )
        if vals.get("earning_moment", "order") != "order" and self.filtered(lambda p: p.program_type != "loyalty"):
            raise UserError(self.env._("Only loyalty programs can earn points under the policy."))
        return super().write(vals)

    @api.model
    def _get_moment(self, company_id=None):
        company = self.env["res.company"].browse(company_id) or self.env.company
        rules = self.env["loyalty.points.earning.rule"].sudo()._in_force(company)
        return rules.filtered(lambda rule: not rule.program_ids)[:1].moment or "order"

    def action_follow_policy(self):
        """Switch programs to the moment that the policy in force names for them."""
        self.check_access("write")
        rules = self.env["loyalty.points.earning.rule"]
        for program in self.filtered(lambda program: program.program_type == "loyalty"):
            rule = rules._for_program(program, program.company_id or self.env.company)
            if not rule:
                raise UserError(self.env._("The policy in force has no rule on points for purchases."))
            program.earning_moment = rule.moment
        return True

    def action_open_earnings(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_points.loyalty_earning_action")
        return {**action, "domain": [("program_id", "=", self.id)], "context": {}}

    def _earns_by_policy(self):
        self.ensure_one()
        return self.program_type == "loyalty" and self.earning_moment != "order"

    @api.model
    def _get_policy_programs(self, company, moments=None):
        """Active loyalty programs under the policy for a company, in their order; of all moments or of some."""
        domain = Domain("program_type", "=", "loyalty") & Domain("company_id", "in", [company.id, False])
        domain &= Domain("earning_moment", "in", moments) if moments else Domain("earning_moment", "!=", "order")
        return self.sudo().search(domain & Domain("sale_ok", "=", True))

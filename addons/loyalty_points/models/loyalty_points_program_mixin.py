from odoo import api, fields, models


class LoyaltyPointsProgramMixin(models.AbstractModel):
    """A rule for some loyalty programs: the first that names the program, else the first that names none."""

    _name = "loyalty.points.program.mixin"
    _description = "Rule for Loyalty Programs"

    program_ids = fields.Many2many(
        "loyalty.program",
        string="Programs",
        domain=[("program_type", "=", "loyalty")],
        help="Empty: all loyalty programs.",
    )

    @api.model
    def _for_program(self, program, company):
        """The rule in force for a program; empty where there is none. As sudo: rules decide, whoever asks."""
        rules = self.sudo()._in_force(company)
        return (
            rules.filtered(lambda rule: program in rule.program_ids)
            or rules.filtered(lambda rule: not rule.program_ids)
        )[:1]

    def _covers(self, program):
        """Whether this rule holds for a program (several rules may)."""
        return not self.program_ids or program in self.program_ids

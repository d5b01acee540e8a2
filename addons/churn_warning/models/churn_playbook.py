from odoo import fields, models
from odoo.tools import format_list


class ChurnPlaybook(models.Model):
    """What is done to win a customer back, by the main reason of the warning and the grade; the first that fits."""

    _name = "churn.playbook"
    _description = "Win-Back Playbook"
    _inherit = "churn.grade.rule"

    name = fields.Char(required=True, translate=True)
    reason_ids = fields.Many2many(
        "churn.reason", string="Reasons", domain=[("is_sign", "=", True)], help="Of the warning. Empty: all."
    )
    step_ids = fields.One2many("churn.playbook.step", "playbook_id", string="Steps", copy=True)

    def _compute_display_name(self):
        for playbook in self:
            playbook.display_name = playbook.name

    def _for_warning(self, warning):
        """The first of these playbooks that fits a warning."""
        return next(
            (
                playbook
                for playbook in self
                if (not playbook.grade_ids or warning.grade_id in playbook.grade_ids)
                and (not playbook.reason_ids or warning.reason_id in playbook.reason_ids)
            ),
            self.browse(),
        )

    def _get_problems(self):
        return [
            self.env._("“%s”: a playbook needs a step.", playbook.name)
            for playbook in self.filtered("active")
            if not playbook.step_ids
        ]

    def _get_sentence(self):
        self.ensure_one()
        steps = format_list(self.env, self.step_ids.mapped("summary"), "unit")
        return self.env._("%(name)s: %(content)s", name=self.name, content=steps)

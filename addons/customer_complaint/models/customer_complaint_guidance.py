from odoo import api, fields, models


class CustomerComplaint(models.Model):
    """The service standard where the work is done."""

    _inherit = "customer.complaint"

    standard_id = fields.Many2one("customer.complaint.standard", "Service Standard", readonly=True, copy=False)
    standard_text = fields.Text("What to Say", compute="_compute_standard_text")
    standard_clause = fields.Char("By Clause", compute="_compute_standard_text")
    done_step_ids = fields.Many2many("customer.complaint.standard.step", string="Checklist", copy=False)
    checklist_text = fields.Char("Done", compute="_compute_checklist_text")

    @api.depends("standard_id")
    @api.depends_context("lang")
    def _compute_standard_text(self):
        for case in self:
            standard = case.standard_id.sudo()  # rules of a version that the company has left stay cited
            case.standard_text = standard.script
            clause = standard.clause_id
            case.standard_clause = f"{clause.number} {clause.name}" if clause else False

    @api.depends("standard_id", "done_step_ids")
    def _compute_checklist_text(self):
        for case in self:
            steps = case.standard_id.sudo().step_ids
            done = len(case.done_step_ids._origin & steps)
            case.checklist_text = self.env._("%(done)s of %(all)s", done=done, all=len(steps)) if steps else False

    def _keep_standard(self, standard):
        """The standard of a case: the one that it was begun with, as long as the same rule applies."""
        self.ensure_one()
        begun = self.standard_id
        return begun if begun and begun.stable_key == standard.stable_key else standard

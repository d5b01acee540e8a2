from odoo import api, fields, models

from .customer_complaint_rule import SEVERITIES

LEVELS = [("1", "Low"), ("2", "Medium"), ("3", "High")]


class CustomerComplaintSeverity(models.Model):
    """One cell of the matrix that makes a severity of impact and urgency."""

    _name = "customer.complaint.severity"
    _description = "Severity Matrix"
    _inherit = "customer.policy.rule"
    _order = "policy_id, impact, urgency, id"

    impact = fields.Selection(LEVELS, required=True)
    urgency = fields.Selection(LEVELS, required=True)
    severity = fields.Selection(SEVERITIES, required=True)

    _cell_unique = models.UniqueIndex("(policy_id, impact, urgency)", "This cell of the matrix is already filled.")

    @api.depends("impact", "urgency")
    def _compute_display_name(self):
        labels = dict(self._fields["impact"]._description_selection(self.env))
        for cell in self:
            cell.display_name = self.env._(
                "Impact %(impact)s × urgency %(urgency)s",
                impact=labels.get(cell.impact, ""),
                urgency=labels.get(cell.urgency, ""),
            )

    def _get_problems(self):
        """The matrix is either left out or complete."""
        cells = self.filtered("active")
        if not cells or len({(cell.impact, cell.urgency) for cell in cells}) == len(LEVELS) ** 2:
            return []
        return [self.env._("The severity matrix has empty cells.")]

    def _get_sentence(self):
        self.ensure_one()
        label = dict(self._fields["severity"]._description_selection(self.env))[self.severity]
        return self.env._("%(cell)s: %(severity)s", cell=self.display_name, severity=label)

    def _severity_of(self, impact, urgency):
        """Severity of a case; without a matrix the higher of the two."""
        cell = self.filtered(lambda cell: cell.impact == impact and cell.urgency == urgency)[:1]
        return cell.severity or max(impact or "1", urgency or "1")

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ..fields import UncheckedMany2one
from .customer_profile import EPOCH

REASONS = [
    ("computed", "Computed by the policy"),
    ("override", "Set by hand"),
    ("override_end", "Override ended"),
]


class CustomerGradeHistory(models.Model):
    """Every change of a grade with what led to it. Append-only: rows are added by the engine alone."""

    _name = "customer.grade.history"
    _inherit = "customer.policy.append.only"
    _description = "Grade History"
    _order = "date desc, id desc"
    _rec_name = "grade_id"
    _log_access = False
    _append_only_create = True

    partner_id = fields.Many2one("res.partner", string="Customer", required=True, index=True, ondelete="cascade")
    company_id = UncheckedMany2one("res.company", required=True)
    date = fields.Datetime(required=True)
    previous_grade_id = UncheckedMany2one("customer.grade")
    grade_id = UncheckedMany2one("customer.grade")
    score = fields.Float(digits=(16, 2))
    reason = fields.Selection(REASONS, required=True)
    is_upgrade = fields.Boolean()
    policy_id = UncheckedMany2one("customer.policy")
    clause_id = UncheckedMany2one("customer.policy.clause")
    clause = fields.Char("Clause as Cited", help="Number and title of the clause, as they were.")
    inputs = fields.Json(help="Per criterion: metric, value, points, weight. The cuts stand in the run.")
    override_id = UncheckedMany2one("customer.grade.override", index="btree_not_null")
    inputs_html = fields.Html("Arithmetic", compute="_compute_inputs_html", sanitize=False)
    run_id = UncheckedMany2one("customer.policy.run")

    # Rows of a run lie together, so this one takes no time to keep.
    _run_idx = models.Index("USING brin (run_id)")

    @api.depends("inputs")
    @api.depends_context("lang")
    def _compute_inputs_html(self):
        metrics = dict(self.env["customer.profile"]._metric_selection())
        criteria = self.env["customer.grade.criterion"].sudo().with_context(active_test=False)
        for row in self:
            inputs = row.inputs or []
            total = sum(line["weight"] for line in inputs) or 1.0
            names = {c.id: c.display_name for c in criteria.browse([line["id"] for line in inputs]).exists()}
            lines = [
                {
                    "name": names.get(line["id"]) or metrics.get(line["metric"], line["metric"]),
                    "value": self._format_value(line["metric"], line["value"]),
                    "points": line["points"],
                    "weight": line["weight"],
                    "contribution": line["points"] * line["weight"] / total,
                }
                for line in inputs
            ]
            values = {"lines": lines, "figure": lambda value: formatLang(self.env, value, digits=2)}
            row.inputs_html = self.env["ir.qweb"]._render("customer_policy.grade_history_inputs", values)

    def _format_value(self, metric, value):
        if value is None:
            return "–"
        field = self.env["customer.profile"]._fields.get(metric)
        if field and field.type == "date":
            return format_date(self.env, EPOCH + timedelta(days=value))
        return formatLang(self.env, value, digits=2)

from odoo import api, fields, models
from odoo.exceptions import UserError

REASONS = [
    ("computed", "Computed by the policy"),
    ("override", "Set by hand"),
    ("override_end", "Override ended"),
]


class CustomerGradeHistory(models.Model):
    """Every change of a grade with what led to it. Append-only: rows are added by the engine alone."""

    _name = "customer.grade.history"
    _description = "Grade History"
    _order = "date desc, id desc"
    _rec_name = "grade_id"
    _log_access = False

    partner_id = fields.Many2one("res.partner", string="Customer", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    date = fields.Datetime(required=True)
    previous_grade_id = fields.Many2one("customer.grade", ondelete="restrict")
    grade_id = fields.Many2one("customer.grade", ondelete="restrict")
    score = fields.Float(digits=(16, 2))
    reason = fields.Selection(REASONS, required=True)
    is_upgrade = fields.Boolean()
    policy_id = fields.Many2one("customer.policy", ondelete="set null")
    clause = fields.Char(help="Number and title of the clause, as they were.")
    inputs = fields.Json(help="Per criterion: metric, value, cuts, class, points, weight, contribution.")
    override_id = fields.Many2one("customer.grade.override", ondelete="set null", index="btree_not_null")
    run_id = fields.Many2one("customer.policy.run", ondelete="set null", index="btree_not_null")

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("The grade history is kept by the software alone."))
        return super().create(vals_list)

    def write(self, vals):
        raise UserError(self.env._("The grade history can't be changed."))

    def unlink(self):
        raise UserError(self.env._("The grade history can't be deleted."))

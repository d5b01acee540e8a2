from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CustomerGrade(models.Model):
    """A grade that customers can have. Badges, filters and audiences point at it, so it is never copied:
    what it takes to reach a grade stands in the schemes of the policy version."""

    _name = "customer.grade"
    _description = "Customer Grade"
    _order = "sequence, id"
    # Files name a grade by its code, and bring along those that another database lacks.
    _policy_reference = "code"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable name for integrations.")
    sequence = fields.Integer(default=10, help="The best grade first.")
    color = fields.Integer()
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True)
    customer_count = fields.Integer(compute="_compute_customer_count")

    _code_unique = models.UniqueIndex("(code)", "Another grade has this code.")

    def _compute_customer_count(self):
        counts = dict(
            self.env["customer.profile"]._read_group(
                [("grade_id", "in", self.ids), ("company_id", "=", self.env.company.id)], ["grade_id"], ["__count"]
            )
        )
        for grade in self:
            grade.customer_count = counts.get(grade, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_never_used(self):
        """Customers and their history name grades without a foreign key."""
        for model, names in (
            ("customer.profile", ("grade_id", "computed_grade_id")),
            ("customer.grade.history", ("grade_id", "previous_grade_id")),
        ):
            domain = Domain.OR(Domain(name, "in", self.ids) for name in names)
            if self.env[model].sudo().search_count(domain, limit=1):
                raise UserError(self.env._("Customers have or had this grade; archive it instead."))

    def action_open_customers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_policy.customer_profile_action")
        domain = [("grade_id", "=", self.id), ("company_id", "=", self.env.company.id)]
        return {**action, "domain": domain, "context": {}}

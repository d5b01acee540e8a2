from odoo import api, fields, models
from odoo.tools import format_list

KINDS = [
    ("complaint", "Complaint"),
    ("enquiry", "Enquiry"),
    ("service", "Service Request"),
    ("suggestion", "Suggestion"),
    ("praise", "Praise"),
]
SEVERITIES = [("1", "Low"), ("2", "Medium"), ("3", "High"), ("4", "Critical")]
SEVERE = ("3", "4")


class CustomerComplaintRule(models.AbstractModel):
    """A rule for some cases: of all rules of a model, the first whose conditions a case meets."""

    _name = "customer.complaint.rule"
    _description = "Rule for Cases"
    _inherit = "customer.policy.rule"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(KINDS, help="Empty: all kinds.")
    type_id = fields.Many2one("customer.complaint.type", ondelete="restrict", help="Empty: all types.")
    grade_ids = fields.Many2many("customer.grade", string="Grades", help="Of the customer. Empty: all grades.")
    minimum_severity = fields.Selection(SEVERITIES, "From Severity", help="Empty: all severities.")

    def _matches(self, case):
        """Whether `case` (kind, type_id, grade_id, severity) meets the conditions."""
        self.ensure_one()
        return (
            (not self.kind or self.kind == case.kind)
            and (not self.type_id or self.type_id == case.type_id)
            and (not self.grade_ids or case.grade_id in self.grade_ids)
            and (not self.minimum_severity or (case.severity or "") >= self.minimum_severity)
        )

    def _first_match(self, case):
        return next((rule for rule in self if rule._matches(case)), self.browse())

    def _takes_all(self):
        self.ensure_one()
        return not (self.kind or self.type_id or self.grade_ids or self.minimum_severity)

    def _get_problems(self):
        active = self.filtered("active")
        if active and not any(rule._takes_all() for rule in active):
            return [self.env._("%s: one rule without any condition is needed, for all other cases.", self._description)]
        return []

    def _get_warnings(self):
        """Rules behind one that takes everything never apply."""
        warnings, covering = [], None
        for rule in self.filtered("active").sorted("sequence"):
            if covering:
                warnings.append(
                    self.env._(
                        "“%(rule)s” never applies: “%(first)s” comes first.", rule=rule.name, first=covering.name
                    )
                )
            elif rule._takes_all():
                covering = rule
        return warnings

    @api.model
    def _label(self, field, value):
        return dict(self._fields[field]._description_selection(self.env))[value]

    def _get_conditions(self):
        """The conditions in the reader's language; empty for a rule that takes all."""
        self.ensure_one()
        conditions = []
        if self.kind:
            conditions.append(self._label("kind", self.kind))
        if self.type_id:
            conditions.append(self.type_id.name)
        if self.grade_ids:
            conditions.append(format_list(self.env, self.grade_ids.mapped("name"), "or"))
        if self.minimum_severity:
            conditions.append(self.env._("severity %s or more", self._label("minimum_severity", self.minimum_severity)))
        return format_list(self.env, conditions) if conditions else ""

    def _get_sentence(self):
        self.ensure_one()
        conditions, content = self._get_conditions(), self._get_content()
        name = f"{self.name} ({conditions})" if conditions else self.name
        return self.env._("%(name)s: %(content)s", name=name, content=content)

    def _get_content(self):
        """What the rule says, without its conditions."""
        return ""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

COVERAGE = [
    ("enforced", "Enforced"),
    ("partial", "Partly Enforced"),
    ("advisory", "Advisory"),
    ("none", "Nothing yet"),
]


class CustomerPolicyClause(models.Model):
    """A numbered sentence of the policy; chapters are clauses without a parent."""

    _name = "customer.policy.clause"
    _description = "Customer Policy Clause"
    _inherit = "customer.policy.part"
    _order = "policy_id, sort_key, id"
    _rec_names_search = ["number", "name"]

    parent_id = fields.Many2one(
        "customer.policy.clause",
        string="Chapter",
        index=True,
        ondelete="cascade",
        domain="[('policy_id', '=', policy_id), ('parent_id', '=', False)]",
    )
    child_ids = fields.One2many("customer.policy.clause", "parent_id", string="Clauses")
    number = fields.Char(required=True, help="For example 2.4. Decisions cite the clause by this number.")
    sort_key = fields.Char(compute="_compute_sort_key", store=True)
    name = fields.Char("Title", required=True, translate=True)
    text = fields.Text(translate=True)
    responsible_group_id = fields.Many2one(
        "res.groups",
        string="Responsible Role",
        domain=lambda self: self._responsible_group_domain(),
        help="Who answers for this clause. A role that nobody holds is shown as a warning.",
    )
    is_role_empty = fields.Boolean(compute="_compute_is_role_empty", compute_sudo=True)
    built_in = fields.Char(
        translate=True, help="What the software itself does for this clause, without a rule to configure."
    )
    is_advisory = fields.Boolean("Advisory", help="People follow this clause; the software does not check it.")
    is_partial = fields.Boolean("Only in Part", help="Rules and software do only a part of what the clause says.")
    rule_count = fields.Integer("Rules", compute="_compute_coverage")
    coverage = fields.Selection(COVERAGE, compute="_compute_coverage")

    _number_unique = models.UniqueIndex("(policy_id, number)", "This number is already taken in this version.")

    @api.model
    def _responsible_group_domain(self):
        """Roles are the groups that can see customers."""
        return [("all_implied_ids", "in", self.env.ref("customer_policy.group_customer_user").ids)]

    @api.depends("number")
    def _compute_sort_key(self):
        for clause in self:
            parts = re.findall(r"\d+|\D+", clause.number or "")
            clause.sort_key = "".join(part.zfill(6) if part.isdigit() else part for part in parts)

    @api.depends("number", "name")
    def _compute_display_name(self):
        for clause in self:
            clause.display_name = f"{clause.number} {clause.name}" if clause.number else clause.name

    @api.depends("responsible_group_id")
    def _compute_is_role_empty(self):
        for clause in self:
            group = clause.responsible_group_id
            clause.is_role_empty = bool(group) and not group.all_user_ids.filtered("active")

    @api.depends("built_in", "is_advisory", "is_partial")
    def _compute_coverage(self):
        counts = {}
        for model in self.env["customer.policy.rule"]._rule_models():
            for clause, count in self.env[model]._read_group(
                [("clause_id", "in", self.ids)], ["clause_id"], ["__count"]
            ):
                counts[clause.id] = counts.get(clause.id, 0) + count
        for clause in self:
            clause.rule_count = counts.get(clause._origin.id, 0)
            if clause.rule_count or clause.built_in:
                clause.coverage = "partial" if clause.is_partial else "enforced"
            else:
                clause.coverage = "advisory" if clause.is_advisory else "none"

    @api.constrains("parent_id", "policy_id")
    def _check_parent(self):
        for clause in self.filtered("parent_id"):
            if clause.parent_id.policy_id != clause.policy_id or clause.parent_id.parent_id:
                raise ValidationError(
                    self.env._("Clause %s must stand under a chapter of its own version.", clause.number)
                )

    def action_open_rules(self):
        """Open the rules of this clause; where several kinds cite it, those of the first kind that has any."""
        self.ensure_one()
        for model in self.env["customer.policy.rule"]._rule_models():
            rules = self.env[model].search([("clause_id", "=", self.id)])
            if rules:
                return rules._get_records_action(name=self.display_name)
        return False

    def _get_rule_sentences(self):
        """One line per rule of this clause for the printed document."""
        self.ensure_one()
        sentences = []
        for model in self.env["customer.policy.rule"]._rule_models():
            rules = self.env[model]
            if not rules._policy_rule_parent:
                sentences += [rule._get_sentence() for rule in rules.search([("clause_id", "=", self.id)])]
        return sentences

    def _copy_to(self, policy):
        """Copy these clauses into `policy`, chapters first; returns {old id: new id}.

        Those that are there already, left by an addon that was uninstalled, stay as they are.
        """
        present = {clause.number: clause.id for clause in policy.clause_ids}
        clause_map = {clause.id: present[clause.number] for clause in self if clause.number in present}
        missing = self.filtered(lambda clause: clause.id not in clause_map)
        for clause in missing.sorted(lambda clause: (bool(clause.parent_id), clause.sort_key)):
            parent_id = clause_map.get(clause.parent_id.id, False)
            place = {"policy_id": policy.id, "parent_id": parent_id, "stable_key": clause.stable_key}
            clause_map[clause.id] = clause.copy(place).id
        return clause_map

    @api.model
    def _place_fields(self):
        return super()._place_fields() | {"parent_id"}

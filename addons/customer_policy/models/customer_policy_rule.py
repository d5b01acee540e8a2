from ast import literal_eval

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CustomerPolicyRule(models.AbstractModel):
    """What every rule of a policy has in common: its version, its clause, its place in the order.

    A rule model inherits this mixin and is then found, copied into new versions, frozen with its
    version, counted in the coverage of its clause and cited in decisions, without code of its own.
    A rule that is part of another rule (a criterion of a scheme) names the many2one to it in
    `_policy_rule_parent`: it takes version and clause from there and is copied with it.
    """

    _name = "customer.policy.rule"
    _description = "Rule of a Customer Policy"
    _inherit = "customer.policy.part"
    _order = "policy_id, sequence, id"

    _policy_rule_parent = None
    # Whether the place among the rules of this model decides anything; if not, versions are not compared by it.
    _policy_order_decides = True
    # Fields that rules of this model decide: their conditions can't ask for them, as every run would answer anew.
    _policy_rule_outputs = frozenset()
    # {name of a field that holds a condition as text: model that it is said of}
    _policy_domains = {}

    clause_id = fields.Many2one(
        "customer.policy.clause",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('policy_id', '=', policy_id)]",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)

    @api.constrains("policy_id", "clause_id")
    def _check_clause(self):
        for rule in self:
            if rule.clause_id.policy_id != rule.policy_id:
                raise ValidationError(
                    self.env._("“%s” cites a clause of another policy version.", rule.display_name or rule._description)
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(self._complete_from_parent(vals_list))

    def write(self, vals):
        result = super().write(vals)
        moved = {name: vals[name] for name in ("policy_id", "clause_id") if name in vals}
        if moved:
            for model in self._part_models():
                self.env[model].search([(self.env[model]._policy_rule_parent, "in", self.ids)]).write(moved)
        return result

    def _part_models(self):
        """Rule models whose records are parts of this model's."""
        models_ = [self.env[name] for name in self._rule_models() if self.env[name]._policy_rule_parent]
        return [m._name for m in models_ if m._fields[m._policy_rule_parent].comodel_name == self._name]

    def _complete_from_parent(self, vals_list):
        """Values with which a part of a rule takes version and clause from the rule that it belongs to."""
        parent_field = self._policy_rule_parent
        if not parent_field:
            return vals_list
        parents = self.env[self._fields[parent_field].comodel_name]
        completed = []
        for vals in vals_list:
            parent = parents.browse(vals.get(parent_field))
            completed.append({"policy_id": parent.policy_id.id, "clause_id": parent.clause_id.id, **vals})
        return completed

    @api.model
    def _rule_models(self):
        """All rule models of the installed addons, parents before parts."""
        found = self.env.registry.descendants(["customer.policy.rule"], "_inherit")
        names = [name for name in found if not self.env[name]._abstract]
        return sorted(names, key=lambda name: (bool(self.env[name]._policy_rule_parent), name))

    @api.model
    def _in_force(self, company):
        """The active rules of this model that apply to `company` today, in their order; as sudo."""
        if not self.env.registry.ready:
            return self._find_in_force(company)
        return self.sudo().browse(self._in_force_ids(company.id))

    def _find_in_force(self, company):
        return self.env["customer.policy"]._get_in_force(company)._get_rules(self._name)

    @tools.ormcache("company_id")
    def _in_force_ids(self, company_id):
        """A version in force is frozen: its rules stay until another one takes its place (`_transition`)."""
        return tuple(self._find_in_force(self.env["res.company"].browse(company_id)).ids)

    def _copy_to(self, policy, clause_map):
        """Copy these rules with their parts into `policy`; `clause_map` maps old clause ids to new ones."""
        target = {"policy_copy_id": policy.id, "policy_copy_clauses": clause_map}
        return self.with_context(**target).copy()

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        clause_map = self.env.context.get("policy_copy_clauses")
        if clause_map:
            for rule, vals in zip(self, vals_list, strict=True):
                vals.update(
                    policy_id=self.env.context["policy_copy_id"],
                    clause_id=clause_map[rule.clause_id.id],
                    stable_key=rule.stable_key,
                )
        return vals_list

    @api.model
    def _place_fields(self):
        return super()._place_fields() | {"clause_id", self._policy_rule_parent}

    def _get_problems(self):
        """Translated sentences on what keeps these rules from working; with problems nothing is published."""
        return []

    def _get_warnings(self):
        """Translated sentences on what looks odd in these rules but does not keep them from working."""
        return []

    def _parse_domain(self, text, model_name):
        """A condition typed by a user as a `Domain`; a ValidationError says what is wrong with it."""
        records = self.env[model_name].sudo()
        try:
            domain = Domain(literal_eval(text or "[]"))
            domain.validate(records)
            records._search(domain)  # a field that is computed on the fly can't be searched
        except (ValueError, SyntaxError, TypeError, KeyError) as error:
            raise ValidationError(
                self.env._("“%(rule)s”: the condition can't be read: %(error)s", rule=self.display_name, error=error)
            ) from error
        decided = [path for path in self._paths(domain) if any(map(self._is_decided_later, path.split(".")))]
        if decided:
            raise ValidationError(
                self.env._(
                    "“%(rule)s”: the condition asks for “%(field)s”, which is decided only after it.",
                    rule=self.display_name,
                    field=decided[0],
                )
            )
        return domain

    @api.model
    def _paths(self, domain):
        """Field paths that a `Domain` asks for, those of nested conditions included."""
        for condition in domain.iter_conditions():
            yield condition.field_expr
            if condition.operator in ("any", "any!", "not any", "not any!"):
                yield from self._paths(Domain(condition.value))

    def _is_decided_later(self, name):
        """Whether a run gives this field its value by or after these rules: the condition would see the last run's."""
        return name in self._policy_rule_outputs

    def _get_sentence(self):
        """This rule in one line of the reader's language, for the printed document."""
        self.ensure_one()
        return self.display_name

"""The clauses and rules of one version, read with one query per model."""

from collections import defaultdict

from odoo.models import MAGIC_COLUMNS

# Types that a file, a comparison and a proposal can carry.
CONTENT_TYPES = {
    "char", "text", "html", "boolean", "integer", "float", "monetary", "date", "datetime", "selection", "json",
    "many2one", "many2many",
}  # fmt: skip


def content_fields(model):
    """Names of the fields of a model that people fill and that are copied with a record."""
    return {
        name
        for name, field in model._fields.items()
        if field.type in CONTENT_TYPES and field.store and field.copy and not field.related
        if name not in MAGIC_COLUMNS
    }


class Contents:
    def __init__(self, policy):
        env = policy.env(context={**policy.env.context, "active_test": False})
        self.policy = policy.with_env(env)
        self.clauses = env["customer.policy.clause"].search([("policy_id", "=", policy.id)], order="sort_key, id")
        self._below = defaultdict(list)
        for clause in self.clauses:
            self._below[clause.parent_id.id].append(clause)
        self._rules = defaultdict(list)
        self._parts = defaultdict(list)
        for name in env["customer.policy.rule"]._rule_models():
            rules = env[name].search([("policy_id", "=", policy.id)])
            parent_field = rules._policy_rule_parent
            for rule in rules:
                if parent_field:
                    parent = rule[parent_field]
                    self._parts[parent._name, parent.id].append(rule)
                else:
                    self._rules[rule.clause_id.id].append(rule)

    def below(self, clause=None):
        """Chapters, or the clauses of a chapter, in the order of their numbers."""
        return self._below[clause.id if clause else False]

    def rules(self, clause):
        """Rules that cite this clause, each kind in its own order, without those that are parts of others."""
        return self._rules[clause.id]

    def all_rules(self):
        return [rule for clause in self.clauses for rule in self.rules(clause)]

    def parts(self, rule):
        """Parts of a rule, each kind in its own order."""
        return self._parts[rule._name, rule.id]

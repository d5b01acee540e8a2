"""Conditions (domains) in words of the reader's language."""

from ast import literal_eval

from odoo.fields import Domain
from odoo.tools import format_date, format_list


def describe(env, text, model_name):
    """A condition as people say it; the text itself where it can't be read."""
    try:
        domain = Domain(literal_eval(text or "[]"))
        return _Describer(env).describe(domain, env[model_name].sudo())
    except (ValueError, SyntaxError, TypeError, KeyError):
        return text


class _Describer:
    def __init__(self, env):
        self.env = env
        self.operators = {
            "=": env._("%(field)s is %(value)s"),
            "in": env._("%(field)s is %(value)s"),
            "!=": env._("%(field)s is not %(value)s"),
            "not in": env._("%(field)s is not %(value)s"),
            ">": env._("%(field)s is more than %(value)s"),
            ">=": env._("%(field)s is at least %(value)s"),
            "<": env._("%(field)s is less than %(value)s"),
            "<=": env._("%(field)s is at most %(value)s"),
            "ilike": env._("%(field)s contains %(value)s"),
            "like": env._("%(field)s contains %(value)s"),
            "not ilike": env._("%(field)s does not contain %(value)s"),
            "child_of": env._("%(field)s is %(value)s or below"),
        }

    def describe(self, domain, model):
        if domain.is_true():
            return self.env._("everybody")
        if domain.is_false():
            return self.env._("nobody")
        operator = getattr(domain, "OPERATOR", None)
        if operator == "!":
            return self.env._("not (%s)", self.describe(domain.child, model))
        if operator:
            words = [self._nested(child, operator, model) for child in domain.children]
            return format_list(self.env, words, "or" if operator == "|" else "standard")
        return self._leaf(domain, model)

    def _nested(self, child, operator, model):
        text = self.describe(child, model)
        return f"({text})" if getattr(child, "OPERATOR", operator) not in (operator, "!") else text

    def _leaf(self, leaf, model):
        labels, field = [], None
        for name in leaf.field_expr.split("."):
            field = model._fields[name]
            labels.append(field._description_string(self.env))
            model = self.env[field.comodel_name].sudo() if field.relational else model
        name = " / ".join(labels)
        if leaf.operator in ("any", "not any"):
            inner = self.describe(Domain(leaf.value), model)
            return self.env._("%(field)s: %(condition)s", field=name, condition=inner)
        values = leaf.value if isinstance(leaf.value, (list, tuple, set, frozenset)) else [leaf.value]
        words = [self._value(field, model, value) for value in values]
        if field.type == "boolean":
            return self.env._("%(field)s: %(condition)s", field=name, condition=self._boolean(leaf, words))
        sentence = self.operators[leaf.operator]
        return sentence % {"field": name, "value": format_list(self.env, sorted(words), "or") if words else "–"}

    def _boolean(self, leaf, words):
        """Domains say “is not true” in several ways."""
        words_for = [self.env._("no"), self.env._("yes")]
        negative = leaf.operator in ("!=", "not in")
        return words_for[(words[0] == words_for[1]) != negative]

    def _value(self, field, model, value):
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if value is False or value is None:
            return self.env._("empty")
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, str(value))
        if field.relational and isinstance(value, int):
            return model.browse(value).exists().display_name or str(value)
        if field.type == "date" and not isinstance(value, str):
            return format_date(self.env, value)
        return f"“{value}”" if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)

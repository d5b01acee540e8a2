"""Conditions (domains) in words of the reader's language, for people who do not read domains."""

from ast import literal_eval
from collections.abc import Set
from datetime import date

from odoo.fields import Domain
from odoo.tools import format_date, format_list

SHOWN_VALUES = 8


def describe_text(env, text, model_name):
    """A condition as it is stored, in words; the text itself where it can't be read."""
    try:
        domain = Domain(literal_eval(text or "[]"))
        # sudo: who may read a rule may read the names of what it speaks of.
        return describe_condition(env[model_name].sudo(), domain) or env._("everybody")
    except (ValueError, SyntaxError, TypeError, KeyError):
        return text


def describe_condition(records, domain):
    """A condition in words; empty when it takes everything.

    Names of what the reader may not read are numbers. A path that leads nowhere is shown as it is.

    :param records: empty recordset of the model that the condition is on, in the reader's environment
    """
    domain = Domain(domain)
    return "" if domain.is_true() else _describe(records, domain)


def _describe(records, domain):
    env = records.env
    if domain.is_true():
        return env._("everybody")
    if domain.is_false():
        return env._("nobody")
    operator = getattr(domain, "OPERATOR", None)
    if operator == "!":
        return env._("not (%s)", _describe(records, domain.child))
    if operator:
        words = [_nested(records, child, operator) for child in domain.children]
        return (env._(" or ") if operator == "|" else env._(" and ")).join(words)
    return _describe_leaf(records, domain.field_expr, domain.operator, domain.value)


def _nested(records, child, operator):
    text = _describe(records, child)
    return f"({text})" if getattr(child, "OPERATOR", operator) not in (operator, "!") else text


def _describe_leaf(records, path, operator, value):
    env = records.env
    field, label, records = _follow(records, path)
    if "any" in operator:
        text = _describe(records, Domain(value))
        text = env._("not (%s)", text) if operator.startswith("not") else text
        return env._("%(field)s: %(condition)s", field=label, condition=text)
    values = list(value) if isinstance(value, list | tuple | Set) else [value]
    is_positive = operator in ("=", "in")
    if field is not None and field.type == "boolean" and len(values) == 1:
        text = env._("yes") if bool(values[0]) == is_positive else env._("no")
        return env._("%(field)s: %(condition)s", field=label, condition=text)
    if values in ([False], [None]):
        return env._("%s is empty", label) if is_positive else env._("%s is filled in", label)
    words = {
        "=": env._("is"), "in": env._("is"), "!=": env._("is not"), "not in": env._("is not"), ">=": "≥", "<=": "≤",
        ">": ">", "<": "<", "ilike": env._("contains"), "like": env._("contains"),
        "not ilike": env._("does not contain"), "not like": env._("does not contain"),
        "child_of": env._("is or belongs to"), "parent_of": env._("is or is above"),
    }  # fmt: skip
    return f"{label} {words.get(operator, operator)} {_describe_values(records, field, values)}"


def _follow(records, path):
    """(last field, labels of the way to it, model that it leads to); no field where the path ends in something else,
    such as the month of a date."""
    labels, field = [], None
    for name in path.split("."):
        field = records._fields.get(name) if field is None or field.relational else None
        labels.append((field is not None and field._description_string(records.env)) or name)
        if field is not None and field.relational:
            records = records.env[field.comodel_name]
    return field, " › ".join(labels), records


def _describe_values(records, field, values):
    env = records.env
    names = {}
    if field is not None and (field.relational or field.name == "id"):
        found = records.browse(value for value in values if isinstance(value, int) and value).exists()
        names = {record.id: record.display_name for record in found._filtered_access("read")}
    elif field is not None and field.type == "selection":
        names = dict(field._description_selection(env))
    texts = [names.get(value) or _describe_value(env, field, value) for value in values]
    if len(texts) > SHOWN_VALUES:
        rest = len(texts) - SHOWN_VALUES
        texts = [*texts[:SHOWN_VALUES], env._("%s more", rest)]
    return format_list(env, texts, "or") or "–"


def _describe_value(env, field, value):
    kind = field.type if field is not None else None
    if value is False or value is None:
        return env._("empty")
    if kind == "date" and (isinstance(value, date) or value[:1].isdigit()):
        return format_date(env, value)
    if isinstance(value, int | float):
        return f"{value:,}" if kind in ("integer", "float", "monetary") else str(value)
    return f"“{value}”" if kind in ("char", "text", "html", None) or field.relational else str(value)

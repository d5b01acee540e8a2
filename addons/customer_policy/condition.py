"""Conditions in words, for people who do not read domains."""

from odoo.fields import Domain
from odoo.tools import format_date, format_list

SHOWN_VALUES = 8


def describe_condition(records, domain):
    """A domain in the reader's language; empty when it takes everything.

    :param records: empty recordset of the model that the domain is on, in the reader's environment
    """
    domain = Domain(domain)
    if domain.is_true():
        return ""
    if domain.is_false():
        return records.env._("nobody")
    stack = []
    # Prefix notation, read from the right: operands are on the stack before their operator comes.
    for token in reversed(list(domain)):
        if token in ("&", "|"):
            left, right = stack.pop(), stack.pop()
            stack.append((token, [*_parts(left, token), *_parts(right, token)]))
        elif token == "!":
            stack.append(("!", [stack.pop()]))
        else:
            stack.append(("", [_describe_leaf(records, *token)]))
    return _join(records.env, stack.pop())


def _parts(node, operator):
    return node[1] if node[0] == operator else [node]


def _join(env, node, inner=False):
    operator, parts = node
    if not operator:
        return parts[0]
    if operator == "!":
        return env._("not (%s)", _join(env, parts[0]))
    texts = [_join(env, part, inner=True) for part in parts]
    text = (env._(" and ") if operator == "&" else env._(" or ")).join(texts)
    return f"({text})" if inner else text


def _describe_leaf(records, path, operator, value):
    env = records.env
    field, label = _follow(records, path)
    if isinstance(value, Domain | list | tuple) and "any" in operator:
        comodel = env[field.comodel_name]
        return f"{label}: {describe_condition(comodel, value)}"
    values = list(value) if isinstance(value, list | tuple | set | frozenset) or hasattr(value, "__iter__") else [value]
    if isinstance(value, str):
        values = [value]
    if field.type == "boolean":
        is_true = bool(values and values[0]) == (operator in ("=", "in"))
        return label if is_true else env._("not “%s”", label)
    if values == [False]:
        return env._("%s is empty", label) if operator in ("=", "in") else env._("%s is filled in", label)
    words = {
        "=": env._("is"), "in": env._("is"), "!=": env._("is not"), "not in": env._("is not"), ">=": "≥", "<=": "≤",
        ">": ">", "<": "<", "ilike": env._("contains"), "like": env._("contains"),
        "not ilike": env._("does not contain"), "not like": env._("does not contain"),
        "child_of": env._("is or belongs to"), "parent_of": env._("is or is above"),
    }  # fmt: skip
    return f"{label} {words.get(operator, operator)} {_describe_values(records, field, values)}"


def _follow(records, path):
    """(last field, labels of the way to it)"""
    labels = []
    field = None
    for name in path.split("."):
        field = records._fields[name]
        labels.append(field._description_string(records.env) or name)
        if field.relational:
            records = records.env[field.comodel_name]
    return field, " › ".join(labels)


def _describe_values(records, field, values):
    env = records.env
    if field.relational or field.name == "id":
        comodel = env[field.comodel_name] if field.relational else records
        ids = [value for value in values if isinstance(value, int) and value]
        # Names of what the reader may read; others stay numbers.
        readable = comodel.browse(ids).exists()._filtered_access("read") if ids else comodel
        names = {record.id: record.display_name for record in readable}
        texts = [names.get(value, str(value)) for value in values]
    elif field.type == "selection":
        labels = dict(field._description_selection(env))
        texts = [labels.get(value, str(value)) for value in values]
    elif field.type == "date":
        texts = [
            format_date(env, value) if isinstance(value, str) and value[:1].isdigit() else str(value)
            for value in values
        ]
    else:
        texts = [f"{value:,}" if isinstance(value, int | float) else str(value) for value in values]
    if len(texts) > SHOWN_VALUES:
        rest = len(texts) - SHOWN_VALUES
        texts = [*texts[:SHOWN_VALUES], env._("%s more", rest)]
    return format_list(env, texts, "or")

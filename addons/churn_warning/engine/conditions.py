"""Conditions on metrics, evaluated over arrays: what a rule would have said of customers of the past. Plain NumPy."""

import operator

import numpy as np

COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
# Odoo turns “=” and “!=” into these.
LISTS = ("in", "not in")


class NotOfThePast(ValueError):
    """The condition asks for something that purchases alone don't tell."""


def evaluate(domain, arrays, number, size):
    """Boolean array of the rows that meet a `Domain`; unknown values (NaN) meet no comparison, and are what `False` in
    a list stands for, as in the database.

    :param arrays: {metric: array}
    :param number: maps (metric, value of a condition) to the number that the array is compared with
    :param size: number of rows
    """
    if domain.is_true() or domain.is_false():
        return np.full(size, domain.is_true())
    kind = getattr(domain, "OPERATOR", None)
    if kind == "!":
        return ~evaluate(domain.child, arrays, number, size)
    if kind:
        parts = [evaluate(child, arrays, number, size) for child in domain.children]
        return (np.logical_or if kind == "|" else np.logical_and).reduce(parts)
    name, sign, value = domain.field_expr, domain.operator, domain.value
    if name not in arrays or (sign not in COMPARE and sign not in LISTS) or isinstance(value, bool):
        raise NotOfThePast(name)
    array = arrays[name]
    if sign in LISTS:
        known = [number(name, one) for one in value if one is not False]
        met = np.isin(array, known) | (np.isnan(array) if False in value else False)
        return met if sign == "in" else ~met
    with np.errstate(invalid="ignore"):
        return COMPARE[sign](array, number(name, value)) & ~np.isnan(array)

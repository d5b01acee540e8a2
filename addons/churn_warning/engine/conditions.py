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


class NotOfThePast(ValueError):
    """The condition asks for something that purchases alone don't tell."""


def evaluate(domain, arrays, number, size):
    """Boolean array of the rows that meet a `Domain`; unknown values (NaN) meet nothing.

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
    if name not in arrays or sign not in COMPARE or isinstance(value, bool):
        raise NotOfThePast(name)
    array = arrays[name]
    with np.errstate(invalid="ignore"):
        return COMPARE[sign](array, number(name, value)) & ~np.isnan(array)

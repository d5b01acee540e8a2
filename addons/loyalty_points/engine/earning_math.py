"""Arithmetic of earned points: rounding, multipliers, caps, what a return takes back. Plain Python, no environment."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

ROUNDINGS = {"half_up": ROUND_HALF_UP, "down": ROUND_DOWN, "up": ROUND_UP}
# What lies below is noise of floating point, not an amount.
NOISE = 1e-6


def round_points(value, method="half_up", digits=0):
    """Points as a rule rounds them; negative ones like positive ones (-2.5 becomes -3 half up).

    Six digits are taken as exact first: 0.1 · 3 is 0.3 and not a little more, which would round up to 1.
    """
    exact = Decimal(repr(value)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    return float(exact.quantize(Decimal(1).scaleb(-digits), ROUNDINGS[method]))


def spread(values, method="half_up", digits=0):
    """Round the sum of values once and give each its part, so that the parts make up the rounded sum.

    A part is the step of the rounded running sum: three lines of 33.4 give 33, 34 and 33, together 100.
    """
    parts, total, given = [], 0.0, 0.0
    for value in values:
        total += value
        part = round_points(round_points(total, method, digits) - given, "half_up", digits)
        given += part
        parts.append(part)
    return parts


def combine(factors, how):
    """One factor of several multipliers.

    `highest`: the best one counts; `multiply`: 2 and 1.5 make 3; `add`: their extra parts add up, 2 and 1.5 make 2.5.
    Without multipliers, 1.
    """
    if not factors:
        return 1.0
    if how == "multiply":
        result = 1.0
        for factor in factors:
            result *= factor
        return result
    return 1.0 + sum(factor - 1.0 for factor in factors) if how == "add" else max(factors)


def remaining_points(points, base, target, method="half_up", digits=0):
    """Points that stay when of what they were given for (`base`) only `target` is left; all of it back leaves none."""
    if target <= NOISE or base <= NOISE:
        return 0.0
    return min(points, round_points(points * min(1.0, target / base), method, digits))


def target_base(reached, credited, gross=None):
    """What of a line earns points: what its moment has reached less what was credited, never negative.

    :param reached: amount or quantity that the moment (delivered, paid, ...) has reached, returns already taken off
    :param credited: amount or quantity of the credit notes
    :param gross: what was ever reached. A returned delivery that is also credited comes off once: of 10 delivered,
        4 returned and credited, 6 earn and not 2. None: `reached` knows no returns of its own.
    """
    gross = reached if gross is None else max(gross, reached)
    return max(0.0, min(reached, gross - credited))


def gross_since_zero(bases):
    """What was granted since nothing was left the last time (a cancelled order that is confirmed again begins anew)."""
    net = gross = 0.0
    for base in bases:
        net += base
        gross = gross + max(0.0, base) if net > NOISE else 0.0
    return gross


def net_of_discounts(amounts):
    """Amounts of a document's lines, its negative lines (discounts) taken off the others in proportion."""
    positive = sum(amount for amount in amounts if amount > 0)
    negative = sum(amount for amount in amounts if amount < 0)
    share = max(0.0, 1.0 + negative / positive) if positive else 0.0
    return [max(0.0, amount) * share for amount in amounts]

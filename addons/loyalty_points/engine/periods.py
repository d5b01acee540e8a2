"""Periods in which tiers are earned."""

from dateutil.relativedelta import relativedelta


def calendar_start(day, months):
    """First day of the calendar period of so many months that `day` lies in; periods of 12 months are the years, of 3
    the quarters."""
    number = (day.year * 12 + day.month - 1) // months * months
    return day.replace(year=number // 12, month=number % 12 + 1, day=1)


def anniversary_start(since, day, months):
    """First day of the period that `day` lies in, counted from `since`. Whoever joined on 29 February begins a year on
    28 February where there is no 29th: months are added to the day of joining, not to the last beginning."""
    number = max(0, (day.year - since.year) * 12 + day.month - since.month) // months
    if number and since + relativedelta(months=number * months) > day:
        number -= 1
    return since + relativedelta(months=number * months)

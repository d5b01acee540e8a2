"""Benchmark of the clocks' exactness: cases beside an independent calculation, minute by minute in plain Python."""

from datetime import UTC, datetime, timedelta
from random import Random
from time import monotonic
from zoneinfo import ZoneInfo

from odoo import Command

from .report import progress, result
from .scene import company_of, undone

CASES = 1_000
# One calendar of its own for every so many cases.
CASES_PER_CALENDAR = 10
MINUTE = timedelta(minutes=1)
LIMIT = 200 * 24 * 60
ZONES = ("UTC", "Asia/Shanghai", "Asia/Kolkata", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe")


def bench_deadline_accuracy(scene, _options):
    """1,000 random cases with calendars, leaves, pauses and time zones; each milestone must agree to the second.

    Beside them what `resource.calendar.plan_hours`, on which OCA's helpdesk_mgmt_sla counts, says of the same cases:
    where there is no pause it can be right, and it is told how often and in which time.
    """
    random = Random(5310)
    with scene.environment() as env, undone(env):
        office = Office(env, random)
        right = wrong = core_right = 0
        ours = core = 0.0
        for number in range(CASES):
            if number % CASES_PER_CALENDAR == 0:
                office.move(number)
                progress(f"  {number} of {CASES} cases")
            start, minutes, pauses = office.case()
            begin = monotonic()
            found = office.calendar._get_working_time(office.company, start, start + timedelta(days=200)).deadline(
                start, minutes * 60, pauses
            )
            ours += monotonic() - begin
            begin = monotonic()
            planned = office.calendar.plan_hours(minutes / 60, start.replace(tzinfo=UTC), compute_leaves=True)
            core += monotonic() - begin
            expected = office.walk(start, minutes, pauses)
            right, wrong = right + (found == expected), wrong + (found != expected)
            core_right += bool(planned) and _to_minute(planned) == expected
    return result(
        "complaint.deadline_accuracy",
        wrong,
        0,
        "wrong deadlines",
        {**scene.on, "cases": CASES, "right": right},
        ok=right == CASES,
        seconds=round(ours, 2),
        plan_hours_right=core_right,
        plan_hours_seconds=round(core, 2),
    )


def _to_minute(moment):
    moment = moment.astimezone(UTC).replace(tzinfo=None) + timedelta(seconds=30)
    return moment.replace(second=0, microsecond=0)


class Office:
    """A company with a random week, zone and leaves; moves now and then."""

    def __init__(self, env, random):
        self.env, self.random, self.company = env, random, company_of(env)

    def move(self, number):
        """Shifts of full and half hours; none begins or ends between one and four, when clocks change."""
        random, self.week = self.random, {}
        for day in range(7):
            if random.random() < 0.75:
                edges = sorted(random.sample([0, 0.5, 1, *(n / 2 for n in range(8, 48)), 24], 4))
                self.week[day] = [(edges[0], edges[1]), (edges[2], edges[3])]
        self.week = self.week or {0: [(9, 17)]}
        self.zone = random.choice(ZONES)
        # Within reach of both changes of the clock.
        self.opened = datetime(2026, random.choice((3, 4, 10, 11)), random.randrange(1, 29), random.randrange(24))
        self.calendar = self.env["resource.calendar"].create(
            {
                "name": f"Office {number}",
                "tz": self.zone,
                "company_id": self.company.id,
                "attendance_ids": [
                    Command.create({"name": "x", "dayofweek": str(day), "hour_from": begin, "hour_to": end})
                    for day, shifts in self.week.items()
                    for begin, end in shifts
                ],
            }
        )
        begins = [self.opened + timedelta(minutes=random.randrange(-2000, 20000)) for _ in range(random.randrange(4))]
        self.leaves = [(begin, begin + timedelta(minutes=random.randrange(1, 5000))) for begin in begins]
        self.env["resource.calendar.leaves"].create(
            [
                {"name": "x", "calendar_id": self.calendar.id, "date_from": begin, "date_to": end}
                for begin, end in self.leaves
            ]
        )

    def case(self):
        """(receipt, working minutes, pauses)"""
        random = self.random
        start = self.opened + timedelta(minutes=random.randrange(10000))
        pauses, moment = [], start
        for _pause in range(random.randrange(4)):
            begin = moment + timedelta(minutes=random.randrange(1, 5000))
            moment = begin + timedelta(minutes=random.randrange(1, 5000))
            pauses.append((begin, moment))
        return start, random.randrange(1, 2400), pauses

    def walk(self, start, minutes, pauses):
        """The deadline by looking at every minute on the wall clock; None after 200 days."""
        now, zone = start.replace(tzinfo=UTC), ZoneInfo(self.zone)
        closed = [*self.leaves, *pauses]
        for _minute in range(LIMIT):
            wall, naive = now.astimezone(zone), now.replace(tzinfo=None)
            hour = wall.hour + wall.minute / 60
            if any(begin <= hour < end for begin, end in self.week.get(wall.weekday(), ())) and not any(
                begin <= naive < end for begin, end in closed
            ):
                minutes -= 1
            now += MINUTE
            if not minutes:
                return now.replace(tzinfo=None)
        return None

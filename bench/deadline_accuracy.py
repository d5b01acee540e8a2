"""Benchmark of the clocks' exactness: cases worked under a simulated clock beside an independent calculation, minute by
minute in plain Python, and beside OCA's helpdesk on the same cases."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from time import monotonic
from zoneinfo import ZoneInfo

from freezegun import freeze_time
from odoo import Command

from tools import databases, odoo, peers, postgres

from . import environment
from .report import progress, result
from .scene import company_of

DATABASE = "bench_deadlines"
PEER = "helpdesk_mgmt_sla"
CASES = 1_000
# One calendar of its own for every so many cases.
CASES_PER_CALENDAR = 10
MINUTE = timedelta(minutes=1)
LIMIT = 200 * 24 * 60
ZONES = ("UTC", "Asia/Shanghai", "Asia/Kolkata", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe")


def bench_deadline_accuracy(_scene, _options):
    """1,000 random cases with calendars, leaves, pauses and time zones; each deadline must agree to the minute.

    Beside them the same cases in `helpdesk_mgmt_sla`, which has a stage for the pause, too, and in core's `plan_hours`,
    which knows no pauses: how often each is right, also of the cases without a pause, and the seconds from opening all
    cases to the last pause, with what each addon else does then.
    """
    postgres.drop(DATABASE)
    postgres.clone(databases.suite(), DATABASE)
    folders = peers.addons()
    if folders:
        config = odoo.configuration("peers", extra_addons=folders)
        odoo.manage(DATABASE, "-i", PEER, log="bench-peers", config=config, strict=False)
    with environment.environment(DATABASE) as env, freeze_time("2026-01-01", ignore=["bench"]) as clock:
        desks = {"customer_complaint": Complaints(env, clock), "plan_hours": PlanHours()}
        if folders:
            desks[PEER] = Helpdesk(env, clock)
        _work(env, desks)
    environment.close(DATABASE)
    postgres.drop(DATABASE)
    ours = desks["customer_complaint"]
    return result(
        "complaint.deadline_accuracy",
        CASES - ours.right,
        0,
        "wrong deadlines",
        {"cases": CASES, "without_pause": ours.plain},
        ok=bool(CASES),
        **{
            name: {"right": desk.right, "right_without_pause": desk.plain_right, "seconds": round(desk.seconds, 1)}
            for name, desk in desks.items()
        },
    )


def _work(env, desks):
    random = Random(5310)
    office = Office(env, random)
    for number in range(CASES):
        if number % CASES_PER_CALENDAR == 0:
            office.move(number)
            progress(f"  {number} of {CASES} cases")
        start, minutes, pauses = office.case()
        expected = office.walk(start, minutes, pauses)
        for desk in desks.values():
            with desk.timed():
                found = desk.deadline(office, start, minutes, pauses)
            desk.judge(found == expected, not pauses)
        env.flush_all()
        env.invalidate_all()


class Desk:
    """Somebody who counts deadlines."""

    def __init__(self):
        self.seconds, self.right, self.plain, self.plain_right = 0.0, 0, 0, 0

    @contextmanager
    def timed(self):
        begin = monotonic()
        yield
        self.seconds += monotonic() - begin

    def judge(self, is_right, is_plain):
        self.right += is_right
        self.plain += is_plain
        self.plain_right += is_right and is_plain


class Complaints(Desk):
    """The addon itself: a case is opened, waits for its customer and goes on, as people do it by its buttons."""

    def __init__(self, env, clock):
        super().__init__()
        self.cases, self.clock = env["customer.complaint"].with_context(tracking_disable=True), clock
        rules = env["customer.complaint.deadline"]._in_force(company_of(env))
        self.rule = next(rule for rule in rules if rule._takes_all())

    def deadline(self, office, start, minutes, pauses):
        self.rule.env.cr.execute(
            """UPDATE customer_complaint_deadline
                  SET unit = 'hours', resolve_time = %s, reply_time = 0, acknowledge_time = 0 WHERE id = %s""",
            [minutes / 60, self.rule.id],
        )
        self.rule.invalidate_recordset()
        self.clock.move_to(start)
        case = self.cases.create({"subject": "Bench", "company_id": office.company.id})
        for begin, end in pauses:
            self.clock.move_to(begin)
            case.action_wait()
            self.clock.move_to(end)
            case.action_investigate()
        return case.deadline_resolve


class Helpdesk(Desk):
    """OCA's helpdesk with a stage that its clock ignores. Its deadlines are whole hours; here it gets the minutes."""

    def __init__(self, env, clock):
        super().__init__()
        self.env, self.clock = env, clock
        stages = env["helpdesk.ticket.stage"]
        self.working, self.waiting, done = (
            stages.create({"name": name, "sequence": place}) for place, name in enumerate(("Work", "Wait", "Done"), 100)
        )
        self.team = env["helpdesk.ticket.team"].create({"name": "Bench", "use_sla": True})
        env["helpdesk.sla"].create(
            {"name": "Bench", "hours": 1, "stage_id": done.id, "team_ids": [Command.set(self.team.ids)],
             "ignore_stage_ids": [Command.set(self.waiting.ids)]}
        )  # fmt: skip

    def deadline(self, office, start, minutes, pauses):
        self.team.resource_calendar_id = office.calendar
        self.clock.move_to(start)
        ticket = self.env["helpdesk.ticket"].with_context(tracking_disable=True).create(
            {"name": "Bench", "description": "Bench", "team_id": self.team.id, "stage_id": self.working.id}
        )  # fmt: skip
        self.env.flush_all()  # computes hours and beginning, which are given to it now:
        # the database's own clock, which no simulation moves, has dated the ticket.
        ticket.ticket_sla_ids.write({"hours": minutes / 60, "last_state_date": start})
        self.env.flush_all()
        for pause in pauses:
            for moment, stage in zip(pause, (self.waiting, self.working), strict=True):
                self.clock.move_to(moment)
                ticket.stage_id = stage
                self.env.flush_all()
        return _to_minute(ticket.ticket_sla_ids.deadline)


class PlanHours(Desk):
    """Core alone, which knows no pauses."""

    def deadline(self, office, start, minutes, _pauses):
        return _to_minute(office.calendar.plan_hours(minutes / 60, start, compute_leaves=True))


def _to_minute(moment):
    return moment and (moment + timedelta(seconds=30)).replace(second=0, microsecond=0)


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
        self.company.resource_calendar_id = self.calendar
        begins = [self.opened + timedelta(minutes=random.randrange(-2000, 20000)) for _ in range(random.randrange(4))]
        self.leaves = [(begin, begin + timedelta(minutes=random.randrange(1, 5000))) for begin in begins]
        self.env["resource.calendar.leaves"].create(
            [
                {"name": "x", "calendar_id": self.calendar.id, "date_from": begin, "date_to": end}
                for begin, end in self.leaves
            ]
        )

    def case(self):
        """(receipt, working minutes, pauses); rules say hours with two digits, so that three minutes are the least."""
        random = self.random
        start = self.opened + timedelta(minutes=random.randrange(10000))
        pauses, moment = [], start
        for _pause in range(random.randrange(4)):
            begin = moment + timedelta(minutes=random.randrange(1, 5000))
            moment = begin + timedelta(minutes=random.randrange(1, 5000))
            pauses.append((begin, moment))
        return start, 3 * random.randrange(1, 800), pauses

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

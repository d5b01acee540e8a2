"""The arithmetic of working time, against hand calculation and a walk minute by minute."""

from datetime import datetime, timedelta
from random import Random

from odoo.tests import BaseCase, tagged

from ..engine.complaint_clock import Milestone, WindowTooShort, read_clock
from ..engine.working_time import WorkingTime

HOUR = 3600
# Monday 2 March 2026 to Friday 6 March, 9-12 and 13-18 o'clock: eight hours a day.
WEEK = [
    (datetime(2026, 3, day, start), datetime(2026, 3, day, end))
    for day in range(2, 7)
    for start, end in ((9, 12), (13, 18))
]


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute)


@tagged("post_install", "-at_install")
class TestWorkingTime(BaseCase):
    def setUp(self):
        super().setUp()
        self.time = WorkingTime(WEEK)

    def test_by_hand(self):
        for start, hours, expected in (
            (at(2, 9), 2, at(2, 11)),
            (at(2, 11), 2, at(2, 14)),  # over lunch
            (at(2, 7), 1, at(2, 10)),  # before work begins
            (at(2, 12, 30), 1, at(2, 14)),  # during lunch
            (at(2, 17), 2, at(3, 10)),  # over night
            (at(2, 9), 8, at(2, 18)),  # a whole day ends in the evening, not the next morning
            (at(2, 9), 40, at(6, 18)),
            (at(2, 9), 41, None),  # beyond the window
            (at(2, 3), 0, at(2, 3)),
        ):
            self.assertEqual(self.time.deadline(start, hours * HOUR), expected, (start, hours))

    def test_pauses_by_hand(self):
        for pauses, expected in (
            ([(at(2, 10), at(2, 11))], at(2, 14)),  # one hour of work paused
            ([(at(2, 12), at(2, 13))], at(2, 12)),  # the lunch break costs nothing
            ([(at(2, 11), at(3, 9))], at(3, 10)),  # until the next morning, one hour was left
            ([(at(2, 13), at(3, 9))], at(2, 12)),  # begins when the time is up
            ([(at(2, 8), at(2, 10)), (at(2, 10, 30), at(2, 11))], at(2, 14, 30)),  # before the start counts nothing
        ):
            self.assertEqual(self.time.deadline(at(2, 9), 3 * HOUR, pauses), expected, pauses)

    def test_backwards(self):
        self.assertEqual(self.time.shift(at(3, 10), -HOUR), at(3, 9))  # not in the evening before
        self.assertEqual(self.time.shift(at(3, 9, 30), -HOUR), at(2, 17, 30))
        self.assertIsNone(self.time.shift(at(2, 9, 30), -HOUR))
        self.assertEqual(self.time.shift(at(2, 14), -HOUR), at(2, 13))

    def test_between(self):
        self.assertEqual(self.time.between(at(2, 8), at(3, 10)), 9 * HOUR)
        self.assertEqual(self.time.between(at(2, 8), at(3, 10), [(at(2, 9), at(2, 11))]), 7 * HOUR)

    def test_overlapping_intervals_count_once(self):
        time = WorkingTime(
            [(at(2, 9), at(2, 12)), (at(2, 11), at(2, 13)), (at(2, 13), at(2, 14)), (at(2, 9), at(2, 9))]
        )
        self.assertEqual(time.total, 5 * HOUR)

    def test_nothing_to_count_on(self):
        self.assertIsNone(WorkingTime([]).deadline(at(2, 9), HOUR))

    def test_minute_by_minute(self):
        """A clock that ticks each minute and stands still in breaks and pauses says the same."""
        random = Random(20260302)
        for _case in range(300):
            intervals, moment = [], at(2, 0)
            for _interval in range(random.randrange(1, 30)):
                moment += timedelta(minutes=random.randrange(0, 900))
                end = moment + timedelta(minutes=random.randrange(1, 500))
                intervals.append((moment, end))
                moment = end
            start = at(2, 0) + timedelta(minutes=random.randrange(0, 2000))
            pauses, moment = [], start - timedelta(minutes=30)
            for _pause in range(random.randrange(0, 4)):
                moment += timedelta(minutes=random.randrange(1, 700))
                end = moment + timedelta(minutes=random.randrange(0, 700))
                pauses.append((moment, end))
                moment = end
            minutes = random.randrange(1, 2000)
            expected = tick(intervals, start, minutes, pauses)
            self.assertEqual(WorkingTime(intervals).deadline(start, minutes * 60, pauses), expected)


def tick(intervals, start, minutes, pauses):
    """When `minutes` have been worked, one after the other; None if never."""
    now, end = start, intervals[-1][1]
    while now < end:
        works = any(begin <= now < finish for begin, finish in intervals)
        if works and not any(begin <= now < finish for begin, finish in pauses):
            minutes -= 1
            if not minutes:
                return now + timedelta(minutes=1)
        now += timedelta(minutes=1)
    return None


@tagged("post_install", "-at_install")
class TestReading(BaseCase):
    def setUp(self):
        super().setUp()
        self.time = WorkingTime(WEEK)
        self.reply = Milestone("reply", at(2, 9), 3 * HOUR, ladder=(-HOUR, 0, 4 * HOUR))

    def reading(self, *milestones, **values):
        return read_clock(self.time, milestones or (self.reply,), **values)

    def test_next_is_the_earliest_that_is_open(self):
        resolve = Milestone("resolve", at(2, 9), 16 * HOUR)
        reading = self.reading(resolve, self.reply)
        self.assertEqual((reading.next_milestone, reading.next_deadline), ("reply", at(2, 12)))
        self.reply.done = at(2, 12)
        reading = self.reading(resolve, self.reply)
        self.assertEqual((reading.next_milestone, reading.next_deadline), ("resolve", at(3, 18)))
        self.assertEqual(reading.results, {"reply": "on_time"})

    def test_done_in_the_minute_after_is_late(self):
        self.reply.done = at(2, 12, 1)
        self.assertEqual(self.reading().results, {"reply": "late"})

    def test_waiting_suspends_what_is_not_late_yet(self):
        self.assertIsNone(self.reading(paused_since=at(2, 11)).next_deadline)
        self.assertIsNone(self.reading(paused_since=at(2, 11)).next_escalation)
        self.assertEqual(self.reading(paused_since=at(2, 14)).next_deadline, at(2, 12))

    def test_ended(self):
        reading = self.reading(is_ended=True)
        self.assertEqual((reading.next_deadline, reading.next_escalation), (None, None))

    def test_ladder(self):
        for level, raised, expected in (
            (0, None, at(2, 11)),
            (1, at(2, 11), at(2, 12)),
            (2, at(2, 12), at(2, 17)),
            (2, at(3, 9), at(3, 9, 1)),  # the server was down: one after the other
            (3, at(2, 17), None),
        ):
            self.reply.level, self.reply.raised = level, raised
            self.assertEqual(self.reading().next_escalation, expected, level)

    def test_reminder_never_before_the_case(self):
        self.reply.seconds = HOUR // 2
        self.assertEqual(self.reading().next_escalation, at(2, 9))

    def test_without_a_deadline(self):
        self.reply.seconds = 0
        self.assertFalse(self.reading().deadlines)

    def test_window_too_short(self):
        self.reply.seconds = 100 * HOUR
        with self.assertRaises(WindowTooShort):
            self.reading()

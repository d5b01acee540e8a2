"""What the clocks of one case show. Plain Python, no ORM: tested by itself."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

# Levels of the ladder that fell due together (the server was down) come one after the other.
BETWEEN_LEVELS = timedelta(minutes=1)


class WindowTooShort(Exception):
    """The working time that was loaded ends before a deadline."""


@dataclass
class Milestone:
    """One deadline of a case: working `seconds` from `start`; 0 means none.

    `kept` is the deadline that a milestone was judged by when it was done; later rules don't judge it anew.
    `ladder` are the working seconds of the escalation levels after the deadline (negative: before), ascending;
    `level` how many of them have come, the last one at `raised`.
    """

    name: str
    start: datetime
    seconds: int
    done: datetime | None = None
    ladder: tuple = ()
    level: int = 0
    raised: datetime | None = None
    kept: datetime | None = None


@dataclass
class Reading:
    deadlines: dict = field(default_factory=dict)
    results: dict = field(default_factory=dict)
    next_deadline: datetime | None = None
    next_milestone: str | None = None
    next_escalation: datetime | None = None
    escalation_milestone: str | None = None


def read_clock(working_time, milestones, pauses=(), paused_since=None, *, is_ended=False):
    """Deadlines of a case, which of them is next, and when the next escalation comes.

    :param pauses: (begin, end) of the pauses that are over, ascending
    :param paused_since: begin of the one that is not; deadlines missed before stay missed, others are suspended
    :param is_ended: closed or cancelled: nothing is next
    :raises WindowTooShort: load more working time and ask again
    """
    reading = Reading()
    pending, escalations = [], []
    for milestone in milestones:
        if not milestone.seconds and not milestone.kept:
            continue
        due = milestone.kept or working_time.deadline(milestone.start, milestone.seconds, pauses)
        if due is None:
            raise WindowTooShort
        reading.deadlines[milestone.name] = due
        if milestone.done:
            reading.results[milestone.name] = "on_time" if milestone.done <= due else "late"
        elif not is_ended and not (paused_since and due > paused_since):
            pending.append((due, milestone.name))
            if milestone.level < len(milestone.ladder):
                escalations.append((_escalation(working_time, milestone, due), milestone.name))
    if pending:
        reading.next_deadline, reading.next_milestone = min(pending)
    if escalations:
        reading.next_escalation, reading.escalation_milestone = min(escalations)
    return reading


def _escalation(working_time, milestone, due):
    """When the next level of the ladder comes; never before the case, nor at once with the level before."""
    seconds = milestone.ladder[milestone.level]
    moment = working_time.shift(due, seconds)
    if moment is None:
        if seconds > 0:
            raise WindowTooShort
        moment = milestone.start
    moment = max(moment, milestone.start)
    return max(moment, milestone.raised + BETWEEN_LEVELS) if milestone.raised else moment

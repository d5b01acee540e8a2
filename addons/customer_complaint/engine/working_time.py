"""Adding and measuring working time. Plain Python, no ORM: tested by itself."""

from bisect import bisect_left, bisect_right
from datetime import timedelta
from itertools import accumulate


class WorkingTime:
    """The working time of one calendar within a window, as a line of seconds.

    A moment is mapped to its position, the working seconds from the beginning of the window to it, and back. To add
    working time is to add on that line; each takes O(log n) for n intervals, whatever the distance.

    :param intervals: (start, end) in naive UTC, in any order; they may touch or overlap
    """

    def __init__(self, intervals):
        self._starts, self._ends = [], []
        for start, end in sorted(intervals):
            if end <= start:
                continue
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)
        lengths = (int((end - start).total_seconds()) for start, end in zip(self._starts, self._ends, strict=True))
        # _totals[i]: seconds before interval i; the last one is all there is.
        self._totals = [0, *accumulate(lengths)]

    @property
    def total(self):
        return self._totals[-1]

    def position(self, moment):
        """Working seconds from the beginning of the window until `moment`."""
        index = bisect_right(self._starts, moment) - 1
        if index < 0:
            return 0
        return self._totals[index] + int((min(moment, self._ends[index]) - self._starts[index]).total_seconds())

    def reached(self, position):
        """The first moment at which `position` working seconds are over; None beyond the window."""
        index = bisect_left(self._totals, position) - 1
        if position > self.total or index < 0:
            return None
        return self._starts[index] + timedelta(seconds=position - self._totals[index])

    def left(self, position):
        """The last moment at which no more than `position` working seconds are over; None outside the window.

        It differs from `reached` between two intervals only: a reminder one hour before ten o'clock on Monday
        comes at nine, not when work ended on Friday.
        """
        index = bisect_right(self._totals, position) - 1
        if position < 0 or index >= len(self._starts):
            return None
        return self._starts[index] + timedelta(seconds=position - self._totals[index])

    def shift(self, moment, seconds):
        """`moment` moved by working seconds, forwards or backwards; None outside the window."""
        if not seconds:
            return moment
        position = self.position(moment) + seconds
        return self.reached(position) if seconds > 0 else self.left(position)

    def between(self, start, end, pauses=()):
        """Working seconds from `start` to `end`, pauses left out."""
        seconds = self.position(end) - self.position(start)
        for begin, finish in pauses:
            begin, finish = max(begin, start), min(finish, end)
            if begin < finish:
                seconds -= self.position(finish) - self.position(begin)
        return max(seconds, 0)

    def deadline(self, start, seconds, pauses=()):
        """When `seconds` of working time have passed since `start`, with the clock stopped in the pauses.

        :param pauses: (begin, end), ascending, without overlap; one that begins when the time is up changes nothing
        :return: None beyond the window
        """
        if not seconds:
            return start
        target = self.position(start) + seconds
        for begin, end in pauses:
            begin = max(begin, start)
            if begin < end and self.position(begin) < target:
                target += self.position(end) - self.position(begin)
        return self.reached(target)

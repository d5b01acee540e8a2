from datetime import timedelta

from odoo import models
from pytz import utc

from ..engine.working_time import WorkingTime


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def _has_fixed_hours(self):
        """Whether deadlines can be counted: somebody works at known hours."""
        if not self:
            return False
        lines = self.attendance_ids.filtered(lambda line: not line.display_type and line.day_period != "lunch")
        return not self.flexible_hours and any(line.hour_to > line.hour_from for line in lines)

    def _get_working_time(self, company, start, end):
        """The working time from `start` to `end` (naive UTC), holidays of the calendar and of `company` left out.

        All intervals at once: two queries, whatever the window. Core's `plan_hours` asks fortnight by fortnight and
        gives up after a hundred; its leaves without a calendar count whatever company they are of.
        """
        self.ensure_one()
        # sudo: customers and salespeople open cases without reading the absences of others.
        calendar_sudo = self.sudo().with_context(employee_timezone=False)
        leaves = [("time_type", "=", "leave"), ("company_id", "in", [False, company.id])]
        intervals = calendar_sudo._work_intervals_batch(
            start.replace(tzinfo=utc), end.replace(tzinfo=utc), domain=leaves
        )[False]
        return WorkingTime((_to_second(begin), _to_second(finish)) for begin, finish, _records in intervals)


def _to_second(moment):
    """Naive UTC to the second: core ends a day at 23:59:59.999999."""
    moment = moment.astimezone(utc).replace(tzinfo=None)
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)

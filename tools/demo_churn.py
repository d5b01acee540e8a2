"""The demo's churn warnings: nights of the past four months, what people did about the warnings, and those of today."""

from datetime import datetime, time, timedelta
from random import Random

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

SEED = 7
PAST_MONTHS = 4
# Of the warnings of a month: how many are worked on, and of those, how many end as lost or as a false alarm.
WORKED, LOST, FALSE = 0.75, 0.3, 0.1
CAUSES = ("price", "price", "delivery", "competitor", "competitor", "quality", "need", "person")
FALSE_NOTES = ("Was on holiday, orders again next week.", "季节性停产，恢复后照常订货。")
LOST_NOTES = ("Changed to another supplier; the door stays open.", "已改用其他供应商，仍可联系。")


class Churn:
    """Part of the `Filler` of demo_data.py; before `Grades`, whose runs of the past it accompanies."""

    def _grade_as_of(self, months):
        changed = super()._grade_as_of(months)
        if months <= PAST_MONTHS:
            moment = datetime.combine(self.today - relativedelta(months=months), time(20))
            with freeze_time(moment, ignore=["odoo.addons.customer_insight"]):
                self._warn_night()
            with freeze_time(moment + timedelta(days=3), ignore=["odoo.addons.customer_insight"]):
                self._work_on_warnings()
        return changed

    def _warn_night(self):
        """Back-test and warnings as of the moment that it is."""
        self.env["churn.model"].sudo()._train(self.company)
        self.env["customer.policy.engine"]._run(self.company)
        warnings = self.env["churn.warning"].sudo()
        warnings._keep_up(self.company)
        opened = warnings._open_batch(self.company)
        warnings.search([("date_notified", "=", False)]).date_notified = datetime.now()
        return opened

    def _work_on_warnings(self):
        rng = Random(f"{SEED}{datetime.now():%Y%m}")
        reasons = {reason.code: reason for reason in self.env["churn.reason"].search([])}
        for warning in self.env["churn.warning"].sudo().search([("state", "=", "open")], order="id"):
            if rng.random() > WORKED:
                continue
            warning.action_start()
            end = rng.random()
            if end < LOST:
                warning._finish("lost", loss_reason=reasons[rng.choice(CAUSES)], note=rng.choice(LOST_NOTES))
            elif end < LOST + FALSE:
                warning._finish("false_alarm", note=rng.choice(FALSE_NOTES))

    def add_churn(self):
        opened = self._warn_night()
        warnings = self.env["churn.warning"].sudo()
        for warning in warnings.search([("state", "=", "open")], order="id")[::3]:
            warning.action_start()
        closed = warnings.search_count([("state", "=", "closed")])
        return f"{opened} opened today, {closed} closed in the months before"

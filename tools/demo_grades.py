"""The demo's grades: those of today, of the months before, and those given by hand."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from time import monotonic

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time


class Grades:
    """Part of the `Filler` of demo_data.py."""

    def grade_first(self):
        policy = self.env["customer.policy"]._get_in_force(self.company)
        start = self.today - relativedelta(months=7)
        policy.write({"effective_date": start, "publish_date": start, "review_date": start + relativedelta(years=1)})
        return f"{self._grade_as_of(6):,} customers"

    def grade_the_past(self):
        return f"{sum(self._grade_as_of(months) for months in (5, 4, 3, 2, 1)):,} changes of a grade"

    def _grade_as_of(self, months):
        """Run the engine as of an earlier day: it leaves a history of grades and downgrades under way."""
        moment = datetime.combine(self.today - relativedelta(months=months), time(20))
        run = self.env["customer.policy.run"].create(
            {"company_id": self.company.id, "kind": "full", "state": "running", "date_start": moment}
        )
        start = monotonic()
        with freeze_time(moment, ignore=["odoo.addons.customer_policy.engine"]):
            vals = run._work(None)
        seconds = monotonic() - start
        run.write({**vals, "date_end": moment + timedelta(seconds=seconds), "seconds": seconds})
        self.env.cr.commit()
        run._forget_progress()
        return run.grades_changed

    def grade_today(self):
        run = self.env["customer.policy.run"]._request(self.company)
        run._execute()
        if run.state != "done":
            raise RuntimeError(run.error)
        return f"{run.customer_count:,} customers, {run.grades_changed:,} changes"

    def add_overrides(self):
        """One request that waits for a manager, and one that another manager has approved."""
        grades = defaultdict(list)
        for profile in self.env["customer.profile"].search([("partner_id", "in", [p.id for p in self.companies])]):
            grades[profile.grade_id.code].append(profile)
        mine = [p for p in grades["ordinary"] if p.partner_id.user_id == self.users["sales"]] or grades["ordinary"]
        override = self.env["customer.grade.override"]
        key, strategic = (
            self.env.ref("customer_policy.customer_grade_key"),
            self.env.ref("customer_policy.customer_grade_strategic"),
        )
        override.with_user(self.users["sales"]).create(
            {
                "partner_id": mine[0].partner_id.id,
                "grade_id": key.id,
                "reason": "Signs a frame contract this quarter; purchases will double.",
            }
        )
        approved = override.with_user(self.users["manager"]).create(
            {
                "partner_id": grades["key"][0].partner_id.id,
                "grade_id": strategic.id,
                "reason": "集团重点合作项目,需战略级服务。",
                "date_end": self.today + relativedelta(months=2),
            }
        )
        approved.with_user(self.users["zhuguan"]).action_approve()
        return "one requested, one approved"

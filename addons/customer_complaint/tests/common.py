from contextlib import contextmanager
from datetime import datetime

from freezegun import freeze_time
from odoo import Command
from odoo.addons.customer_policy.tests.common import CustomerPolicyCommon

MONDAY = datetime(2026, 3, 2)


class ComplaintCommon(CustomerPolicyCommon):
    """A company in UTC that works 9-12 and 13-18 o'clock from Monday to Friday, service staff, and graded customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.new_calendar("Office")
        cls.company.resource_calendar_id = cls.calendar
        cls.company.customer_policy_tz = "UTC"
        cls.today = cls.company._customer_policy_today()  # where it may be another day than in the zone before
        cls.service = cls.new_user("service", "customer_policy.group_service", email="service@example.com")
        cls.colleague = cls.new_user("colleague", "customer_policy.group_service", email="colleague@example.com")
        cls.leader = cls.new_user("leader", "customer_policy.group_service", email="leader@example.com")
        cls.team = cls.env.ref("customer_complaint.team_service")
        cls.team.user_id = cls.leader
        cls.customer = cls.new_customer("Longhua Components", email="buyer@longhua.example")
        cls.strategic = cls.new_customer("Strategic Ltd", email="boss@strategic.example")
        cls.grade(cls.strategic, "strategic")

    @classmethod
    def new_calendar(cls, name, tz="UTC", hours=((9, 12), (13, 18)), days=range(5)):
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": tz,
                "company_id": cls.company.id,
                "attendance_ids": [
                    Command.create(
                        {"name": f"{day} {start}", "dayofweek": str(day), "hour_from": start, "hour_to": end}
                    )
                    for day in days
                    for start, end in hours
                ],
            }
        )

    @classmethod
    def grade(cls, partner, code):
        """Give a customer a grade, as a run of the engine would."""
        grade = cls.env.ref(f"customer_policy.customer_grade_{code}")
        profile = cls.profile(partner)
        if profile:
            cls.env.cr.execute("UPDATE customer_profile SET grade_id = %s WHERE id = %s", [grade.id, profile.id])
            profile.invalidate_recordset()
        else:
            cls.env["customer.profile"].sudo().create(
                {"partner_id": partner.id, "company_id": cls.company.id, "grade_id": grade.id}
            )
        return grade

    @classmethod
    def staff(cls, team, *users, **values):
        """Put people into a team."""
        team.member_ids = [Command.clear(), *(Command.create({"user_id": user.id, **values}) for user in users)]

    @classmethod
    def new_case(cls, contact=None, user=None, **values):
        cases = cls.env["customer.complaint"].with_user(user or cls.service)
        return cases.create(
            {
                "subject": "It does not work",
                "contact_id": (cls.customer if contact is None else contact).id,
                "company_id": cls.company.id,
                **values,
            }
        )

    @contextmanager
    def at(self, *moment):
        """The simulated clock: a day of March 2026 (2 is a Monday), hour and minute."""
        day, hour, minute = (*moment, 0)[:3]
        with freeze_time(datetime(2026, 3, day, hour, minute)) as clock:
            yield clock

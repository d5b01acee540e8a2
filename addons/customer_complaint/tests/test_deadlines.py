"""Deadlines and escalations under a simulated clock: nights, weekends, holidays, pauses, time zones, DST."""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from odoo import Command
from odoo.exceptions import UserError, ValidationError

from .common import ComplaintCommon

UTC = ZoneInfo("UTC")


def on(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute)


class TestDeadlines(ComplaintCommon):
    def due(self, case):
        return case.deadline_acknowledge, case.deadline_reply, case.deadline_resolve

    def test_by_grade(self):
        key = self.new_customer("Key Ltd", email="k@example.com")
        self.grade(key, "key")
        with self.at(2, 10):
            self.assertEqual(self.due(self.new_case(self.strategic)), (on(2, 10, 30), on(2, 12), on(5, 10)))
            self.assertEqual(self.due(self.new_case(key)), (on(2, 11), on(2, 15), on(9, 10)))
            self.assertEqual(self.due(self.new_case()), (on(2, 15), on(3, 10), on(16, 10)))

    def test_severe_cases_have_half_of_the_time(self):
        with self.at(2, 10):
            case = self.new_case(self.strategic, impact="3", urgency="2")
        self.assertEqual(case.severity, "3")
        self.assertEqual(self.due(case), (on(2, 10, 15), on(2, 11), on(3, 15)))

    def test_by_kind(self):
        with self.at(2, 10):
            praise = self.new_case(self.strategic, kind="praise")
            suggestion = self.new_case(kind="suggestion")
        self.assertEqual(self.due(praise), (on(4, 10), False, False))
        self.assertEqual(self.due(suggestion), (on(3, 10), on(9, 10), False))

    def test_by_kind_and_grade(self):
        """Monday at ten, eight hours a day; the first reply follows the grade, the whole time the kind as well."""
        key = self.new_customer("Key Ltd", email="k@example.com")
        self.grade(key, "key")
        with self.at(2, 10):
            for kind, days in (("enquiry", (3, 4, 5)), ("service", (4, 5, 9))):
                for contact, reply, day in zip(
                    (self.strategic, key, self.customer), (on(2, 12), on(2, 15), on(3, 10)), days, strict=True
                ):
                    with self.subTest(kind=kind, contact=contact.name):
                        due = self.due(self.new_case(contact, kind=kind))
                        self.assertEqual(due[1:], (reply, on(day, 10)))

    def test_night_and_weekend(self):
        with self.at(6, 23):  # Friday night
            case = self.new_case(self.strategic)
        self.assertEqual(self.due(case), (on(9, 9, 30), on(9, 11), on(11, 18)))

    def test_holiday_of_the_own_company_only(self):
        other = self.env["res.company"].create({"name": "Other"})
        leaves = self.env["resource.calendar.leaves"]
        span = {"date_from": on(2, 0), "date_to": on(2, 23, 59), "resource_id": False}
        elsewhere = leaves.create({**span, "name": "Elsewhere", "calendar_id": False})
        elsewhere.calendar_id = False
        elsewhere.company_id = other
        self.assertEqual((elsewhere.company_id, elsewhere.calendar_id.id), (other, False))
        with self.at(2, 10):
            case = self.new_case(self.strategic)
            self.assertEqual(case.deadline_reply, on(2, 12))
            leaves.create({**span, "name": "Here", "company_id": self.company.id, "calendar_id": self.calendar.id})
            case._update_clock()
            self.assertEqual(case.deadline_reply, on(3, 11))
            self.env["customer.complaint"]._recalculate_open()
            self.assertEqual(case.deadline_reply, on(3, 11))

    def test_time_zone_of_the_calendar(self):
        self.calendar.tz = "Asia/Shanghai"  # 9 o'clock is 1 o'clock UTC
        with self.at(2, 0):
            self.assertEqual(self.new_case(self.strategic).deadline_reply, on(2, 3))

    def test_over_the_change_of_the_clock(self):
        self.company.resource_calendar_id = self.new_calendar("New York", "America/New_York", days=range(7))
        # Sunday 8 March 2026 at 2 o'clock, one hour is left out: nine o'clock is 13 instead of 14 o'clock UTC.
        with self.at(7, 21):  # Saturday, 16 o'clock: two hours are left
            case = self.new_case(self.strategic, impact="1", urgency="1")
            self.assertEqual(case.deadline_reply, on(7, 23))
        with self.at(7, 22):  # one hour is left
            self.assertEqual(self.new_case(self.strategic).deadline_reply, on(8, 14))

    def test_waiting_for_the_customer_stops_the_clock(self):
        with self.at(2, 10):
            case = self.new_case(self.strategic)
            case.action_acknowledge()
        with self.at(2, 11):
            case.action_wait()
            self.assertFalse(case.next_deadline)
            self.assertFalse(case.next_escalation)
            self.assertIn("Paused", case.due_text)
        with self.at(3, 15):
            self.assertFalse(case.is_overdue)
            case.action_investigate()
        self.assertEqual(case.deadline_reply, on(3, 16))
        # One of 24 hours was gone: 2 Mar 10-11; 23 are left from 3 Mar 15 o'clock: 3 + 8 + 8 + 4.
        self.assertEqual(case.deadline_resolve, on(6, 14))
        self.assertEqual(case.pause_ids.mapped("date_begin"), [on(2, 11)])
        self.assertEqual(case.pause_ids.mapped("date_end"), [on(3, 15)])

    def test_two_pauses_in_one_transaction(self):
        with self.at(2, 10):
            case = self.new_case(self.strategic)
            case.action_wait()
        with self.at(2, 11):
            case.action_investigate()
            case.action_wait()
        with self.at(2, 14):
            case.action_investigate()
        self.assertEqual(len(case.pause_ids), 2)
        self.assertEqual(case.deadline_reply, on(2, 16))

    def test_what_was_late_before_the_pause_stays_late(self):
        with self.at(2, 10):
            case = self.new_case(self.strategic)
            case.action_acknowledge()
        with self.at(2, 14):
            case.action_wait()
            self.assertEqual(case.next_deadline, on(2, 12))
            self.assertTrue(case.is_overdue)

    def test_severity_changes_with_the_reason_logged(self):
        with self.at(2, 10):
            case = self.new_case(self.strategic)
            case.impact, case.urgency = "3", "3"
        self.assertEqual(case.deadline_reply, on(2, 11))
        body = case.message_ids.filtered(lambda message: "Impact" in (message.body or ""))[:1].body
        self.assertIn("First Reply", body)
        self.assertIn("11:00", body.replace("\u202f", " "))

    def test_grade_changes_with_the_reason_logged(self):
        with self.at(2, 10):
            case = self.new_case()
        self.buy(self.customer, 10)
        self.run_all()  # the best of the customers: strategic
        self.assertEqual(case.grade_id.code, "strategic")
        self.assertEqual(case.deadline_reply, on(2, 12))
        self.assertTrue(any("grade of the customer" in (message.body or "") for message in case.message_ids))

    def test_results(self):
        with self.at(2, 10):
            case = self.new_case(self.strategic)
        with self.at(2, 10, 31):
            case.action_acknowledge()
        with self.at(2, 12):
            case.action_log_reply()
        self.assertEqual((case.acknowledge_result, case.reply_result, case.resolve_result), ("late", "on_time", False))
        with self.at(5, 10, 1):
            case.action_resolve()
        self.assertEqual(case.resolve_result, "late")
        self.assertFalse(case.next_deadline)

    def test_due_in_words(self):
        with self.at(2, 10):
            case = self.new_case(self.strategic)
        for moment, words, color in (
            ((2, 10, 10), "Acknowledgement in 20 min", "warning"),
            ((2, 12, 0), "Acknowledgement 1 h 30 min late", "danger"),
        ):
            with self.at(*moment):
                case.invalidate_recordset()
                self.assertEqual((case.due_text, case.due_color), (words, color))
        with self.at(2, 12):
            overdue = self.env["customer.complaint"].search([("is_overdue", "=", True), ("id", "=", case.id)])
            self.assertEqual(overdue, case)
            self.assertFalse(self.env["customer.complaint"].search([("is_overdue", "=", False), ("id", "=", case.id)]))

    def test_calendar_without_hours(self):
        empty = self.new_calendar("Empty", days=())
        empty.attendance_ids.unlink()
        self.company.resource_calendar_id = empty
        case = self.new_case(self.strategic)
        self.assertEqual(self.due(case), (False, False, False))
        self.assertIn("no fixed working hours", case.clock_text)
        rule = self.env["customer.complaint.deadline"]._in_force(self.company)
        self.assertTrue(any(self.company.name in warning for warning in rule._get_warnings()))

    def test_company_without_a_calendar(self):
        self.company.resource_calendar_id = False
        case = self.new_case(self.strategic)
        self.assertEqual(self.due(case), (False, False, False))
        self.assertIn(self.company.name, case.clock_text)

    def test_beyond_what_plan_hours_reaches(self):
        """One hour a week: 120 weeks and more; core's own method gives up after a hundred fortnights."""
        self.company.resource_calendar_id = self.new_calendar("Rare", hours=((9, 10),), days=(0,))
        rule = self.env["customer.complaint.deadline"]._in_force(self.company)[-1]
        self.env.cr.execute("UPDATE customer_complaint_deadline SET unit = 'hours', resolve_time = 260, "
                            "reply_time = 0, acknowledge_time = 0 WHERE id = %s", [rule.id])  # fmt: skip
        rule.invalidate_recordset()
        with self.at(2, 9):
            case = self.new_case()
        self.assertEqual(case.deadline_resolve, on(2, 10) + timedelta(weeks=259))
        self.assertFalse(self.company.resource_calendar_id.plan_hours(260, on(2, 9)))

    def test_clients_do_not_set_clocks(self):
        case = self.new_case()
        for vals in (
            {"deadline_reply": on(30, 1)},
            {"date_replied": on(1, 1)},
            {"reply_result": "on_time"},
            {"name": "X"},
        ):
            with self.assertRaisesRegex(Exception, "follow from what is done"):
                case.write(vals)
        context = {"default_deadline_reply": on(30, 1), "default_date_closed": on(1, 1), "default_round": 7}
        forged = self.env["customer.complaint"].with_user(self.service).with_context(**context)
        with self.at(2, 10):
            forged = forged.create({"subject": "x", "contact_id": self.strategic.id, "company_id": self.company.id})
        self.assertEqual((forged.deadline_reply, forged.date_closed, forged.round), (on(2, 12), False, 0))

    def test_rules_are_checked(self):
        draft = self.default_policy.with_user(self.manager)._draft_version()
        draft.company_id = self.company
        rule = draft.complaint_deadline_ids[0]
        with self.assertRaises(ValidationError):
            rule.reply_time = -1
        with self.assertRaisesRegex(ValidationError, "from 1 to 100 percent"):
            rule.severe_percent = 0
        draft.complaint_deadline_ids.filtered(lambda r: r._takes_all()).unlink()
        with self.assertRaisesRegex(UserError, "one rule without any condition"):
            draft.action_submit()

    def test_batch_takes_a_constant_number_of_queries(self):
        cases = self.env["customer.complaint"]
        for partner in (self.customer, self.strategic):
            cases |= self.env["customer.complaint"].create(
                [{"subject": f"{n}", "contact_id": partner.id, "company_id": self.company.id} for n in range(30)]
            )
        counts = []
        for size in (10, 60):
            batch = cases[:size]
            self.env.cr.execute("UPDATE customer_complaint SET deadline_reply = NULL WHERE id = ANY(%s)", [batch.ids])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch._update_clock("Test")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)
        self.assertTrue(all(case.message_ids for case in cases))


class TestAgreement(ComplaintCommon):
    """Deadlines against a clock that looks at the wall minute by minute and knows nothing of the code."""

    ZONES = ("UTC", "Asia/Shanghai", "Asia/Kolkata", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe")

    def test_random_cases(self):
        random = Random(531)
        for number in range(60):
            calendar, week, zone = self.random_calendar(random, number)
            # Within reach of both changes of the clock.
            start = datetime(2026, random.choice((3, 4, 10, 11)), random.randrange(1, 29), random.randrange(24), 7)
            leaves = self.random_leaves(random, calendar, start)
            pauses = self.random_pauses(random, start)
            minutes = random.randrange(1, 3000)
            time = calendar._get_working_time(self.company, start, start + timedelta(days=120))
            found = time.deadline(start, minutes * 60, pauses)
            expected = self.walk(start, minutes, week, zone, leaves, pauses)
            self.assertEqual(found, expected, (number, zone, start, minutes, week, leaves, pauses))

    def random_calendar(self, random, number):
        """Shifts of full and half hours; none begins or ends between 1 and 4, when clocks change."""
        week = {}
        for day in range(7):
            if random.random() < 0.75:
                edges = random.sample([0, 0.5, 1, *(n / 2 for n in range(8, 48)), 24], 4)
                first, second, third, last = sorted(edges)
                week[day] = [(first, second), (third, last)]
        week = week or {0: [(9, 17)]}
        zone = random.choice(self.ZONES)
        calendar = self.env["resource.calendar"].create(
            {
                "name": f"Random {number}",
                "tz": zone,
                "company_id": self.company.id,
                "attendance_ids": [
                    Command.create({"name": "x", "dayofweek": str(day), "hour_from": begin, "hour_to": end})
                    for day, shifts in week.items()
                    for begin, end in shifts
                ],
            }
        )
        return calendar, week, zone

    def random_leaves(self, random, calendar, start):
        leaves = []
        for _leave in range(random.randrange(4)):
            begin = start + timedelta(minutes=random.randrange(-2000, 20000))
            leaves.append((begin, begin + timedelta(minutes=random.randrange(1, 5000))))
        self.env["resource.calendar.leaves"].create(
            [{"name": "x", "calendar_id": calendar.id, "date_from": begin, "date_to": end} for begin, end in leaves]
        )
        return leaves

    def random_pauses(self, random, start):
        pauses, moment = [], start
        for _pause in range(random.randrange(4)):
            begin = moment + timedelta(minutes=random.randrange(1, 5000))
            moment = begin + timedelta(minutes=random.randrange(1, 5000))
            pauses.append((begin, moment))
        return pauses

    def walk(self, start, minutes, week, zone, leaves, pauses):
        now, minute, zone = start.replace(tzinfo=UTC), timedelta(minutes=1), ZoneInfo(zone)
        for _step in range(120 * 24 * 60):
            wall, naive = now.astimezone(zone), now.replace(tzinfo=None)
            hour = wall.hour + wall.minute / 60
            works = any(begin <= hour < end for begin, end in week.get(wall.weekday(), ()))
            if works and not any(begin <= naive < end for begin, end in [*leaves, *pauses]):
                minutes -= 1
            now += minute
            if not minutes:
                return now.replace(tzinfo=None)
        return None

"""What was judged once stays: no grade, severity, holiday or policy of later makes a late answer timely, or the other
way round; and who may move what decides about deadlines."""

from datetime import datetime

from odoo.exceptions import AccessError, ValidationError

from .common import ComplaintCommon
from .test_deadlines import on


class TestJudged(ComplaintCommon):
    def answered(self, hour):
        """A case of Monday at 9 of an ordinary customer, due on Monday at 18, answered at `hour`."""
        with self.at(2, 9):
            case = self.new_case()
        with self.at(2, hour):
            case.action_log_reply()
        return case

    def test_a_later_grade_judges_nothing_anew(self):
        case = self.answered(15)
        self.grade(self.customer, "strategic")
        with self.at(2, 16):
            case._update_clock()
        self.assertEqual(
            (case.grade_id.code, case.deadline_reply, case.reply_result), ("strategic", on(2, 18), "on_time")
        )
        self.assertEqual(case.deadline_resolve, on(4, 18))  # 24 hours: what is open counts anew

    def test_late_stays_late(self):
        self.grade(self.customer, "strategic")
        case = self.answered(15)
        self.assertEqual((case.deadline_reply, case.reply_result), (on(2, 11), "late"))
        self.grade(self.customer, "ordinary")
        with self.at(2, 16):
            case._update_clock()
            case.impact = case.urgency = "1"
        self.assertEqual((case.reply_result, case.reply_on_time), ("late", 0))

    def test_a_calendar_that_loses_its_hours_takes_nothing_back(self):
        case = self.answered(15)
        self.calendar.attendance_ids.unlink()
        with self.at(2, 16):
            case._update_clock()
        self.assertEqual((case.reply_result, case.deadline_reply, case.deadline_resolve), ("on_time", on(2, 18), False))

    def test_closed_cases_keep_grade_and_rule(self):
        case = self.answered(15)
        with self.at(3, 9):
            case.action_resolve()
            case.follow_up_result = "satisfied"
            case.action_close()
        rule = case.deadline_rule_id
        self.grade(self.customer, "strategic")
        case._update_clock()
        self.assertEqual((case.grade_id.code, case.deadline_rule_id), (False, rule))
        with self.at(9, 9):
            case.action_reopen()
        self.assertEqual(case.grade_id.code, "strategic")
        self.assertEqual((case.reply_result, case.deadline_resolve), ("on_time", on(11, 18)))

    def test_nightly_job_goes_on_where_it_stopped(self):
        cases = self.answered(10) | self.answered(11)
        cases = cases.sorted("id")
        cron = self.env.ref("customer_complaint.ir_cron_nightly")
        parameters = self.env["ir.config_parameter"]
        self.env.flush_all()
        self.env.cr.execute("UPDATE customer_complaint SET severity = '4' WHERE id IN %s", [tuple(cases.ids)])
        self.env.invalidate_all()
        parameters.set_param("customer_complaint.counted_up_to", cases[0].id)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        cases.invalidate_recordset()
        self.assertEqual(cases.mapped("severity"), ["4", "2"])
        self.assertEqual(parameters.get_param("customer_complaint.counted_up_to"), "0")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        cases.invalidate_recordset()
        self.assertEqual(cases.mapped("severity"), ["2", "2"])


class TestWhoDecides(ComplaintCommon):
    def test_receipt_is_not_moved(self):
        case = self.new_case()
        for moment in (datetime(2026, 2, 1), datetime(2027, 2, 1)):
            with self.assertRaisesRegex(AccessError, "data steward or a manager"):
                case.date_received = moment
        with self.assertRaisesRegex(ValidationError, "future"):
            case.with_user(self.manager).date_received = datetime(2126, 1, 1)
        with self.assertRaisesRegex(ValidationError, "future"):
            self.new_case(date_received="2126-01-01 00:00:00")
        case.with_user(self.manager).date_received = datetime(2026, 2, 2, 9)
        self.assertEqual(case.deadline_reply, datetime(2026, 2, 2, 18))

    def test_derived_values_are_not_written(self):
        case = self.new_case(impact="3", urgency="3")
        for vals in ({"severity": "1"}, {"partner_id": self.strategic.id}, {"route_id": False}):
            with self.assertRaisesRegex(AccessError, "follow from what is done"):
                case.write(vals)
        context = {"default_severity": "1", "default_partner_id": self.customer.id}
        forged = self.env["customer.complaint"].with_user(self.service).with_context(**context)
        forged = forged.create({"subject": "x", "contact_id": self.strategic.id, "impact": "3", "urgency": "3",
                                "company_id": self.company.id})  # fmt: skip
        self.assertEqual((forged.severity, forged.partner_id), ("4", self.strategic))

    def test_a_copy_costs_nothing_and_has_no_past(self):
        cause = self.env["customer.complaint.cause"].create({"name": "Packing"})
        case = self.new_case(cost=50, cause_id=cause.id, solution="Replaced")
        case.action_log_reply()
        copy = case.copy()
        self.assertNotEqual(copy.name, case.name)
        self.assertFalse(copy.cost or copy.cause_id or copy.solution or copy.date_replied)

    def test_responsible_is_told_of_a_case(self):
        """From portal or form as from a colleague; a mail tells by itself, a batch tells nobody."""
        self.staff(self.team, self.colleague)
        cases = self.env["customer.complaint"].with_user(self.service).with_context(tracking_disable=False)
        values = {"contact_id": self.customer.id, "company_id": self.company.id}

        def told(cases):
            domain = [("model", "=", cases._name), ("res_id", "in", cases.ids), ("subject", "ilike", "assigned")]
            return self.env["mail.message"].search(domain).partner_ids

        self.assertEqual(told(cases.create({**values, "subject": "x"})), self.colleague.partner_id)
        portal = self.new_user("portal_client", None)
        portal.group_ids = self.env.ref("base.group_portal")
        case = (
            cases.with_user(portal)
            .sudo()
            ._open_from_form({**values, "subject": "x", "channel": "portal", "contact_id": portal.partner_id.id}, [])
        )
        self.assertEqual((case.user_id, told(case)), (self.colleague, self.colleague.partner_id))
        self.assertFalse(told(cases.create({**values, "subject": "x", "channel": "mail"})))
        self.assertFalse(told(cases.create([{**values, "subject": name} for name in "ab"])))

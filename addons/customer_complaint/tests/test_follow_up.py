"""Asking whether it helped, and customers who can't be reached."""

from odoo.exceptions import AccessError, UserError, ValidationError

from .common import ComplaintCommon


class TestFollowUp(ComplaintCommon):
    def solved(self, **values):
        case = self.new_case(**values)
        case.action_log_reply()
        case.action_resolve()
        return case

    def calls(self, case):
        return case.activity_ids.filtered(lambda activity: "did it help" in (activity.summary or ""))

    def test_three_days_in_vain(self):
        with self.at(2, 10):
            case = self.solved()
        with self.at(5, 10):
            case.follow_up_result = "unreachable"
            self.assertEqual((case.follow_up_result, case.follow_up_tries), (False, 1))
            self.assertEqual(self.calls(case).date_deadline.day, 8)  # the next try is planned
            case.follow_up_result = "unreachable"  # again on the same day
            self.assertEqual((case.follow_up_tries, len(self.calls(case))), (1, 1))
            with self.assertRaisesRegex(UserError, r"whether it helped[\s\S]*tried on 1 of 3 days"):
                case.action_close()
        with self.at(9, 10):
            case.follow_up_result = "unreachable"
        with self.at(10, 10):
            case.follow_up_result = "unreachable"
            self.assertEqual((case.follow_up_result, case.follow_up_tries), ("unreachable", 3))
            self.assertEqual((case.date_follow_up.day, case.follow_up_user_id), (10, self.service))
            self.assertFalse(self.calls(case))
            case.action_close()
        self.assertEqual(case.state, "closed")
        notes = [m.body for m in case.message_ids if "Could not be reached" in (m.body or "")]
        self.assertEqual(len(notes), 3)

    def test_reached_after_a_try(self):
        with self.at(2, 10):
            case = self.solved()
            case.follow_up_result = "unreachable"
        with self.at(3, 10):
            case.follow_up_result = "satisfied"
            case.action_close()
        self.assertEqual((case.follow_up_result, case.follow_up_tries), ("satisfied", 1))

    def test_tries_belong_to_the_round(self):
        with self.at(2, 10):
            case = self.solved()
            case.follow_up_result = "unreachable"
            case.action_reopen()
        self.assertEqual((case.follow_up_tries, case.date_follow_up_try), (0, False))

    def test_how_many_tries_is_a_rule(self):
        draft = self.default_policy._draft_version()
        rule = draft.complaint_closing_ids.filtered(lambda rule: rule.stable_key.endswith("closing_other"))
        with self.assertRaises(ValidationError):
            rule.follow_up_tries = 0
        rule.follow_up_tries = 1
        self.assertIn("or 1 days on which the customer was not reached", rule._get_sentence())
        draft._publish()
        case = self.solved()
        case.follow_up_result = "unreachable"
        self.assertEqual(case.follow_up_result, "unreachable")

    def test_where_nobody_has_to_ask(self):
        case = self.solved(kind="praise")
        case.follow_up_result = "unreachable"
        self.assertEqual((case.follow_up_result, bool(case.date_follow_up)), ("unreachable", True))

    def test_several_cases_at_once(self):
        with self.at(2, 10):
            cases = self.solved() | self.solved(kind="praise")
            cases.follow_up_result = "unreachable"
        self.assertEqual(cases.mapped("follow_up_result"), [False, "unreachable"])

    def test_tries_are_not_forged(self):
        case = self.solved()
        with self.assertRaises(AccessError):
            case.follow_up_tries = 3
        seller = self.new_user("caller", "customer_policy.group_customer_user")
        self.customer.user_id = self.manager
        with self.assertRaises(AccessError):
            case.with_user(seller).follow_up_result = "unreachable"

"""The jobs: queue, log, progress, failure, interruption."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger
from psycopg2.errors import SerializationFailure

from .common import CustomerPolicyCommon

LOGGER = "odoo.addons.customer_policy.models.customer_policy_run"


@tagged("post_install", "-at_install")
class TestRun(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.new_customer("Runner")
        cls.buy(cls.customer, 100, 5)
        cls.runs = cls.env["customer.policy.run"]
        cls.nightly = cls.env.ref("customer_policy.ir_cron_nightly")
        cls.requested = cls.env.ref("customer_policy.ir_cron_run_requested")

    def night(self):
        """Both jobs, one after the other."""
        self.nightly.method_direct_trigger()
        self.requested.method_direct_trigger()

    def last(self):
        return self.runs.search([("company_id", "=", self.company.id)], limit=1)

    def test_nightly(self):
        with self.enter_registry_test_mode():
            self.night()
        run = self.runs.search([("company_id", "=", self.company.id), ("kind", "=", "full")])
        self.assertEqual(run.state, "done")
        self.assertEqual((run.rows_read, run.rows_written, run.grades_changed), (1, 1, 1))
        self.assertEqual(run.policy_id, self.default_policy)
        self.assertEqual(run.history_ids.partner_id, self.customer)
        self.assertEqual(run.progress, 100)
        self.assertGreaterEqual(run.seconds + 0.05, sum(seconds for _name, seconds in run.step_seconds))
        self.assertTrue(self.profile(self.customer).as_of)
        self.assertEqual([name for name, _seconds in run.step_seconds], self.env["customer.policy.engine"]._steps())

    def test_night_of_many_companies_ends(self):
        """However short the time of a job is, every company is looked at once."""
        other = self.env["res.company"].create({"name": "Second"})
        companies = self.company | other
        with (
            self.enter_registry_test_mode(),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 0),
        ):
            self.runs._cron_nightly()
            for _call in range(len(self.runs._get_companies())):
                self.runs._cron_requested()
        runs = self.runs.search([("company_id", "in", companies.ids), ("kind", "=", "full")])
        self.assertEqual(runs.mapped("state"), ["done", "done"])
        self.assertEqual(runs.company_id, companies)

    def test_request_once(self):
        first = self.runs.with_user(self.manager).action_run_now()
        second = self.runs.with_user(self.manager).action_run_now()
        self.assertEqual(first["res_id"], second["res_id"])
        self.assertEqual(self.last().state, "waiting")
        with self.enter_registry_test_mode():
            self.requested.method_direct_trigger()
        self.assertEqual(self.last().state, "done")

    def test_who_may_request(self):
        user = self.new_user("plain", "customer_policy.group_customer_all")
        with self.assertRaises(AccessError):
            self.runs.with_user(user).action_run_now()

    def test_incremental_job(self):
        with self.enter_registry_test_mode():
            self.night()
            self.buy(self.customer, 900, 1)
            self.requested.method_direct_trigger()
        run = self.last()
        self.assertEqual((run.kind, run.state), ("incremental", "done"))
        self.assertEqual(self.profile(self.customer).revenue_total, 1000)

    def test_failure_is_told_and_changes_nothing(self):
        with self.enter_registry_test_mode():
            self.night()
        grade = self.profile(self.customer).grade_id
        self.buy(self.customer, 900, 1)
        self.runs.with_user(self.manager).action_run_now()
        engine = type(self.env["customer.policy.engine"])
        with (
            self.enter_registry_test_mode(),
            patch.object(engine, "_step_grade", side_effect=ValueError("disk on fire")),
            mute_logger(LOGGER),
        ):
            self.requested.method_direct_trigger()
        run = self.runs.search([("company_id", "=", self.company.id), ("state", "=", "failed")], limit=1)
        self.assertEqual((run.state, run.error), ("failed", "disk on fire"))
        self.assertEqual(self.profile(self.customer).grade_id, grade)
        activity = self.default_policy.activity_ids.filtered(lambda a: "disk on fire" in (a.note or ""))
        self.assertTrue(activity, "somebody is told")
        with self.enter_registry_test_mode():
            self.night()
        self.assertEqual(self.last().state, "done", "run again it works")
        self.assertEqual(self.profile(self.customer).revenue_total, 1000)

    def test_conflicts_are_retried(self):
        engine = type(self.env["customer.policy.engine"])
        original = engine._step_merge
        attempts = []

        def conflict_once(self, run):
            attempts.append(run)
            if len(attempts) == 1:
                raise SerializationFailure("could not serialize access")
            return original(self, run)

        self.runs.with_user(self.manager).action_run_now()
        with self.enter_registry_test_mode(), patch.object(engine, "_step_merge", conflict_once):
            self.requested.method_direct_trigger()
        self.assertEqual(self.last().state, "done")
        self.assertGreaterEqual(len(attempts), 2)

    def test_killed_run_is_taken_up_again(self):
        run = self.runs._request(self.company)
        run.sudo().write({"state": "running"})
        with self.enter_registry_test_mode():
            self.requested.method_direct_trigger()
        again = self.runs.search([("company_id", "=", self.company.id), ("kind", "=", "full"), ("state", "=", "done")])
        self.assertEqual(len(again), 1, "it is done again")
        self.assertEqual(run.state, "failed", "what was cut off does not look alive for ever")
        self.assertTrue(run.error)


@tagged("post_install", "-at_install")
class TestProgress(HttpCase):
    def test_progress_is_visible_to_others(self):
        run = self.env["customer.policy.run"]._request(self.env.company).sudo()
        run._report("score", 0.5)
        run.invalidate_recordset()
        self.assertEqual((run.progress, run.step), (50, "Scores"))
        run._forget_progress()
        run.invalidate_recordset()
        self.assertEqual((run.progress, run.step), (0, False))

from datetime import timedelta
from unittest.mock import patch

import numpy as np
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import SerializationFailure

from .common import ChurnCommon


@tagged("post_install", "-at_install")
class TestSecondBeginning(ChurnCommon):
    """A win-back that is put off, taken up again, and told of."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silent = cls.rhythm("Silent", 30, 8, 84, 1000)
        cls.night()
        cls.found = cls.warning(cls.silent)
        cls.found.write({"is_holdout": False, "state": "open"})

    def snooze(self, days):
        values = {"warning_ids": self.found.ids, "reason": "Trade fair", "until": self.today + timedelta(days=days)}
        self.env["churn.snooze"].with_user(self.salesperson).create(values).action_confirm()

    def test_steps_are_planned_once(self):
        """The list has the button for all that are selected: who is at work already gets no second set of steps."""
        mine = self.found.with_user(self.salesperson)
        mine.action_start()
        steps = self.found.activity_ids
        mine.action_start()
        self.assertEqual(self.found.activity_ids, steps)
        self.snooze(10)
        mine.action_start()
        self.assertEqual((self.found.state, self.found.activity_ids), ("working", steps))

    def test_work_goes_on_after_a_snooze(self):
        self.found.with_user(self.salesperson).action_start()
        steps = self.found.activity_ids
        self.snooze(10)
        self.found.snooze_until = self.today
        self.warnings.sudo()._keep_up(self.company)
        self.assertEqual((self.found.state, self.found.activity_ids), ("working", steps))

    def test_a_snooze_moves_the_deadline(self):
        """Whoever may put a warning off is not late on the day on which it wakes."""
        self.found.date_deadline = self.today + timedelta(days=3)
        self.snooze(10)
        self.assertEqual(self.found.date_deadline, self.today + timedelta(days=10))
        self.found.date_deadline = self.today + timedelta(days=20)
        self.snooze(15)
        self.assertEqual(self.found.date_deadline, self.today + timedelta(days=20))

    def test_the_outcome_keeps_what_was_noted(self):
        self.found.with_user(self.salesperson).note = "Has a new buyer"
        self.found._finish("false_alarm", note="On holiday")
        self.assertEqual(self.found.note, "Has a new buyer\nOn holiday")

    def test_a_sign_is_no_cause_of_a_loss(self):
        reason = self.env.ref("churn_warning.reason_silence")
        wizard = (
            self.env["churn.outcome"]
            .with_user(self.salesperson)
            .create({"warning_ids": self.found.ids, "outcome": "lost", "loss_reason_id": reason.id})
        )
        with self.assertRaises(UserError):
            wizard.action_confirm()

    def test_lost_meanwhile_is_not_gone(self):
        """N is 90: after 181 days of silence the customer is lost. Nobody has acted: the warning waits, and is late."""
        self.env.cr.execute(
            "UPDATE customer_external_sale SET date = date - 97 WHERE partner_id = %s", [self.silent.id]
        )
        self.env.invalidate_all()
        self.found.date_deadline = self.today - timedelta(days=90)
        score = self.found.score
        self.night()
        self.assertEqual(self.profile(self.silent).churn_status, "lost")
        self.assertEqual((self.found.state, self.found.score, self.found.outcome), ("open", score, False))
        self.assertTrue(self.found.is_late)

    def test_a_long_horizon_is_measured_to_its_end(self):
        """A horizon of 500 days: a purchase on day 450 counts."""
        self.found.write(
            {"date_opened": self.today - timedelta(days=460), "horizon_days": 500, "state": "closed",
             "purchase_before": False}
        )  # fmt: skip
        self.env.cr.execute(
            "UPDATE customer_external_sale SET date = date - 1000 WHERE partner_id = %s", [self.silent.id]
        )
        self.buy(self.silent, 70, 10)
        self.env.invalidate_all()
        self.warnings.sudo()._measure(self.company)
        self.assertEqual((self.found.return_date, self.found.return_revenue), (self.today - timedelta(days=10), 70))

    def test_contract_about_to_end(self):
        """A definition by contract warns by itself: 29 of the 60 days before the end are left."""
        draft = self.policy.with_user(self.manager)._draft_version()
        draft.churn_definition_ids.write({"method": "contract", "days": 60, "end_metric": "next_purchase_date"})
        self.publish(draft)
        partner = self.rhythm("Contract", 30, 2, 1)
        self.run_all()
        self.env.cr.execute(
            "UPDATE customer_profile SET next_purchase_date = %s::date + 29, churn_status = 'at_risk' "
            "WHERE partner_id = %s",
            [self.today, partner.id],
        )
        self.env.invalidate_all()
        warnings = self.warnings.sudo()
        with patch.object(type(warnings), "_is_drawn", lambda *_arguments: False):
            warnings._open_batch(self.company)
        warning = self.warning(partner)
        self.assertEqual((warning.score, warning.reason_id.code), (70, "contract"))
        self.assertEqual(warning.reason_text, "The contract is about to end or has ended.")

    def test_a_draft_is_warned_of_missing_working_hours(self):
        self.company.resource_calendar_id.attendance_ids.unlink()
        draft = self.policy.with_user(self.manager)._draft_version()
        self.assertIn(self.company.name, " ".join(draft.churn_response_ids._get_warnings()))


@tagged("post_install", "-at_install")
class TestJobsOfManyCompanies(ChurnCommon):
    """A job that runs out of time after each company reaches all of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.env["res.company"].create({"name": "Second", "customer_policy_tz": "UTC"})
        cls.both = cls.company | cls.second

    def worked_off(self, model, job, step):
        """Companies that `step` worked on in two jobs, each of which has time for one company."""
        done = []
        records = self.env[model]
        cron = type(self.env["ir.cron"])
        runs = type(self.env["customer.policy.run"])
        with (
            patch.object(runs, "_get_companies", lambda _self: self.both),
            patch.object(cron, "_commit_progress", lambda _self, processed=0, remaining=None, **_kw: 1 - processed),
            patch.object(type(records), step, lambda _self, company: done.append(company) or 0),
        ):
            for _job in range(2):
                getattr(records, job)()
        return done

    def test_warnings(self):
        self.assertEqual(self.worked_off("churn.warning", "_cron_warn", "_keep_up"), list(self.both))

    def test_back_tests(self):
        self.assertEqual(self.worked_off("churn.model", "_cron_train", "_train"), list(self.both))

    def test_asked_for_again(self):
        """A back-test that is asked for is made, though there was one today; only for the company that asks."""
        models_ = self.models.sudo()
        self.both.sudo().churn_trained_on = self.today
        self.company.sudo().churn_trained_on = False
        self.assertTrue(models_._is_training_due(self.company))
        self.both.sudo().churn_trained_on = self.today
        self.assertFalse(models_._is_training_due(self.company))
        self.env["churn.backtest"].with_user(self.manager).with_company(self.company).action_train()
        self.assertTrue(models_._is_training_due(self.company))
        self.assertFalse(models_._is_training_due(self.second))

    def test_the_page_is_about_the_definition_asked_for(self):
        self.rhythm("Somebody", 30, 8, 84)
        self.models.sudo()._train(self.company)
        page = self.env["churn.backtest"].with_user(self.manager).with_company(self.company)
        for definition in self.policy.churn_definition_ids:
            action = definition.with_user(self.manager).action_show_intervals()
            self.assertEqual(page.load(None, action["params"]["definition"])["model"]["definition"], definition.name)

    def test_another_horizon_wants_another_version(self):
        """N of 90 days was tried; a version of the policy with 120 asks for another back-test, from the next day on."""
        self.rhythm("Somebody", 30, 8, 84)
        models_ = self.models.sudo()
        models_._train(self.company)
        self.company.sudo().churn_trained_on = self.today - timedelta(days=1)
        self.assertFalse(models_._is_training_due(self.company))
        draft = self.policy.with_user(self.manager)._draft_version()
        draft.churn_definition_ids.days = 120
        self.publish(draft)
        self.assertTrue(models_._is_training_due(self.company))
        self.company.sudo().churn_trained_on = self.today
        self.assertFalse(models_._is_training_due(self.company))

    def test_chosen_rules_that_are_no_more(self):
        """What told the risk were the policy's rules; a version without rules on purchases must not stop the night."""
        self.base(150)
        self.models.sudo()._train(self.company)
        model = self.models.sudo().search([("company_id", "=", self.company.id), ("chosen", "!=", False)], limit=1)
        model.write({"chosen": "rules", "parameters": {**model.parameters, "name": "rules"}})
        draft = self.policy.with_user(self.manager)._draft_version()
        draft.churn_rule_ids.filtered(lambda rule: rule._knows_purchases_only()).active = False
        self.publish(draft)
        self.run_all()
        self.warnings.sudo()._keep_up(self.company)
        self.models.sudo()._watch(self.company)
        domain = [("company_id", "=", self.company.id), ("churn_status", "!=", False)]
        profiles = self.env["customer.profile"].search(domain)
        self.assertTrue(profiles)
        self.assertFalse(any(profiles.mapped("churn_risk")))

    def test_rule_with_an_exact_number(self):
        """“Exactly two purchases”, and conditions that the past can't answer, stop no back-test."""
        draft = self.policy.with_user(self.manager)._draft_version()
        first, second = draft.churn_rule_ids.filtered(lambda rule: rule._knows_purchases_only())[:2]
        first.metric_domain = "[('purchase_count', '=', 2)]"
        second.metric_domain = "[('purchase_count', '=', False)]"
        self.publish(draft)
        self.base(150)
        self.models.sudo()._train(self.company)
        model = self.models.sudo().search([("company_id", "=", self.company.id), ("chosen", "!=", False)], limit=1)
        self.assertIn("rules", model.result["scores"])
        rules = self.env["churn.rule"]._in_force(self.company).filtered(lambda r: r.stable_key == first.stable_key)
        points = rules._points_of_the_past(self.company)
        some = self.models._history(self.company).snapshot(self.models._day(self.today), 90)
        snapshot = {name: np.zeros(3) for name in some}
        found = points({**snapshot, "repeats": np.array([0.0, 1.0, 2.0])})
        self.assertEqual(found.tolist(), [0, rules.points, 0])

    def test_after_a_full_run_again(self):
        warnings = self.warnings.sudo()
        self.company.sudo().churn_warned_at = self.env.cr.now() - timedelta(hours=1)
        self.assertFalse(warnings._is_due(self.company))
        self.env["customer.policy.run"].sudo().create(
            {"company_id": self.company.id, "kind": "full", "state": "done", "date_end": self.env.cr.now()}
        )
        self.assertTrue(warnings._is_due(self.company))

    def test_somebody_at_work_stops_no_night(self):
        """A step that meets a change of the same warning looks again."""
        tries = []

        def step(company):
            tries.append(company)
            if len(tries) == 1:
                raise SerializationFailure("could not serialize access due to concurrent update")
            return "done"

        step.__name__ = "step"
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            warnings = self.env(cr=cr)["churn.warning"].sudo()
            self.assertEqual(warnings._isolated(step, self.company), "done")
        self.assertEqual(len(tries), 2)
        tries.clear()

        def broken(company):
            tries.append(company)
            raise ValueError("broken")

        with mute_logger("odoo.addons.churn_warning.models.churn_warning_watch"):
            self.assertIsNone(self.warnings.sudo()._isolated(broken, self.company))
        self.assertEqual(len(tries), 1)

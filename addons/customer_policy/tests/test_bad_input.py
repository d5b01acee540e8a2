"""What people get wrong: a clear message where they stand, and the last good grades stay."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import CustomerPolicyCommon


class TestBadInput(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.new_customer("Steady")
        cls.buy(cls.customer, 100, 5)
        cls.run_all()
        cls.grade = cls.profile(cls.customer).grade_id
        cls.draft_policy = cls.draft()
        cls.scheme = cls.draft_policy.scheme_ids.filtered(lambda s: s.name == "Business Customers")

    def assertRefused(self, message):
        with self.assertRaisesRegex(UserError, message):
            self.draft_policy.with_user(self.manager).action_submit()
        self.assertEqual(self.draft_policy.state, "draft")
        self.assertRegex(self.draft_policy.problem_text, message)
        self.run_all()
        self.assertEqual(self.profile(self.customer).grade_id, self.grade)

    def test_removed_metric(self):
        self.env.cr.execute(
            "UPDATE customer_grade_criterion SET metric = 'x_gone' WHERE id = %s", [self.scheme.criterion_ids[0].id]
        )
        self.env.invalidate_all()
        self.assertRefused("x_gone.*not there")

    def test_removed_metric_in_force(self):
        self.publish(self.draft_policy)
        criterion = self.draft_policy.scheme_ids.criterion_ids[0]
        self.env.cr.execute("UPDATE customer_grade_criterion SET metric = 'x_gone' WHERE id = %s", [criterion.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "x_gone"), self.env.cr.savepoint():
            self.run_all()
        self.assertEqual(self.profile(self.customer).grade_id, self.grade)

    def test_domain_that_does_not_parse(self):
        for domain in (
            "[('is_company', '=', True",
            "[('no_such_field', '=', 1)]",
            "nonsense",
            "[('is_company', '~~', 1)]",
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.scheme.domain = domain
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.draft_policy.lifecycle_rule_ids[0].domain = domain

    def test_weights_of_zero(self):
        self.scheme.criterion_ids.weight = 0
        self.assertRefused("weights add up to zero")

    def test_negative_weight(self):
        with self.assertRaises(ValidationError):
            self.scheme.criterion_ids[0].weight = -1

    def test_no_criteria_and_no_grades(self):
        self.scheme.criterion_ids.unlink()
        self.assertRefused("no criterion")
        self.scheme.level_ids.unlink()
        self.assertRefused("no grade")

    def test_bands(self):
        criterion = self.scheme.criterion_ids[0]
        criterion.write({"method": "bands"})
        self.assertRefused("no bands")
        criterion.band_ids = [Command.create({"lower_bound": 10, "points": 50})]
        self.assertRefused("below the first band")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            criterion.band_ids = [Command.create({"lower_bound": 10, "points": 60})]
            criterion.flush_recordset()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            criterion.band_ids = [Command.create({"lower_bound": 20, "points": 160})]

    def test_thresholds_out_of_order(self):
        levels = self.scheme._sorted_levels()
        levels[0].share, levels[1].share = 30, 20
        self.assertRefused("out of order")

    def test_lowest_grade_takes_the_rest(self):
        self.scheme._sorted_levels()[-1].share = 90
        self.assertRefused("must take all the rest")

    def test_grade_twice(self):
        levels = self.scheme._sorted_levels()
        levels[1].grade_id = levels[0].grade_id
        self.assertRefused("only once")

    def test_scheme_for_nobody_warns(self):
        self.scheme.domain = "[('name', '=', 'nobody is called this')]"
        self.draft_policy.invalidate_recordset()
        self.assertIn("matches no contact", self.draft_policy.warning_text)
        self.draft_policy.with_user(self.manager).action_submit()

    def test_rfm_gaps(self):
        self.draft_policy.rfm_scheme_ids[0].segment_ids.filtered(lambda s: s.segment == "new").unlink()
        self.assertRefused("5-1-1")

    def test_rfm_ranges(self):
        with self.assertRaises(ValidationError):
            self.draft_policy.rfm_scheme_ids.segment_ids[0].write({"recency_from": 4, "recency_to": 2})

    def test_lifecycle_without_rest(self):
        self.draft_policy.lifecycle_rule_ids.filtered(lambda r: r.stage == "prospect").unlink()
        self.assertRefused("without any condition")

    def test_condition_on_a_field_that_is_not_stored(self):
        with self.assertRaisesRegex(ValidationError, "can't be read"):
            self.draft_policy.lifecycle_rule_ids[0].domain = "[('as_of', '!=', False)]"

    def test_condition_on_what_the_rule_decides(self):
        """It would be answered by the last run's own answer."""
        draft = self.draft()
        with self.assertRaisesRegex(ValidationError, "lifecycle_stage"):
            draft.lifecycle_rule_ids[0].domain = "[('lifecycle_stage', '=', 'loyal')]"
        with self.assertRaisesRegex(ValidationError, "customer_grade_id"):
            draft.scheme_ids[0].domain = "[('customer_grade_id.code', '=', 'key')]"
        with self.assertRaisesRegex(ValidationError, "customer_profile_id.rfm_segment"):
            draft.rfm_scheme_ids[0].domain = "[('customer_profile_id.rfm_segment', '=', 'lost')]"
        for later in (
            "[('customer_grade_id.code', '=', 'key')]",
            "[('customer_grade_sequence', '<', 20)]",
            "[('customer_profile_id', 'any', [('revenue_12m', '>', 1000)])]",
            "[('child_ids', 'any', [('customer_lifecycle_stage', '=', 'loyal')])]",
            "[('is_customer_record', '=', True)]",
        ):
            for scheme in (draft.scheme_ids[0], draft.rfm_scheme_ids[0]):
                with self.assertRaisesRegex(ValidationError, "decided only after"):
                    scheme.domain = later
        draft.scheme_ids[0].domain = "[('customer_segment_ids.code', '=', 'large')]"

    def test_clause_of_another_version(self):
        with self.assertRaises(ValidationError):
            self.scheme.clause_id = self.default_policy.clause_ids[0]

    def test_number_twice(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.draft_policy.clause_ids[0].number = "2.5"

    def test_clause_with_rules_is_not_deleted(self):
        clause = self.scheme.clause_id
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            clause.unlink()

    def test_company_without_documents(self):
        empty = self.env["res.company"].create({"name": "Empty"})
        self.assertEqual(self.run_all(empty).counts["customers"], 0)

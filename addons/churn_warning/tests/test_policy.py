from odoo.exceptions import ValidationError
from odoo.tools import mute_logger

from .common import ChurnCommon


class TestPolicy(ChurnCommon):
    """The chapter and its rules as part of a version."""

    def version(self):
        return self.policy.with_user(self.manager)._draft_version()

    def test_chapter_in_two_languages(self):
        english = {"7.1": "What Counts as Churn", "7.2": "Warnings", "7.4": "Action", "7.5": "Hold-Out"}
        for number, name in english.items():
            clause = self.env.ref(f"churn_warning.clause_{number.replace('.', '_')}")
            self.assertEqual((clause.number, clause.name), (number, name))
            self.assertNotEqual(clause.with_context(lang="zh_CN").name, name)
            self.assertEqual(clause.coverage, "enforced")

    def test_copied_with_steps(self):
        draft = self.version()
        self.assertEqual(len(draft.churn_rule_ids), len(self.policy.churn_rule_ids))
        for old, new in zip(self.policy.churn_playbook_ids, draft.churn_playbook_ids, strict=True):
            self.assertEqual(new.step_ids.mapped("summary"), old.step_ids.mapped("summary"))
            self.assertEqual(new.step_ids.policy_id, draft)

    def test_what_cannot_be_is_refused(self):
        draft = self.version()
        definition, rule = draft.churn_definition_ids[0], draft.churn_rule_ids[0]
        for record, vals in (
            (definition, {"days": -1}),
            (definition, {"lost_percent": 100}),
            (definition, {"method": "contract", "days": 30}),
            (definition, {"metric_domain": "[('churn_risk', '>', 5)]"}),
            (rule, {"points": 0}),
            (rule, {"metric_domain": "[]"}),
            (rule, {"metric_domain": "[('nonsense', '=', 1)]"}),
            (rule, {"reason": "Since {nonsense}"}),
            (rule, {"reason": "{revenue_12m:days}"}),
            (draft.churn_response_ids[0], {"working_days": 0}),
            (draft.churn_holdout_ids[0], {"share": 60}),
            (draft.churn_playbook_ids.step_ids[0], {"days": -1}),
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError), self.env.cr.savepoint():
                record.write(vals)

    def test_contract_end(self):
        """Dormant from the end of a contract on, at risk from half of the 60 days before it, lost 60 days after."""
        customers = {left: self.rhythm(f"Ends in {left}", 30, 2, 1) for left in (31, 29, 1, 0, -59, -61)}
        draft = self.version()
        draft.churn_definition_ids[0].write({"method": "contract", "days": 60, "end_metric": "next_purchase_date"})
        self.publish(draft)
        self.run_all()
        # The end as a metric of the profile; no step writes it here.
        for left, partner in customers.items():
            self.env.cr.execute(
                "UPDATE customer_profile SET next_purchase_date = %s::date + %s WHERE partner_id = %s",
                [self.today, left, partner.id],
            )
        self.env.invalidate_all()
        self.run_all()
        found = {left: self.profile(partner).churn_status for left, partner in customers.items()}
        self.assertEqual(found, {31: "active", 29: "at_risk", 1: "at_risk", 0: "dormant", -59: "dormant", -61: "lost"})

    def test_own_condition_and_first_definition_that_fits(self):
        persons = self.rhythm("Person", 30, 4, 5, is_company=False)
        company = self.rhythm("Company", 30, 4, 5)
        draft = self.version()
        self.env["churn.definition"].with_user(self.manager).create(
            {"policy_id": draft.id, "clause_id": draft.churn_definition_ids[0].clause_id.id, "name": "Persons",
             "sequence": 1, "domain": "[('is_company', '=', False)]", "method": "domain",
             "metric_domain": "[('revenue_12m', '<', 1000)]"}
        )  # fmt: skip
        self.publish(draft)
        self.run_all()
        self.assertEqual(self.profile(persons).churn_status, "lost")
        self.assertEqual(self.profile(company).churn_status, "active")

    def test_statuses_by_hand(self):
        """N is 90: at risk from day 45, dormant from day 90, lost from day 180."""
        silent = {days: self.rhythm(f"S{days}", 10, 3, days) for days in (44, 45, 89, 90, 179, 180)}
        self.run_all()
        found = {days: self.profile(partner).churn_status for days, partner in silent.items()}
        self.assertEqual(
            found, {44: "active", 45: "at_risk", 89: "at_risk", 90: "dormant", 179: "dormant", 180: "lost"}
        )

    def test_a_metric_that_has_gone_stops_nothing(self):
        silent = self.rhythm("Silent", 30, 8, 84)
        self.env.cr.execute(
            "UPDATE churn_rule SET metric_domain = '[(''gone'', ''>'', 1)]' WHERE policy_id = %s AND points = 50",
            [self.policy.id],
        )
        self.env.invalidate_all()
        with mute_logger("odoo.addons.churn_warning.models.churn_rule"):
            self.night()
        self.assertEqual(self.warning(silent).state, "open")

    def test_printed(self):
        for model in ("definition", "rule", "response", "holdout", "playbook"):
            for rule in self.env[f"churn.{model}"].search([("policy_id", "=", self.policy.id)]):
                self.assertGreater(len(rule._get_sentence()), 10)

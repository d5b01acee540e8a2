"""A new release proposes changes of its shipped rules as a draft, never silently."""

from odoo.tests import users

from .common import CustomerPolicyCommon

RELEASE = "customer_policy 19.0.9.0.0"
SCHEME = "customer_policy.scheme_company"
CRITERION = "customer_policy.criterion_company_revenue_12m"
CLAUSE = "customer_policy.clause_2_5"


class TestRelease(CustomerPolicyCommon):
    def propose(self, changes, additions=(), release=RELEASE):
        return self.env["customer.policy"].sudo()._propose_release(release, changes, additions)

    def part(self, policy, key):
        return policy._parts_by_key()[key]

    def test_shipped_parts_are_known_by_their_external_id(self):
        for key in (SCHEME, CRITERION, CLAUSE):
            self.assertEqual(self.env.ref(key).stable_key, key)
            self.assertEqual(self.part(self.draft(), key).stable_key, key)

    def test_keys_of_a_database_from_before_there_were_any(self):
        scheme = self.env.ref(SCHEME)
        mine = self.draft().scheme_ids[0]
        self.env.flush_all()
        self.env.cr.execute("UPDATE customer_grade_scheme SET stable_key = NULL")
        self.env["customer.grade.scheme"]._init_column("stable_key")
        self.env.invalidate_all()
        self.assertEqual(scheme.stable_key, SCHEME)
        self.assertRegex(mine.stable_key, r"^[0-9a-f-]{36}$")
        schemes = self.env["customer.grade.scheme"].search([])
        self.assertEqual(len(set(schemes.mapped("stable_key"))), len(schemes))

    def test_a_copy_within_a_version_is_another_rule(self):
        scheme = self.draft().scheme_ids[0]
        copy = scheme.copy()
        self.assertNotEqual(copy.stable_key, scheme.stable_key)
        self.assertFalse(set(copy.level_ids.mapped("stable_key")) & set(scheme.level_ids.mapped("stable_key")))

    def test_untouched_policy_gets_a_draft_too(self):
        draft = self.propose({SCHEME: {"downgrade_months": (3, 6)}, CRITERION: {"weight": (50.0, 60.0)}})
        self.assertEqual((draft.state, draft.previous_id, draft.release), ("draft", self.default_policy, RELEASE))
        self.assertEqual(self.env.ref(SCHEME).downgrade_months, 3)
        self.assertEqual(self.part(draft, SCHEME).downgrade_months, 6)
        self.assertEqual(self.part(draft, CRITERION).weight, 60)
        self.assertEqual(draft.activity_ids.user_id, self.default_policy.owner_id)
        self.assertIn(RELEASE, draft.activity_ids.summary)
        self.assertEqual(draft.change_summary, "Rules: 1 changed", "a scheme with its criterion")

    def test_each_version_in_force(self):
        own = self.publish(self.draft())
        drafts = self.propose({SCHEME: {"downgrade_months": (3, 6)}})
        self.assertEqual(drafts.previous_id, own | self.default_policy)
        self.assertEqual(drafts.filtered("company_id").company_id, self.company)

    def test_what_the_company_decided_is_kept_and_told(self):
        mine = self.draft()
        self.part(mine, SCHEME).downgrade_months = 1
        self.part(mine, CRITERION).unlink()
        self.publish(mine)
        changes = {
            SCHEME: {"downgrade_months": (3, 6), "minimum_purchases": (1, 2)},
            CRITERION: {"weight": (50.0, 60.0)},
        }
        draft = self.propose(changes).filtered("company_id")
        scheme = self.part(draft, SCHEME)
        self.assertEqual((scheme.downgrade_months, scheme.minimum_purchases), (1, 2))
        note = draft.activity_ids.note
        self.assertIn("Months Before Downgrade", note)
        self.assertIn(CRITERION, note)

    def test_texts_in_both_languages(self):
        clause = self.env.ref(CLAUSE)
        before = {"en_US": clause.text, "zh_CN": clause.with_context(lang="zh_CN").text}
        draft = self.propose({CLAUSE: {"text": (before, {"en_US": "New text.", "zh_CN": "新条文。"})}})
        part = self.part(draft, CLAUSE)
        self.assertEqual((part.text, part.with_context(lang="zh_CN").text), ("New text.", "新条文。"))
        self.assertEqual(clause.text, before["en_US"])

    def test_references_and_new_rules(self):
        additions = [
            {
                "model": "customer.policy.clause",
                "key": "customer_policy.clause_2_6",
                "below": "customer_policy.clause_2",
                "values": {"number": "2.6", "name": {"en_US": "Newcomers", "zh_CN": "新客户"}},
            },
            {
                "model": "customer.lifecycle.rule",
                "key": "customer_policy.lifecycle_rule_x",
                "below": "customer_policy.clause_2_6",
                "values": {"stage": "loyal", "minimum_purchases": 99, "sequence": 1},
            },
            {
                "model": "customer.grade.criterion",
                "key": "customer_policy.criterion_x",
                "below": SCHEME,
                "values": {"metric": "overdue_amount", "weight": 1.0},
            },
            {"model": "customer.lifecycle.rule", "key": "customer_policy.nowhere", "below": "gone", "values": {}},
        ]
        draft = self.propose({SCHEME: {"apart_grade_id": ("code:prospect", "code:regular")}}, additions)
        self.assertEqual(self.part(draft, SCHEME).apart_grade_id.code, "regular")
        clause = self.part(draft, "customer_policy.clause_2_6")
        self.assertEqual(clause.parent_id.number, "2")
        self.assertEqual(self.part(draft, "customer_policy.lifecycle_rule_x").clause_id, clause)
        criterion = self.part(draft, "customer_policy.criterion_x")
        self.assertEqual((criterion.scheme_id, criterion.policy_id), (self.part(draft, SCHEME), draft))
        self.assertIn("nowhere", draft.activity_ids.note)
        self.assertFalse(
            self.env["customer.lifecycle.rule"].search([("minimum_purchases", "=", 99)]) - draft.lifecycle_rule_ids
        )

    def test_once_per_release(self):
        changes = {SCHEME: {"downgrade_months": (3, 6)}}
        self.assertTrue(self.propose(changes))
        self.assertFalse(self.propose(changes))
        self.assertTrue(self.propose({SCHEME: {"downgrade_months": (3, 4)}}, release="customer_policy 19.0.9.1.0"))

    @users("manager")
    def test_owner_publishes_it(self):
        draft = self.propose({SCHEME: {"downgrade_months": (3, 6)}}).with_user(self.env.user)
        draft.action_submit()
        draft.with_user(self.second_manager).action_approve()
        self.assertEqual(draft.state, "in_force")
        self.assertEqual(self.default_policy.state, "retired")

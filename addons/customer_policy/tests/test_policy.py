"""Versions: frozen, four eyes, dates; and the contract for addons that come and go."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import users

from .common import CustomerPolicyCommon


class TestPolicy(CustomerPolicyCommon):
    def test_shipped_policy_works_at_once(self):
        policy = self.env["customer.policy"]._get_in_force(self.company)
        self.assertEqual(policy, self.default_policy)
        self.assertFalse(policy._get_problems())
        # Further chapters come with further addons.
        numbers = [number for number in policy.clause_ids.mapped("number") if number[0] in "123"]
        expected = ["1", "1.1", "1.2", "1.3", "1.4", "1.5", "2", "2.1", "2.2", "2.3", "2.4", "2.5"]
        self.assertEqual(numbers, [*expected, "3", "3.1", "3.2", "3.3", "3.4"])
        coverage = {clause.number: clause.coverage for clause in policy.clause_ids}
        self.assertEqual(
            {number: coverage[number] for number in ("1.2", "1.5", "2.1", "2.2", "2.4")},
            {"1.2": "partial", "1.5": "advisory", "2.1": "enforced", "2.2": "enforced", "2.4": "enforced"},
        )

    def test_both_languages(self):
        clause = self.env.ref("customer_policy.clause_2_3").with_context(lang="zh_CN")
        self.assertIn("单列", clause.text)

    def test_numbers_sort_naturally(self):
        draft = self.draft()
        self.env["customer.policy.clause"].create(
            [{"policy_id": draft.id, "number": number, "name": number} for number in ("10", "9", "2.10")]
        )
        draft.invalidate_recordset(["clause_ids"])
        numbers = draft.clause_ids.mapped("number")
        self.assertLess(numbers.index("2.5"), numbers.index("2.10"))
        self.assertEqual(numbers[-2:], ["9", "10"])

    def test_draft_copies_everything(self):
        draft = self.draft()
        self.assertEqual(draft.previous_id, self.default_policy)
        self.assertEqual(len(draft.clause_ids), len(self.default_policy.clause_ids))
        for model in self.env["customer.policy.rule"]._rule_models():
            rules = self.env[model].search([("policy_id", "=", draft.id)])
            shipped = self.env[model].search([("policy_id", "=", self.default_policy.id)])
            self.assertEqual(len(rules), len(shipped), model)
            self.assertEqual(rules.clause_id.mapped("number"), shipped.clause_id.mapped("number"), model)
            self.assertFalse(rules & shipped)
        self.assertEqual(draft.scheme_ids[0].with_context(lang="zh_CN").name, "企业客户")

    def test_in_force_does_not_change(self):
        clause = self.default_policy.clause_ids[1].with_user(self.manager)
        scheme = self.default_policy.scheme_ids[0].with_user(self.manager)
        for change in (
            lambda: clause.write({"text": "other"}),
            lambda: clause.unlink(),
            lambda: scheme.write({"downgrade_months": 0}),
            lambda: scheme.criterion_ids[0].write({"weight": 99}),
            lambda: scheme.criterion_ids[0].unlink(),
            lambda: scheme.copy(),
            lambda: self.default_policy.with_user(self.manager).write({"name": "Mine"}),
            lambda: self.default_policy.with_user(self.manager).unlink(),
            lambda: self.default_policy.scheme_ids[0].sudo().write({"name": "x"}),
        ):
            with self.assertRaisesRegex(UserError, "don't change"), self.env.cr.savepoint():
                change()

    def test_state_is_not_written_by_clients(self):
        draft = self.draft().with_user(self.manager)
        for vals in ({"state": "in_force"}, {"approver_id": self.manager.id}, {"author_id": self.second_manager.id}):
            with self.assertRaises(AccessError):
                draft.write(vals)
        with self.assertRaises(AccessError):
            self.env["customer.policy"].with_user(self.manager).create({"name": "X", "state": "in_force"})

    def test_context_defaults_forge_nothing(self):
        context = {"default_state": "in_force", "default_author_id": self.second_manager.id}
        policies = self.env["customer.policy"].with_user(self.manager).with_context(**context)
        policy = policies.create({"name": "Mine", "company_id": self.company.id})
        self.assertEqual((policy.state, policy.author_id), ("draft", self.manager))

    def test_own_policy_uses_its_own_rules(self):
        policy = self.env["customer.policy"].with_user(self.manager).create({"name": "Mine"})
        self.assertEqual(policy.module_ids, self.default_policy.module_ids)
        self.assertFalse(policy._get_rules("customer.grade.scheme"))
        with self.assertRaisesRegex(UserError, "no grading scheme"):
            policy.action_submit()

    def test_who_edited_does_not_approve(self):
        draft = self.draft()
        draft.scheme_ids[0].with_user(self.second_manager).downgrade_months = 1
        draft.with_user(self.manager).action_submit()
        with self.assertRaisesRegex(UserError, "somebody else must approve"):
            draft.with_user(self.second_manager).action_approve()
        third = self.new_user("third", "customer_policy.group_customer_manager")
        draft.with_user(third).action_approve()
        self.assertEqual(draft.state, "in_force")

    def test_version_numbers_are_unique_per_company(self):
        first, second = self.draft(), self.draft()
        self.assertEqual((first.version, second.version), (1, 2))

    def test_parts_follow_their_rule(self):
        draft = self.draft()
        clause = draft.clause_ids.filtered(lambda c: c.number == "2.3")
        scheme = draft.scheme_ids[0]
        scheme.with_user(self.manager).clause_id = clause
        self.assertEqual(scheme.criterion_ids.clause_id | scheme.level_ids.clause_id, clause)

    def test_company_returns_to_the_general_policy(self):
        draft = self.publish(self.draft())
        draft.with_user(self.manager).action_retire()
        self.assertEqual(self.env["customer.policy"]._get_in_force(self.company), self.default_policy)

    def test_other_companies_do_not_read_a_policy(self):
        outsider = self.new_user("outsider", "customer_policy.group_customer_all")
        other = self.env["res.company"].create({"name": "Outside"})
        outsider.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        draft = self.draft()
        allowed = {"allowed_company_ids": other.ids}
        self.assertFalse(
            self.env["customer.policy"].with_user(outsider).with_context(**allowed).search([("id", "=", draft.id)])
        )
        scheme = self.env["customer.grade.scheme"].with_user(outsider).with_context(**allowed)
        self.assertFalse(scheme.search([("policy_id", "=", draft.id)]))

    def test_rules_do_not_slip_into_a_frozen_version(self):
        draft = self.draft()
        clause = self.default_policy.clause_ids.filtered(lambda c: c.number == "2.5")
        with self.assertRaises(UserError):
            draft.lifecycle_rule_ids[0].with_user(self.manager).write(
                {"policy_id": self.default_policy.id, "clause_id": clause.id}
            )

    def test_addon_that_leaves_and_comes_back(self):
        """A version in force decides about an addon only as long as that is installed; its chapter comes once."""
        module = self.env["ir.module.module"]._get("contacts")
        default = self.default_policy
        self.env["customer.policy"]._integrate_chapter("contacts")
        published = self.draft()
        published._publish()
        self.assertIn(module, published.module_ids)
        self.env["customer.policy"]._keep_clauses("contacts")
        self.assertNotIn(module, published.module_ids | default.module_ids)
        self.env["customer.policy"]._integrate_chapter("contacts")
        draft = self.env["customer.policy"].search([("previous_id", "=", published.id)])
        self.assertIn(module, draft.module_ids)
        # What the addon left behind is not copied a second time.
        chapter = default.chapter_ids[0]
        clause_map = (chapter | chapter.child_ids)._copy_to(draft)
        self.assertEqual(set(clause_map.values()), set(draft.chapter_ids[0].ids + draft.chapter_ids[0].child_ids.ids))
        self.assertEqual(len(draft.clause_ids), len(default.clause_ids))

    def test_clause_in_a_chapter_of_another_addon(self):
        """It reaches a company's own policy with its rules, below the chapter that is there."""
        default = self.default_policy
        published = self.draft()
        published._publish()
        chapter = default.chapter_ids[0]
        rules, number = self.env["customer.lifecycle.rule"], f"{chapter.number}.99"
        with patch.object(type(default), "_check_draft"):  # as during an installation
            clause = default.clause_ids.create(
                {"policy_id": default.id, "parent_id": chapter.id, "number": number, "name": "Of an addon"}
            )
            rules.create({"policy_id": default.id, "clause_id": clause.id, "stage": "loyal", "sequence": 999})
        self.env["ir.model.data"].create(
            {"module": "contacts", "name": "clause_of_an_addon", "model": clause._name, "res_id": clause.id}
        )
        self.env["customer.policy"]._integrate_chapter("contacts")
        draft = self.env["customer.policy"].search([("previous_id", "=", published.id)])
        found = draft.clause_ids.filtered(lambda found: found.number == number)
        self.assertEqual(found.parent_id.number, chapter.number)
        self.assertEqual(found.parent_id.policy_id, draft)
        self.assertEqual(rules.search_count([("clause_id", "=", found.id)]), 1)
        self.assertEqual(len(draft.lifecycle_rule_ids), len(published.lifecycle_rule_ids) + 1)

    def test_four_eyes(self):
        draft = self.draft()
        draft.with_user(self.manager).action_submit()
        with self.assertRaisesRegex(UserError, "somebody else must approve"):
            draft.with_user(self.manager).action_approve()
        draft.with_user(self.second_manager).action_approve()
        self.assertEqual((draft.state, draft.approver_id), ("in_force", self.second_manager))
        self.assertEqual(self.env["customer.policy"]._get_in_force(self.company), draft)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertEqual(self.env["customer.policy"]._get_in_force(other), self.default_policy)

    def test_every_editor_is_remembered(self):
        """Neither where somebody else has touched the rule again, nor after deleting one."""
        for edit in (
            lambda version: version.scheme_ids[0].write({"minimum_purchases": 7}),
            lambda version: version.recheck_rule_ids[0].unlink(),
            lambda version: version.write({"effective_date": self.today}),
        ):
            draft = self.draft()
            edit(draft.with_user(self.second_manager))
            draft.with_user(self.manager).scheme_ids[0].minimum_purchases = 8
            draft.with_user(self.manager).action_submit()
            with self.assertRaisesRegex(UserError, "somebody else must approve"):
                draft.with_user(self.second_manager).action_approve()

    def test_switching_four_eyes_off_is_logged(self):
        draft = self.draft()
        self.company.sudo().customer_policy_four_eyes = False
        message = self.default_policy.message_ids[0]
        self.assertIn("four-eyes", message.body)
        self.assertIn(self.company.name, message.body)
        draft.with_user(self.manager).action_submit()
        draft.with_user(self.manager).action_approve()
        self.assertEqual(draft.state, "in_force")

    def test_general_version_replaces_the_default(self):
        draft = self.default_policy.with_user(self.manager)._draft_version()
        self.publish(draft)
        self.assertEqual(self.default_policy.state, "retired")
        self.assertEqual(draft.version, self.default_policy.version + 1)

    def test_effective_date(self):
        draft = self.draft()
        draft.with_user(self.manager).effective_date = self.today + timedelta(days=3)
        self.publish(draft)
        self.assertEqual(draft.state, "review")
        self.env["customer.policy"]._publish_due()
        self.assertEqual(draft.state, "review")
        draft.sudo().effective_date = self.today
        self.env["customer.policy"]._publish_due()
        self.assertEqual(draft.state, "in_force")
        self.assertEqual((draft.review_date - draft.effective_date).days, 365)

    def test_send_back_takes_approval_away(self):
        draft = self.draft()
        draft.with_user(self.manager).effective_date = self.today + timedelta(days=3)
        self.publish(draft)
        draft.with_user(self.manager).action_send_back()
        self.assertEqual((draft.state, draft.approver_id.id), ("draft", False))

    def test_published_twice(self):
        first, second = self.draft(), self.draft()
        for draft in first, second:
            draft.with_user(self.manager).action_submit()
        first.with_user(self.second_manager).action_approve()
        second.with_user(self.second_manager).action_approve()
        self.assertEqual((first.state, second.state), ("retired", "in_force"))
        with self.assertRaisesRegex(UserError, "moved by somebody else"):
            first.with_user(self.second_manager).action_approve()

    def test_review_reminder(self):
        draft = self.publish(self.draft())
        draft.sudo().write({"effective_date": self.today - timedelta(days=400), "review_date": self.today})
        self.env["customer.policy"]._remind_reviews()
        self.env["customer.policy"]._remind_reviews()
        self.assertEqual(len(draft.activity_ids), 1)
        with self.assertRaises(ValidationError):
            draft.sudo().review_date = draft.effective_date

    def test_empty_role_warns(self):
        group = self.env.ref("customer_policy.group_evaluation")
        group.user_ids = False
        self.default_policy.invalidate_recordset()
        self.assertIn(group.name, self.default_policy.warning_text)
        self.new_user("evaluator", "customer_policy.group_evaluation")
        self.default_policy.clause_ids.invalidate_recordset()
        self.default_policy.invalidate_recordset()
        self.assertNotIn(group.name, self.default_policy.warning_text or "")

    @users("manager")
    def test_report_in_both_languages(self):
        report = self.env["ir.actions.report"]
        for language, chapter, rule in (("en_US", "Classification", "VIP 10%"), ("zh_CN", "分级与生命周期", "VIP 10%")):
            html, _type = report.with_context(lang=language)._render_qweb_html(
                "customer_policy.report_customer_policy", self.default_policy.ids
            )
            self.assertIn(chapter, html.decode())
            self.assertIn(rule, html.decode())

    def test_every_rule_model_says_itself_in_a_line(self):
        sentences = self.env.ref("customer_policy.clause_2_5")._get_rule_sentences()
        self.assertIn("Lost: 1 purchases or more and 365 days or more without a purchase", sentences)
        self.assertIn("Prospect: all others", sentences)
        scheme = self.default_policy.scheme_ids[0]
        self.assertRegex(
            scheme._get_sentence(),
            r"Is a Company: yes.*: weights .* 50, .*; grades Strategic 5%.*, and Ordinary 100%.*"
            r"Fewer than 1 purchases in 12 months: Prospect. A lower grade applies after 3 months.",
        )
        draft = self.draft()
        draft.scheme_ids[0].level_ids[0].write(
            {"payment_term_id": self.env.ref("account.account_payment_term_30days").id, "priority": "3"}
        )
        draft.lifecycle_rule_ids[0].domain = "[('revenue_12m', '<', 500)]"
        self.assertIn("Strategic 5% (30 Days and priority Very High)", draft.scheme_ids[0]._get_sentence())
        self.assertIn("500", draft.lifecycle_rule_ids[0]._get_sentence())
        self.assertNotIn("revenue_12m", draft.lifecycle_rule_ids[0]._get_sentence())

"""Chapter 6 as part of a policy version: at work at once, copied, compared, exported and read back."""

from odoo.addons.customer_policy.versions.comparison import Comparison
from odoo.exceptions import ValidationError

from .common import SatisfactionCommon


class TestPolicy(SatisfactionCommon):
    def test_chapter_is_at_work(self):
        in_force = self.env["customer.policy"]._get_in_force(self.company)
        clauses = in_force.clause_ids.filtered(lambda clause: clause.parent_id.number == "6")
        self.assertEqual(clauses.mapped("number"), ["6.1", "6.2", "6.3", "6.4"])
        self.assertEqual(set(clauses.mapped("coverage")), {"enforced"})
        chinese = clauses.with_context(lang="zh_CN")
        for clause in chinese:
            self.assertTrue(any("\u4e00" <= sign <= "\u9fff" for sign in clause.text), clause.number)
        self.assertIn("30", in_force.clause_ids.filtered(lambda c: c.number == "6.3")._get_rule_sentences()[0])
        for sentence in clauses._origin[0]._get_rule_sentences() + clauses._origin[1]._get_rule_sentences():
            self.assertTrue(sentence)

    def test_parts_of_a_sentence_are_separated_in_both_languages(self):
        """“Unit” lists of CLDR, which are for measures, run Chinese words together without any sign."""
        limits = self.default_policy.satisfaction_limit_ids.filtered(lambda limit: limit.not_with_open_case)
        self.assertIn("days, not with an open case", limits[0]._get_sentence())
        self.assertRegex(limits[0].with_context(lang="zh_CN")._get_sentence(), "：[^：、]+、[^、]+$")

    def test_version_export_import_comparison(self):
        draft = self.draft()
        self.assertEqual(len(draft.satisfaction_trigger_ids), len(self.default_policy.satisfaction_trigger_ids))
        trigger = draft.satisfaction_trigger_ids.filtered(lambda rule: rule.event == "invoice_paid")
        trigger.with_user(self.manager).write({"delay_days": 5, "channel": "phone"})
        chapter = next(c for c in Comparison(self.default_policy, draft).chapters if c.record.number == "6")
        [entry] = [rule for clause in chapter.clauses for rule in clause.changed_rules]
        self.assertEqual({change.label for change in entry.changes}, {"Channel", "Days After"})
        text = draft.with_user(self.manager)._export_file()[1]
        self.assertIn("customer_satisfaction.survey_payment", text)
        imported = self.env["customer.policy"].with_user(self.manager)._import_file(text.encode(), self.company)[0]
        again = imported.satisfaction_trigger_ids.filtered(lambda rule: rule.event == "invoice_paid")
        self.assertEqual((again.delay_days, again.channel, again.survey_id), (5, "phone", self.csat))
        self.assertEqual(imported.with_user(self.manager)._export_file()[1], text)

    def test_rules_refuse_nonsense(self):
        draft = self.draft()
        trigger = draft.satisfaction_trigger_ids[:1].with_user(self.manager)
        limit = draft.satisfaction_limit_ids[:1].with_user(self.manager)
        response = draft.satisfaction_response_ids[:1].with_user(self.manager)
        custom = self.env["survey.survey"].create({"title": "Other", "survey_type": "custom"})
        for record, values in (
            (trigger, {"months": 0}),
            (trigger, {"delay_days": -1}),
            (trigger, {"valid_days": 0}),
            (trigger, {"survey_id": custom.id}),
            (limit, {"share": 101}),
            (limit, {"rest_days": -1}),
            (response, {"max_score": 10}),
            (response, {"working_days": 0}),
        ):
            with self.assertRaises(ValidationError, msg=values), self.env.cr.savepoint():
                record.write(values)
        limit.grade_id = self.env.ref("customer_policy.customer_grade_key")
        self.assertTrue(draft.satisfaction_limit_ids._get_problems(), "one for all others is needed")

    def test_closed_questionnaire_warns(self):
        self.csat.active = False
        self.assertTrue(any(self.csat.title in w for w in self.default_policy.satisfaction_trigger_ids._get_warnings()))

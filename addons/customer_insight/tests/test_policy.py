"""Chapter 7 as far as the model is concerned."""

from odoo.addons.customer_policy.tests.common import CustomerPolicyCommon


class TestPolicy(CustomerPolicyCommon):
    def test_chapter_is_at_work(self):
        in_force = self.env["customer.policy"]._get_in_force(self.company)
        [clause] = in_force.clause_ids.filtered(lambda c: c.number == "7.3")
        self.assertEqual(clause.parent_id.number, "7")
        self.assertEqual(clause.coverage, "enforced")
        self.assertTrue(any("\u4e00" <= sign <= "\u9fff" for sign in clause.with_context(lang="zh_CN").text))
        sentences = clause._get_rule_sentences()
        self.assertEqual(len(sentences), 8)
        self.assertTrue(all(sentences))

    def test_version_export_import(self):
        draft = self.draft()
        figure = draft.parameter_ids.filtered(lambda rule: rule.key == "insight_discount_rate")
        figure.with_user(self.manager).value = 0.08
        text = draft.with_user(self.manager)._export_file()[1]
        imported = self.env["customer.policy"].with_user(self.manager)._import_file(text.encode(), self.company)[0]
        again = imported.parameter_ids.filtered(lambda rule: rule.key == "insight_discount_rate")
        self.assertEqual(again.value, 0.08)

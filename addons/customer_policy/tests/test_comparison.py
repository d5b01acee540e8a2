"""Two versions side by side: what was added, removed, changed, renamed and moved; and who may look."""

from collections import Counter

from odoo import Command
from odoo.addons.customer_policy.condition import describe_condition, describe_text
from odoo.addons.customer_policy.versions.comparison import Comparison
from odoo.addons.customer_policy.versions.differences import mark_words, moved
from odoo.exceptions import AccessError
from odoo.tests import users

from .common import CustomerPolicyCommon


class TestComparison(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.next = cls.draft()
        cls.business = cls.next.scheme_ids.filtered(lambda s: s.name == "Business Customers")

    def clause(self, number):
        return self.next.clause_ids.filtered(lambda clause: clause.number == number)

    def compare(self, **context):
        self.env.flush_all()
        self.env.invalidate_all()
        return Comparison(self.default_policy.with_context(**context), self.next.with_context(**context))

    def entries(self, comparison):
        """All entries that differ themselves, by (kind of record, title)."""
        found, waiting = {}, list(comparison.chapters)
        while waiting:
            entry = waiting.pop()
            waiting += [*entry.clauses, *entry.rules]
            if entry.status != "same":
                found[entry.record._name, entry.title] = entry
        return found

    def changes(self, entry):
        return {change.label: (change.old, change.new) for change in entry.changes}

    def test_a_copy_says_the_same(self):
        comparison = self.compare()
        self.assertEqual({key: self.changes(entry) for key, entry in self.entries(comparison).items()}, {})
        self.assertFalse(comparison.counts)
        self.assertIn("say the same", self.next.change_summary)

    def test_changed_text(self):
        self.clause("2.5").text = "The lifecycle stage follows from the purchases; nobody may rewrite it."
        [entry] = self.entries(self.compare()).values()
        self.assertEqual(entry.title, "2.5 Lifecycle")
        [change] = entry.changes
        self.assertEqual(change.label, "Text")
        self.assertIn("from the <del>transactions</del>; nobody", change.marked[0])
        self.assertIn("from the <ins>purchases</ins>; nobody", change.marked[1])

    def test_changed_text_in_another_language_only(self):
        self.clause("2.5").with_context(lang="zh_CN").text = "生命周期阶段由购买推定,任何人不得改写。"
        [entry] = self.entries(self.compare(lang="en_US")).values()
        [change] = entry.changes
        self.assertRegex(change.label, r"Text \(.*[Cc]hin")
        [entry] = self.entries(self.compare(lang="zh_CN")).values()
        [change] = entry.changes
        self.assertNotIn("(", change.label)
        self.assertIn("<del>交易</del>", change.marked[0])
        self.assertIn("<ins>购买</ins>", change.marked[1])

    def test_renamed_and_moved_rule_is_the_same_rule(self):
        self.business.write({"name": "Companies", "clause_id": self.clause("2.3").id})
        entries = self.entries(self.compare())
        self.assertEqual(set(entries), {("customer.grade.scheme", "Companies")})
        entry = entries["customer.grade.scheme", "Companies"]
        self.assertEqual(entry.status, "changed")
        self.assertEqual(
            self.changes(entry),
            {"Clause": ("2.2 Grades", "2.3 Customers Without Purchases"), "Name": ("Business Customers", "Companies")},
        )

    def test_values_as_people_write_them(self):
        criterion = self.business.criterion_ids[0]
        criterion.write({"weight": 62.5, "direction": "lower"})
        level = self.business._sorted_levels()[0]
        before = f"{level.share:g}"
        pricelist = self.env["product.pricelist"].create({"name": "Strategic Prices"})
        level.write({"share": 12.5, "pricelist_id": pricelist.id})
        self.business.domain = "[('is_company', '=', True), ('country_id.code', '=', 'CN')]"
        entries = self.entries(self.compare())
        self.assertEqual(len(entries), 3)
        self.assertEqual(
            self.changes(entries["customer.grade.criterion", criterion.display_name]),
            {"Weight": ("50", "62.5"), "Direction": ("More is better", "Less is better")},
        )
        changed = self.changes(entries["customer.grade.level", level.display_name])
        self.assertEqual(changed["Top %"], (f"{before} %", "12.5 %"))
        self.assertEqual(changed["Pricelist"][0], "–")
        self.assertIn("Strategic Prices", changed["Pricelist"][1])
        [(old, new)] = self.changes(entries["customer.grade.scheme", "Business Customers"]).values()
        self.assertEqual(old, "Is a Company: yes")
        self.assertEqual(new, "Is a Company: yes and Country › Country Code is “CN”")

    def test_added_and_removed(self):
        self.next.lifecycle_rule_ids.filtered(lambda rule: rule.stage == "loyal").unlink()
        self.env["customer.policy.clause"].create(
            {"policy_id": self.next.id, "parent_id": self.clause("2").id, "number": "2.6", "name": "New Clause"}
        )
        self.business.criterion_ids = [Command.create({"metric": "overdue_amount", "weight": 5, "direction": "lower"})]
        entries = self.entries(self.compare())
        self.assertEqual(
            {key: entry.status for key, entry in entries.items()},
            {
                ("customer.lifecycle.rule", "Loyal"): "removed",
                ("customer.policy.clause", "2.6 New Clause"): "added",
                ("customer.grade.criterion", "Overdue"): "added",
            },
        )
        said = self.compare().says(entries["customer.grade.criterion", "Overdue"])
        self.assertEqual(said, "Metric: Overdue; Weight: 5; Direction: Less is better")

    def test_renumbered_clause(self):
        self.clause("2.5").number = "2.9"
        [entry] = self.entries(self.compare()).values()
        self.assertEqual(self.changes(entry), {"Number": ("2.5", "2.9")})

    def test_clause_written_anew_under_its_number(self):
        self.clause("1.5").unlink()
        self.env["customer.policy.clause"].create(
            {"policy_id": self.next.id, "parent_id": self.clause("1").id, "number": "1.5", "name": "Lessons"}
        )
        [entry] = self.entries(self.compare()).values()
        self.assertEqual((entry.status, entry.title), ("changed", "1.5 Lessons"))

    def test_order_that_decides(self):
        rules = self.next.lifecycle_rule_ids.sorted("sequence")
        rules[2].sequence = 5  # “loyal”, before “lost” and “dormant”
        [entry] = self.entries(self.compare()).values()
        self.assertEqual(entry.title, "Loyal")
        self.assertEqual(self.changes(entry), {"Place in the order": ("3", "1")})

    def test_numbers_given_anew_to_the_same_order_are_no_change(self):
        for position, rule in enumerate(self.next.lifecycle_rule_ids.sorted("sequence")):
            rule.sequence = 100 + position
        self.assertFalse(self.entries(self.compare()))

    def test_versions_without_common_keys(self):
        """A policy typed in by hand is compared by numbers and names."""
        for model in ["customer.policy.clause", *self.env["customer.policy.rule"]._rule_models()]:
            for part in self.env[model].search([("policy_id", "=", self.next.id)]):
                part.stable_key = f"other-{model}-{part.id}"
        self.business.downgrade_months = 6
        entries = self.entries(self.compare())
        changed = self.changes(entries["customer.grade.scheme", "Business Customers"])
        self.assertEqual(changed, {"Months Before Downgrade": ("3", "6")})
        titles = Counter(rule._get_title() for rule in self.default_policy.segment_rule_ids)
        unpaired = {entry.title for entry in entries.values() if entry.status != "changed"}
        self.assertEqual(unpaired, {title for title, count in titles.items() if count > 1}, "names that stand twice")

    def test_every_rule_model_takes_part(self):
        """Whatever rule models there are, later addons' included: a change of any field is seen."""
        for model in self.env["customer.policy.rule"]._rule_models():
            rules = self.env[model].search([("policy_id", "=", self.next.id)], limit=1)
            if rules:
                rules.active = False
                entries = self.entries(self.compare())
                self.assertEqual([entry.record for entry in entries.values()], [rules], model)
                rules.active = True

    @users("manager")
    def test_open_from_the_form_and_print(self):
        self.business.sudo().downgrade_months = 6
        draft = self.next.with_user(self.env.user)
        self.assertEqual(draft.change_summary, "Rules: 1 changed")
        draft.clause_ids[0].text = "Other words"
        draft.invalidate_recordset(["change_summary"])
        self.assertEqual(draft.change_summary, "Clauses: 1 changed; Rules: 1 changed")
        chinese = draft.with_context(lang="zh_CN")
        self.assertRegex(chinese.change_summary, "^[^;；]+；[^;；]+$")
        action = draft.action_compare()
        comparison = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((comparison.old_id, comparison.new_id), (self.default_policy, draft))
        for language, label in (("en_US", "Months Before Downgrade"), ("zh_CN", "降级")):
            html, _type = (
                self.env["ir.actions.report"]
                .with_context(lang=language)
                ._render_qweb_html("customer_policy.report_comparison", comparison.ids)
            )
            self.assertIn(label, html.decode())
        comparison.action_swap()
        self.assertEqual((comparison.old_id, comparison.new_id), (draft, self.default_policy))

    def test_text_is_escaped(self):
        self.clause("2.5").text = "<script>alert(1)</script>"
        comparison = self.env["customer.policy.comparison"].create(
            {"old_id": self.default_policy.id, "new_id": self.next.id}
        )
        self.assertNotIn("<script", comparison.html)
        self.assertIn("&lt;script", comparison.html)

    def test_only_versions_that_one_may_read(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.next.sudo().company_id = other
        reader = self.new_user("reader", "customer_policy.group_customer_user")
        comparisons = self.env["customer.policy.comparison"].with_user(reader)
        comparison = comparisons.create({"old_id": self.default_policy.id, "new_id": self.next.id})
        with self.assertRaises(AccessError):
            comparison.read(["html"])
        plain = self.new_user("plain_reader", "")
        with self.assertRaises(AccessError):
            self.env["customer.policy.comparison"].with_user(plain).create(
                {"old_id": self.default_policy.id, "new_id": self.next.id}
            )

    def test_cost(self):
        """Reading two versions costs per kind of rule, not per rule."""
        comparison = self.env["customer.policy.comparison"].create(
            {"old_id": self.default_policy.id, "new_id": self.next.id}
        )

        def cost():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            comparison.read(["html"])
            return self.env.cr.sql_log_count - before

        cost()
        few = cost()
        for rule in self.next._get_rules("customer.lifecycle.rule"):
            for i in range(5):
                rule.copy({"policy_id": self.next.id, "stable_key": f"{rule.stable_key}-{i}"})
        self.assertLessEqual(cost(), few + 5)
        self.assertIn("30 added", comparison.html)


class TestDifferences(CustomerPolicyCommon):
    def test_words(self):
        self.assertEqual(
            mark_words("paid within 30 days", "paid within 14 days"),
            ("paid within <del>30</del> days", "paid within <ins>14</ins> days"),
        )
        self.assertEqual(mark_words("三个月内", "六个月内"), ("<del>三</del>个月内", "<ins>六</ins>个月内"))
        self.assertEqual(mark_words("", "new"), ("", "<ins>new</ins>"))
        self.assertEqual(mark_words("a < b", "a < c"), ("a &lt; <del>b</del>", "a &lt; <ins>c</ins>"))

    def test_moved(self):
        self.assertEqual(moved([0, 1, 2, 3]), set())
        self.assertEqual(moved([2, 0, 1, 3]), {2})
        self.assertEqual(moved([]), set())
        self.assertEqual(len(moved([3, 2, 1, 0])), 3)

    def test_conditions(self):
        china = self.env.ref("base.cn")
        cases = {
            "[]": "everybody",
            "[('is_company', '=', False)]": "Is a Company: no",
            "[('is_company', '!=', True)]": "Is a Company: no",
            f"[('country_id', 'in', [{china.id}])]": f"Country is {china.display_name}",
            "['|', ('city', 'ilike', 'Shang'), ('city', '=', False)]": "City contains “Shang” or City is empty",
            "['!', ('city', '=', 'A')]": "City is not “A”",
            f"[('parent_id', 'child_of', [{self.company.partner_id.id}])]": (
                "Related Company is or belongs to Policy Company"
            ),
            "[('create_date.month_number', '=', 3)]": "Created on › month_number is 3",
            "[('child_ids', 'not any', [('city', '=', 'A')])]": "Contact: not (City is “A”)",
            "nonsense": "nonsense",
        }
        for text, words in cases.items():
            self.assertEqual(describe_text(self.env, text, "res.partner"), words, text)
        rule = self.env["customer.segment.rule"].new({"domain": "[('create_date.month_number', '=', 3)]"})
        self.assertEqual(rule.condition, "Created on › month_number is 3", "a segment rule reads alike")
        self.assertEqual(describe_condition(self.env["res.partner"], []), "")

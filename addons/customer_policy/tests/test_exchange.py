"""A version leaves as a file and comes back: the same again, checked first, never what is in force."""

import base64
import json

from odoo import Command
from odoo.addons.customer_policy.versions.comparison import Comparison
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import CustomerPolicyCommon


class ExchangeCommon(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.as_manager = cls.env["customer.policy"].with_user(cls.manager)

    def export(self, policy):
        self.env.flush_all()
        self.env.invalidate_all()
        return policy.with_user(self.manager)._export_file()[1]

    def bring(self, document, company=None):
        text = document if isinstance(document, str) else json.dumps(document)
        return self.as_manager._import_file(text.encode(), company or self.company)[0]

    def document(self):
        return json.loads(self.export(self.default_policy))


class TestExchange(ExchangeCommon):
    def rich_draft(self):
        """A version that uses what a file can carry: grades of its own, benefits, bands, names, conditions with ids."""
        draft = self.draft()
        diamond = self.env["customer.grade"].create({"name": "Diamond", "code": "diamond", "sequence": 5, "color": 3})
        diamond.with_context(lang="zh_CN").name = "钻石"
        scheme = draft.scheme_ids.filtered(lambda s: s.name == "Business Customers")
        scheme.write({"apart_grade_id": diamond.id, "active": True, "downgrade_months": 0})
        scheme.domain = f"[('country_id', 'in', [{self.env.ref('base.cn').id}]), ('city', '=', 'A')]"
        term = self.env["account.payment.term"].create({"name": "Terms of Our Own"})
        level = scheme._sorted_levels()[0]
        level.write({"payment_term_id": term.id, "share": 12.345})
        scheme.criterion_ids[0].write(
            {"method": "bands", "band_ids": [Command.create({"is_lowest": True, "points": 1})]}
        )
        scheme.criterion_ids[0].band_ids = [Command.create({"lower_bound": 10.5, "points": 60})]
        draft.lifecycle_rule_ids[0].active = False
        clause = draft.clause_ids.filtered(lambda c: c.number == "2.5")
        clause.write({"text": 'Quotes “" and\nnew lines\tand 中文', "is_advisory": True})
        draft.with_context(lang="zh_CN").name = "新制度"
        draft.change_note = "Why"
        return draft

    def test_round_trip(self):
        for policy in (self.default_policy, self.rich_draft()):
            text = self.export(policy)
            imported = self.bring(text)
            self.assertEqual(self.export(imported), text)
            self.assertEqual(imported.state, "draft")
            self.assertFalse(Comparison(policy, imported).counts, "an import is what was exported")

    def test_round_trip_to_a_database_without_the_grade(self):
        draft = self.rich_draft()
        text = self.export(draft)
        grade = self.env["customer.grade"].search([("code", "=", "diamond")])
        draft.sudo().unlink()
        grade.unlink()
        imported = self.bring(text)
        self.assertEqual(self.export(imported), text)
        grade = self.env["customer.grade"].search([("code", "=", "diamond")])
        self.assertEqual((grade.name, grade.with_context(lang="zh_CN").name, grade.color), ("Diamond", "钻石", 3))

    def test_a_known_grade_stays_as_it_is(self):
        document = self.document()
        document["records"]["customer.grade"]["key"]["name"] = {"en_US": "Renamed Elsewhere"}
        self.bring(document)
        self.assertEqual(self.env.ref("customer_policy.customer_grade_key").name, "Key")

    def test_no_ids_of_the_database(self):
        """The same content has the same text, whatever the ids: both versions were made one after the other."""
        first = self.export(self.draft())
        second = self.export(self.draft())
        self.assertEqual(first, second)
        cn = self.env.ref("base.cn").id
        self.assertNotIn(f"[{cn}]", self.export(self.rich_draft()))

    def test_what_is_in_force_is_not_touched(self):
        before = self.export(self.default_policy)
        in_force = self.as_manager._get_in_force(self.company)
        imported = self.bring(before)
        self.assertEqual(self.as_manager._get_in_force(self.company), in_force)
        self.assertEqual(self.export(self.default_policy), before)
        self.assertEqual(imported.previous_id, self.default_policy)
        self.assertEqual(imported.company_id, self.company)

    def test_four_eyes_hold(self):
        imported = self.bring(self.document())
        self.assertEqual(imported.author_id, self.manager)
        imported.with_user(self.second_manager).action_submit()
        with self.assertRaisesRegex(UserError, "somebody else must approve"):
            imported.with_user(self.manager).action_approve()
        third = self.new_user("third", "customer_policy.group_customer_manager")
        imported.with_user(third).action_approve()
        self.assertEqual(imported.state, "in_force")

    def test_life_of_a_version_is_not_imported(self):
        for name, value in (("state", "in_force"), ("approver_id", self.manager.id), ("version", 99)):
            document = self.document()
            document["policy"][name] = value
            with self.assertRaisesRegex(UserError, "not known here"):
                self.bring(document)
        document = self.document()
        document["chapters"][0]["policy_id"] = self.default_policy.id
        with self.assertRaisesRegex(UserError, "not known here"):
            self.bring(document)

    def test_only_managers(self):
        for groups in ("customer_policy.group_customer_all", "customer_policy.group_data_steward"):
            user = self.new_user(f"no_{groups[-4:]}", groups)
            with self.assertRaises(UserError):
                self.default_policy.with_user(user)._export_file()
            with self.assertRaises(UserError):
                self.env["customer.policy"].with_user(user)._import_file(b"{}", self.company)
            with self.assertRaises(AccessError):
                self.env["customer.policy.import"].with_user(user).create({"file": base64.b64encode(b"{}")})

    def test_wizard(self):
        wizard = self.env["customer.policy.import"].with_user(self.manager)
        data = base64.b64encode(self.export(self.rich_draft()).encode())
        action = wizard.create({"file": data, "file_name": "p.json", "company_id": self.company.id}).action_import()
        draft = self.env["customer.policy"].browse(action["res_id"])
        self.assertIn("p.json", draft.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "not valid JSON"):
            wizard.create({"file": base64.b64encode(b"{]")}).action_import()


class TestBadFiles(ExchangeCommon):
    def assertRefused(self, document, message):
        before = self.env["customer.policy"].search_count([])
        grades = self.env["customer.grade"].search_count([])
        with self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
            self.bring(document)
        self.assertEqual(self.env["customer.policy"].search_count([]), before)
        self.assertEqual(self.env["customer.grade"].search_count([]), grades)

    def first_rule(self, document):
        for chapter in document["chapters"]:
            for clause in chapter.get("clauses", []):
                for rule in clause.get("rules", []):
                    if rule["model"] == "customer.grade.scheme":
                        return rule
        return None

    def test_not_a_policy(self):
        self.assertRefused("{", "not valid JSON: line 1")
        self.assertRefused("[]", "not an exported customer policy")
        self.assertRefused('{"a": NaN}', "not valid JSON")
        self.assertRefused("[" * 100000, "not valid JSON")
        self.assertRefused(json.dumps({"format": "customer.policy", "format_version": 2}), "version 2 of the format")
        self.assertRefused(json.dumps({"format": "customer.policy", "format_version": 1}), "lacks the section")
        with self.assertRaisesRegex(UserError, "UTF-8"):
            self.as_manager._import_file(b"\xff\xfe\x00", self.company)
        with self.assertRaisesRegex(UserError, "larger than 5 MB"):
            self.as_manager._import_file(b" " * (5 * 1024 * 1024 + 1), self.company)

    def test_deep_nesting(self):
        document = self.document()
        rule = self.first_rule(document)
        for _depth in range(300):
            rule["parts"] = [{"model": "customer.grade.criterion", "key": f"k{_depth}", "values": {}}]
            rule = rule["parts"][0]
        self.assertRefused(document, "can't belong")

    def test_unknown_model(self):
        document = self.document()
        self.first_rule(document)["model"] = "loyalty.earning.rule"
        self.assertRefused(document, "“loyalty.earning.rule” is no kind of rule")
        document["rule_models"]["loyalty.earning.rule"] = "loyalty_points"
        self.assertRefused(document, "need the addon “loyalty_points”. Install it")
        document["chapters"][0]["rules"] = [{"model": "res.users", "key": "u", "values": {"login": "x"}}]
        self.assertRefused(document, "“res.users” is no kind of rule")

    def test_unknown_references(self):
        for value, message in (
            ("code:platinum", "“code:platinum” is not known here"),
            ("xmlid:base.main_company", "not known here"),
            ("7", "not known here"),
            (7, "a text is expected"),
        ):
            document = self.document()
            self.first_rule(document)["values"]["apart_grade_id"] = value
            self.assertRefused(document, message)

    def test_wrong_values(self):
        for name, value, message in (
            ("downgrade_months", "3", "Months Before Downgrade: a whole number"),
            ("downgrade_months", True, "a whole number"),
            ("downgrade_months", 10**12, "a whole number"),
            ("downgrade_months", -1, "can't be negative"),
            ("method", "dice", "“dice” is not one of the choices"),
            ("active", 1, "true or false"),
            ("name", "plain", "texts by language"),
            ("name", {"zh_CN": "只有中文"}, "texts by language"),
            ("name", {"en_US": "zero\x00byte"}, "a text is expected"),
            ("domain", "[('no_such', '=', 1)]", "condition can't be read"),
            ("domain", "[('country_id', '=', 'xmlid:base.nowhere')]", "not known here"),
            ("invented", 1, "the field “invented” is not known here"),
        ):
            document = self.document()
            self.first_rule(document)["values"][name] = value
            self.assertRefused(document, message)

    def test_all_problems_at_once(self):
        document = self.document()
        self.first_rule(document)["values"].update(active=1, downgrade_months="x")
        with self.assertRaisesRegex(UserError, "true or false") as caught, self.env.cr.savepoint():
            self.bring(document)
        self.assertIn("a whole number", str(caught.exception))

    def test_new_grades_of_a_refused_file_are_not_left_behind(self):
        document = self.document()
        document["records"]["customer.grade"]["platinum"] = {"name": {"en_US": "Platinum"}, "code": "platinum"}
        self.first_rule(document)["values"]["active"] = 1
        self.assertRefused(document, "true or false")

    def test_twice(self):
        document = self.document()
        document["chapters"][1]["number"] = document["chapters"][0]["number"]
        self.assertRefused(document, "Number “1” stands twice")
        document = self.document()
        document["chapters"][1]["key"] = document["chapters"][0]["key"]
        self.assertRefused(document, "Key .* stands twice")

    def test_misplaced(self):
        document = self.document()
        rule = self.first_rule(document)
        rule["parts"][0]["model"] = "customer.rfm.segment"
        self.assertRefused(document, "can't belong")
        document = self.document()
        document["chapters"][0]["clauses"][0]["clauses"] = [{"number": "9", "key": "k"}]
        self.assertRefused(document, "no deeper")
        document = self.document()
        document["chapters"][0]["rules"] = [{"model": "customer.grade.scheme", "key": "k"}]
        self.assertRefused(document, "not in the form of an export")
        document = self.document()
        document["chapters"][0]["number"] = ["1"]
        self.assertRefused(document, "lacks its “number”")
        document = self.document()
        document["records"]["res.users"] = {"x": {"login": "x"}}
        self.assertRefused(document, "no kind of record that a policy brings along")

    def test_name_that_stands_for_two(self):
        draft = self.draft()
        terms = self.env["account.payment.term"].create([{"name": "Twins"}, {"name": "Twins"}])
        draft.scheme_ids[0].level_ids[0].payment_term_id = terms[0]
        with self.assertRaisesRegex(UserError, "Rename it"):
            self.export(draft)


@tagged("post_install", "-at_install")
class TestDownload(ExchangeCommon, HttpCase):
    def test_download(self):
        path = f"/customer_policy/export/{self.default_policy.id}"
        self.authenticate("manager", "manager")
        response = self.url_open(path)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.text, self.export(self.default_policy))
        self.assertIn("customer-policy-v1.json", response.headers["Content-Disposition"])
        self.new_user("just_reads", "customer_policy.group_customer_all")
        self.authenticate("just_reads", "just_reads")
        self.assertEqual(self.url_open(path).status_code, 404)

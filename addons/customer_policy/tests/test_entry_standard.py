"""The entry standard where customers are entered, and how complete their records are."""

from ast import literal_eval

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form

from .common import CustomerPolicyCommon
from .test_formats import REAL_CODES


class EntryCommon(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.china = cls.env.ref("base.cn")
        cls.company.country_id = cls.china
        cls.seller = cls.new_user("entry_seller", "sales_team.group_sale_salesman,base.group_partner_manager")
        cls.partners = cls.env["res.partner"].with_user(cls.seller).with_context(allowed_company_ids=cls.company.ids)
        cls.good = {
            "name": "Mingda", "is_company": True, "phone": "021-62345678", "country_id": cls.china.id,
            "vat": REAL_CODES[0], "email": "office@mingda.example",
        }  # fmt: skip

    @classmethod
    def enter(cls, **values):
        return cls.partners.create({**cls.good, "is_customer_record": True, **values})


class TestEntryStandard(EntryCommon):
    def assertRefused(self, *texts, partner=None, **values):
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            if partner:
                partner.write(values)
            else:
                self.enter(**values)
        for text in texts:
            self.assertIn(text, str(caught.exception))
        return str(caught.exception)

    def test_good_record(self):
        partner = self.enter()
        profile = self.profile(partner)
        self.assertTrue(profile.is_marked)
        self.assertTrue(partner.is_customer_record)

    def test_one_message_for_all(self):
        text = self.assertRefused("“Mingda”", "3.1", "Phone is missing", "Country is missing", "no call possible",
                                  phone=False, country_id=False, vat=False)  # fmt: skip
        self.assertNotIn("Tax", text, "recommended fields may stay empty")

    def test_wrong_formats(self):
        self.assertRefused("no phone number", phone="123")
        self.assertRefused("no phone number", phone="ask Li")
        self.assertRefused("no phone number", phone="1380013800")
        self.assertRefused("no e-mail address", email="office(at)mingda")
        self.assertRefused("18 characters", vat="91350100M000100Y44")
        self.assertRefused("18 characters", vat="91350100M000100Y4")
        for values in ({"phone": "13800138000"}, {"phone": "021-62345678-801"}, {"vat": False}, {"vat": "/"}):
            if values.get("vat") != "/":
                self.enter(**values)

    def test_written_as_it_should_be(self):
        """What is beyond doubt is repaired before it is checked, as the clean-up does it; nothing else changes."""
        partner = self.enter(
            name=" 深圳　华新ＡＢＣ公司 ", vat="9135 0100 M000 100Y 43", phone="０２１-６２３４ ５６７８",
            email=" Office@Mingda.example ",
        )  # fmt: skip
        written = {"name": "深圳华新ABC公司", "vat": REAL_CODES[0], "phone": "+86 21 6234 5678",
                   "email": "office@mingda.example"}  # fmt: skip
        self.assertEqual({name: partner[name] for name in written}, written)
        partner.write({"vat": "９１３３０１００-７９９６５５０５８Ｂ", "phone": "138 0013 8000"})
        self.assertEqual((partner.vat, partner.phone), (REAL_CODES[1], "+86 138 0013 8000"))
        self.assertEqual(
            set(self.env["customer.fact"].search([("partner_id", "=", partner.id)]).mapped("source")), {"entered"}
        )
        german = self.enter(country_id=self.env.ref("base.de").id, vat="DE 123 456 788", phone="030 1234567")
        self.assertEqual((german.vat, german.phone), ("DE 123 456 788", "+49 30 1234567"), "national writing stays")
        extension = self.enter(phone="021-62345678 转 801", email="a@b.co, c@d.co")
        self.assertEqual((extension.phone, extension.email), ("021-62345678 转 801", "a@b.co, c@d.co"))
        self.assertRefused("18 characters", vat="9135 0100 M000 100Y 44")
        contact = self.partners.create({"name": " Just  a contact ", "phone": "138 0013 8000"})
        self.assertEqual(contact.phone, "138 0013 8000", "no customer")
        partner.sudo().write({"phone": "021 6234 5679"})
        self.assertEqual(partner.phone, "021 6234 5679", "what software writes stays")

    def test_not_china(self):
        german = {"country_id": self.env.ref("base.de").id, "vat": "DE123456788", "phone": "+49 30 1234567"}
        self.enter(**german)
        self.assertRefused("18 characters", **{**german, "vat": "91350100M000100Y44"})

    def test_individuals_have_their_own_rules(self):
        self.enter(is_company=False, country_id=False, vat=False, phone="13900139000")
        self.assertRefused("Phone is missing", is_company=False, phone=False)

    def test_contact_persons_are_no_customers(self):
        company = self.enter()
        self.partners.with_context(default_is_customer_record=True).create({"name": "Li", "parent_id": company.id})

    def test_form(self):
        action = self.env["customer.profile"].with_user(self.seller).action_new_customer()
        form = Form(self.partners.with_context(**literal_eval(action["context"])))
        form.name = "By form"
        with self.assertRaisesRegex(ValidationError, "Phone is missing"), self.env.cr.savepoint():
            form.save()
        form.phone = "021-62345678"
        form.country_id = self.china
        partner = form.save()
        self.assertTrue(self.profile(partner).is_marked)

    def test_later_changes(self):
        partner = self.enter()
        self.assertRefused("Phone is missing", partner=partner, phone=False)
        self.assertRefused("no phone number", partner=partner, phone="12")
        self.assertRefused("no e-mail address", partner=partner, email="nobody")
        partner.write({"email": False, "phone": "13800138000"})
        partner.write({"comment": "anything"})

    def test_old_gaps_do_not_block(self):
        partner = self.new_customer("Old one", phone="99")
        self.buy(partner, 10)
        self.run_all()
        partner = partner.with_user(self.seller)
        partner.write({"city": "Shanghai"})
        partner.write({"phone": "99", "email": "a@b.co"})
        self.assertRefused("no phone number", partner=partner, phone="98")
        self.assertRefused("Phone is missing", partner=partner, phone=False)
        unfilled = self.new_customer("Without phone")
        self.buy(unfilled, 10)
        self.run_all()
        unfilled.with_user(self.seller).write({"phone": False, "street": "Somewhere"})

    def test_no_customer_no_check(self):
        partner = self.partners.create({"name": "Just a contact", "phone": "1"})
        partner.write({"phone": "2"})
        self.assertFalse(self.env["customer.fact"].search([("partner_id", "=", partner.id)]))

    def test_mark_as_customer(self):
        bad = self.new_customer("Bad")
        good = self.new_customer("Good", **{k: v for k, v in self.good.items() if k not in ("name", "is_company")})
        with self.assertRaisesRegex(ValidationError, "“Bad”"), self.env.cr.savepoint():
            (bad | good).with_user(self.seller).action_mark_customer()
        good.with_user(self.seller).action_mark_customer()
        self.assertTrue(self.profile(good).is_marked)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            bad.with_user(self.seller).is_customer_record = True

    def test_unmark(self):
        partner = self.enter()
        partner.is_customer_record = False
        self.assertFalse(self.profile(partner).is_marked)
        self.run_all()
        self.assertFalse(self.profile(partner))

    def test_customer_rank_by_hand(self):
        with self.assertRaisesRegex(ValidationError, "Phone is missing"), self.env.cr.savepoint():
            self.partners.create({"name": "Ranked", "customer_rank": 1, "is_company": True})
        self.partners.with_context(res_partner_search_mode="customer").create({"name": "Quick on an order"})

    def test_documents_never_fail(self):
        """A lead that passes a bad number on, an order, software: all go through and show as gaps."""
        partner = self.enter()
        lead = self.env["crm.lead"].with_user(self.seller).create({"name": "L", "partner_id": partner.id})
        lead.write({"phone": "12", "email_from": "nonsense"})
        self.assertEqual(partner.phone, "12")
        gaps = partner._customer_gaps()[partner.id]
        self.assertIn(("phone", "format"), [(rule.field_name, gap) for rule, gap in gaps])
        self.env["sale.order"].with_user(self.seller).create({"partner_id": partner.id})
        partner.sudo().write({"phone": False})

    def test_needs_a_role(self):
        outsider = self.new_user("outsider", "base.group_partner_manager")
        with self.assertRaises(UserError):
            self.env["res.partner"].with_user(outsider).create({**self.good, "is_customer_record": True})

    def test_own_company_and_colleagues_are_no_customers(self):
        with self.assertRaises(UserError):
            self.company.partner_id.with_user(self.manager).is_customer_record = True


class TestCompleteness(EntryCommon):
    def test_hand_calculation(self):
        """Companies: phone 3, country 1, tax ID 3, e-mail 2, street 1, city 1, industry 1, salesperson 2, contact
        person 2: 16 in all. Filled: 3 + 1 + 3 + 2 = 9, that is 56 percent."""
        partner = self.enter(user_id=False)
        self.assertEqual(self.profile(partner).completeness, 56)
        partner.street = "Nanjing Road 1"
        self.assertEqual(self.profile(partner).completeness, 62, "10 / 16 = 62.5")
        self.partners.create({"name": "Li Min", "parent_id": partner.id})
        self.assertEqual(self.profile(partner).completeness, 75, "12 / 16")
        partner.write({"city": "Shanghai", "user_id": self.seller.id})
        self.assertEqual(self.profile(partner).completeness, 93, "15 / 16 = 93.75, rounded down")
        partner.industry_id = self.env["res.partner.industry"].create({"name": "Chips"})
        self.assertEqual(self.profile(partner).completeness, 100)
        self.assertFalse(partner.customer_gap_html)

    def test_individuals(self):
        """Phone 3, e-mail 2, street 1, city 1: 3 / 7 = 42.8."""
        partner = self.enter(is_company=False, vat=False, email=False)
        self.assertEqual(self.profile(partner).completeness, 42)

    def test_wrong_value_does_not_count(self):
        partner = self.enter(user_id=False)
        partner.sudo().write({"email": "nonsense"})
        self.assertEqual(self.profile(partner).completeness, 43, "7 / 16 = 43.75")
        partner.email = "right@mingda.example"
        self.assertEqual(self.profile(partner).completeness, 56)

    def test_python_and_sql_agree(self):
        """What the form lists as gaps and what the run counts is the same for all kinds of values."""
        values = [
            {}, {"phone": "13800138000"}, {"phone": "12"}, {"phone": "021-12345678-801", "vat": REAL_CODES[1]},
            {"vat": "91350100M000100Y44"}, {"vat": "GB123456782"}, {"email": "a@b"}, {"email": "A <a@b.co>"},
            {"email": " a@b.co "}, {"street": "   "}, {"street": "\u3000"}, {"country_id": self.china.id, "phone": "1"},
            {"country_id": self.env.ref("base.us").id, "phone": "+1 555 123 4567"}, {"phone": "555 1234567"},
            {"country_id": self.env.ref("base.de").id, "vat": "anything goes", "email": "x@y.de,z@y.de"},
        ]  # fmt: skip
        partners = (
            self.env["res.partner"]
            .with_context(no_vat_validation=True)
            .create(
                [
                    {"name": f"P{i}", "is_company": company, **v}
                    for company in (True, False)
                    for i, v in enumerate(values)
                ]
            )
        )
        partners._mark_customer()
        self.run_all()
        rules = self.env["customer.entry.rule"]._in_force(self.company)
        gaps = partners._customer_gaps()
        for partner in partners:
            asked = rules.filtered(lambda r, p=partner: p.filtered_domain(r._get_domain()))
            missed = sum(rule.weight for rule, _gap in gaps.get(partner.id, []))
            total = sum(asked.mapped("weight"))
            self.assertEqual(
                self.profile(partner).completeness,
                int(100 * (total - missed) / total),
                (partner.name, partner.is_company),
            )

    def test_run_and_write_agree(self):
        partner = self.enter()
        at_once = self.profile(partner).completeness
        self.env.cr.execute("UPDATE customer_profile SET completeness = NULL WHERE partner_id = %s", [partner.id])
        self.run_all()
        self.assertEqual(self.profile(partner).completeness, at_once)
        self.assertFalse(self.run_all().counts["updated"], "a second run writes nothing")

    def test_own_rules(self):
        draft = self.draft()
        draft.entry_rule_ids.unlink()
        draft.entry_rule_ids = [
            Command.create({"clause_id": draft.clause_ids.filtered(lambda c: c.number == "3.1").id, "kind": "company",
                            "field_name": "ref", "requirement": "required", "format": "pattern",
                            "pattern": "[A-Z]{2}-[0-9]{4}", "example": "SH-0042", "weight": 2,
                            "domain": "[('country_id.code', '=', 'CN')]"}),
            Command.create({"clause_id": draft.clause_ids.filtered(lambda c: c.number == "3.1").id,
                            "field_name": "category_id", "weight": 1}),
        ]  # fmt: skip
        self.publish(draft)
        with self.assertRaisesRegex(ValidationError, "SH-0042"), self.env.cr.savepoint():
            self.enter(ref="SH-42")
        partner = self.enter(ref="SH-0001")
        self.assertEqual(self.profile(partner).completeness, 66)
        partner.category_id = self.env["res.partner.category"].create({"name": "Tag"})
        self.assertEqual(self.profile(partner).completeness, 100)
        other = self.enter(country_id=self.env.ref("base.de").id, phone=False, vat=False)
        self.assertEqual(self.profile(other).completeness, 0)
        self.run_all()
        self.assertEqual(self.profile(partner).completeness, 100)

    def test_window(self):
        partner = self.enter(user_id=self.seller.id)
        found = self.partners.search([("customer_completeness", "<", 100), ("id", "=", partner.id)])
        self.assertEqual(found, partner)
        self.assertIn("nobody to ask for", partner.customer_gap_html)
        self.assertIn("Industry", self.profile(partner).with_user(self.seller).gap_text)


class TestEntryRules(EntryCommon):
    def rule(self, **values):
        draft = self.draft()
        clause = draft.clause_ids.filtered(lambda c: c.number == "3.1")
        return self.env["customer.entry.rule"].create(
            {"policy_id": draft.id, "clause_id": clause.id, "field_name": "ref", **values}
        )

    def test_coverage(self):
        clauses = self.default_policy.clause_ids.filtered(lambda c: c.number in ("3.1", "3.3", "3.4"))
        self.assertEqual(set(clauses.mapped("coverage")), {"enforced"})
        sentences = clauses.filtered(lambda c: c.number == "3.1")._get_rule_sentences()
        self.assertIn("no call possible", sentences[0])

    def test_bad_rules(self):
        for values in (
            {"weight": -1},
            {"format": "pattern", "pattern": "[", "example": "["},
            {"format": "pattern", "pattern": "[0-9]+", "example": "abc"},
            {"format": "pattern", "pattern": "(?<=a)b", "example": ""},
            {"format": "phone", "field_name": "country_id"},
            {"domain": "[('no_such', '=', 1)]"},
        ):
            with self.assertRaises(ValidationError, msg=values), self.env.cr.savepoint():
                self.rule(**values)
        for name in ("no_such_field", "id", "signup_type"):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.rule(field_name=name)

    def test_field_gone_with_its_addon(self):
        rule = self.rule()
        self.env.cr.execute("UPDATE customer_entry_rule SET field_name = 'x_gone' WHERE id = %s", [rule.id])
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertIn("x_gone", rule.policy_id.problem_text)
        self.assertTrue(rule.policy_id.entry_rule_ids._completeness_sql(self.company))

    def test_technical_fields_are_not_offered(self):
        names = dict(self.env["customer.entry.rule"]._selection_field_name())
        self.assertIn("phone", names)
        self.assertIn("child_ids", names)
        self.assertFalse({"id", "create_uid", "phone_sanitized", "image_1920", "message_ids", "user_ids"} & set(names))

    def test_twice(self):
        rule = self.rule()
        rule.copy()
        self.assertIn("twice", rule.policy_id.warning_text)

    def test_salesperson_may_not_change_rules(self):
        with self.assertRaises(UserError):
            self.rule().with_user(self.seller).write({"weight": 5})
        with self.assertRaises(UserError):
            self.default_policy.entry_rule_ids[0].with_user(self.manager).write({"weight": 5})


class TestQueries(EntryCommon):
    def count(self, number):
        vals = [{**self.good, "name": f"Q{number}-{i}", "is_customer_record": True} for i in range(number)]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        partners = self.partners.with_context(import_file=True).create(vals)
        self.env.flush_all()
        created = self.env.cr.sql_log_count - before
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        partners.write({"city": "Shanghai"})
        self.env.flush_all()
        return created, self.env.cr.sql_log_count - before

    def test_constant_per_batch(self):
        """Creating and writing many customers costs our code no query per customer: what grows is what core does."""
        plain = {}
        for number in (5, 50):
            vals = [{**self.good, "name": f"R{number}-{i}"} for i in range(number)]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            partners = self.partners.create(vals)
            self.env.flush_all()
            created = self.env.cr.sql_log_count - before
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            partners.write({"city": "Shanghai"})
            self.env.flush_all()
            plain[number] = created, self.env.cr.sql_log_count - before
        self.count(2)
        few, many = self.count(5), self.count(50)
        for kind, name in enumerate(("create", "write")):
            core = max(plain[50][kind] - plain[5][kind], 0)
            self.assertLessEqual(many[kind] - few[kind], core + 5, name)
            self.assertLessEqual(many[kind] - plain[50][kind], 35, name)

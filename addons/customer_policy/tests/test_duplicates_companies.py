"""Duplicates in several companies, switchboards, and what a refusal does not concern."""

import json
import time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .test_cleanup import CleanupCommon
from .test_duplicates import CODE, NAME, OTHER_CODE, DuplicatesCommon


class CompaniesCommon(DuplicatesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.apart = cls.env["res.company"].create({"name": "Apart", "country_id": cls.env.ref("base.de").id})
        cls.seller = cls.new_user("seller", "base.group_partner_manager,sales_team.group_sale_salesman")


@tagged("post_install", "-at_install")
class TestSwitchboard(CleanupCommon):
    def add_people(self, customer, number):
        self.env["res.partner"].create(
            [{"name": f"P {n}", "parent_id": customer.id, "phone": "0755-8888 1234", "country_id": self.cn.id}
             for n in range(number)]
        )  # fmt: skip
        self.settle()

    def test_contacts_count_once(self):
        """25 people with the number of their company are one customer that shares it."""
        older = self.enter("Aardvark Ltd")
        self.add_people(older, 25)
        other = self.enter("Zebra Ltd", phone="0755-8888 1234")
        self.assertEqual({*self.pairs(other)}, {self.known, older})
        self.add_people(other, 25)
        older.name = "Aardvark Limited"
        other.name = "Zebra Limited"
        self.settle()
        self.assertEqual({*self.pairs(other)}, {self.known, older})
        self.assertEqual({*self.pairs(self.known)}, {other, older})
        before = {(p.partner_id, p.other_id, p.level, str(p.evidence)) for p in self.duplicates.search([])}
        self.clean_up()
        self.assertEqual(
            {(p.partner_id, p.other_id, p.level, str(p.evidence)) for p in self.duplicates.search([])}, before
        )

    def test_thousands_of_contacts_stay_quick(self):
        """A number that 5,000 people of one customer have, and one that 5,000 customers have."""
        self.env.cr.execute(
            """INSERT INTO customer_match_key (partner_id, customer_id, kind, key)
               SELECT 10000000 + n, %s, 'phone', '+8675588881234' FROM GENERATE_SERIES(1, 5000) n
                UNION ALL
               SELECT 20000000 + n, 20000000 + n, 'phone', '+8675588880000' FROM GENERATE_SERIES(1, 5000) n""",
            [self.known.id],
        )
        self.env.cr.execute("ANALYZE customer_match_key")
        match = self.env["customer.match"]
        for number, found in (("+8675588881234", {self.known.id}), ("+8675588880000", set())):
            asked = {0: (None, [("phone", number)], set())}
            seconds = []
            for _attempt in range(5):
                start = time.perf_counter()
                hits = match._hits(asked, 10, self.company)
                seconds.append(time.perf_counter() - start)
            self.assertEqual(set(hits[0]) if hits else set(), found)
            self.assertLess(min(seconds), 0.02, number)

    def test_contacts_of_contacts(self):
        """Who gets another company leads to it with all contacts below."""
        outer = self.new_customer("Outer", is_company=False)
        inner = self.new_customer("Inner", is_company=False, parent_id=outer.id, email="inner@outer.example")
        self.settle()
        keys = self.env["customer.match.key"]
        self.assertEqual(keys.search([("partner_id", "=", inner.id)]).customer_id, outer)
        outer.parent_id = self.known
        self.settle()
        self.assertEqual(keys.search([("partner_id", "=", inner.id)]).customer_id, self.known)
        self.assertIn(self.known, self.pairs(self.enter("Someone", email="inner@outer.example")))


@tagged("post_install", "-at_install")
class TestCompanies(CompaniesCommon):
    def test_pairs_of_another_companys_rules_stay(self):
        """The strict company's save takes nothing from the list of the other one."""
        draft = self.draft()
        draft.match_rule_ids.filtered("same_phone").with_user(self.manager).active = False
        self.publish(draft)
        elsewhere = self.env["res.partner"].with_company(self.apart)
        other = elsewhere.create({"name": "Unlike Ltd", "phone": "0755-8888 1234", "country_id": self.cn.id})
        self.settle()
        pair = self.pairs(other)[self.known]
        self.assertEqual(pair.level, "possible")
        other.with_company(self.company).city = "Bonn"
        self.settle()
        self.assertEqual(self.pairs(other)[self.known], pair)
        self.known.with_company(self.company).city = "Bonn"
        self.settle()
        self.env["customer.duplicate"]._replace_open({}, self.company)
        self.assertTrue(pair.exists(), "nor does its clean-up run")
        other.with_company(self.apart).phone = "0755-1111 2222"
        self.settle()
        self.assertFalse(pair.exists())

    def test_pairs_that_cannot_be_go_in_any_company(self):
        hidden = self.env["res.partner"].with_company(self.apart)
        hidden = hidden.create({"name": "Hidden", "is_company": True, "vat": CODE, "company_id": self.apart.id})
        self.settle()
        self.assertIn(hidden, self.pairs(self.known))
        self.known.city = "Bonn"
        self.settle()
        self.assertIn(hidden, self.pairs(self.known), "beyond what the saving company sees")
        self.known.company_id = self.company
        self.settle()
        self.assertFalse(self.pairs(self.known))

    def test_other_companies_customers_are_not_told(self):
        self.known.write({"company_id": self.apart.id, "user_id": self.env.user.id})
        self.env["crm.team"].create(
            {"name": "Secret Team", "member_ids": [Command.set(self.env.user.ids)], "company_id": self.apart.id}
        )
        self.settle()
        self.refuse()
        partners = self.env["res.partner"].with_user(self.seller).with_company(self.company)
        form = Form(partners)
        form.company_type = "company"
        form.name = NAME
        form.country_id = self.cn
        form.vat = CODE
        self.assertFalse(form.duplicate_info, json.dumps(form.duplicate_info))
        self.assertTrue(form.save(), "nor refused")

    def test_phone_key_whoever_saves(self):
        """13800138000 is a Chinese mobile; the companies are in China and Germany, the contact says nothing."""
        self.company.country_id = self.cn
        found = []
        for company in (self.company, self.apart):
            partner = self.env["res.partner"].with_company(company).create({"name": "N", "phone": "13800138000"})
            self.settle()
            rows = self.env["customer.match.key"].search([("partner_id", "=", partner.id), ("kind", "=", "phone")])
            found.append(set(rows.mapped("key")))
        self.assertEqual(found[0], found[1])
        self.assertTrue({"+8613800138000", "13800138000"} <= found[0])
        known = self.enter("Told", phone="138-0013-8000")
        for company in (self.company, self.apart):
            form = Form(self.env["res.partner"].with_company(company))
            form.name = "Told"
            form.company_type = "company"
            form.phone = "138 0013 8000"
            self.assertIn(known.id, [candidate["id"] for candidate in form.duplicate_info["candidates"]])

    def test_exception_whoever_enters_it(self):
        self.company.country_id = self.cn
        self.env["customer.match.exception"].with_company(self.apart).create(
            {"kind": "phone", "value": "0755-88881234"}
        )
        self.assertFalse(self.level("Acme GmbH", phone="0755-88881234"))
        found = self.env["customer.match"]._find_all(self.company)
        self.assertFalse([one for one, match in found if self.known.id in (one, match.partner_id)])


@tagged("post_install", "-at_install")
class TestRefusal(CompaniesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].with_user(cls.seller).with_company(cls.company)

    def legacy(self):
        """Two customers with one code from before the rule, without a pair on the list."""
        second = self.enter("Second", vat=CODE)
        self.env.cr.execute("DELETE FROM customer_duplicate")
        self.env.invalidate_all()
        self.refuse()
        return second

    def test_only_what_is_changed(self):
        second = self.legacy()
        mine = self.partners.browse(second.id)
        mine.city = "Bonn"
        mine.write({"phone": "+49 228 123456", "vat": CODE})
        self.assertEqual(second.city, "Bonn")
        with self.assertRaisesRegex(UserError, NAME):
            self.env.cr.execute("DELETE FROM customer_duplicate")
            mine.vat = "9144 0300 1922 0382 16"
        third = self.partners.create({"name": "Third", "is_company": True})
        with self.assertRaisesRegex(UserError, "looks like"):
            third.vat = CODE
        third.active = False
        third.vat = CODE
        with self.assertRaisesRegex(UserError, "looks like"):
            third.active = True

    def test_documents_are_not_refused(self):
        """A lead hands its phone on to the contact; the rule is about entering contacts."""
        draft = self.draft()
        phone = draft.match_rule_ids.filtered("same_phone")
        phone.with_user(self.manager).action = "refuse"
        self.publish(draft)
        other = self.partners.create({"name": "Unlike", "country_id": self.cn.id})
        lead = (
            self.env["crm.lead"]
            .with_user(self.seller)
            .create({"name": "L", "partner_id": other.id, "user_id": self.seller.id})
        )
        lead.phone = "0755-8888 1234"
        self.assertEqual(other.phone, lead.phone)
        self.settle()
        self.assertTrue(self.pairs(other.sudo()))
        with self.assertRaises(UserError):
            self.partners.create({"name": "Entered", "country_id": self.cn.id, "phone": "0755-8888 1234"})

    def test_merging_is_not_refused(self):
        second = self.legacy()
        second.vat = OTHER_CODE
        self.known.vat = False
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.steward).with_company(self.company)
        wizard._merge((self.known | second).ids, self.known.with_user(self.steward), extra_checks=False)
        self.assertEqual(self.known.vat, OTHER_CODE)


@tagged("post_install", "-at_install")
class TestFirstRun(CleanupCommon):
    def test_pairs_after_the_index(self):
        runs = self.env["customer.cleanup.run"]
        runs.search([]).unlink()
        run = runs._request(self.company, "keys")
        while run.state != "done":
            run._work()
        waiting = runs.search([("state", "=", "waiting")])
        self.assertEqual(set(waiting.mapped("kind")), {"full"})
        self.assertIn(self.company, waiting.company_id)

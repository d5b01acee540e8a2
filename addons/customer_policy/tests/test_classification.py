"""Segments by rule: the shipped dimensions, exclusive ones, several companies, bad rules."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user

from .classification_common import ClassificationCommon


class TestRules(ClassificationCommon):
    def test_regions_of_china(self):
        """The seven regions in common use, checked against a list of provinces by region."""
        regions = {
            "north": "BJ TJ HE SX NM",
            "northeast": "LN JL HL",
            "east": "SH JS ZJ AH FJ JX SD",
            "central": "HA HB HN",
            "south": "GD GX HI",
            "southwest": "CQ SC GZ YN XZ",
            "northwest": "SN GS QH NX XJ",
            "hmt": "HK MO TW",
        }
        states = {state: region for region, names in regions.items() for state in names.split()}
        self.assertEqual(len(states), 34)
        customers = {state: self.chinese(f"C {state}", state) for state in states}
        for customer in customers.values():
            self.buy(customer, 10, 1)
        self.run_all()
        for state, region in states.items():
            self.assertIn(region, self.codes(customers[state]), state)

    def test_every_country_has_one_region(self):
        countries = self.env["res.country"].search([])
        customers = self.env["res.partner"].create(
            [{"name": country.name, "is_company": True, "country_id": country.id} for country in countries]
        )
        for customer in customers:
            self.buy(customer, 1, 1)
        self.run_all()
        region = self.env.ref("customer_policy.dimension_region")
        expected = {"jp": "asia", "fr": "europe", "us": "north_america", "br": "latin_america", "eg": "africa"}
        expected |= {"au": "oceania", "cn": "cn", "hk": "hmt", "aq": "overseas", "tr": "asia", "mx": "latin_america"}
        found = {}
        for customer in customers:
            segments = customer.customer_segment_ids.filtered(lambda s: s.dimension_id == region)
            self.assertEqual(len(segments), 1, customer.name)
            found[customer.country_id.code.lower()] = segments.code
        self.assertEqual({code: found[code] for code in expected}, expected)
        self.assertEqual([code for code, name in found.items() if name == "overseas"], ["aq"])

    def test_size_and_type(self):
        sizes = {1_000_000: "large", 999_999.99: "medium", 100_000: "medium", 99_999: "small"}
        customers = {amount: self.new_customer(str(amount)) for amount in sizes}
        for amount, customer in customers.items():
            self.buy(customer, amount, 30)
            self.buy(customer, 5_000_000, 400)
        person = self.new_customer("Person", is_company=False)
        self.buy(person, 1, 1)
        self.run_all()
        for amount, size in sizes.items():
            self.assertIn(size, self.codes(customers[amount]), amount)
        self.assertEqual(self.codes(person), {"small", "individual", "t"})

    def test_industry_and_what_is_missing(self):
        customer = self.chinese("Maker", "SH", industry_id=self.env.ref("base.res_partner_industry_C").id)
        nameless = self.new_customer("Nameless")
        self.buy(customer, 1, 1)
        self.buy(nameless, 1, 1)
        self.run_all()
        self.assertEqual(self.codes(customer), {"c", "east", "small", "company"})
        self.assertFalse(self.profile(customer).missing_dimension_ids)
        self.assertEqual(self.profile(nameless).missing_dimension_ids.mapped("code"), ["industry", "region"])
        here = [("company_id", "=", self.company.id)]
        found = self.env["customer.profile"].search([*here, ("missing_dimension_ids", "!=", False)])
        self.assertEqual(found.partner_id, nameless)
        found = self.env["customer.profile"].search([*here, ("missing_dimension_ids", "=", False)])
        self.assertEqual(found.partner_id, customer)
        found = self.env["res.partner"].search([("customer_profile_id.missing_dimension_ids", "!=", False)])
        self.assertEqual(found, nameless)

    def test_clause_is_enforced(self):
        self.assertEqual(self.env.ref("customer_policy.clause_2_1").coverage, "enforced")

    def test_first_rule_wins_in_an_exclusive_dimension(self):
        _dimension, (one, two) = self.dimension("channel", exclusive=True)
        _free, (red, blue) = self.dimension("colour")
        customer = self.new_customer("Twice")
        self.buy(customer, 1, 1)
        self.publish_with((one, {"domain": "[('name', '=', 'Twice')]"}), (two, {}), (red, {}), (blue, {}))
        self.run_all()
        self.assertIn(one, customer.customer_segment_ids)
        self.assertNotIn(two, customer.customer_segment_ids)
        self.assertLess(red | blue, customer.customer_segment_ids)

    def test_metrics_and_contact_both(self):
        _dimension, (one, _two) = self.dimension("channel")
        domain = {"domain": "[('country_id.code', '=', 'CN')]", "metric_domain": "[('purchase_count', '>=', 2)]"}
        self.publish_with((one, domain))
        both, poor, foreign = self.chinese("Both", "SH"), self.chinese("Poor", "SH"), self.new_customer("Foreign")
        for customer, count in ((both, 2), (poor, 1), (foreign, 2)):
            for day in range(count):
                self.buy(customer, 1, day)
        self.run_all()
        self.assertEqual(self.env["res.partner"].search([("customer_segment_ids", "=", one.id)]), both)

    def test_second_run_writes_nothing(self):
        self.buy(self.chinese("Once", "SH"), 1, 1)
        self.assertEqual(self.run_all().counts["classified"], 1)
        self.assertEqual(self.run_all().counts["classified"], 0)

    def test_follows_the_address_in_an_incremental_run(self):
        customer, other = self.chinese("Mover", "SH"), self.chinese("Stayer", "SH")
        self.buy(customer, 1, 1)
        self.buy(other, 1, 1)
        self.run_all()
        (customer | other).state_id = self.env.ref("base.state_cn_BJ")
        self.engine._run(self.company, customer.ids)
        self.assertIn("north", self.codes(customer))
        self.assertIn("east", self.codes(other), "not looked at yet")
        self.run_all()
        self.assertIn("north", self.codes(other))

    def test_schemes_may_ask_for_segments(self):
        customer, other = self.chinese("East", "SH"), self.chinese("North", "BJ")
        self.buy(customer, 1, 1)
        self.buy(other, 1, 1)
        draft = self.draft()
        first = draft.scheme_ids.sorted("sequence")[0]
        east = first.copy({"name": "East only", "sequence": 0})
        east.domain = str([("customer_segment_ids", "child_of", self.segment("region_east").id)])
        self.publish(draft)
        self.run_all()
        self.assertEqual(self.profile(customer).grade_scheme_id, east)
        self.assertEqual(self.profile(other).grade_scheme_id, first)

    def test_no_customer_any_more(self):
        customer = self.chinese("Leaver", "SH")
        sale = self.buy(customer, 1, 1)
        self.run_all()
        self.assertTrue(customer.customer_segment_ids)
        sale.unlink()
        self.run_all()
        self.assertFalse(customer.customer_segment_ids)
        self.assertFalse(self.env["customer.classification"].search([("partner_id", "=", customer.id)]))

    def test_deleted_partner_leaves_nothing(self):
        customer = self.chinese("Deleted", "SH")
        self.env["customer.classification"].create(
            {
                "partner_id": customer.id,
                "company_id": self.company.id,
                "rule_ids": self.env.ref("customer_policy.segment_rule_region_east").ids,
            }
        )
        self.assertEqual(self.codes(customer), {"east"})
        partner_id = customer.id
        customer.unlink()
        self.assertFalse(self.env["customer.classification"].search([("partner_id", "=", partner_id)]))

    def test_bad_rules(self):
        draft = self.draft()
        with self.assertRaises(ValidationError):
            self.rule(draft, self.segment("size_large"), domain="[('no_such_field', '=', 1)]")
        with self.assertRaises(ValidationError):
            self.rule(draft, self.segment("size_large"), metric_domain="[('revenue_12m', '>'")
        for field, message in (
            ("[('grade_id.code', '=', 'key')]", "after the classification"),
            ("[('customer_segment_ids', 'in', [1])]", "no rule can build on another"),
        ):
            rule = self.rule(draft, self.segment("size_large"), metric_domain=field)
            with self.assertRaisesRegex(UserError, message):
                draft.with_user(self.manager).action_submit()
            rule.unlink()
        self.rule(draft, self.segment("size_large"), sequence=100000)
        draft.invalidate_recordset()
        self.assertIn("never reached", draft.warning_text)

    def test_used_segments_are_not_deleted(self):
        with self.assertRaisesRegex(UserError, "archive"):
            self.segment("region_east").unlink()
        with self.assertRaises(UserError):
            self.segment("region_cn").parent_id = self.segment("region_east")
        with self.assertRaisesRegex(ValidationError, "own dimension"):
            self.segment("region_east").parent_id = self.segment("size_large")

    def test_archived_segment_is_nobodys(self):
        customer = self.chinese("Archived", "SH")
        self.buy(customer, 1, 1)
        self.run_all()
        self.env.ref("customer_policy.dimension_region").active = False
        self.assertNotIn("east", self.codes(customer))

    def test_condition_in_words(self):
        rule = self.env.ref("customer_policy.segment_rule_region_northeast")
        self.assertEqual(rule.condition, "State is 辽宁省 (CN), 吉林省 (CN), or 黑龙江省 (CN)")
        rule = self.env.ref("customer_policy.segment_rule_size_large")
        self.assertEqual(rule.condition, "Revenue, 12 Months ≥ 1,000,000")
        self.assertEqual(self.env.ref("customer_policy.segment_rule_size_small").condition, "all others")
        rule = self.env.ref("customer_policy.segment_rule_region_hmt")
        self.assertRegex(rule.condition, "^State is .* or Country is .*$")
        self.assertIn(
            "Size: Medium-Sized: Revenue", self.env.ref("customer_policy.segment_rule_size_medium")._get_sentence()
        )


class TestCompanies(ClassificationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other Segments"})
        cls.env.user.company_ids |= cls.other
        cls.customer = cls.new_customer("Shared")
        cls.buy(cls.customer, 1_500_000, 5)
        cls.buy(cls.customer, 200_000, 5, company=cls.other)

    def test_each_company_has_its_own_answer(self):
        self.run_all()
        self.run_all(self.other)
        there = self.customer.with_company(self.other)
        self.assertIn("large", self.codes(self.customer))
        self.assertIn("medium", self.codes(there))
        self.assertNotIn("medium", self.codes(self.customer))
        for company in (self.company, self.other):
            self.assertEqual(self.run_all(company).counts["classified"], 0, "nobody flaps")
        for company, size in ((self.company, "large"), (self.other, "medium")):
            self.assertIn(size, self.codes(self.profile(self.customer, company)))

    def test_segments_of_a_company(self):
        _dimension, (one, two) = self.dimension("internal", company_id=self.company.id)
        self.customer.customer_segment_ids += one
        self.assertIn("one", self.codes(self.customer))
        self.assertNotIn("one", self.codes(self.customer.with_company(self.other)))
        outsider = new_test_user(
            self.env,
            "segment_outsider",
            groups="base.group_user,customer_policy.group_customer_all",
            company_id=self.other.id,
            company_ids=[Command.set(self.other.ids)],
        )
        segments = self.env["customer.segment"].with_user(outsider).with_context(allowed_company_ids=self.other.ids)
        self.assertFalse(segments.search([("dimension_id.code", "=", "internal")]))
        with self.assertRaises(ValidationError):
            self.rule(self.env["customer.policy"].with_user(self.manager)._get_default()._draft_version(), two)
        made = self.publish_with((two, {}))
        self.run_all()
        self.run_all(self.other)
        self.assertIn("two", self.codes(self.customer))
        rows = self.env["customer.classification"].search([("partner_id", "=", self.customer.id)])
        by_company = {row.company_id: row.rule_ids for row in rows}
        self.assertIn(made[0].id, by_company[self.company])
        self.assertNotIn(made[0].id, by_company[self.other])

    def test_own_policy_with_fewer_rules(self):
        self.run_all()
        draft = self.draft()
        draft.segment_rule_ids.with_user(self.manager).unlink()
        self.publish(draft)
        self.run_all()
        self.assertFalse(self.customer.customer_segment_ids)

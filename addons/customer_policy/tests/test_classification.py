"""Dimensions and segments: by rule and by hand, exclusive ones, several companies, roles, merging."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user

from .common import CustomerPolicyCommon


class ClassificationCommon(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.china = cls.env.ref("base.cn")

    def segment(self, code):
        return self.env.ref(f"customer_policy.segment_{code}")

    def codes(self, record):
        return set(record.customer_segment_ids.mapped("code"))

    def chinese(self, name, state, **values):
        return self.new_customer(
            name, country_id=self.china.id, state_id=self.env.ref(f"base.state_cn_{state}").id, **values
        )

    def dimension(self, code, *, exclusive=False, names=("One", "Two"), **values):
        dimension = self.env["customer.dimension"].create(
            {"name": code.title(), "code": code, "is_exclusive": exclusive, **values}
        )
        segments = self.env["customer.segment"].create(
            [{"name": name, "code": name.lower(), "dimension_id": dimension.id} for name in names]
        )
        return dimension, segments

    def rule(self, policy, segment, **values):
        clause = policy.clause_ids.filtered(lambda clause: clause.number == "2.1")
        return self.env["customer.segment.rule"].create(
            {"policy_id": policy.id, "clause_id": clause.id, "segment_id": segment.id, **values}
        )

    def publish_with(self, *rules):
        """A published version of the test company with further rules: (segment, values)."""
        draft = self.draft()
        made = [self.rule(draft, segment, sequence=5, **values) for segment, values in rules]
        self.publish(draft)
        return made


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
        self.assertIn("Size: Medium: Revenue", self.env.ref("customer_policy.segment_rule_size_medium")._get_sentence())


class TestByHand(ClassificationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.new_customer("By Hand", country_id=cls.china.id, state_id=cls.env.ref("base.state_cn_SH").id)
        cls.buy(cls.customer, 1, 1)
        cls.run_all()
        cls.seller = cls.new_user("hand_seller", "customer_policy.group_customer_user,base.group_partner_manager")

    def assignments(self):
        return self.env["customer.segment.assignment"].search([("partner_id", "=", self.customer.id)])

    def test_origin(self):
        self.customer.with_user(self.seller).customer_segment_ids += self.segment("need_price")
        row = self.assignments()
        self.assertEqual((row.segment_id.code, row.user_id), ("price", self.seller))
        self.assertTrue(row.date)
        members = self.env["customer.segment.member"].search([("partner_id", "=", self.customer.id)])
        origins = {member.segment_id.code: member.origin for member in members}
        self.assertEqual(origins, {"price": "hand", "east": "rule", "small": "rule", "company": "rule"})
        east = members.filtered(lambda m: m.segment_id.code == "east")
        self.assertEqual(east.clause_id.number, "2.1")
        self.assertIn("上海市", east.explanation)
        self.assertIn(self.seller.name, (members - east).filtered(lambda m: m.origin == "hand").explanation)

    def test_forged_origin(self):
        row = (
            self.env["customer.segment.assignment"]
            .with_user(self.seller)
            .create(
                {
                    "partner_id": self.customer.id,
                    "segment_id": self.segment("need_price").id,
                    "user_id": self.manager.id,
                    "date": "2001-01-01",
                }
            )
        )
        self.assertEqual(row.user_id, self.seller)
        self.assertGreater(row.date.year, 2001)
        with self.assertRaises(AccessError):
            row.write({"reason": "x"})

    def test_hand_beats_rule_at_once_and_back(self):
        customer = self.customer
        customer.customer_segment_ids += self.segment("region_north")
        self.assertIn("north", self.codes(customer))
        self.assertNotIn("east", self.codes(customer))
        self.run_all()
        self.assertNotIn("east", self.codes(customer))
        self.assertFalse(
            self.env["res.partner"].search(
                [("customer_segment_ids", "=", self.segment("region_east").id), ("id", "=", customer.id)]
            )
        )
        customer.customer_segment_ids -= self.segment("region_north")
        self.assertIn("east", self.codes(customer))

    def test_second_by_hand_is_refused(self):
        self.customer.customer_segment_ids += self.segment("region_north")
        with self.assertRaisesRegex(UserError, "one segment per customer"):
            self.customer.customer_segment_ids += self.segment("region_south")
        with self.assertRaisesRegex(UserError, "one segment per customer"):
            self.customer.write(
                {
                    "customer_segment_ids": [
                        Command.link(self.segment("size_large").id),
                        Command.link(self.segment("size_medium").id),
                    ]
                }
            )
        self.customer.invalidate_recordset()
        self.customer.customer_segment_ids = self.customer.customer_segment_ids - self.segment(
            "region_north"
        ) | self.segment("region_south")
        self.assertIn("south", self.codes(self.customer))

    def test_rule_is_not_removed_by_hand(self):
        with self.assertRaisesRegex(UserError, "clause 2.1.*Choose another segment"):
            self.customer.write({"customer_segment_ids": [Command.unlink(self.segment("region_east").id)]})
        self.customer.invalidate_recordset()
        with Form(self.customer) as form:
            form.customer_segment_ids.remove(id=self.segment("region_east").id)
            form.customer_segment_ids.add(self.segment("region_north"))
        self.assertIn("north", self.codes(self.customer))

    def test_import_sets_what_is_by_hand(self):
        result = self.env["res.partner"].load(
            [".id", "customer_segment_ids"], [[str(self.customer.id), "Price,Quality"]]
        )
        self.assertFalse(result["messages"])
        self.assertEqual(self.codes(self.customer), {"price", "quality", "east", "small", "company"})
        self.env["res.partner"].load([".id", "customer_segment_ids"], [[str(self.customer.id), "Quality"]])
        self.assertEqual(self.assignments().segment_id.mapped("code"), ["quality"])

    def test_contact_shares_its_company(self):
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        contact.customer_segment_ids += self.segment("need_price")
        self.assertIn("price", self.codes(self.customer))
        self.assertEqual(self.assignments().partner_id, self.customer)
        found = self.env["res.partner"].search([("customer_segment_ids", "=", self.segment("need_price").id)])
        self.assertEqual(found, self.customer | contact)

    def test_new_contact_with_segments(self):
        partner = self.env["res.partner"].create(
            {"name": "New", "customer_segment_ids": [Command.set(self.segment("need_price").ids)]}
        )
        self.assertEqual(self.codes(partner), {"price"})

    def test_search_and_group(self):
        self.customer.customer_segment_ids += self.segment("need_price")
        other = self.chinese("Other", "BJ")
        self.buy(other, 1, 1)
        plain = self.new_customer("Plain")
        self.run_all()
        everybody = self.customer | other | plain
        mine = [("id", "in", everybody.ids)]
        partners = self.env["res.partner"]
        china = self.segment("region_cn")
        self.assertEqual(
            partners.search([*mine, ("customer_segment_ids", "child_of", china.id)]), self.customer | other
        )
        self.assertFalse(partners.search([*mine, ("customer_segment_ids", "=", china.id)]))
        self.assertEqual(partners.search([*mine, ("customer_segment_ids", "=", False)]), plain)
        self.assertEqual(
            partners.search([*mine, ("customer_segment_ids", "not in", self.segment("region_east").ids)]), other | plain
        )
        self.assertEqual(
            partners.search([*mine, ("customer_segment_ids.dimension_id.code", "=", "need")]), self.customer
        )
        self.assertEqual(partners.search([*mine, ("customer_segment_ids", "ilike", "North")]), other)
        for model, domain in (
            (partners, mine),
            (self.env["customer.profile"], [("company_id", "=", self.company.id)]),
        ):
            groups = model.formatted_read_group(domain, ["customer_segment_ids"], ["__count"])
            for group in groups:
                found = model.search_count([*domain, *group["__extra_domain"]])
                self.assertEqual(found, group["__count"], group)
        self.assertEqual(china.customer_count, 2)
        self.assertEqual(self.segment("region_east").customer_count, 1)
        profiles = self.env["customer.profile"].search([("customer_segment_ids", "child_of", china.id)])
        self.assertEqual(profiles.partner_id, self.customer | other)

    def test_export(self):
        self.customer.customer_segment_ids += self.segment("need_price")
        [[text]] = self.customer.export_data(["customer_segment_ids/name"])["datas"][:1]
        self.assertTrue(text)

    def test_exclusive_later(self):
        need = self.env.ref("customer_policy.dimension_need")
        self.customer.customer_segment_ids += self.segment("need_price") | self.segment("need_quality")
        with self.assertRaisesRegex(UserError, "several segments"):
            need.is_exclusive = True
        self.customer.customer_segment_ids -= self.segment("need_price")
        need.is_exclusive = True
        with self.assertRaisesRegex(UserError, "one segment per customer"):
            self.customer.customer_segment_ids += self.segment("need_price")

    def test_bulk(self):
        customers = self.env["res.partner"].create([{"name": f"Bulk {i}", "is_company": True} for i in range(300)])
        customers[:10].customer_segment_ids = self.segment("need_quality")
        customers[:10].customer_segment_ids |= self.segment("region_north")

        def assign(partners, **values):
            wizards = self.env["customer.segment.wizard"].with_user(self.seller)
            wizard = wizards.with_context(active_model="res.partner", active_ids=partners.ids).create(values)
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            wizard.action_apply()
            return self.env.cr.sql_log_count - before

        add = [Command.set((self.segment("need_price") | self.segment("region_south")).ids)]
        remove = [Command.set(self.segment("need_quality").ids)]
        few = assign(customers[:10], add_segment_ids=add, remove_segment_ids=remove, reason="Fair")
        many = assign(customers, add_segment_ids=add, remove_segment_ids=remove, reason="Fair")
        self.assertLessEqual(many, few + 2)
        self.assertLess(many, 60)
        for customer in customers[:2] | customers[-2:]:
            self.assertEqual(self.codes(customer), {"price", "south"})
        rows = self.env["customer.segment.assignment"].search([("partner_id", "in", customers.ids)])
        self.assertEqual((len(rows), set(rows.mapped("reason")), rows.user_id), (600, {"Fair"}, self.seller))

    def test_bulk_removal_of_a_rule_is_told(self):
        wizard = self.env["customer.segment.wizard"].with_context(active_ids=self.customer.ids)
        action = wizard.create({"remove_segment_ids": [Command.set(self.segment("region_east").ids)]}).action_apply()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("east", self.codes(self.customer))
        with self.assertRaises(UserError):
            wizard.create({}).action_apply()

    def test_merge(self):
        other = self.new_customer("Duplicate")
        self.customer.customer_segment_ids |= self.segment("region_north") | self.segment("need_price")
        other.customer_segment_ids |= (
            self.segment("region_south")
            | self.segment("need_quality")
            | self.segment("need_price")
            | self.segment("type_public")
        )
        self.run_all()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([other.id, self.customer.id], self.customer)
        self.customer.invalidate_recordset()
        self.assertEqual(self.codes(self.customer), {"north", "price", "quality", "public", "small"})


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


class TestSegmentRoles(ClassificationCommon):
    """Who may not see a customer learns its segments by no way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_partner_manager,base.group_allow_export"
        cls.own = cls.new_user("seg_own", f"customer_policy.group_customer_user,{groups}")
        cls.stranger = cls.new_user("seg_stranger", f"customer_policy.group_customer_user,{groups}")
        cls.leader = cls.new_user("seg_team", f"customer_policy.group_customer_team,{groups}")
        cls.everybody = cls.new_user("seg_all", f"customer_policy.group_customer_all,{groups}")
        cls.plain = cls.new_user("seg_plain", groups)
        cls.portal = new_test_user(cls.env, "seg_portal", groups="base.group_portal")
        cls.env["crm.team"].create(
            {"name": "Segments", "user_id": cls.leader.id, "member_ids": [Command.set(cls.own.ids)],
             "company_id": cls.company.id}
        )  # fmt: skip
        cls.mine = cls.new_customer("Mine", user_id=cls.own.id)
        cls.theirs = cls.new_customer("Theirs", user_id=cls.stranger.id)
        for customer in (cls.mine, cls.theirs):
            cls.buy(customer, 1, 1)
            customer.customer_segment_ids = cls.env.ref("customer_policy.segment_need_price")
        cls.run_all()
        cls.both = cls.mine | cls.theirs
        cls.seen = {cls.own: cls.mine, cls.leader: cls.mine, cls.everybody: cls.both, cls.manager: cls.both}

    def test_every_way_in(self):
        small = self.segment("size_small")
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        for user, seen in self.seen.items():
            partners = self.env["res.partner"].with_user(user)
            scope = [("id", "in", self.both.ids)]
            for segment in (small, self.segment("need_price")):
                found = partners.search([*scope, ("customer_segment_ids", "=", segment.id)])
                self.assertEqual(found, seen.with_user(user), (user.login, segment.code))
            for customer in self.both.with_user(user):
                self.assertEqual(bool(customer.customer_segment_ids), customer in seen, user.login)
                [row] = customer.export_data(["customer_segment_ids/.id"])["datas"][:1]
                self.assertEqual(bool(row[0]), customer in seen, user.login)
            groups = partners._read_group(scope, ["customer_segment_ids"], ["__count"])
            self.assertEqual(dict(groups).get(small.with_user(user), 0), len(seen), user.login)
            members = self.env["customer.segment.member"].with_user(user)
            scope = [("partner_id", "in", self.both.ids)]
            self.assertEqual(members.search(scope).partner_id, seen.with_user(user))
            self.assertEqual(len(members._read_group(scope, ["partner_id"])), len(seen))
            assignments = self.env["customer.segment.assignment"].with_user(user)
            self.assertEqual(assignments.search(scope).partner_id, seen.with_user(user))
            self.assertEqual(self.segment("need_price").with_user(user).customer_count, len(seen), user.login)

    def test_without_a_role(self):
        for user in (self.plain, self.portal):
            partners = self.env["res.partner"].with_user(user)
            self.assertFalse(partners.search([("customer_segment_ids", "!=", False)]))
            self.assertFalse(partners.search([("customer_segment_ids", "in", self.segment("need_price").ids)]))
            for ask in (
                lambda p=partners: p.browse(self.mine.id).read(["customer_segment_ids"]),
                lambda p=partners: p._read_group([], ["customer_segment_ids"], ["__count"]),
                lambda p=partners: p.browse(self.mine.id).write({"customer_segment_ids": [Command.clear()]}),
                lambda u=user: self.env["customer.segment"].with_user(u).search([]),
                lambda u=user: self.env["customer.segment.member"].with_user(u).search([]),
                lambda u=user: self.env["customer.segment.assignment"].with_user(u).search([]),
                lambda u=user: self.env["customer.classification"].with_user(u).search([]),
            ):
                with self.assertRaises(AccessError, msg=f"{user.login} {ask.__code__.co_firstlineno}"):
                    ask()

    def test_others_customers_are_not_classified(self):
        quality = self.segment("need_quality")
        with self.assertRaises(AccessError):
            self.theirs.with_user(self.own).write({"customer_segment_ids": [Command.link(quality.id)]})
        with self.assertRaises(AccessError):
            self.env["customer.segment.assignment"].with_user(self.own).create(
                {"partner_id": self.theirs.id, "segment_id": quality.id}
            )
        wizard = self.env["customer.segment.wizard"].with_user(self.own).with_context(active_ids=self.both.ids)
        with self.assertRaises(AccessError):
            wizard.create({"add_segment_ids": [Command.set(quality.ids)]}).action_apply()
        rows = self.env["customer.segment.assignment"].search([("partner_id", "=", self.theirs.id)])
        with self.assertRaises(AccessError):
            rows.with_user(self.own).unlink()

    def test_only_stewards_and_managers_shape_the_tree(self):
        steward = self.new_user("seg_steward", "customer_policy.group_data_steward")
        self.env["customer.dimension"].with_user(steward).create({"name": "X", "code": "x"})
        with self.assertRaises(AccessError):
            self.env["customer.dimension"].with_user(self.own).create({"name": "Y", "code": "y"})
        with self.assertRaises(AccessError):
            self.segment("size_small").with_user(self.everybody).name = "Tiny"

    def test_nobody_writes_the_engines_rows(self):
        with self.assertRaises(AccessError):
            self.env["customer.classification"].with_user(self.manager).create({"partner_id": self.mine.id})

    def test_queries_of_a_list(self):
        for position in range(60):
            self.buy(self.new_customer(f"List {position}"), 1, timedelta(1).days)
        self.run_all()
        partners = self.env["res.partner"].search([("customer_segment_ids", "!=", False)], limit=80)

        def queries(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.read(["customer_segment_ids"])
            return self.env.cr.sql_log_count - before

        queries(partners)
        self.assertLessEqual(queries(partners), queries(partners[:2]))

"""Segments by hand, in whatever way they come, and who may see and give them."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from .classification_common import ClassificationCommon


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
            self.buy(self.new_customer(f"List {position}"), 1, 1)
        self.run_all()
        partners = self.env["res.partner"].search([("customer_segment_ids", "!=", False)], limit=80)

        def queries(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.read(["customer_segment_ids"])
            return self.env.cr.sql_log_count - before

        queries(partners)
        self.assertLessEqual(queries(partners), queries(partners[:2]))

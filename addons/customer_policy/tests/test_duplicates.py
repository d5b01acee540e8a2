"""Duplicates on entry, import and API: found, shown to who may see them, refused where the policy says so."""

import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import CustomerPolicyCommon
from .test_roles import RolesCommon

NAME = "深圳市华新电子有限公司"
CODE = "914403001922038216"  # Huawei's, a valid one
OTHER_CODE = "9144030071526726XG"  # Tencent's


class DuplicatesCommon(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cn = cls.env.ref("base.cn")
        cls.steward = cls.new_user("steward", "customer_policy.group_data_steward")
        cls.duplicates = cls.env["customer.duplicate"]
        cls.known = cls.new_customer(
            NAME, vat=CODE, phone="0755-8888 1234", email="info@huaxin.example", city="深圳市", country_id=cls.cn.id
        )
        cls.settle()

    @classmethod
    def settle(cls):
        """What happens before a transaction commits."""
        cls.env["customer.match"]._settle()

    def enter(self, name=NAME, **values):
        partner = self.new_customer(name, country_id=self.cn.id, **values)
        self.settle()
        return partner

    def pairs(self, partner, state="open"):
        found = self.duplicates.search(
            [("state", "=", state), "|", ("partner_id", "=", partner.id), ("other_id", "=", partner.id)]
        )
        return {(pair.partner_id | pair.other_id) - partner: pair for pair in found}

    def level(self, *args, **values):
        """Level at which a new customer is seen as the known one."""
        pair = self.pairs(self.enter(*args, **values)).get(self.known)
        return pair and pair.level

    def refuse(self, company=None):
        """A policy of the company that refuses what is certain."""
        draft = self.draft()
        draft.match_rule_ids.filtered(lambda rule: rule.level == "certain").with_user(self.manager).action = "refuse"
        return self.publish(draft)


@tagged("post_install", "-at_install")
class TestFound(DuplicatesCommon):
    def test_levels(self):
        self.assertEqual(self.level("Anything", vat="9144 0300 1922 0382 16"), "certain")
        self.assertEqual(self.level("深圳華新電子", phone="+86 755 88881234"), "certain")
        self.assertEqual(self.level("Huaxin Electronics", email="INFO@huaxin.example"), "certain")
        self.assertEqual(self.level("深圳華新電子"), "probable")
        self.assertEqual(self.level("Shenzhen Huaxin Electronics Co., Ltd."), "probable")
        self.assertEqual(self.level("Acme GmbH", phone="+86 755 88881234"), "possible")
        self.assertFalse(self.level("北京华新物流有限公司"))

    def test_different_valid_codes_are_different_companies(self):
        self.assertEqual(self.level(vat=OTHER_CODE), "possible")
        self.assertEqual(self.level(vat=OTHER_CODE[:-1] + "A"), "probable")  # a wrong check digit proves nothing

    def test_people(self):
        wang = self.enter("王伟", is_company=False, city="上海", phone="13800138000")
        self.assertFalse(self.pairs(self.enter("王伟", is_company=False)))
        self.assertEqual(self.pairs(self.enter("Wei Wang", is_company=False, city="Shanghai"))[wang].level, "possible")
        self.assertEqual(self.pairs(self.enter("王偉", is_company=False, phone="138-0013-8000"))[wang].level, "certain")

    def test_contact_of_a_company_leads_to_it(self):
        self.new_customer("李雷", is_company=False, parent_id=self.known.id, email="lilei@huaxin.example")
        self.assertEqual(self.level("Unlike Ltd", email="LiLei@huaxin.example"), "possible")
        contact = self.new_customer("李雷", is_company=False, parent_id=self.known.id, phone="0755-8888 1234")
        self.settle()
        self.assertFalse(self.pairs(contact))

    def test_parent_and_branch_are_no_duplicates(self):
        branch = self.enter(NAME + "北京分公司", parent_id=self.known.id, phone="0755-8888 1234")
        self.assertFalse(self.pairs(branch))

    def test_current_after_changes(self):
        other = self.enter("Unlike", phone="0755-8888 1234")
        self.assertTrue(self.pairs(other))
        other.phone = "0755-8888 9999"
        self.settle()
        self.assertFalse(self.pairs(other))
        other.name = "华新电子"
        self.settle()
        self.assertEqual(self.pairs(other)[self.known].level, "probable")
        self.known.active = False
        self.settle()
        self.assertFalse(self.pairs(other))

    def test_deleted(self):
        other = self.enter(phone="0755-8888 1234")
        keys = self.env["customer.match.key"].search([("partner_id", "=", other.id)])
        self.assertTrue(keys)
        other.unlink()
        self.assertFalse(keys.exists())
        self.assertFalse(self.pairs(self.known))

    def test_shared_by_many(self):
        for number in range(11):
            self.enter(f"Tenant {chr(65 + number) * 4}", phone="021-6666 7777")
        tenants = self.env["res.partner"].search([("name", "=like", "Tenant %")])
        self.settle()
        self.env["customer.match"]._note_change(dict.fromkeys(tenants.ids, self.company.id))
        self.settle()
        self.assertFalse(self.pairs(tenants[0]))

    def test_exception(self):
        steward_exceptions = self.env["customer.match.exception"].with_user(self.steward)
        steward_exceptions.create({"kind": "phone", "value": "+86 755 8888 1234", "note": "switchboard"})
        self.assertFalse(self.level("Acme GmbH", phone="0755-88881234"))
        with self.assertRaises(UserError):
            steward_exceptions.create({"kind": "code", "value": "n/a"})

    def test_own_companies_and_colleagues_are_no_customers(self):
        self.company.partner_id.write({"name": NAME, "country_id": self.cn.id})
        user = self.new_user("huaxin", "", name=NAME)
        self.settle()
        self.assertFalse(self.pairs(self.company.partner_id) or self.pairs(user.partner_id))

    def test_other_companies_records_are_kept_apart(self):
        other = self.env["res.company"].create({"name": "Apart"})
        self.known.company_id = self.company
        self.assertFalse(self.level(company_id=other.id))
        self.assertEqual(self.level(company_id=self.company.id, vat=CODE), "certain")

    def test_odd_values(self):
        for odd in ("A", "😀", "王" * 500, "x" * 500, "ABC有限公司 😀 Ltd.", "()", " ", "' OR 1=1 --"):
            for _twice in range(2):
                partner = self.enter(odd, phone="no number", email="@", vat=False, city=odd[:20])
            self.assertTrue(partner)

    def test_constant_queries(self):
        """100 customers cost the queries of 10, created at once or one by one."""

        def cost(count, at_once):
            vals = [{"name": f"Kunde {count} {at_once} {n:03}", "phone": f"+49 30 {1000000 + n}"} for n in range(count)]
            before = self.env.cr.sql_log_count
            for vals_list in [vals] if at_once else [[v] for v in vals]:
                self.env["res.partner"].create(vals_list)
            self.env.flush_all()
            created = self.env.cr.sql_log_count
            self.settle()
            return created - before, self.env.cr.sql_log_count - created

        cost(2, True)
        small, large, single = cost(10, True), cost(100, True), cost(100, False)
        self.assertLessEqual(large[1], small[1] + 2)
        self.assertLessEqual(large[1], 20)
        self.assertEqual(single[1], large[1])

    def test_a_failure_keeps_nobody_from_saving(self):
        with (
            self.assertLogs("odoo.addons.customer_policy.models.customer_match", "ERROR"),
            self.patch_refresh(),
        ):
            self.assertTrue(self.enter("Unhurt"))

    def patch_refresh(self):
        from unittest.mock import patch

        return patch.object(type(self.env["customer.match.key"]), "_refresh", side_effect=ValueError("boom"))

    def test_groups(self):
        second, third = self.enter(vat=CODE), self.enter("Else", vat=CODE)
        self.assertEqual(self.pairs(second)[third].group_partner_id, self.known)
        loose = self.enter("Acme GmbH", phone="0755-8888 1234")
        self.assertEqual(self.pairs(loose)[self.known].level, "possible")


@tagged("post_install", "-at_install")
class TestOnEntry(DuplicatesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.new_user("seller", "base.group_partner_manager,sales_team.group_sale_salesman")
        cls.colleague = cls.new_user("colleague", "sales_team.group_sale_salesman")
        cls.env["crm.team"].create(
            {"name": "South", "member_ids": [Command.set(cls.colleague.ids)], "company_id": cls.company.id}
        )

    def hide(self):
        """Salespeople see their own customers only, and the known one is the colleague's."""
        self.known.user_id = self.colleague
        self.buy(self.known, 10)
        self.run_all()
        self.company.sudo().customer_policy_own_only = True
        self.env.flush_all()

    def test_banner_while_typing(self):
        form = Form(self.env["res.partner"].with_user(self.seller))
        form.name = "Huaxin Electronics Shenzhen"
        self.assertFalse(form.duplicate_info)
        form.company_type = "company"
        [candidate] = form.duplicate_info["candidates"]
        self.assertEqual((candidate["id"], candidate["level"]), (self.known.id, "probable"))
        form.country_id = self.cn
        form.phone = "0755 88881234"
        self.assertEqual(form.duplicate_info["candidates"][0]["level"], "certain")
        self.assertIn("same phone", form.duplicate_info["candidates"][0]["evidence"])
        form.duplicate_reason = "Another branch"
        saved = form.save()
        self.assertFalse(saved.duplicate_info)
        pair = self.pairs(saved.sudo(), "not_same")[self.known]
        self.assertEqual((pair.reason, pair.user_id), ("Another branch", self.seller))
        with Form(saved) as again:
            again.city = "Shenzhen"
            self.assertFalse(again.duplicate_info)
        self.settle()
        self.assertFalse(self.pairs(saved.sudo()))

    def test_opening_a_contact_costs_little(self):
        saved = self.new_customer(NAME, country_id=self.cn.id).with_user(self.seller)
        self.settle()
        saved.duplicate_info  # noqa: B018 what the registry caches was asked for before

        def cost(specification):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            saved.web_read(specification)
            return self.env.cr.sql_log_count - before

        names = {"name": {}, "city": {}}
        cost(names)
        self.assertLessEqual(cost({**names, "duplicate_info": {}, "duplicate_count": {}}) - cost(names), 6)

    def test_banner_after_saving(self):
        saved = self.new_customer(NAME, phone="0755 88881234", country_id=self.cn.id).with_user(self.seller)
        self.assertEqual([c["id"] for c in saved.duplicate_info["candidates"]], self.known.ids)
        self.assertEqual(saved.duplicate_count, 1)

    def test_wrong_check_digit(self):
        form = Form(self.env["res.partner"].with_user(self.seller))
        form.name = "X"
        form.company_type = "company"
        form.country_id = self.cn
        form.company_registry = CODE[:-1] + "7"
        self.assertIn(CODE[:-1] + "7", form.duplicate_info["problems"][0])
        form.company_registry = OTHER_CODE
        self.assertFalse(form.duplicate_info)

    def test_what_the_user_may_not_see(self):
        """Nothing of the other customer comes out but that it exists and whose it is."""
        self.hide()
        form = Form(self.env["res.partner"].with_user(self.seller))
        form.company_type = "company"
        form.name = "华新电子"
        form.country_id = self.cn
        form.vat = CODE
        self.assertEqual(form.duplicate_info["candidates"], [])
        self.assertEqual(len(form.duplicate_info["hidden"]), 1)
        self.assertIn("South", form.duplicate_info["hidden"][0])
        for secret in (NAME, "8888", "info@", "深圳市", self.colleague.name, str(self.known.id)):
            self.assertNotIn(secret, json.dumps(form.duplicate_info, ensure_ascii=False))
        self.assertFalse(form.same_vat_partner_id)
        saved = form.save()
        self.settle()
        self.assertTrue(self.pairs(saved.sudo()))
        self.assertFalse(self.env["customer.duplicate"].with_user(self.seller).search([]))
        self.assertFalse(saved.duplicate_info)

    def test_refused(self):
        self.refuse()
        partners = self.env["res.partner"].with_user(self.seller).with_company(self.company)
        vals = {"name": "华新电子", "is_company": True, "vat": CODE, "country_id": self.cn.id}
        with self.assertRaisesRegex(UserError, NAME):
            partners.create(vals)
        allowed = partners.create({**vals, "duplicate_reason": "Another legal entity"})
        self.assertEqual(self.pairs(allowed.sudo(), "not_same")[self.known].reason, "Another legal entity")
        allowed.write({"vat": CODE, "name": "华新电子 2"})
        other = partners.create({"name": "Unlike", "is_company": True})
        with self.assertRaisesRegex(UserError, NAME):
            other.write({"vat": CODE})
        self.assertTrue(partners.sudo().create(vals), "Odoo's own flows are recorded, not refused")

    def test_refused_in_one_file(self):
        """An import holds the same customer twice: the second one is refused, the file is not imported."""
        self.refuse()
        partners = self.env["res.partner"].with_user(self.seller).with_company(self.company)
        result = partners.load(
            ["name", "is_company", "vat"], [["New One", "1", OTHER_CODE], ["Another One", "1", OTHER_CODE]]
        )
        self.assertFalse(result["ids"])
        self.assertIn("New One", result["messages"][0]["message"])
        result = partners.load(
            ["name", "is_company", "vat", "duplicate_reason"],
            [["New One", "1", OTHER_CODE, ""], ["Another One", "1", OTHER_CODE, "a branch"]],
        )
        self.assertEqual(len(result["ids"]), 2)

    def test_refusal_names_nothing_hidden(self):
        self.refuse()
        self.hide()
        partners = self.env["res.partner"].with_user(self.seller).with_company(self.company)
        with self.assertRaises(UserError) as caught:
            partners.create({"name": "华新电子", "is_company": True, "vat": CODE, "country_id": self.cn.id})
        self.assertIn("South", str(caught.exception))
        self.assertNotIn(NAME, str(caught.exception))

    def test_a_refusing_rule_is_of_its_company(self):
        self.refuse()
        other = self.env["res.company"].create({"name": "Tolerant"})
        self.seller.company_ids |= other
        partners = self.env["res.partner"].with_user(self.seller).with_company(other)
        self.assertTrue(partners.create({"name": "X", "is_company": True, "vat": CODE, "country_id": self.cn.id}))


@tagged("post_install", "-at_install")
class TestRoles(RolesCommon):
    def test_pairs_are_seen_with_both_customers(self):
        for customer in self.customers.values():
            customer.phone = "+49 30 9018 20"
        self.env["customer.match"]._settle()
        self.company.sudo().customer_policy_own_only = True
        for user, expected in self.expected.items():
            pairs = self.env["customer.duplicate"].with_user(user).search([])
            seen = self.names(pairs.partner_id | pairs.other_id)
            self.assertLessEqual(seen, expected, user.login)
            self.assertEqual(seen, expected if len(expected) > 1 else set(), user.login)
            self.assertEqual(sum(n for [n] in pairs._read_group([("id", ">", 0)], [], ["__count"])), len(pairs))
        hidden = self.env["customer.duplicate"].search([("partner_id", "in", self.customers["stranger"].ids)])
        with self.assertRaises(AccessError):
            hidden.with_user(self.own).read(["evidence_text"])
        with self.assertRaises(AccessError):
            self.env["customer.duplicate"].with_user(self.accountant).search([])

    def test_pairs_of_other_companies(self):
        other = self.env["res.company"].create({"name": "Closed"})
        for partner in (self.customers["own"], self.customers["nobody"]):
            partner.write({"company_id": other.id, "phone": "+49 30 9018 20"})
        self.env["customer.match"]._settle()
        pair = self.env["customer.duplicate"].search([("partner_id.company_id", "=", other.id)])
        self.assertTrue(pair)
        self.assertFalse(self.env["customer.duplicate"].with_user(self.all_users).search([("id", "in", pair.ids)]))

    def test_who_decides(self):
        pair = self.env["customer.duplicate"].search([], limit=1) or self.env["customer.duplicate"]
        if not pair:
            self.customers["own"].phone = self.customers["nobody"].phone = "+49 30 9018 20"
            self.env["customer.match"]._settle()
            pair = self.env["customer.duplicate"].search([], limit=1)
        for method in ("action_merge", "action_not_same", "action_keep_first", "action_keep_second", "action_reopen"):
            with self.assertRaises(AccessError, msg=method):
                getattr(pair.with_user(self.own), method)()
        with self.assertRaises(AccessError):
            pair.with_user(self.own).write({"state": "not_same"})
        with self.assertRaises(AccessError):
            self.env["customer.match.key"].with_user(self.manager).search([])

    def test_portal(self):
        from odoo.tests import new_test_user

        portal = new_test_user(self.env, "portal_dup", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.env["customer.duplicate"].with_user(portal).search([])
        with self.assertRaises(AccessError):
            portal.partner_id.with_user(portal).read(["duplicate_info"])

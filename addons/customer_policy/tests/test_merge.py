"""Merging customers: what must not become one, and what must survive."""

import json
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CustomerPolicyCommon
from .test_cleanup import CleanupCommon
from .test_duplicates import CODE, OTHER_CODE
from .test_roles import RolesCommon


@tagged("post_install", "-at_install")
class TestMergeRefused(CleanupCommon):
    def setUp(self):
        super().setUp()
        self.second = self.enter("Second Ltd", phone="0755-8888 1234")

    def merge(self, *pairs):
        self.duplicates.union(*pairs).with_user(self.steward).action_merge()

    def refused(self, *pairs):
        """The message of a refusal that has merged nothing."""
        partners = self.duplicates.union(*pairs).partner_id | self.duplicates.union(*pairs).other_id
        with self.assertRaises(UserError) as caught:
            self.merge(*pairs)
        self.assertEqual(partners.exists(), partners)
        return str(caught.exception)

    def test_declared_different(self):
        third = self.enter("Third Ltd", phone="0755-8888 1234")
        self.pairs(third)[self.known].with_user(self.steward)._decide_not_same("Two shops")
        message = self.refused(self.pairs(self.second)[self.known], self.pairs(third)[self.second])
        for part in (self.known.name, "Third Ltd", "Two shops"):
            self.assertIn(part, message)
        self.assertEqual(self.pairs(third, "not_same")[self.known].reason, "Two shops")
        self.merge(self.pairs(self.second)[self.known])
        self.assertFalse(self.second.exists())

    def test_different_codes(self):
        third = self.enter("Third Ltd", phone="0755-8888 1234", vat=OTHER_CODE)
        message = self.refused(self.pairs(self.second)[self.known], self.pairs(third)[self.second])
        for part in (self.known.name, "Third Ltd"):
            self.assertIn(part, message)
        pair = self.pairs(third)[self.known]
        self.assertEqual(pair.level, "possible")
        self.refused(pair)
        pair.with_user(self.steward).action_keep_first()
        self.assertFalse(third.exists(), "who compares the two may say that they are one")

    def test_different_companies(self):
        apart = self.env["res.company"].create({"name": "Apart"})
        self.steward.company_ids |= apart
        self.known.company_id = self.company
        third = self.enter("Third Ltd", company_id=apart.id, phone="0755-8888 1234")
        pairs = self.pairs(third)[self.second] | self.pairs(self.known)[self.second]
        with self.assertRaisesRegex(UserError, "Third Ltd"):
            pairs.with_user(self.steward).with_context(allowed_company_ids=(self.company | apart).ids).action_merge()

    def test_groups_end_at_the_company(self):
        """The oldest customer of a group names nobody of another company."""
        self.known.write({"company_id": self.env["res.company"].create({"name": "Apart"}).id, "vat": False})
        self.second.vat = CODE
        third = self.enter("Third Ltd", company_id=self.company.id, vat=CODE)
        self.known.vat = CODE
        self.settle()
        self.assertEqual(self.pairs(third)[self.second].group_partner_id, self.second)
        self.assertEqual(self.pairs(self.known)[self.second].group_partner_id, self.known)


@tagged("post_install", "-at_install")
class TestGroupNames(RolesCommon):
    def test_no_customer_beyond_the_pair(self):
        """The group is named after its oldest customer, whom a salesperson need not see."""
        secret = self.customers["stranger"]
        partners = secret | self.customers["own"] | self.customers["nobody"]
        self.assertEqual(min(partners.ids), min((self.customers["own"] | secret).ids))
        secret.vat = CODE
        old, new = self.new_customer("Mine", user_id=self.own.id, vat=CODE), self.new_customer("Free", vat=CODE)
        self.env["customer.match"]._settle()
        self.env.flush_all()
        self.company.sudo().customer_policy_own_only = True
        for partner in (old, new):
            self.buy(partner, 10)
        self.run_all()
        duplicates = self.env["customer.duplicate"]
        pair = duplicates.search([("partner_id", "=", old.id), ("other_id", "=", new.id)])
        self.assertEqual(pair.group_partner_id, secret)
        self.assertEqual(pair.with_user(self.manager).group_partner_id, secret)
        steward = self.new_user("group_steward", "customer_policy.group_data_steward")
        self.assertEqual(pair.with_user(steward).group_partner_id, secret)
        for user in (self.own, self.team):
            mine = duplicates.with_user(user)
            self.assertEqual(mine.search([("id", "=", pair.id)]), pair)
            with self.assertRaises(AccessError):
                mine.browse(pair.id).read(["group_partner_id"])
            with self.assertRaises(AccessError):
                mine.browse(pair.id).web_read({"group_partner_id": {"fields": {"display_name": {}}}})
            with self.assertRaises(AccessError):
                mine.formatted_read_group([], ["group_partner_id"], ["__count"])
            with self.assertRaises(AccessError):
                mine.search([("group_partner_id", "=", secret.id)])
            with self.assertRaises(AccessError):
                mine.search([], order="group_partner_id")
            self.env.invalidate_all()
            shown = json.dumps(mine.browse(pair.id).read(), default=str)
            arches = [mine.get_view(view_type=kind)["arch"] for kind in ("list", "form", "search")]
            for text in (shown, *arches):
                self.assertNotIn("group_partner_id", text)
                self.assertNotIn(secret.name, text)
        user = self.team
        user.group_ids += self.env.ref("base.group_allow_export")
        with self.assertRaises(AccessError):
            duplicates.with_user(user).browse(pair.id).export_data(["group_partner_id/name"])


@tagged("post_install", "-at_install")
class TestMergeKeeps(CleanupCommon):
    def setUp(self):
        # Fields made here must not stay in the registry: set up once more after the rollback.
        self.addCleanup(self.registry._setup_models__, self.cr, ["customer.profile"])
        self.addCleanup(self.registry.clear_all_caches)
        super().setUp()
        self.second = self.enter("Second Ltd")
        self.third = self.enter("Third Ltd")

    def merge(self, user=None, kept=None):
        kept = kept or self.known
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(user or self.steward)
        merged = kept | self.second | self.third
        wizard._merge(merged.ids, kept.with_user(user or self.steward), extra_checks=False)
        self.settle()
        self.env.invalidate_all()

    def test_profile(self):
        model = self.env["ir.model"]._get("customer.profile")
        for name, kind in (("x_visitors", "integer"), ("x_note", "char"), ("x_key", "boolean")):
            self.env["ir.model.fields"].create({"name": name, "model_id": model.id, "ttype": kind})
        entries = {
            self.known: {"x_note": "ours", "confirmed_date": "2026-01-10", "confirmed_source": "import"},
            self.second: {"x_note": "theirs", "x_visitors": 12, "confirmed_date": "2026-03-05",
                          "confirmed_user_id": self.manager.id, "confirmed_source": "portal"},
            self.third: {"x_key": True, "confirmed_date": "2026-02-01", "confirmed_user_id": self.steward.id,
                         "potential_estimate": 5000, "potential_date": "2025-12-24",
                         "potential_user_id": self.second_manager.id},
        }  # fmt: skip
        for partner, values in entries.items():
            self.env["customer.profile"].create(
                {"partner_id": partner.id, "company_id": self.company.id, "is_marked": True, **values}
            )
        self.merge()
        profile = self.profile(self.known)
        self.assertEqual((profile.x_note, profile.x_visitors, profile.x_key), ("ours", 12, True))
        self.assertEqual(str(profile.confirmed_date), "2026-03-05", "the latest confirmation")
        self.assertEqual((profile.confirmed_user_id, profile.confirmed_source), (self.manager, "portal"))
        self.assertEqual((profile.potential_estimate, str(profile.potential_date)), (5000, "2025-12-24"))
        self.assertEqual(profile.potential_user_id, self.second_manager)
        self.assertFalse(self.profile(self.second) | self.profile(self.third))

    def test_profile_only_of_the_merged_one(self):
        self.env["customer.profile"].create(
            {"partner_id": self.second.id, "company_id": self.company.id, "is_marked": True,
             "confirmed_date": "2026-03-05"}
        )  # fmt: skip
        self.merge()
        self.assertEqual(str(self.profile(self.known).confirmed_date), "2026-03-05")

    def test_fields_that_the_merging_user_may_not_see(self):
        accountant = self.new_user("merger", "account.group_account_invoice,base.group_partner_manager")
        self.assertFalse(accountant.has_group("customer_policy.group_customer_user"))
        self.known.customer_preferred_channel = "phone"
        self.second.write({"customer_background": "Likes tea", "customer_preferred_channel": "visit",
                           "customer_hour_from": 9, "customer_hour_to": 11})  # fmt: skip
        self.merge(accountant)
        self.assertEqual(self.known.customer_background, "Likes tea")
        self.assertEqual(self.known.customer_preferred_channel, "phone")
        self.assertEqual((self.known.customer_hour_from, self.known.customer_hour_to), (9, 11))

    def test_hours_stay_together(self):
        self.known.write({"customer_hour_from": 0, "customer_hour_to": 12})
        self.second.write({"customer_hour_from": 14, "customer_hour_to": 18})
        self.merge()
        self.assertEqual((self.known.customer_hour_from, self.known.customer_hour_to), (0, 12))


class TestMergeIntoContact(CustomerPolicyCommon):
    def test_override_and_history_go_to_the_customer(self):
        """A person who was entered alone is found to be a contact of a company."""
        company = self.new_customer("Their Company", is_company=True)
        self.buy(company, 10, 5)
        contact = self.env["res.partner"].create({"name": "Sue", "parent_id": company.id})
        alone = self.new_customer("Sue")
        self.buy(alone, 500, 3)
        self.run_all()
        strategic = self.env.ref("customer_policy.customer_grade_strategic")
        override = self.env["customer.grade.override"].create(
            {"partner_id": alone.id, "company_id": self.company.id, "grade_id": strategic.id, "reason": "Known well",
             "date_end": self.today + timedelta(days=30)}
        )  # fmt: skip
        override.with_user(self.manager).action_approve()
        history = self.env["customer.grade.history"].search([("partner_id", "=", alone.id)])
        self.assertTrue(history)
        self.env["base.partner.merge.automatic.wizard"]._merge((contact | alone).ids, contact, extra_checks=False)
        self.env.invalidate_all()
        self.assertFalse(alone.exists())
        self.assertEqual((override.partner_id, override.state), (company, "approved"))
        self.assertEqual(history.partner_id, company)
        self.assertEqual(self.profile(company).grade_id, strategic)
        self.assertFalse(self.profile(contact))

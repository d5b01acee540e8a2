"""Groups of companies: shape, figures, who sees what of them."""

from odoo import Command
from odoo.exceptions import ValidationError

from .common import CustomerPolicyCommon


class TestHolding(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.new_user("h_own", "customer_policy.group_customer_user")
        cls.other = cls.new_user("h_other", "customer_policy.group_customer_user")
        cls.top = cls.new_customer("Top")
        cls.middle = cls.new_customer("Middle", customer_holding_id=cls.top.id, user_id=cls.user.id)
        cls.low = cls.new_customer("Low", customer_holding_id=cls.middle.id, user_id=cls.user.id)
        cls.side = cls.new_customer("Side", customer_holding_id=cls.top.id, user_id=cls.other.id)
        cls.alone = cls.new_customer("Alone", user_id=cls.user.id)
        cls.contact = cls.env["res.partner"].create({"name": "Contact", "parent_id": cls.low.id})
        for partner, amount in ((cls.middle, 100), (cls.low, 20), (cls.side, 3), (cls.alone, 1000)):
            cls.buy(partner, amount, 5)
        cls.buy(cls.low, 7, 500)
        cls.run_all()

    def figures(self, partner, user=None):
        seen = partner.with_user(user or self.manager)
        return seen.customer_group_size, seen.customer_group_revenue_12m, seen.customer_group_purchase_count

    def test_sums_are_those_of_the_whole_group(self):
        for partner in (self.top, self.middle, self.low, self.side, self.contact):
            self.assertEqual(self.figures(partner), (3, 123, 4), partner.name)
        self.assertEqual(self.low.with_user(self.manager).customer_group_revenue_total, 130)
        self.assertEqual(self.figures(self.alone), (0, 0, 0))

    def test_sums_of_visible_companies_only(self):
        self.assertEqual(self.figures(self.middle, self.user), (2, 120, 3))
        self.assertEqual(self.figures(self.side, self.other), (1, 3, 1))

    def test_page_tells_nothing_of_hidden_companies(self):
        """The note depends on the role alone, so that it does not say whether something is hidden."""
        self.company.sudo().customer_policy_own_only = True
        notes = set()
        for own in (self.middle, self.alone):
            self.env["res.partner"].browse(self.alone.id).customer_holding_id = False
            page = self.env["customer.overview"].with_user(self.user).load(own.id)
            [card] = [card for card in page["cards"] if card["name"] == "group"] or [{"rows": [], "note": None}]
            self.assertNotIn("Side", [row["label"] for row in card["rows"]])
            notes.add(card["note"])
        # A group of which this user sees every company carries the same note.
        pair = self.new_customer("Pair", user_id=self.user.id, customer_holding_id=self.alone.id)
        page = self.env["customer.overview"].with_user(self.user).load(pair.id)
        notes.add(next(card["note"] for card in page["cards"] if card["name"] == "group"))
        self.assertEqual(len(notes - {None}), 1)

    def test_archived_companies_count(self):
        self.low.active = False
        self.assertEqual(self.figures(self.middle), (3, 123, 4))
        page = self.env["customer.overview"].with_user(self.manager).load(self.top.id)
        [card] = [card for card in page["cards"] if card["name"] == "group"]
        self.assertIn("Low (archived)", [row["label"] for row in card["rows"]])
        self.assertIn(self.low, self.middle.customer_group_ids)

    def test_cycles(self):
        for partner, holding in ((self.top, self.low), (self.top, self.top), (self.middle, self.low)):
            with self.assertRaises(ValidationError, msg=(partner.name, holding.name)):
                partner.customer_holding_id = holding

    def test_holding_that_is_a_contact_of_its_member(self):
        # As a company below its member: a cycle. As a person of it: no commercial partner any more.
        with self.assertRaises(ValidationError):
            self.top.parent_id = self.low
        with self.assertRaises(ValidationError):
            self.top.write({"is_company": False, "parent_id": self.low.id})
        with self.assertRaises(ValidationError):
            self.alone.customer_holding_id = self.contact
        with self.assertRaises(ValidationError):
            self.contact.customer_holding_id = self.alone
        with self.assertRaises(ValidationError):
            self.middle.write({"is_company": False, "parent_id": self.alone.id})

    def test_a_subsidiary_may_also_be_a_contact_company(self):
        branch = self.new_customer("Branch", parent_id=self.alone.id, customer_holding_id=self.alone.id)
        self.assertEqual(branch.commercial_partner_id, branch)

    def test_who_has_no_role_may_still_move_contacts(self):
        plain = self.new_user("h_plain", "base.group_partner_manager")
        self.contact.with_user(plain).parent_id = self.alone
        self.assertEqual(self.contact.commercial_partner_id, self.alone)

    def test_merging_holding_and_member(self):
        self.merge(self.low, self.middle)
        self.assertFalse(self.low.exists().customer_holding_id == self.low)
        self.assertEqual(self.low.customer_holding_id, self.top)
        self.assertEqual(self.figures(self.low)[1], 123)

    def test_merging_the_top_into_a_lower_company(self):
        self.merge(self.low, self.top)
        self.env.invalidate_all()
        self.assertFalse(self.low.customer_holding_id)
        self.assertEqual(self.middle.customer_holding_id, self.low)
        self.assertEqual(self.side.customer_holding_id, self.low)
        self.assertEqual(self.figures(self.side)[1], 123)

    def merge(self, kept, merged):
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [Command.set((kept | merged).ids)], "dst_partner_id": kept.id}
        )
        wizard.action_merge()
        self.env.invalidate_all()

    def test_reading_many_costs_the_same(self):
        partners = (self.top | self.middle | self.low | self.side | self.alone).with_user(self.manager)
        partners[:1].mapped("customer_group_revenue_12m")
        self.env.invalidate_all()
        # Contacts and access, groups, profiles, currency.
        with self.assertQueryCount(5):
            partners.mapped("customer_group_revenue_12m")

    def test_list_by_holding(self):
        partners = self.env["res.partner"].with_user(self.manager)
        ids = (self.top | self.middle | self.low | self.side).ids
        groups = dict(partners._read_group([("id", "in", ids)], ["customer_holding_id"], ["__count"]))
        self.assertEqual(groups[self.top], 2)
        profiles = self.env["customer.profile"].with_user(self.manager)
        groups = dict(profiles._read_group([("partner_id", "in", ids)], ["holding_id"], ["revenue_12m:sum"]))
        self.assertEqual((groups[self.top], groups[self.middle]), (103, 20))

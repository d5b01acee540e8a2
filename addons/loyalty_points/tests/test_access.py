from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import LoyaltyPointsCommon

LEDGER = ("loyalty.ledger.entry", "loyalty.ledger.allocation", "loyalty.ledger.open", "loyalty.points.adjustment")


class TestAccess(LoyaltyPointsCommon):
    """Who sees whose points: own customers, the team's, all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.new_user("own", "customer_policy.group_customer_user")
        cls.member = cls.new_user("member", "customer_policy.group_customer_user")
        cls.leader = cls.new_user("leader", "customer_policy.group_customer_team")
        cls.stranger = cls.new_user("stranger", "customer_policy.group_customer_user")
        cls.env["crm.team"].create(
            {"name": "Points", "company_id": cls.company.id, "user_id": cls.leader.id,
             "member_ids": [Command.set((cls.member | cls.leader).ids)]}
        )  # fmt: skip
        cls.cards = {
            name: cls.filled_card(cls.new_customer(name, user_id=user.id))
            for name, user in (("own", cls.own), ("team", cls.member), ("other", cls.stranger))
        }
        cls.cards["nobody"] = cls.filled_card(cls.env["res.partner"])

    @classmethod
    def filled_card(cls, partner):
        card = cls.new_card(100, partner=partner)
        cls.post(card, -30)
        cls.env["loyalty.points.adjustment"].create({"card_id": card.id, "points": 5, "reason": "Test"})
        return card

    def seen(self, user, model="loyalty.ledger.entry"):
        path = {"loyalty.ledger.allocation": "entry_id.card_id"}.get(model, "card_id")
        records = self.env[model].with_user(user).search([])
        found = records.sudo().mapped(path)
        return {name for name, card in self.cards.items() if card in found}

    def test_scopes(self):
        everything = {"own", "team", "other", "nobody"}
        salesman = self.new_user("core_seller", "sales_team.group_sale_salesman")
        self.cards["own"].partner_id.user_id = salesman
        users = {
            # Odoo's own salespeople are users of the suite: with their own customers.
            salesman: {"own"},
            self.own: set(),
            self.stranger: {"other"},
            self.leader: {"team"},
            self.new_user("everybody", "customer_policy.group_customer_all"): everything,
            self.manager: everything,
            self.new_user("marketing", "customer_policy.group_marketing"): everything,
            self.new_user("service", "customer_policy.group_service"): everything,
            self.new_user("evaluation", "customer_policy.group_evaluation"): everything,
        }
        for user, expected in users.items():
            for model in LEDGER:
                self.assertEqual(self.seen(user, model), expected, (user.login, model))

    def test_sums_and_paths_follow_the_rules(self):
        entries = self.ledger.with_user(self.own)
        [(total,)] = entries._read_group([], aggregates=["points:sum"])
        self.assertEqual(total, 75)
        other = self.cards["other"].with_user(self.own).ledger_entry_ids if self.may_read_cards(self.own) else entries
        self.assertFalse(other & self.cards["other"].sudo().ledger_entry_ids)
        with self.assertRaises(AccessError):
            entries.browse(self.cards["other"].sudo().ledger_entry_ids.ids).read(["points"])

    def may_read_cards(self, user):
        return self.env["loyalty.card"].with_user(user).has_access("read")

    def test_who_has_no_role_sees_nothing(self):
        plain = self.new_user("plain", "product.group_product_manager")
        portal = new_test_user(self.env, "portal_points", groups="base.group_portal")
        portal.partner_id.parent_id = self.cards["own"].partner_id
        for user in (plain, portal):
            for model in LEDGER:
                with self.assertRaises(AccessError, msg=(user.login, model)):
                    self.env[model].with_user(user).search([])
        with self.assertRaises(AccessError):
            self.cards["own"].with_user(portal).read(["points"])

    def test_nobody_writes(self):
        for model in LEDGER:
            records = self.env[model].with_user(self.manager).search([], limit=1)
            for operation in ("create", "write", "unlink") if model != LEDGER[3] else ("unlink",):
                self.assertFalse(records.has_access(operation), (model, operation))

    def test_adjustments_of_customers_one_may_see_only(self):
        adjustments = self.env["loyalty.points.adjustment"].with_user(self.own)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            adjustments.create({"card_id": self.cards["other"].id, "points": 5, "reason": "x"})

    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        everybody = self.new_user("everybody2", "customer_policy.group_customer_all")
        self.post(self.cards["own"], 7, company_id=company.id)
        self.assertNotIn(company, self.ledger.with_user(everybody).search([]).sudo().company_id)

    def test_points_move_for_users_without_any_right_on_the_ledger(self):
        seller = self.new_user("core_seller2", "sales_team.group_sale_salesman_all_leads")
        card = self.cards["own"]
        order = self.new_order(partner=card.partner_id, user_id=seller.id, lines=[(self.biscuit, 1)]).with_user(seller)
        self.claim(order, card.with_user(seller))
        order.action_confirm()
        self.assertEqual(self.entries(card)[-2:], [("accrual", 50), ("redemption", -100)])
        self.assertEqual(card.points, 25)

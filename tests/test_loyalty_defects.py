"""What goes wrong with points on Odoo 19.0 alone, by Odoo's own API.

Each test fails on a database without `loyalty_points` and passes with it; docs/loyalty_defects.md says what was seen.
They import nothing of the addon, so that they can be run on both.
"""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, TransactionCase, new_test_user, tagged


class Shop(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.env["loyalty.program"].search([]).action_archive()
        cls.company = cls.env["res.company"].create({"name": "Tea House"})
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.company = cls.company.with_env(cls.env)
        cls.set_up_accounts()
        cls.tea, cls.cup, cls.biscuit = (
            cls.env["product.product"].create(
                {"name": name, "list_price": price, "taxes_id": [Command.clear()], "invoice_policy": "order"}
            )
            for name, price in (("Tea", 100), ("Cup", 30), ("Biscuit", 50))
        )
        cls.program = cls.env["loyalty.program"].create(
            {
                "name": "Members",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "company_id": cls.company.id,
                "rule_ids": [Command.create({"reward_point_mode": "money", "reward_point_amount": 1})],
                "reward_ids": [
                    Command.create({"reward_type": "product", "reward_product_id": cls.cup.id, "required_points": 100})
                ],
            }
        )
        cls.customer = cls.env["res.partner"].create({"name": "Longhua Components", "is_company": True})

    @classmethod
    def set_up_accounts(cls):
        accounts = {
            kind: cls.env["account.account"].create(
                {"name": kind, "code": code, "account_type": kind, "reconcile": kind == "asset_receivable",
                 "company_ids": [Command.set(cls.company.ids)]}
            )
            for kind, code in (("asset_receivable", "LD1"), ("income", "LD2"), ("asset_cash", "LD3"))
        }  # fmt: skip
        cls.receivable, cls.cash = accounts["asset_receivable"], accounts["asset_cash"]
        cls.sales, cls.general = (
            cls.env["account.journal"].create(
                {"name": kind, "code": code, "type": kind, "company_id": cls.company.id,
                 "default_account_id": accounts["income"].id}
            )
            for kind, code in (("sale", "LDS"), ("general", "LDG"))
        )  # fmt: skip
        for name in ("receivable", "payable"):
            field = f"property_account_{name}_id"
            cls.env["ir.default"].set("res.partner", field, cls.receivable.id, company_id=cls.company.id)

    def card(self, points=0, partner=None, program=None):
        values = {"program_id": (program or self.program).id, "partner_id": (partner or self.customer).id}
        return self.env["loyalty.card"].create({**values, "points": points})

    def cards(self):
        return self.env["loyalty.card"].search([("program_id", "=", self.program.id)], order="id")

    def order(self, *lines, partner=None, **values):
        lines = [
            Command.create({"product_id": product.id, "product_uom_qty": quantity})
            for product, quantity in lines or [(self.tea, 1)]
        ]
        partner = partner or self.customer
        values = {"partner_id": partner.id, "company_id": self.company.id, "order_line": lines, **values}
        return self.env["sale.order"].create(values)

    def confirmed(self, *lines, **values):
        order = self.order(*lines, **values)
        order._update_programs_and_rewards()
        order.action_confirm()
        return order

    def claim(self, order, card):
        order._update_programs_and_rewards()
        self.assertFalse(order._apply_program_reward(self.program.reward_ids, card))

    def invoice(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def credit(self, invoice):
        wizard = self.env["account.move.reversal"].create(
            {"move_ids": [Command.set(invoice.ids)], "journal_id": invoice.journal_id.id}
        )
        self.env["account.move"].browse(wizard.refund_moves()["res_id"]).action_post()

    def pay(self, invoice):
        lines = [
            {"account_id": self.receivable.id, "partner_id": self.customer.id, "credit": invoice.amount_total},
            {"account_id": self.cash.id, "debit": invoice.amount_total},
        ]
        values = {"journal_id": self.general.id, "line_ids": [Command.create(line) for line in lines]}
        payment = self.env["account.move"].create(values)
        payment.action_post()
        booked = (invoice | payment).line_ids
        booked.filtered(lambda line: line.account_id == self.receivable).reconcile()

    def salesperson(self):
        return new_test_user(
            self.env, "ld_seller", "sales_team.group_sale_salesman_all_leads",
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)],
        )  # fmt: skip


@tagged("post_install", "-at_install")
class TestLoyaltyDefects(Shop):
    def test_01_an_expired_card_keeps_earning(self):
        card = self.card(20)
        card.expiration_date = fields.Date.today() - timedelta(days=2)
        self.confirmed()
        self.assertEqual(card.points, 20)

    def test_02_a_loyalty_card_can_not_expire(self):
        with Form(self.card()) as form:
            form.expiration_date = fields.Date.today()

    def test_03_a_full_credit_note_leaves_the_points(self):
        order = self.confirmed()
        self.credit(self.invoice(order))
        self.assertEqual(sum(self.cards().mapped("points")), 0)

    def test_04_a_returned_reward_gives_nothing_back(self):
        card = self.card(150)
        order = self.order((self.biscuit, 1))
        self.claim(order, card)
        order.action_confirm()
        self.credit(self.invoice(order))
        self.assertEqual(card.points, 150)

    def test_05_points_come_with_the_confirmation(self):
        """As the program says here, they come with the payment; without the addon there is nothing to say so."""
        if "earning_moment" in self.program._fields:
            self.program.earning_moment = "payment"
        order = self.confirmed()
        self.assertEqual(sum(self.cards().mapped("points")), 0)
        self.pay(self.invoice(order))
        self.assertEqual(sum(self.cards().mapped("points")), 100)

    def test_06_an_edited_order_leaves_its_card(self):
        order = self.confirmed()
        order.order_line[:1].product_uom_qty = 3
        order._update_programs_and_rewards()
        self.assertEqual(sum(self.cards().mapped("points")), sum(order.coupon_point_ids.mapped("points")))

    def test_07_cancelling_an_edited_order_makes_points_negative(self):
        order = self.confirmed()
        order.order_line[:1].product_uom_qty = 3
        order._update_programs_and_rewards()
        order._action_cancel()
        self.assertEqual(self.cards().mapped("points"), [0])

    def test_08_two_quotations_spend_the_same_points(self):
        self.program.rule_ids.product_ids = self.cup
        card = self.card(100)
        orders = self.order() | self.order()
        for order in orders:
            self.claim(order, card)
        try:
            with self.env.cr.savepoint():
                orders.action_confirm()
        except ValidationError:
            self.env.invalidate_all()
        self.assertGreaterEqual(card.points, 0)

    def test_09_a_changed_reward_line_leaves_no_trace(self):
        card = self.card(290)
        order = self.order((self.biscuit, 1))
        self.claim(order, card)
        order.action_confirm()
        before = self.trace(card)
        order.order_line.filtered("coupon_id").points_cost -= 100
        self.assertEqual(card.points, 140, "290 + 50 - 300 + 100")
        self.assertNotEqual(self.trace(card), before)

    def test_10_merging_loses_the_history(self):
        other = self.env["res.partner"].create({"name": "Long Hua", "is_company": True})
        self.card(5)
        old = self.confirmed(partner=other).coupon_point_ids.coupon_id
        self.env["base.partner.merge.automatic.wizard"]._merge((self.customer | other).ids, self.customer)
        self.env.invalidate_all()
        [account] = self.cards()
        self.assertEqual(account.points, 105)
        self.assertFalse(old.active)
        self.assertEqual(account.history_ids.mapped("issued"), [100], "what the points came from")

    def test_11_cancelling_deletes_the_history(self):
        card = self.card(100)
        order = self.order((self.biscuit, 1))
        self.claim(order, card)
        order.action_confirm()
        before = self.trace(card)
        order._action_cancel()
        self.assertGreater(self.trace(card), before, "the cancellation is a further line")

    def test_12_a_salesperson_writes_points(self):
        card = self.card(10).with_user(self.salesperson())
        try:
            with self.env.cr.savepoint():
                card.write({"points": 99999})
                self.env.flush_all()
        except UserError:
            self.env.invalidate_all()
        self.assertEqual(card.points, 10)

    def test_13_each_contact_has_a_card(self):
        for name in ("Li", "Wang"):
            buyer = self.env["res.partner"].create({"name": name, "parent_id": self.customer.id})
            self.confirmed(partner=buyer)
        self.assertEqual((self.cards().partner_id, self.cards().mapped("points")), (self.customer, [200]))

    def test_14_a_salesperson_can_not_cancel(self):
        order = self.order().with_user(self.salesperson())
        order.user_id = order.env.user
        order._update_programs_and_rewards()
        order.action_confirm()
        order._action_cancel()
        self.assertEqual((order.state, self.cards().mapped("points")), ("cancel", [0]))

    def test_15_points_handed_out_make_a_second_card(self):
        self.card(100)
        wizard = self.env["loyalty.generate.wizard"].create(
            {"program_id": self.program.id, "mode": "selected", "customer_ids": self.customer.ids, "points_granted": 50}
        )
        wizard.generate_coupons()
        self.assertEqual(self.cards().mapped("points"), [150])

    def test_16_no_tiers(self):
        """Three levels that a member climbs by what was bought; nothing in Odoo's loyalty knows of any."""
        tiers = self.env.get("loyalty.tier")
        self.assertIsNotNone(tiers)
        self.assertTrue(tiers.search([]))

    def test_17_no_accounting(self):
        """What customers can still claim is a liability; Odoo's loyalty writes no journal entry for it."""
        self.assertIsNotNone(self.env.get("loyalty.points.period"))

    def trace(self, card):
        """How many lines say what has happened to a card: of the ledger, where there is one, else of the history."""
        ledger = self.env.get("loyalty.ledger.entry")
        lines = self.env["loyalty.history"] if ledger is None else ledger.sudo()
        return lines.search_count([("card_id", "=", card.id)])

"""The counter, as pos_loyalty's screen calls the server: `confirm_coupon_programs`, then returns."""

from datetime import timedelta

from odoo import Command, fields
from odoo.addons.point_of_sale.tests.common import TestPoSCommon
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged


@tagged("post_install", "-at_install")
class TestPosPoints(TestPoSCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.config = cls.basic_config
        cls.tea = cls.create_product("Tea", cls.categ_basic, 100.0)
        cls.env["loyalty.program"].search([]).action_archive()
        cls.program = cls.env["loyalty.program"].create(
            {
                "name": "Members",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "rule_ids": [Command.create({"reward_point_mode": "money", "reward_point_amount": 1})],
                "reward_ids": [Command.create({"reward_type": "discount", "required_points": 50})],
            }
        )

    def setUp(self):
        super().setUp()
        self.open_new_session()

    def order(self, quantity=1, partner=None):
        order_data = self.create_ui_order_data([(self.tea, quantity)], customer=partner or self.customer)
        [row] = self.env["pos.order"].sync_from_ui([order_data])["pos.order"]
        return self.env["pos.order"].browse(row["id"])

    def confirm(self, order, points, card=None):
        """What the counter says of points about an order; returns the card."""
        key = card.id if card else -1
        data = {"points": points, "program_id": self.program.id, "coupon_id": key, "partner_id": order.partner_id.id}
        update = order.confirm_coupon_programs({str(key): data})["coupon_updates"][0]
        return self.env["loyalty.card"].browse(update["id"])

    def sell(self, points, card=None, quantity=1, partner=None):
        order = self.order(quantity, partner)
        return order, self.confirm(order, points, card)

    def entries(self, card):
        found = self.env["loyalty.ledger.entry"].sudo().search([("card_id", "=", card.id)], order="id")
        return [(entry.entry_type, entry.points, entry.owed_points) for entry in found]

    def take_back(self, order, quantity):
        back = self.env["pos.order"].browse(order.refund()["res_id"])
        back.lines.qty = -quantity
        back.lines._onchange_amount_line_all()
        back._compute_prices()
        self.make_payment(back, self.cash_pm1, back.amount_total)

    def test_what_is_earned_and_spent(self):
        """Core's counter moves the balance and leaves a line of history that anybody may change."""
        order, card = self.sell(100)
        self.assertEqual(card.points, 100)
        self.sell(-50, card)
        self.assertEqual(self.entries(card), [("accrual", 100, 0), ("redemption", -50, 0)])
        entry = self.env["loyalty.ledger.entry"].sudo().search([("card_id", "=", card.id)], order="id", limit=1)
        self.assertEqual((entry.order_model, entry.order_id), ("pos.order", order.id))
        history = self.env["loyalty.history"].search([("card_id", "=", card.id)])
        self.assertEqual((sum(history.mapped("issued")), sum(history.mapped("used"))), (100, 50), "core's history too")

    def test_points_spent_elsewhere_meanwhile_are_owed(self):
        """Core's balance becomes -30: the counter has checked an older one."""
        _order, card = self.sell(20)
        self.sell(-50, card)
        self.assertEqual((card.points, card.points_owed), (0, 30))
        self.sell(100, card)
        self.assertEqual((card.points, card.points_owed), (70, 0))

    def test_an_expired_card_earns_nothing(self):
        """Core goes on adding points."""
        _order, card = self.sell(20)
        card.expiration_date = fields.Date.today() - timedelta(days=2)
        self.sell(100, card)
        self.assertEqual(card.points, 20)

    def test_contacts_share_the_account_of_their_company(self):
        self.customer.is_company = True
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        _order, card = self.sell(100, partner=contact)
        self.assertEqual(card.partner_id, self.customer)
        self.assertEqual(self.sell(100, partner=contact)[1], card)
        self.assertEqual(card.points, 200)
        found = self.env["loyalty.card"].search([("partner_id", "=", contact.id), ("program_id", "=", self.program.id)])
        self.assertEqual(found, card, "as the counter looks for it")

    def test_returned_goods_take_their_points_back(self):
        """Core leaves the points to who has brought the goods back."""
        order, card = self.sell(300, quantity=3)
        self.take_back(order, 1)
        self.assertEqual(card.points, 200)
        self.take_back(order, 2)
        self.assertEqual(card.points, 0)
        self.assertEqual(self.entries(card), [("accrual", 300, 0), ("reversal", -100, 0), ("reversal", -200, 0)])

    def test_points_of_the_counter_are_part_of_its_price(self):
        """A closing defers them by relative selling price, as those of an invoice, returns included."""
        self.program.reward_ids.write({"discount_mode": "per_point", "discount": 1})
        self.set_up_books()
        order, _card = self.sell(300, quantity=3)
        # A point is worth 1, shipped rules expect 80 % to be redeemed: 300 x 240 / 540.
        self.assertEqual(self.value_points().mapped("amount"), [133.333333])
        self.take_back(order, 1)
        # 200 x 160 / 360 for what is kept, and a third of it leaves with the points that are taken back.
        value = self.value_points()
        self.assertEqual((value.origin, value.price), ("sale", 200))
        self.assertAlmostEqual(value.amount * 2 / 3, 88.888889, 5)

    def set_up_books(self):
        self.company.loyalty_points_start = fields.Date.today().replace(day=1)
        kinds = {"liability": "liability_current", "revenue": "income", "expense": "expense"}
        for number, (name, kind) in enumerate(kinds.items()):
            self.company[f"loyalty_points_{name}_id"] = self.env["account.account"].create(
                {"name": name, "code": f"LPP{number}", "account_type": kind,
                 "company_ids": [Command.set(self.company.ids)]}
            )  # fmt: skip
        self.company.loyalty_points_journal_id = self.env["account.journal"].create(
            {"name": "Points", "code": "PTS", "type": "general", "company_id": self.company.id}
        )

    def value_points(self):
        """Of the running month, as its draft would value them."""
        periods = self.env["loyalty.points.period"].with_company(self.company)
        month = self.company.loyalty_points_start
        period = periods.search([("company_id", "=", self.company.id)]) or periods.create(
            {"company_id": self.company.id, "date_from": month}
        )
        self.env["loyalty.points.value"]._value_lots(period)
        return self.env["loyalty.points.value"].search([("company_id", "=", self.company.id)])

    def test_the_cashier_needs_no_right_on_the_ledger(self):
        _order, card = self.sell(100)
        cashier = new_test_user(
            self.env,
            "cashier_points",
            groups="base.group_user,point_of_sale.group_pos_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.confirm(self.order().with_user(cashier), -40, card)
        self.assertEqual(self.entries(card)[-1], ("redemption", -40, 0))
        with self.assertRaises(AccessError):
            self.env["loyalty.ledger.entry"].with_user(cashier).search([])
        with self.assertRaises(UserError):
            card.with_user(cashier).points = 99999

    def invoiced(self, points):
        """An order of the counter with an invoice, and its card."""
        data = self.create_ui_order_data([(self.tea, 1)], customer=self.customer, is_invoiced=True)
        [row] = self.env["pos.order"].sync_from_ui([data])["pos.order"]
        order = self.env["pos.order"].browse(row["id"])
        return order, self.confirm(order, points)

    def test_an_invoiced_order_gives_its_points_once(self):
        """The program gives points for paid invoices; this one was given at the counter."""
        self.program.earning_moment = "payment"
        order, card = self.invoiced(100)
        self.assertEqual(order.account_move.payment_state, "paid")
        self.assertEqual(card.points, 100)
        self.assertFalse(self.env["loyalty.earning"].sudo().search([("partner_id", "=", self.customer.id)]))

    def test_an_invoice_that_the_accountant_credits(self):
        """Core leaves the points; the earnings of invoices know nothing of it."""
        order, card = self.invoiced(100)
        wizard = self.env["account.move.reversal"].create(
            {"move_ids": [Command.set(order.account_move.ids)], "journal_id": order.account_move.journal_id.id}
        )
        refund = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        self.assertFalse(refund.pos_order_ids)
        self.assertEqual(card.points, 100, "a draft takes nothing")
        refund.action_post()
        self.assertEqual(self.entries(card), [("accrual", 100, 0), ("reversal", -100, 0)])

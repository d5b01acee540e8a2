"""Random sequences of everything that can happen to points: the invariants of the ledger hold after each step."""

from datetime import date, timedelta
from random import Random

from odoo.exceptions import UserError
from odoo.tools import SQL

from .common import LoyaltyPointsCommon

SEEDS, STEPS = range(12), 40
ORDER_SEEDS, ORDER_STEPS = range(3), 14


class Model:
    """What balance and debt must be, by arithmetic that knows neither lots nor SQL."""

    def __init__(self, limit):
        self.limit = limit
        self.balance = {}
        self.owed = {}

    def move(self, card, points, may_owe=False):
        """Whether it is possible; `may_owe`: what is missing is owed."""
        balance = self.balance[card] + points
        if balance < 0 and points < 0:
            if not may_owe:
                return False
            floor = min(self.balance[card], -self.limit)
            self.owed[card] += max(floor - balance, 0)
            balance = max(balance, floor)
        paid = max(min(balance, self.owed[card]), 0)
        self.balance[card] = round(balance - paid, 4)
        self.owed[card] = round(self.owed[card] - paid, 4)
        return True


class TestLedgerProperties(LoyaltyPointsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.days = [None, *(date(2099, 1, 31) + timedelta(days=31 * n) for n in range(5)), date(2020, 1, 31)]

    def setUp(self):
        super().setUp()
        rule = self.env["loyalty.points.return.rule"]._in_force(self.company)
        self.debt_limit = 25
        self.env.cr.execute("UPDATE loyalty_points_return_rule SET debt_limit = 25 WHERE id = %s", [rule.id])
        rule.invalidate_recordset()

    def test_random_ledgers(self):
        for seed in SEEDS:
            # The seed stands in the traceback of a failure.
            self.play(Random(seed))

    def play(self, random):
        cards = [self.new_card(partner=self.new_customer(f"P{n}")) for n in range(3)]
        model = Model(self.debt_limit)
        for card in cards:
            model.balance[card], model.owed[card] = 0, 0
        everything = self.env["loyalty.card"].union(*cards)
        for _step in range(STEPS):
            step = random.choice([self.earn] * 3 + [self.spend] * 3 + [self.take_back] * 2
                                 + [self.give_back, self.expire, self.adjust, self.move])  # fmt: skip
            step(random, model, random.choice(cards), cards)
            for card in cards:
                self.assertEqual((card.points, card.points_owed), (model.balance[card], model.owed[card]), step)
        self.assert_sound(everything)
        target = cards[0]
        (cards[1] | cards[2])._merge_into(target, "Merged")
        owed = sum(model.owed.values())
        balance = sum(model.balance.values())
        self.assertAlmostEqual(target.points - target.points_owed, balance - owed, 4)
        self.assertEqual([(card.points, card.points_owed) for card in cards[1:]], [(0, 0)] * 2)
        self.assert_sound(everything)

    def amount(self, random):
        return random.choice([random.randint(1, 60), round(random.uniform(0.01, 60), 2), 0.0001])

    def earn(self, random, model, card, _cards):
        points = self.amount(random)
        model.move(card, points)
        self.post(card, points, expiration_date=random.choice(self.days))

    def spend(self, random, model, card, _cards):
        self.try_to_take(model, card, self.amount(random), "redemption")

    def adjust(self, random, model, card, _cards):
        if random.random() < 0.5:
            self.try_to_take(model, card, self.amount(random), "adjustment")
        else:
            points = self.amount(random)
            model.move(card, points)
            self.post(card, points, "adjustment")

    def try_to_take(self, model, card, points, entry_type):
        if model.move(card, -points):
            self.post(card, -points, entry_type)
        else:
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.post(card, -points, entry_type)

    def reversible(self, random, card, entry_type):
        entries = self.ledger.search([("card_id", "=", card.id), ("entry_type", "=", entry_type)])
        done = entries._get_reversed()
        left = {entry: abs(entry.points) - float(done[entry.id][0]) for entry in entries}
        left = {entry: points for entry, points in left.items() if points > 0}
        if not left:
            return None, 0
        entry = random.choice(list(left))
        return entry, random.choice([round(left[entry], 4), round(left[entry] / 3, 4) or round(left[entry], 4)])

    def take_back(self, random, model, card, _cards):
        entry, points = self.reversible(random, card, "accrual")
        if entry:
            model.move(card, -points, may_owe=True)
            entry._reverse({entry.id: points}, reason="Goods came back")

    def give_back(self, random, model, card, _cards):
        entry, points = self.reversible(random, card, "redemption")
        if entry:
            model.move(card, points)
            entry._reverse({entry.id: points}, reason="Reward came back")

    def expire(self, random, model, card, _cards):
        lots = self.env["loyalty.ledger.open"].search(
            [("card_id", "=", card.id), ("points", ">", 0), ("expiration_date", "!=", False)]
        )
        lots = lots.filtered(lambda lot: random.random() < 0.3)
        model.move(card, -sum(lots.mapped("points")))
        ids = lots.entry_id.ids
        for expected in (len(ids), 0):
            self.assertEqual(
                self.env["loyalty.card"]._post_expiry(SQL("SELECT unnest(%s::int[])", ids), reason="Over"), expected
            )

    def move(self, random, model, card, cards):
        target = random.choice([other for other in cards if other != card])
        points = self.amount(random)
        if model.move(card, -points):
            model.move(target, points)
            card._transfer(target, points, reason="Gift")


class TestOrderProperties(LoyaltyPointsCommon):
    """Orders that earn and spend, are changed, returned and cancelled in any order."""

    def test_random_orders(self):
        for seed in ORDER_SEEDS:
            # The seed stands in the traceback of a failure.
            self.play(Random(seed))

    def play(self, random):
        customer = self.new_customer("Someone")
        card = self.new_card(500, partner=customer)
        orders = []
        for _step in range(ORDER_STEPS):
            step = random.choice(
                [self.confirm, self.confirm, self.edit, self.edit, self.cancel, self.refund, self.lapse]
            )
            step(random, customer, card, orders)
            self.assert_sound(card)
            self.assert_says_what_orders_say(card, orders)
        for order in orders:
            order._action_cancel()
        self.assert_sound(card)
        issued, cost = self.totals(card)
        self.assertEqual((issued, cost), (0, 0), "nothing is left of orders that are all cancelled")

    def totals(self, card):
        entries = self.ledger.search([("card_id", "=", card.id), ("order_model", "=", "sale.order")])
        issued = sum(e.points - e.owed_points for e in entries if e.entry_type == "accrual" or (
            e.entry_type == "reversal" and e.points - e.owed_points < 0))  # fmt: skip
        return round(issued, 2), round(issued - sum(e.points - e.owed_points for e in entries), 2)

    def assert_says_what_orders_say(self, card, orders):
        """Only where nothing came back, which takes no arithmetic to check."""
        confirmed = [order for order in orders if order.state == "sale" and not order.invoice_ids]
        for order in confirmed:
            entries = self.ledger.search([("order_model", "=", "sale.order"), ("order_id", "=", order.id)])
            said = sum(order.coupon_point_ids.mapped("points")) - sum(order.order_line.mapped("points_cost"))
            self.assertAlmostEqual(sum(e.points - e.owed_points for e in entries), said, 2)

    def confirm(self, random, customer, card, orders):
        order = self.new_order(partner=customer, lines=[(self.product, random.randint(1, 3)), (self.biscuit, 1)])
        order._update_programs_and_rewards()
        if random.random() < 0.5 and order._get_real_points_for_coupon(card) >= 100:
            order._apply_program_reward(self.reward, card)
        order.action_confirm()
        orders.append(order)

    def edit(self, random, _customer, _card, orders):
        if order := self.pick(random, orders):
            try:
                with self.env.cr.savepoint():
                    order.order_line[0].product_uom_qty = random.randint(1, 4)
                    order._update_programs_and_rewards()
            except UserError:
                pass  # the points are spent: refused

    def cancel(self, random, _customer, _card, orders):
        if order := self.pick(random, orders):
            order._action_cancel()

    def refund(self, random, _customer, _card, orders):
        order = self.pick(random, orders)
        if order:
            invoice = self.invoice(order)
            whole = random.random() < 0.5
            self.credit(invoice, None if whole else {self.product: 1})

    def lapse(self, random, _customer, card, _orders):
        lots = self.env["loyalty.ledger.open"].search([("card_id", "=", card.id), ("points", ">", 0)])
        ids = lots.entry_id.ids[:1]
        self.env["loyalty.card"]._post_expiry(SQL("SELECT unnest(%s::int[])", ids), reason="Over")

    def pick(self, random, orders):
        open_orders = [order for order in orders if order.state == "sale" and not order.invoice_ids]
        return random.choice(open_orders) if open_orders else None

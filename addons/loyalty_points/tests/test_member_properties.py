"""Random sequences of what happens to members: nothing is lost or made on the way, whoever has it in the end."""

from random import Random

from odoo.tests import tagged
from odoo.tools import SQL

from .earning_common import EarningCommon

SEEDS, STEPS = range(3), 20
PENDING_DAYS = 5


@tagged("post_install", "-at_install")
class TestMemberProperties(EarningCommon):
    """Earn with a pending time, spend, return, expire, adjust, transfer, join a company, merge.

    A second account of what all members together have, in three figures that know neither cards nor lots: earned by
    paid invoices less returns, taken (spent, expired), given by hand.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rule = cls.env["loyalty.points.earning.rule"]._for_program(cls.program, cls.company)
        cls.change(rule.with_env(cls.env), pending_days=PENDING_DAYS)

    def test_random_members(self):
        for seed in SEEDS:
            # The seed stands in the traceback of a failure.
            self.play(Random(seed))

    def play(self, random):
        self.members = [self.new_customer(f"M{n}", is_company=n < 2) for n in range(5)]
        self.invoices, self.earned, self.taken, self.given = {}, 0, 0, 0
        before = self.cards()
        steps = [self.earn] * 4 + [self.take_back] * 2 + [self.release] * 2
        steps += [self.spend, self.spend, self.give, self.lapse, self.hand_on, self.join, self.merge]
        for _step in range(STEPS):
            step = random.choice(steps)
            step(random)
            self.env.flush_all()
            self.assert_agrees(self.cards() - before, step)
        self.release(random)
        self.assert_agrees(self.cards() - before, "end")
        self.assertFalse(self.pending(self.cards() - before), "all days are over")

    def cards(self):
        return self.env["loyalty.card"].with_context(active_test=False).search([("program_id", "=", self.program.id)])

    def pending(self, cards):
        return round(sum(self.earnings._get_pending(cards).values()), 2)

    def assert_agrees(self, cards, step):
        if not cards:
            return
        self.assert_sound(cards)
        held = sum(cards.mapped("points")) - sum(cards.mapped("points_owed")) + self.pending(cards)
        self.assertAlmostEqual(held, self.earned + self.given - self.taken, 2, step)
        active = cards.filtered("active")
        owners = active.mapped("partner_id.commercial_partner_id")
        self.assertEqual((len(active), active.partner_id), (len(owners), owners), f"one account per customer: {step}")
        self.assertFalse([c for c in cards - active if c.points or c.points_owed or self.pending(c)], step)
        strangers = self.ledger.search([("card_id", "in", cards.ids)]).filtered(
            lambda entry: entry.partner_id != (entry.card_id.merged_into_id or entry.card_id).partner_id
        )
        self.assertFalse(strangers, f"the ledger is its account's: {step}")

    def holder(self, random, at_least=1):
        accounts = self.cards().filtered(lambda card: card.partner_id in self.members and card.points >= at_least)
        return random.choice(accounts) if accounts else None

    def earn(self, random):
        quantity = random.randint(1, 4)
        invoice = self.bill((self.tea, quantity, 25), partner=random.choice(self.members))
        self.collect(invoice)
        self.invoices[invoice] = quantity
        self.earned += 25 * quantity

    def take_back(self, random):
        left = [invoice for invoice, quantity in self.invoices.items() if quantity]
        if left:
            invoice = random.choice(left)
            quantity = random.randint(1, self.invoices[invoice])
            self.credit(invoice, {self.tea: quantity})
            self.invoices[invoice] -= quantity
            self.earned -= 25 * quantity

    def release(self, _random):
        with self.days_later(PENDING_DAYS):
            self.earnings._release_due(self.company)

    def spend(self, random):
        if card := self.holder(random):
            points = random.randint(1, int(card.points))
            entry = self.post(card, -points)
            if random.random() < 0.4:
                entry._reverse({entry.id: points / 2}, reason="Half of it came back")
                points -= points / 2
            self.taken += points

    def give(self, random):
        if card := self.holder(random):
            self.post(card, 30, "adjustment", expiration_date="2099-01-31")
            self.given += 30

    def lapse(self, random):
        if card := self.holder(random):
            lots = self.env["loyalty.ledger.open"].search([("card_id", "=", card.id), ("points", ">", 0)])[:2]
            self.taken += sum(lots.mapped("points"))
            query = SQL("SELECT unnest(%s::int[])", lots.entry_id.ids)
            self.env["loyalty.card"]._post_expiry(query, reason="Over")

    def hand_on(self, random):
        card, other = self.holder(random), self.holder(random, 0)
        if card and other != card:
            card._transfer(other, random.randint(1, int(card.points)), reason="Gift")

    def join(self, random):
        """A person with an account of their own becomes a contact of a company, and buys for it from then on."""
        people = [p for p in self.members if not p.is_company and not p.parent_id]
        companies = [p for p in self.members if p.is_company]
        if people and companies:
            random.choice(people).parent_id = random.choice(companies)

    def merge(self, random):
        customers = [p for p in self.members if not p.parent_id]
        if len(customers) > 2:
            source, target = random.sample(customers, 2)
            self.env["base.partner.merge.automatic.wizard"]._merge((source | target).ids, target)
            self.members.remove(source)
            self.env.invalidate_all()

"""Benchmarks of the points ledger: what confirming an order costs beside Odoo alone, and what a long ledger costs."""

import time
from statistics import median

from odoo import Command

from tools import databases, odoo, postgres

from . import environment
from .report import progress, result

ADDON = "loyalty_points"
WITHOUT, WITH = "bench_loyalty_core", "bench_loyalty"
ORDERS, WARM_UP = 60, 6
LONG, SHORT = 10_000, 10
TURNS = 40


def bench_confirm(_scene, _options):
    """The same quotations confirmed on two copies of a database, Odoo's `sale_loyalty` alone and with this addon, in
    turn: half of them spend 100 points, all earn. Each in a transaction of its own, committed; medians."""
    order_ids = _prepare_orders()
    seconds = {WITHOUT: [], WITH: []}
    for number, order_id in enumerate(order_ids):
        for database in (WITHOUT, WITH) if number % 2 else (WITH, WITHOUT):
            taken = _confirm(database, order_id)
            if number >= WARM_UP:
                seconds[database].append(taken)
    with environment.environment(WITH) as env:
        posted = env["loyalty.ledger.entry"].search_count([("order_model", "=", "sale.order")])
    core, ours = (median(seconds[database]) for database in (WITHOUT, WITH))
    for database in (WITHOUT, WITH):
        environment.close(database)
        postgres.drop(database)
    return result(
        "loyalty.confirm",
        round(ours / core, 3),
        1.3,
        "times core",
        {"orders": len(order_ids) - WARM_UP},
        ok=posted == len(order_ids) + len(order_ids) // 2,
        milliseconds=round(1000 * ours, 1),
        milliseconds_core=round(1000 * core, 1),
    )


def _prepare_orders():
    """Quotations on a database without the addon, and a copy of it with the addon; returns their ids."""
    for database in (WITHOUT, WITH):
        postgres.drop(database)
    postgres.clone(databases.core_of(ADDON), WITHOUT)
    with environment.environment(WITHOUT) as env:
        ids = Members(env).quote(ORDERS + WARM_UP)
        env.cr.commit()
    environment.close(WITHOUT)
    postgres.clone(WITHOUT, WITH)
    progress(f"installing {ADDON}")
    odoo.manage(WITH, "-i", ADDON, log="bench-loyalty", strict=False)
    return ids


def _confirm(database, order_id):
    with environment.environment(database) as env:
        order = env["sale.order"].browse(order_id)
        start = time.perf_counter()
        order.action_confirm()
        env.cr.commit()
        return time.perf_counter() - start


class Members:
    """A program and its customers."""

    def __init__(self, env):
        self.env = env
        env["loyalty.program"].search([]).action_archive()
        product = {"type": "consu", "taxes_id": [Command.clear()]}
        self.gift, self.tea = env["product.product"].create(
            [{"name": "Cup", "list_price": 30, **product}, {"name": "Tea", "list_price": 20, **product}]
        )
        self.program = env["loyalty.program"].create(
            {
                "name": "Members",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "rule_ids": [Command.create({"reward_point_mode": "money", "reward_point_amount": 1})],
                "reward_ids": [Command.create({"reward_type": "discount", "discount": 5, "required_points": 100})],
            }
        )

    def card(self, name, points=0):
        customer = self.env["res.partner"].create({"name": name})
        vals = {"program_id": self.program.id, "partner_id": customer.id, "points": points}
        return self.env["loyalty.card"].create(vals)

    def quote(self, count):
        """Quotations of customers of their own, every other one with a reward; returns their ids."""
        ids = []
        for number in range(count):
            card = self.card(f"Member {number}", points=500)
            lines = [Command.create({"product_id": self.tea.id, "product_uom_qty": 3})] * 3
            order = self.env["sale.order"].create({"partner_id": card.partner_id.id, "order_line": lines})
            order._update_programs_and_rewards()
            if number % 2:
                order._apply_program_reward(self.program.reward_ids, card)
                order._update_programs_and_rewards()
            ids.append(order.id)
        return ids


def bench_balance(_scene, _options):
    """A member with 10,000 entries beside one with 10: reading balance, owed points and the lots that expire next, and
    spending a point. Medians in turn; what counts is the worse of the two ratios."""
    postgres.drop(WITH)
    postgres.clone(databases.suite(), WITH)
    with environment.environment(WITH) as env:
        members = Members(env)
        cards = {count: members.card(f"Member with {count}") for count in (SHORT, LONG)}
        for count, card in cards.items():
            _fill(card, count)
        env.cr.execute("ANALYZE loyalty_ledger_entry, loyalty_ledger_open, loyalty_ledger_allocation")
        times = {(name, count): [] for name in ("read", "spend") for count in cards}
        for turn in range(TURNS + 1):
            for count, card in cards.items():
                for name, work in (("read", _read), ("spend", _spend)):
                    start = time.perf_counter()
                    work(card)
                    if turn:
                        times[name, count].append(time.perf_counter() - start)
        counted = {count: len(card.ledger_entry_ids) for count, card in cards.items()}
    environment.close(WITH)
    postgres.drop(WITH)
    medians = {key: median(found) for key, found in times.items()}
    ratios = {name: medians[name, LONG] / medians[name, SHORT] for name in ("read", "spend")}
    return result(
        "loyalty.balance",
        round(max(ratios.values()), 2),
        1.5,
        "times a short ledger",
        {"entries": LONG},
        ok=counted[LONG] >= LONG,
        **{f"{name}_ratio": round(ratio, 2) for name, ratio in ratios.items()},
        **{f"{name}_milliseconds": round(1000 * medians[name, LONG], 2) for name in ratios},
    )


def _fill(card, count):
    """Nine lots of two points for one redemption of one point, with many days of expiry."""
    vals = {"card_id": card.id, "reason": "Benchmark"}
    for begin in range(0, count, 1000):
        card._post_entries(
            [
                {**vals, "entry_type": "redemption", "points": -1}
                if number % 10 == 9
                else {**vals, "entry_type": "accrual", "points": 2, "expiration_date": f"{2090 + number % 9}-06-30"}
                for number in range(begin, min(begin + 1000, count))
            ]
        )


def _read(card):
    card.env.invalidate_all()
    lots = card.env["loyalty.ledger.open"].search([("card_id", "=", card.id), ("points", ">", 0)], limit=5)
    return card.points, card.points_owed, lots.mapped("points")


def _spend(card):
    vals = {"card_id": card.id, "reason": "Benchmark", "entry_type": "redemption", "points": -0.01}
    card._post_entries([vals])
    card.env.flush_all()

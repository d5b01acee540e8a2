"""Points under real concurrency: the same points spent twice, cashiers and jobs at once, a process that dies."""

import pytest
from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.service.model import retrying
from odoo.tools import SQL, mute_logger

from .test_concurrency import environment, registry  # noqa: F401
from .test_concurrency import in_threads as at_once

CLIENTS, ROUNDS = 6, 5


def scene(env, points=100):
    """A program with a reward for 100 points, and the card of a customer with `points`."""
    gift = env["product.product"].create({"name": "Cup", "list_price": 30})
    program = env["loyalty.program"].create(
        {
            "name": "Concurrent Members",
            "program_type": "loyalty",
            "applies_on": "both",
            "trigger": "auto",
            "rule_ids": [Command.create({"product_ids": [Command.set(gift.ids)]})],
            "reward_ids": [Command.create({"reward_type": "product", "reward_product_id": gift.id,
                                           "required_points": 100})],
        }
    )  # fmt: skip
    customer = env["res.partner"].create({"name": "Concurrent Customer"})
    card = env["loyalty.card"].create({"program_id": program.id, "partner_id": customer.id, "points": points})
    return program, card


def quotation(env, program, card):
    """A quotation with the reward of the program on it."""
    product = env["product.product"].create({"name": "Tea", "list_price": 10, "taxes_id": [Command.clear()]})
    order = env["sale.order"].create(
        {"partner_id": card.partner_id.id, "order_line": [Command.create({"product_id": product.id})]}
    )
    order._update_programs_and_rewards()
    error = order._apply_program_reward(program.reward_ids, card)
    assert not error, error
    return order.id


def retried(registry, work):  # noqa: F811
    """A request as the server runs it: tried again when it meets another one."""

    def call():
        with registry.cursor() as cr:
            env = environment(cr)
            return retrying(lambda: work(env), env)

    return call


def in_threads(*calls):
    """Those that meet each other are expected; muted from one thread, as `mute_logger` is none of each thread's own."""
    with mute_logger("odoo.sql_db", "odoo.service.model"):
        return at_once(*calls)


def books(registry, card_id):  # noqa: F811
    """(balance, sum of the entries, what the lots have left)"""
    with registry.cursor() as cr:
        return environment(cr).execute_query(
            SQL(
                """SELECT points, (SELECT SUM(points) FROM loyalty_ledger_entry WHERE card_id = card.id)::float,
                          (SELECT COALESCE(SUM(points), 0) FROM loyalty_ledger_open WHERE card_id = card.id)::float
                     FROM loyalty_card card WHERE id = %s""",
                card_id,
            )
        )[0]


def test_two_orders_spend_the_same_points(registry):  # noqa: F811
    """On core both are confirmed in turn or at once, and the card ends at -100."""
    with registry.cursor() as cr:
        env = environment(cr)
        program, card = scene(env)
        orders = [quotation(env, program, card) for _order in range(2)]
        card_id = card.id
    results = in_threads(
        *[retried(registry, lambda env, id_=id_: env["sale.order"].browse(id_).action_confirm()) for id_ in orders]
    )
    refused = [result for result in results if isinstance(result, ValidationError)]
    assert len(refused) == 1, results
    assert not [result for result in results if isinstance(result, Exception) and result not in refused], results
    assert books(registry, card_id) == (0, 0, 0)


def test_everybody_at_once(registry):  # noqa: F811
    """Clients add and take at random moments: nothing is lost, nothing doubled, nothing below zero."""
    with registry.cursor() as cr:
        _program, card = scene(environment(cr), points=20)
        card_id = card.id
    vals = {"card_id": card_id, "reason": "Test"}

    def client(number):
        done = 0
        for turn in range(ROUNDS):
            points = 3 if (number + turn) % 2 else -7
            kind = "accrual" if points > 0 else "redemption"
            call = retried(
                registry,
                lambda env, points=points, kind=kind, key=f"{number}-{turn}-{card_id}": bool(
                    env["loyalty.card"]._post_entries(
                        [{**vals, "points": points, "entry_type": kind, "idempotency_key": key}]
                    )
                ),
            )
            try:
                call()
                done += points
            except UserError:
                assert points < 0
            except Exception as error:
                # After five tries the server gives up and says so; nothing of it stays.
                assert "serialize" in str(error) or "deadlock" in str(error), error
        return done

    results = in_threads(*[lambda number=number: client(number) for number in range(CLIENTS)])
    assert not [result for result in results if isinstance(result, Exception)], results
    expected = 20 + sum(results)
    assert expected >= 0
    assert books(registry, card_id) == (expected, expected, expected)


def test_what_a_killed_process_leaves(registry):  # noqa: F811
    """Nothing; the same work done again is done once."""
    with registry.cursor() as cr:
        env = environment(cr)
        program, card = scene(env)
        order_id, card_id = quotation(env, program, card), card.id

    def die():
        with registry.cursor() as cr:
            environment(cr)["sale.order"].browse(order_id).action_confirm()
            environment(cr).flush_all()
            raise RuntimeError("killed")

    [result] = in_threads(die)
    assert isinstance(result, RuntimeError)
    assert books(registry, card_id) == (100, 100, 100)
    confirm = retried(registry, lambda env: env["sale.order"].browse(order_id).action_confirm())
    confirm()
    with pytest.raises(UserError):
        confirm()  # confirmed already
    assert books(registry, card_id) == (0, 0, 0)


def test_the_same_request_twice_at_once(registry):  # noqa: F811
    """Two managers approve one adjustment: it is posted once."""
    with registry.cursor() as cr:
        env = environment(cr)
        _program, card = scene(env)
        card_id = card.id
        env.company.customer_policy_four_eyes = False
        adjustment_id = (
            env["loyalty.points.adjustment"].create({"card_id": card_id, "points": 5000, "reason": "Test"}).id
        )
    approve = retried(registry, lambda env: env["loyalty.points.adjustment"].browse(adjustment_id).action_approve())
    results = in_threads(approve, approve)
    assert results == [None, None], results
    assert books(registry, card_id) == (5100, 5100, 5100)

"""Benchmark of expiry: a million lots that are over, as the nightly job ends them."""

import time

from odoo import Command
from odoo.tools import SQL

from tools import databases, postgres

from . import environment
from .report import progress, result

DATABASE = "bench_loyalty_expiry"
LOTS, CARDS = 1_000_000, 200_000
# Of each lot of 100 points so much is spent on every tenth card.
SPENT = 30


def bench_expiry(_scene, _options):
    postgres.drop(DATABASE)
    postgres.clone(databases.suite(), DATABASE)
    try:
        return measure(DATABASE)
    finally:
        environment.close(DATABASE)
        postgres.drop(DATABASE)


def measure(database, lots=LOTS, cards=CARDS):
    """Fill `database`, let all lots expire in the job's batches, each committed, and once more.

    Correct is: every lot over, every balance nothing, the entries make the balance, the second call finds nothing.
    """
    with environment.environment(database) as env:
        company = env.company
        progress(f"making {lots:,} lots on {cards:,} cards")
        program = _program(env, company)
        _fill(env, company, program, lots, cards)
        progress("expiring")
        start, count, slowest = time.monotonic(), 0, 0.0
        while True:
            batch = time.monotonic()
            done = env["loyalty.card"]._expire_due(company)
            env.cr.commit()
            slowest = max(slowest, time.monotonic() - batch)
            count += done
            if not done:
                break
        seconds = time.monotonic() - start
        start = time.monotonic()
        again = env["loyalty.card"]._expire_due(company)
        seconds_again = time.monotonic() - start
        [[balance, wrong]] = env.execute_query(
            SQL(
                """SELECT SUM(ABS(card.points)), COUNT(*) FILTER (WHERE card.points::numeric <> entry.points)
                     FROM loyalty_card card JOIN (
                          SELECT card_id, SUM(points) AS points FROM loyalty_ledger_entry GROUP BY card_id) entry
                       ON entry.card_id = card.id WHERE card.program_id = %s""",
                program.id,
            )
        )
    return result(
        "loyalty.expiry",
        round(seconds, 1),
        60,
        "s",
        {"lots": lots, "cards": cards},
        ok=count == lots and not again and not balance and not wrong,
        slowest_batch=round(slowest, 1),
        seconds_again=round(seconds_again, 3),
    )


def _program(env, company):
    return env["loyalty.program"].create(
        {
            "name": "Bench",
            "program_type": "loyalty",
            "applies_on": "both",
            "trigger": "auto",
            "company_id": company.id,
            "earning_moment": "payment",
            "rule_ids": [Command.create({"reward_point_mode": "money"})],
        }
    )


def _fill(env, company, program, lots, cards):
    """Members, cards, lots of 100 points in turn, redemptions and open items, as `_post_entries` leaves them."""
    env.flush_all()
    env.cr.execute("SET LOCAL session_replication_role = replica")  # no foreign key is checked row by row
    values = {"company": company.id, "program": program.id, "lots": lots, "cards": cards, "spent": SPENT}
    values["today"] = company._customer_policy_today()
    for statement in (
        """INSERT INTO res_partner (name, complete_name, active, is_company, type, autopost_bills, create_date)
           SELECT 'Member ' || n, 'Member ' || n, TRUE, FALSE, 'contact', 'ask', NOW()
             FROM GENERATE_SERIES(1, %(cards)s) n""",
        "UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL",
        """INSERT INTO loyalty_card (program_id, company_id, partner_id, code, points, points_owed, active, create_date)
           SELECT %(program)s, %(company)s, id, 'bench' || id, 0, 0, TRUE, NOW() FROM res_partner
            WHERE name LIKE 'Member %%' ORDER BY id DESC LIMIT %(cards)s""",
        """INSERT INTO loyalty_ledger_entry (card_id, program_id, partner_id, company_id, entry_type, date, points,
                  qualifying_points, owed_points, is_lot, expiration_date, reason, user_id)
           SELECT card.id, %(program)s, card.partner_id, %(company)s, 'accrual', NOW() - INTERVAL '400 days', 100, 100,
                  0, TRUE, %(today)s::date - 1 - (n / %(cards)s)::int, 'Bench', 1
             FROM GENERATE_SERIES(0, %(lots)s - 1) n
             JOIN (SELECT id, partner_id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS place FROM loyalty_card
                    WHERE program_id = %(program)s) card ON card.place = n %% %(cards)s""",
        """WITH spent AS (
               INSERT INTO loyalty_ledger_entry (card_id, program_id, partner_id, company_id, entry_type, date, points,
                      qualifying_points, owed_points, is_lot, reason, user_id, origin_entry_id)
               SELECT card_id, program_id, partner_id, company_id, 'redemption', date, -%(spent)s, 0, 0, FALSE, 'Bench',
                      1, id
                 FROM loyalty_ledger_entry WHERE program_id = %(program)s AND is_lot AND card_id %% 10 = 0
               RETURNING id, origin_entry_id)
           INSERT INTO loyalty_ledger_allocation (entry_id, lot_id, points)
           SELECT id, origin_entry_id, %(spent)s FROM spent""",
        """INSERT INTO loyalty_ledger_open (entry_id, card_id, points, expiration_date)
           SELECT id, card_id, CASE WHEN card_id %% 10 = 0 THEN 100 - %(spent)s ELSE 100 END, expiration_date
             FROM loyalty_ledger_entry WHERE program_id = %(program)s AND is_lot""",
        "ANALYZE loyalty_card, loyalty_ledger_entry, loyalty_ledger_open",
        """UPDATE loyalty_card card SET points = entry.points
             FROM (SELECT card_id, SUM(points) AS points FROM loyalty_ledger_entry GROUP BY card_id) entry
            WHERE entry.card_id = card.id AND card.program_id = %(program)s""",
    ):
        env.cr.execute(SQL(statement, **values))
    env.invalidate_all(flush=False)
    env.cr.commit()
    env.cr._cnx.autocommit = True
    env.cr.execute("VACUUM ANALYZE loyalty_ledger_open, loyalty_ledger_entry, loyalty_ledger_allocation, loyalty_card")
    env.cr._cnx.autocommit = False

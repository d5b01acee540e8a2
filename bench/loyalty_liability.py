"""Benchmark of the books of points: the report that agrees them with the ledger, over five million entries."""

from datetime import date
from statistics import median

from odoo import Command
from odoo.tools import SQL

from .report import progress, result
from .scene import company_of, timed, undone

LOTS = 2_500_000
CARDS = 100_000
MONTHS = 24
# Each lot has 100 points, granted at 0.95 each; 40 of them are redeemed.


def bench_liability(scene, _options):
    """Seconds of the whole report; besides, what the valuation of all lots and one closing take."""
    with scene.environment() as env, undone(env):
        company = company_of(env)
        program = _set_up(env, company)
        progress(f"{2 * LOTS:,} entries")
        _insert(env, company, program)
        period = env["loyalty.points.period"].sudo()
        closed = period.create({"company_id": company.id, "date_from": date(2025, 12, 1)})
        closing, _none = timed(lambda: closed._close(env.user))
        report = env["loyalty.points.reconciliation"].create({"company_id": company.id})
        runs = [timed(report._prepare_values) for _run in range(3)]
        values = runs[0][1]
    # By hand: 95 deferred per lot, of which 40 / 95 are released.
    expected = LOTS * 55
    seconds = median(seconds for seconds, _values in runs)
    return result(
        "loyalty.liability",
        round(seconds, 2),
        10,
        "s",
        {**scene.on, "entries": 2 * LOTS},
        ok=not values["differences"]
        and len({round(amount, 2) for _label, amount in values["rows"]}) == 1
        and abs(values["rows"][0][1] - expected) < 0.01 * MONTHS
        and values["total"]["outstanding"] == LOTS * 60,
        seconds_closing=round(closing, 1),
    )


def _set_up(env, company):
    """A program, its accounts, and an estimate of 95 %."""
    kinds = {"liability": "liability_current", "revenue": "income", "expense": "expense"}
    for number, (name, kind) in enumerate(kinds.items()):
        account = env["account.account"].create(
            {"name": name, "code": f"99{number}99", "account_type": kind, "company_ids": [Command.set(company.ids)]}
        )
        company[f"loyalty_points_{name}_id"] = account
    company.loyalty_points_journal_id = env["account.journal"].create(
        {"name": "Points", "code": "BPTS", "type": "general", "company_id": company.id}
    )
    company.loyalty_points_start = date(2024, 1, 1)
    env.cr.execute("UPDATE loyalty_points_accounting_rule SET redemption_rate = 95, point_price = 1")
    env.invalidate_all()
    return env["loyalty.program"].create({"name": "Bench", "program_type": "loyalty", "company_id": company.id})


def _insert(env, company, program):
    env.flush_all()
    env.cr.execute("SET LOCAL session_replication_role = replica")  # no foreign key is checked row by row
    env.cr.execute("SELECT COALESCE(MAX(id), 0) FROM loyalty_card")
    first = env.cr.fetchone()[0]
    env.cr.execute("SELECT COALESCE(MAX(id), 0) / 10 * 10 + 10 FROM loyalty_ledger_entry")
    start = env.cr.fetchone()[0]
    names = {"company": company.id, "program": program.id, "first": first, "cards": CARDS, "start": start,
             "lots": LOTS, "months": MONTHS, "user": env.uid}  # fmt: skip
    for query in QUERIES:
        env.cr.execute(SQL(query, **names))
    env.cr.execute("SET LOCAL session_replication_role = DEFAULT")
    for table in ("entry", "allocation"):
        env.cr.execute(f"ANALYZE loyalty_ledger_{table}")
    env.cr.execute("ANALYZE loyalty_card")
    env.invalidate_all()


QUERIES = (
    """INSERT INTO loyalty_card (id, program_id, company_id, code, points, active)
       SELECT %(first)s + n, %(program)s, %(company)s, 'bench' || n, 0, true FROM GENERATE_SERIES(1, %(cards)s) n""",
    """INSERT INTO loyalty_ledger_entry (id, card_id, program_id, company_id, entry_type, date, points,
                                         qualifying_points, owed_points, is_lot, reason, user_id)
       SELECT %(start)s + n, %(first)s + 1 + n %% %(cards)s, %(program)s, %(company)s, 'accrual',
              DATE '2024-01-15' + make_interval(months => n %% %(months)s), 100, 100, 0, true, '-', %(user)s
         FROM GENERATE_SERIES(0, %(lots)s - 1) n""",
    """INSERT INTO loyalty_ledger_entry (id, card_id, program_id, company_id, entry_type, date, points,
                                         qualifying_points, owed_points, is_lot, reason, user_id)
       SELECT id + %(lots)s, card_id, program_id, company_id, 'redemption', date + interval '1 day', -40, 0, 0, false,
              '-', %(user)s
         FROM loyalty_ledger_entry WHERE program_id = %(program)s""",
    """INSERT INTO loyalty_ledger_allocation (entry_id, lot_id, points)
       SELECT id, id - %(lots)s, 40 FROM loyalty_ledger_entry WHERE program_id = %(program)s AND points < 0""",
    "UPDATE loyalty_card SET points = %(lots)s / %(cards)s * 60 WHERE program_id = %(program)s",
)

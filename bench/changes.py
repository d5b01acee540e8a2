"""New invoices on top of the generated ones, within a transaction that is undone."""

from statistics import median

from odoo.tools import SQL

from .scene import company_of, timed, undone

# A copy of the oldest invoice of `count` customers, the same ones every time, as an invoice of today.
NEW_INVOICES = """
CREATE TEMPORARY TABLE bench_new_invoice ON COMMIT DROP AS
SELECT 'BENCH/' || id AS name, journal_id, company_id, currency_id, partner_id, commercial_partner_id, state,
       'out_invoice' AS move_type, auto_post, 'not_paid' AS payment_state, CURRENT_DATE AS date,
       CURRENT_DATE AS invoice_date, CURRENT_DATE + 30 AS invoice_date_due, 500 AS amount_untaxed, 550 AS amount_total,
       550 AS amount_residual, 500 AS amount_untaxed_signed, 550 AS amount_total_signed, 550 AS amount_residual_signed,
       1 AS create_uid, NOW() AT TIME ZONE 'UTC' AS create_date, 1 AS write_uid, NOW() AT TIME ZONE 'UTC' AS write_date
  FROM (SELECT DISTINCT ON (commercial_partner_id) *
          FROM account_move WHERE move_type = 'out_invoice' AND company_id = %(company)s
         ORDER BY commercial_partner_id, id) first
 ORDER BY HASHINT4(commercial_partner_id) LIMIT %(count)s
"""
ADD = """
INSERT INTO account_move (name, journal_id, company_id, currency_id, partner_id, commercial_partner_id, state,
       move_type, auto_post, payment_state, date, invoice_date, invoice_date_due, amount_untaxed, amount_total,
       amount_residual, amount_untaxed_signed, amount_total_signed, amount_residual_signed, create_uid, create_date,
       write_uid, write_date)
SELECT * FROM bench_new_invoice
"""
INDEXES = ("account_move_customer_policy_partner_idx", "account_move_customer_policy_write_idx")
REPEATS = 5


def add_invoices(env, count):
    """A posted invoice of today for each of `count` customers; returns the seconds of inserting them."""
    env.cr.execute(NEW_INVOICES, {"company": company_of(env).id, "count": count})
    return timed(lambda: env.cr.execute(ADD))[0]


def index_seconds(env, count):
    """What the suite's own indexes on invoices add to the time of inserting `count` of them."""
    seconds = {True: [], False: []}
    for with_indexes in [True, False] * REPEATS:
        with undone(env):
            if not with_indexes:
                for name in INDEXES:
                    env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
            seconds[with_indexes].append(add_invoices(env, count))
    return max(0, median(seconds[True]) - median(seconds[False]))

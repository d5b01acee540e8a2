"""New invoices on top of the generated ones, within a transaction that is undone."""

from .scene import company_of, timed, undone

ADD = """
INSERT INTO account_move (name, journal_id, company_id, currency_id, partner_id, commercial_partner_id, state,
       move_type, auto_post, payment_state, date, invoice_date, invoice_date_due, amount_untaxed, amount_total,
       amount_residual, amount_untaxed_signed, amount_total_signed, amount_residual_signed, create_uid, create_date,
       write_uid, write_date)
SELECT 'BENCH/' || id, journal_id, company_id, currency_id, partner_id, commercial_partner_id, state, 'out_invoice',
       auto_post, 'not_paid', CURRENT_DATE, CURRENT_DATE, CURRENT_DATE + 30, 500, 550, 550,
       500, 550, 550, 1, NOW() AT TIME ZONE 'UTC', 1, NOW() AT TIME ZONE 'UTC'
  FROM (SELECT DISTINCT ON (commercial_partner_id) *
          FROM account_move WHERE move_type = 'out_invoice' AND company_id = %(company)s
         ORDER BY commercial_partner_id, id) first
 ORDER BY HASHINT4(commercial_partner_id) LIMIT %(count)s
"""
INDEXES = ("account_move_customer_policy_partner_idx", "account_move_customer_policy_write_idx")


def add_invoices(env, count):
    """A posted invoice of today for each of `count` customers, the same ones every time."""
    env.cr.execute(ADD, {"company": company_of(env).id, "count": count})
    return env.cr.rowcount


def index_seconds(env, count):
    """What the suite's own indexes on invoices add to the time of writing `count` of them."""
    with undone(env):
        add_invoices(env, count)
    with undone(env):
        with_indexes = timed(lambda: add_invoices(env, count))[0]
    with undone(env):
        for name in INDEXES:
            env.cr.execute(f"DROP INDEX {name}")
        return max(0, with_indexes - timed(lambda: add_invoices(env, count))[0])

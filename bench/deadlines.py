"""Benchmark of the clocks of complaints."""

from odoo.tools import SQL, split_every

from .report import result
from .scene import company_of, timed, undone

OPEN = 10_000
BATCH = 1_000


def bench_deadlines(scene, _options):
    """Counting the deadlines of 10,000 open complaints anew, each with a pause: first all move, which their history
    says, then none does. Behind the first, which fills caches, each batch of 1,000 takes the same number of queries."""
    scene.grade()
    with scene.environment() as env, undone(env):
        _insert(env)
        cases = env["customer.complaint"]
        seconds, queries = timed(lambda: list(_recount(env)))
        again, queries_again = timed(lambda: list(_recount(env)))
        dated = cases.search_count([("deadline_reply", "!=", False), ("next_deadline", "!=", False)])
    return result(
        "complaint.deadlines",
        round(seconds, 2),
        60,
        "s",
        {**scene.on, "open_complaints": OPEN},
        ok=dated == OPEN and all(max(counts[1:]) <= 1.1 * min(counts) for counts in (queries, queries_again)),
        seconds_without_change=round(again, 2),
        queries_per_batch_of_1000=queries,
        queries_without_change=queries_again,
    )


def _recount(env):
    """Yield the queries of each batch."""
    cases = env["customer.complaint"].sudo()
    for batch in split_every(BATCH, cases._find_open([]).ids, cases.browse):
        before = env.cr.sql_log_count
        batch._recount()
        env.flush_all()
        yield env.cr.sql_log_count - before


def _insert(env):
    """Complaints of the last 90 days, spread over the customers, each of which has waited an hour for its customer."""
    env.cr.execute(
        SQL(
            """INSERT INTO customer_complaint
                      (name, source, subject, kind, channel, company_id, contact_id, partner_id, stage_id, state,
                       impact, urgency, severity, date_received, round)
               SELECT 'B' || n, 'bench', 'Complaint ' || n, 'complaint', 'mail', %(company)s, p.partner_id,
                      p.partner_id, %(stage)s, 'new', (ARRAY['1', '2', '3', '3'])[1 + n %% 4],
                      (ARRAY['1', '2', '2', '3'])[1 + n %% 4], (1 + n %% 4)::varchar,
                      date_trunc('minute', NOW() AT TIME ZONE 'UTC') - n * INTERVAL '13 minutes', 0
                 FROM generate_series(1, %(count)s) n
                 JOIN (SELECT partner_id, ROW_NUMBER() OVER (ORDER BY id) AS place
                         FROM customer_profile WHERE company_id = %(company)s) p
                   ON p.place = 1 + n %% %(customers)s""",
            company=company_of(env).id,
            customers=env["customer.profile"].search_count([("company_id", "=", company_of(env).id)]),
            stage=env["customer.complaint.stage"]._of_state("new").id,
            count=OPEN,
        )
    )
    env.cr.execute(
        """INSERT INTO customer_complaint_pause (complaint_id, date_begin, date_end)
           SELECT id, date_received + INTERVAL '30 minutes', date_received + INTERVAL '90 minutes'
             FROM customer_complaint"""
    )
    env.invalidate_all()

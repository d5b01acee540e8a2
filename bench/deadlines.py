"""Benchmark of the clocks of complaints."""

import math

from odoo.tools import SQL

from .report import result
from .scene import company_of, timed, undone

OPEN = 10_000
BATCH = 1_000


def bench_deadlines(scene, _options):
    """Counting the deadlines of 10,000 open complaints anew, each with a pause; first all move, then none does."""
    scene.grade()
    with scene.environment() as env, undone(env):
        _insert(env)
        cases = env["customer.complaint"]
        queries = env.cr.sql_log_count
        seconds, count = timed(cases._recalculate_open)
        queries = env.cr.sql_log_count - queries
        half_queries = env.cr.sql_log_count
        cases._recalculate_open([("id", "in", cases.search([], limit=OPEN // 2).ids)])
        half_queries = env.cr.sql_log_count - half_queries
        again, _count = timed(cases._recalculate_open)
        dated = cases.search_count([("deadline_reply", "!=", False), ("next_deadline", "!=", False)])
    batches = math.ceil(OPEN / BATCH)
    return result(
        "complaint.deadlines",
        round(seconds, 2),
        60,
        "s",
        {**scene.on, "open_complaints": count},
        ok=count == dated == OPEN and queries / batches <= 1.5 * half_queries / (batches / 2),
        seconds_without_change=round(again, 2),
        queries_per_batch_of_1000=round(queries / batches, 1),
    )


def _insert(env):
    """Complaints of the last 90 days, spread over the customers, each of which has waited an hour for its customer."""
    env.cr.execute(
        SQL(
            """INSERT INTO customer_complaint
                      (name, source, subject, kind, channel, company_id, contact_id, partner_id, stage_id, state,
                       impact, urgency, severity, date_received, round)
               SELECT 'B' || n, 'bench', 'Complaint ' || n, 'complaint', 'mail', %(company)s, p.partner_id,
                      p.partner_id, %(stage)s, 'new', '2', '2', (1 + n %% 4)::varchar,
                      date_trunc('minute', NOW() AT TIME ZONE 'UTC') - n * INTERVAL '13 minutes', 0
                 FROM generate_series(1, %(count)s) n
                 JOIN (SELECT partner_id, ROW_NUMBER() OVER (ORDER BY id) AS place, COUNT(*) OVER () AS customers
                         FROM customer_profile WHERE company_id = %(company)s) p
                   ON p.place = 1 + n %% p.customers""",
            company=company_of(env).id,
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

"""Benchmark of the classification: 20 segments by rule, against bare SQL for the same memberships."""

from statistics import median

from .report import progress, result
from .scene import company_of, full_run, rows_written, timed, undone

REPEATS = 3
# The engine's own.
WORK_MEM = "256MB"
# (dimension, takes one segment per customer, [(segment, condition on the contact, condition on the metrics)])
DIMENSIONS = [
    (
        "country",
        True,
        [(code, f"[('country_id.code', '=', '{code}')]", "[]") for code in ("US", "CN", "DE", "FR")],
    ),
    (
        "size",
        True,
        [
            ("giant", "[]", "[('revenue_12m', '>=', 100000)]"),
            ("large", "[]", "[('revenue_12m', '>=', 20000)]"),
            ("medium", "[]", "[('revenue_12m', '>=', 5000)]"),
            ("small", "[]", "[('revenue_12m', '>', 0)]"),
            ("none", "[]", "[]"),
        ],
    ),
    (
        "pace",
        True,
        [
            ("weekly", "[]", "[('purchase_count_12m', '>=', 52)]"),
            ("monthly", "[]", "[('purchase_count_12m', '>=', 12)]"),
            ("seldom", "[]", "[('purchase_count_12m', '>=', 1)]"),
        ],
    ),
    (
        "kind",
        True,
        [("company", "[('is_company', '=', True)]", "[]"), ("person", "[('is_company', '=', False)]", "[]")],
    ),
    (
        "trait",
        False,
        [
            ("late", "[]", "[('overdue_amount', '>', 1000)]"),
            ("slow", "[]", "[('avg_days_to_pay', '>', 45)]"),
            ("wooed", "[]", "[('pipeline_amount', '>', 0)]"),
            ("adrift", "[('user_id', '=', False)]", "[]"),
            ("big_company", "[('is_company', '=', True)]", "[('avg_purchase_value', '>=', 2000)]"),
            ("loyal", "[]", "[('loyalty_index', '>=', 70)]"),
        ],
    ),
]

# One pass over the customers: each dimension that takes one segment is one CASE. What the rules are is written out.
FLOOR = """
CREATE UNLOGGED TABLE bench.floor_member AS
SELECT partner_id, segment
  FROM (SELECT c.partner_id, UNNEST(ARRAY[
               CASE p.country_id WHEN %(us)s THEN 'US' WHEN %(cn)s THEN 'CN' WHEN %(de)s THEN 'DE'
                                 WHEN %(fr)s THEN 'FR' END,
               CASE WHEN revenue_12m >= 100000 THEN 'giant' WHEN revenue_12m >= 20000 THEN 'large'
                    WHEN revenue_12m >= 5000 THEN 'medium' WHEN revenue_12m > 0 THEN 'small' ELSE 'none' END,
               CASE WHEN purchase_count_12m >= 52 THEN 'weekly' WHEN purchase_count_12m >= 12 THEN 'monthly'
                    WHEN purchase_count_12m >= 1 THEN 'seldom' END,
               CASE WHEN p.is_company THEN 'company' ELSE 'person' END,
               CASE WHEN overdue_amount > 1000 THEN 'late' END,
               CASE WHEN avg_days_to_pay > 45 THEN 'slow' END,
               CASE WHEN pipeline_amount > 0 THEN 'wooed' END,
               CASE WHEN p.user_id IS NULL THEN 'adrift' END,
               CASE WHEN p.is_company AND avg_purchase_value >= 2000 THEN 'big_company' END,
               CASE WHEN loyalty_index >= 70 THEN 'loyal' END]) AS segment
          FROM customer_profile c
          JOIN res_partner p ON p.id = c.partner_id
         WHERE c.company_id = %(company)s) answer
 WHERE segment IS NOT NULL
"""

# Memberships that only one of the two has.
DIFFERENCE = """
SELECT COUNT(*) FROM (
    (SELECT partner_id, segment FROM bench.floor_member EXCEPT ALL SELECT partner_id, segment FROM engine)
     UNION ALL
    (SELECT partner_id, segment FROM engine EXCEPT ALL SELECT partner_id, segment FROM bench.floor_member)) apart
"""


def bench_classify(scene, _options):
    """All customers classified by 20 rules for the first time, and again without a change; one transaction, undone."""
    scene.grade()
    floors, first, again = [], [], []
    with scene.environment() as env:
        for repeat in range(REPEATS):
            progress(f"record.classify {repeat + 1} of {REPEATS}")
            with undone(env):
                _publish_rules(env)
                floors.append(_floor(env))
                first.append(full_run(env).seconds["classify"])
                apart, members = _difference(env)
                before = rows_written(env)
                run = full_run(env)
                log_entry = 1
                again_written = rows_written(env) - before - log_entry
                again.append(run.seconds["classify"])
    return result(
        "record.classify",
        round(median(first) / median(floors), 2),
        2.0,
        "x floor",
        {**scene.on, "segments": sum(len(rules) for _name, _one, rules in DIMENSIONS)},
        ok=not apart and not again_written,
        what="first classification of all customers, as a step of a full run; the floor writes memberships only",
        memberships=members,
        memberships_unlike_floor=apart,
        engine_seconds=first,
        floor_seconds=[round(seconds, 3) for seconds in floors],
        second_run_seconds=again,
        second_run_rows_written=again_written,
    )


def _publish_rules(env):
    """A version of the policy with these rules alone, in force."""
    draft = env["customer.policy"]._get_default()._draft_version()
    draft.segment_rule_ids.unlink()
    clause = draft.clause_ids.filtered(lambda clause: clause.number == "2.1")
    for name, is_exclusive, rules in DIMENSIONS:
        dimension = env["customer.dimension"].create({"name": name, "code": f"b_{name}", "is_exclusive": is_exclusive})
        for position, (segment, domain, metric_domain) in enumerate(rules):
            env["customer.segment.rule"].create(
                {
                    "policy_id": draft.id,
                    "clause_id": clause.id,
                    "sequence": position,
                    "segment_id": env["customer.segment"]
                    .create({"name": segment, "code": segment, "dimension_id": dimension.id})
                    .id,
                    "domain": domain,
                    "metric_domain": metric_domain,
                }
            )
    draft._publish()
    env.flush_all()


def _floor(env):
    countries = {code: env.ref(f"base.{code}").id for code in ("us", "cn", "de", "fr")}
    env.cr.execute("SELECT set_config('work_mem', %s, true)", [WORK_MEM])
    return timed(lambda: env.cr.execute(FLOOR, {**countries, "company": company_of(env).id}))[0]


def _difference(env):
    """(memberships that only the floor or only the engine has, memberships of the engine)"""
    query = env["customer.segment.member"]._table_query
    env.cr.execute(
        f"""CREATE TEMPORARY TABLE engine ON COMMIT DROP AS
            SELECT member.partner_id, segment.code AS segment
              FROM ({query.code}) member JOIN customer_segment segment ON segment.id = member.segment_id
             WHERE member.company_id = %s""",
        [*query.params, company_of(env).id],
    )
    members = env.cr.rowcount
    env.cr.execute(DIFFERENCE)
    return env.cr.fetchone()[0], members

"""Benchmark of the classification: 20 segments by rule, against bare SQL for the same memberships."""

from statistics import median

from .report import progress, result
from .scene import company_of, rows_written, timed, undone

REPEATS = 5
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


# The staging table as the collection of a full run leaves it, its statistics included.
STAGE = """
CREATE TEMPORARY TABLE customer_profile_stage ON COMMIT DROP AS SELECT * FROM customer_profile WHERE company_id = %s;
ANALYZE customer_profile_stage;
"""


def bench_classify(scene, _options):
    """The step of a full run that classifies all customers, where nobody is classified yet and where all are."""
    scene.grade()
    floors, first, again = [], [], []
    with scene.environment() as env:
        engine = env["customer.policy.engine"].with_company(company_of(env))
        for repeat in range(REPEATS):
            progress(f"record.classify {repeat + 1} of {REPEATS}")
            with undone(env):
                run = _prepare_run(env)
                floors.append(timed(lambda: _floor(env))[0])
                first.append(timed(lambda r=run: engine._step_classify(r))[0])
                classified = run.counts["classified"]
                apart, members = _difference(env)
                before = rows_written(env)
                again.append(timed(lambda r=run: engine._step_classify(r))[0])
                again_written = rows_written(env) - before
    return result(
        "record.classify",
        round(median(first) / median(floors), 2),
        2.0,
        "x floor",
        {**scene.on, "segments": sum(len(rules) for _name, _one, rules in DIMENSIONS)},
        ok=not apart and not again_written,
        what="first classification of all customers; the floor writes the memberships into a bare table",
        customers_classified=classified,
        memberships=members,
        memberships_unlike_floor=apart,
        engine_seconds=[round(seconds, 3) for seconds in first],
        floor_seconds=[round(seconds, 3) for seconds in floors],
        second_run_seconds=[round(seconds, 3) for seconds in again],
        second_run_rows_written=again_written,
    )


def _prepare_run(env):
    """A full run of the company up to the step, with the rules of this benchmark in force and nobody classified."""
    # Addons can be imported once the configuration is read.
    from odoo.addons.customer_policy.engine.context import RunContext

    company = company_of(env)
    policy = _publish_rules(env)
    env.cr.execute("TRUNCATE customer_classification")
    env.cr.execute(STAGE, [company.id])
    env.cr.execute("SELECT set_config('work_mem', %s, true)", [WORK_MEM])
    return RunContext(company=company, policy=policy, today=company._customer_policy_today(), window_start=None)


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
    return draft


def _floor(env):
    countries = {code: env.ref(f"base.{code}").id for code in ("us", "cn", "de", "fr")}
    env.cr.execute(FLOOR, {**countries, "company": company_of(env).id})


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

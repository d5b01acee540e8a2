"""Benchmarks of the purchase model: the estimate beside another implementation, scores for a million customers, and
whether the best fifth by value is the right one."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import process_time

import numpy as np
from odoo.tools import SQL

from tools import databases, postgres

from . import environment
from .report import progress, result
from .scene import company_of, timed

DATABASE = "bench_insight"

CUSTOMERS = 1_000_000
# What the rows are simulated with, in days: those of the CDNOW base, with more purchases.
TRUTH = {"r": 0.6, "alpha": 45.0, "a": 0.8, "b": 2.5}


def bench_fit(_scene, _options):
    """CPU time and memory of the estimate on a million customers, and that of `lifetimes` on the same rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.npz"
        rows = simulate(CUSTOMERS)
        np.savez(path, **rows)
        found = {}
        for who in ("ours", "lifetimes"):
            progress(f"insight.fit: {who}")
            command = [sys.executable, "-m", "bench.insight_fit", who, str(path)]
            # One thread each: CPU seconds are those of the work, not of waiting threads.
            environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            answer = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
            found[who] = json.loads(answer.stdout.splitlines()[-1])
    ours, other = found["ours"], found["lifetimes"]
    truth = list(TRUTH.values())
    return result(
        "insight.fit",
        round(ours["cpu_seconds"] / other["cpu_seconds"], 4),
        1 / 8,
        "x CPU time of lifetimes",
        {"customers": CUSTOMERS, "distinct": len(np.unique(np.column_stack(list(rows.values())), axis=0))},
        ok=ours["peak"] < other["peak"]
        and np.allclose(ours["parameters"], truth, rtol=0.05)
        and np.allclose(ours["parameters"], other["parameters"], rtol=0.01),
        cpu_seconds={who: round(figures["cpu_seconds"], 2) for who, figures in found.items()},
        times_faster=round(other["cpu_seconds"] / ours["cpu_seconds"], 1),
        peak_mb={who: figures["peak"] for who, figures in found.items()},
        above_idle_mb={who: round(figures["peak"] - figures["idle"], 1) for who, figures in found.items()},
        parameters={who: [round(value, 4) for value in figures["parameters"]] for who, figures in found.items()},
        simulated_with=truth,
    )


def simulate(count):
    """{x, t_x, T} of customers as BG/NBD describes them, in whole days; the first purchases lie within three years."""
    rng = np.random.default_rng(1)
    rate, leaves = rng.gamma(TRUTH["r"], 1 / TRUTH["alpha"], count), rng.beta(TRUTH["a"], TRUTH["b"], count)
    T = rng.integers(1, 1096, count)
    x, t_x, time = np.zeros(count, np.int64), np.zeros(count), np.zeros(count)
    active = np.arange(count)
    while len(active):
        time[active] += rng.exponential(1 / np.maximum(rate[active], 1e-12))
        active = active[time[active] <= T[active]]
        x[active] += 1
        t_x[active] = time[active]
        active = active[rng.random(len(active)) >= leaves[active]]
    return {"x": x, "t_x": np.rint(t_x).astype(np.int64), "T": T}


# Contacts that are customers, and their purchases, spread evenly between the first day and the last.
PARTNERS = """
INSERT INTO res_partner (id, name, complete_name, active, type, commercial_partner_id, partner_share, employee,
                         is_company, customer_rank, autopost_bills, lang, create_uid, create_date, write_date)
SELECT id, 'Customer ' || id, 'Customer ' || id, TRUE, 'contact', id, TRUE, FALSE, FALSE, 1, 'ask', 'en_US', 1,
       NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
  FROM GENERATE_SERIES(%s, %s) id
"""
SALES = """
INSERT INTO customer_external_sale (partner_id, company_id, date, amount, source, reference, create_uid, create_date,
                                    write_date)
SELECT partner, %s, %s::date - period + ROUND(recency::numeric * n / GREATEST(x, 1))::int,
       20 + 7 * (partner %% 31) + n %% 5, 'bench', partner || '/' || n, 1, NOW() AT TIME ZONE 'UTC',
       NOW() AT TIME ZONE 'UTC'
  FROM customer_insight_simulated, GENERATE_SERIES(0, x) n
"""


def bench_score(_scene, _options):
    """Scoring a million customers inside Odoo: the days of their purchases read from the documents, the figures
    computed, and every profile written."""
    postgres.drop(DATABASE)
    postgres.clone(databases.suite(), DATABASE)
    with environment.environment(DATABASE) as env:
        progress("insight.score: making a million customers")
        sales = _fill(env)
        progress("insight.score: the first estimate")
        version = env["customer.insight.model"].create({"company_id": company_of(env).id})
        fit_seconds, _nothing = timed(version._fit)
        progress("insight.score: the first run")
        run_seconds, first = timed(lambda: env["customer.policy.engine"]._run(company_of(env)))
        progress("insight.score: scoring")
        parts, cpu, written, predicted = _score_anew(env, version)
        method = version.method
    environment.close(DATABASE)
    postgres.drop(DATABASE)
    return result(
        "insight.score",
        round(sum(parts.values()), 2),
        30,
        "s",
        {"customers": CUSTOMERS, "purchases": sales},
        ok=predicted == written == CUSTOMERS,
        what="documents read, figures computed, all profiles written anew after another estimate",
        cpu_seconds=round(cpu, 2),
        part_seconds={name: round(seconds, 2) for name, seconds in parts.items()},
        full_run_seconds=round(run_seconds, 1),
        full_run_steps=first.seconds,
        version_seconds=round(fit_seconds, 2),
        method=method,
    )


def _fill(env):
    """Customers and purchases past the ORM; the number of purchases."""
    rows = simulate(CUSTOMERS)
    env.cr.execute("SET LOCAL session_replication_role = replica; SET LOCAL synchronous_commit = off")
    _drop_trigram_indexes(env)
    env.cr.execute("SELECT MAX(id) + 1 FROM res_partner")
    base = env.cr.fetchone()[0]
    env.cr.execute(PARTNERS, [base, base + CUSTOMERS - 1])
    columns = {"partner": base + np.arange(CUSTOMERS), "x": rows["x"], "recency": rows["t_x"], "period": rows["T"]}
    env["customer.insight.days"]._send("customer_insight_simulated", ("int4",) * 4, columns)
    env.cr.execute(SALES, [company_of(env).id, company_of(env)._customer_policy_today()])
    sales = env.cr.rowcount
    env.cr.execute("ANALYZE res_partner; ANALYZE customer_external_sale")
    env.invalidate_all(flush=False)
    return sales


def _drop_trigram_indexes(env):
    """They serve searching by part of a name, and take longer to fill than all the rest."""
    env.cr.execute(
        """SELECT indexname FROM pg_indexes
            WHERE tablename IN ('res_partner', 'customer_external_sale') AND indexdef LIKE '%gin_trgm_ops%'"""
    )
    for [name] in env.cr.fetchall():
        env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))


def _cpu_seconds(env):
    """CPU seconds so far of this process and of its session of the database, where that runs on this machine: on a busy
    one they say more than the clock."""
    env.cr.execute("SELECT pg_backend_pid()")
    stat = Path(f"/proc/{env.cr.fetchone()[0]}/stat")
    ticks = stat.read_text().rpartition(")")[2].split()[11:13] if stat.exists() else ()
    return process_time() + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _score_anew(env, version):
    """({part: seconds}, CPU seconds, profiles written, customers predicted) of scoring all with other parameters."""
    # Addons are found once Odoo is configured.
    from odoo.addons.customer_policy.engine.collect import FULL_SETTINGS
    from odoo.addons.customer_policy.engine.context import STAGE, RunContext, collected
    from odoo.addons.customer_policy.engine.customer_policy_engine import WORK_MEM

    version.write({name: version[name] * 1.03 for name in ("r", "alpha", "a", "b")})
    engine, company = env["customer.policy.engine"].with_company(company_of(env)), company_of(env)
    today = company._customer_policy_today()
    run = RunContext(company, env["customer.policy"]._get_in_force(company), today, today)
    env.flush_all()
    with engine._database_settings({"work_mem": WORK_MEM}):
        engine._step_collect(run)
        # The collection has read the days among all else; once more, by themselves.
        with engine._database_settings(FULL_SETTINGS):
            queries = engine._collect_queries(run)
            before = _cpu_seconds(env)
            read, _none = timed(
                lambda: [engine._create_temporary(collected(name), queries[name]) for name in ("document", "insight")]
            )
        compute, _nothing = timed(lambda: engine._step_insight(run))
        write, written = timed(lambda: engine._update_profiles(run))
        cpu = _cpu_seconds(env) - before
        env.cr.execute(SQL("DROP TABLE %s, %s", SQL.identifier(STAGE), collected("document")))
    return {"read": read, "compute": compute, "write": write}, cpu, written, run.counts["predicted"]


def bench_clv_top20(_scene, _options):
    """Part of the revenue of the 39 weeks after 1997-09-30 that the fifth of the CDNOW customers with the highest
    lifetime value brought, predicted from the 39 weeks before."""
    from odoo.addons.customer_insight.engine.choice import Limits, choose, top_share
    from odoo.addons.customer_insight.engine.predictor import Predictor
    from odoo.addons.customer_insight.tests import cdnow

    days, length = cdnow.purchase_days("master"), cdnow.END - cdnow.CALIBRATED
    known = days.until(cdnow.CALIBRATED)
    choice = choose(known, cdnow.CALIBRATED, Limits())
    summary = known.summary(cdnow.CALIBRATED)
    _bought, revenue = days.outcome(summary.customer, cdnow.CALIBRATED, cdnow.END)
    shares = {}
    for name, purchases in (("ours", choice.model), ("rule", choice.rule)):
        predictor = Predictor(purchases, choice.spend, 90, discount=0.1)
        value = predictor.score(*summary.frame, summary.value).clv
        shares[name] = top_share(value, revenue)
    shares["revenue so far"] = top_share(summary.value * (summary.x + 1), revenue)
    return result(
        "insight.clv_top20",
        round(100 * (1 - shares["ours"]), 2),
        35,
        "% of the revenue outside the best fifth",
        {"customers": len(summary), "held_back_days": length},
        ok=not choice.reason,
        method=choice.method,
        percent_inside={name: round(100 * share, 2) for name, share in shares.items()},
    )

"""Benchmarks of the engine: full, repeated and incremental runs, and its memory."""

import json
import subprocess
import sys
from statistics import median

from . import floor
from .changes import add_invoices, index_seconds
from .database import DATABASE
from .report import progress, result
from .scene import company_of, full_run, logged_run, rows_written, timed, undone


def bench_full_run(scene, _options):
    """A first run, which writes every profile and a row of history for every grade, against the floor.

    The whole suite is installed. The floor does what `customer_policy` does; steps that other addons add to the run are
    left out of the ratio and told beside it.
    """
    floors, with_history, engines = [], [], []
    with scene.environment() as env:
        for repeat in range(scene.repeats):
            progress(f"policy.full_run {repeat + 1} of {scene.repeats}")
            seconds = floor.run(env)
            with_history.append(sum(seconds.values()))
            floors.append(with_history[-1] - seconds["history"])
            run = scene.first_run(env)
            others = {name: run.seconds[name] for name in _steps_of_others(env)}
            engines.append(scene.first_runs[-1] - sum(others.values()))
        differing = floor.differing_columns(env)
        rerun = _partly_changed(env, scene.customers // 10)
        engine = median(engines)
        history = env["customer.grade.history"].search_count([])
        floor.drop(env)
    return result(
        "policy.full_run",
        round(engine / median(floors), 2),
        2.0,
        "x floor",
        scene.on,
        ok=not differing,
        what="first run: all profiles and grades are new; the floor writes the profile columns only",
        engine_seconds=_rounded(engines),
        with_other_addons_seconds=_rounded(scene.first_runs),
        ratio_with_other_addons=round(scene.first_run_seconds / median(floors), 2),
        floor_seconds=_rounded(floors),
        floor_step_seconds={name: round(value, 3) for name, value in seconds.items()},
        floor_with_history_seconds=_rounded(with_history),
        ratio_with_history=round(engine / median(with_history), 2),
        step_seconds=run.seconds,
        profiles_written=run.counts["created"],
        history_written=history,
        columns_unlike_floor=differing,
        tenth_changed=rerun,
    )


def _steps_of_others(env):
    """Names of the engine's steps that other addons than `customer_policy` bring."""
    engine = env["customer.policy.engine"]
    modules = {name: getattr(type(engine), f"_step_{name}").__module__ for name in engine._steps()}
    return [name for name, module in modules.items() if not module.startswith(f"odoo.addons.{floor.ADDON}.")]


def _partly_changed(env, count):
    """A later full run, after every tenth customer got an invoice; for information."""
    with undone(env):
        add_invoices(env, count)
        seconds, run = timed(lambda: full_run(env))
        return {
            "seconds": round(seconds, 2),
            "profiles_written": run.counts["updated"] + run.counts["created"],
            "history_written": run.counts["grades_changed"],
        }


def bench_second_run(scene, _options):
    """Rows written by a run that finds nothing new; its log entry aside."""
    scene.grade()
    with scene.environment() as env, undone(env):
        log_entry = 1
        before = rows_written(env)
        seconds, run = timed(lambda: full_run(env))
        written = rows_written(env) - before - log_entry
    return result(
        "policy.second_run", written, 0, "rows written", scene.on, seconds=round(seconds, 2), step_seconds=run.seconds
    )


def bench_incremental(scene, _options, count=1000):
    """Finding and grading 1,000 customers with a new invoice, and keeping the indexes for it, against a full run
    that does the same."""
    scene.grade()
    incremental, full, finding = [], [], []
    with scene.environment() as env:
        company = company_of(env)
        indexes = index_seconds(env, count)
        for _repeat in range(scene.repeats):
            with undone(env):
                add_invoices(env, count)
                found_seconds, partner_ids = timed(lambda: env["customer.policy.run"]._changed_partners(company))
                run_seconds, run = timed(lambda ids=partner_ids: logged_run(env, ids))
                finding.append(found_seconds)
                incremental.append(found_seconds + run_seconds + indexes)
                step_seconds, changed = run.seconds, len(partner_ids)
            with undone(env):
                add_invoices(env, count)
                full.append(timed(lambda: full_run(env))[0])
    return result(
        "policy.incremental",
        round(100 * median(incremental) / median(full), 2),
        5,
        "% of a full run",
        {**scene.on, "changed_customers": count},
        # Contacts written while the database was made may still count as changed.
        ok=count <= changed <= count * 1.01,
        percent_of_first_run=round(100 * median(incremental) / scene.first_run_seconds, 2),
        incremental_seconds=_rounded(incremental),
        full_run_seconds=_rounded(full),
        finding_seconds=_rounded(finding),
        index_seconds=round(indexes, 4),
        step_seconds=step_seconds,
        customers_found=changed,
    )


def bench_memory(scene, options):
    """Peak of a process of its own in a first run, above what it took before."""
    command = [sys.executable, "-m", "bench.memory", "--config", options.config, "--database", DATABASE]
    figures = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    return result("policy.memory", round(figures["peak"] - figures["idle"], 1), 150, "MB", scene.on, **figures)


def _rounded(seconds):
    return [round(value, 3) for value in seconds]

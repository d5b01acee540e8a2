"""What the benchmarks share: the working database, its company, and runs of the engine on it."""

import time
from contextlib import contextmanager
from statistics import median

from odoo.api import SUPERUSER_ID

from . import environment
from .database import DATABASE

RESULTS = (
    "customer_profile, customer_classification, customer_grade_history, customer_policy_threshold, customer_policy_run"
)
# Rows written so far by this session outside temporary tables; statistics count what triggers and rules do, too.
WRITTEN = """
SELECT COALESCE(SUM(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables
 WHERE schemaname NOT LIKE 'pg_temp%'
"""


class Scene:
    """Documents of a scale in the working database; customers are graded when somebody needs them to be."""

    def __init__(self, customers, invoices):
        self.customers, self.invoices = customers, invoices
        self.repeats = 3 if invoices <= 2_000_000 else 1
        self.first_runs = []
        self.is_graded = False
        with self.environment() as env:
            # Documents are dated by the server, whose day must be the company's.
            company_of(env).customer_policy_tz = "UTC"
            env.cr.commit()
            env.cr.execute("SHOW server_version")
            self.on = {
                "customers": customers,
                "invoices": invoices,
                "postgresql": env.cr.fetchone()[0].split()[0],
            }

    @contextmanager
    def environment(self, user_id=SUPERUSER_ID):
        with environment.environment(DATABASE, user_id) as env:
            yield env

    @property
    def first_run_seconds(self):
        """Median duration of a full run that writes everything."""
        if not self.first_runs:
            self.grade()
        return median(self.first_runs)

    def grade(self):
        """Commit the results of one full run, unless they are there."""
        if not self.is_graded:
            with self.environment() as env:
                self.first_run(env)

    def first_run(self, env):
        """A full run where nothing is there yet; returns its context."""
        self.is_graded = False
        env.cr.execute(f"TRUNCATE {RESULTS} CASCADE")
        env.invalidate_all()
        start = time.monotonic()
        run = full_run(env)
        env.cr.commit()
        self.first_runs.append(time.monotonic() - start)
        env.cr.execute(f"ANALYZE {RESULTS}")
        env.cr.commit()
        self.is_graded = True
        return run


def company_of(env):
    return env["res.company"].search([], order="id", limit=1)


def full_run(env):
    return logged_run(env, None)


def logged_run(env, partner_ids):
    """Run the engine with a log entry, as the scheduled job does; returns the run's context."""
    company, now = company_of(env), env.cr.now()
    log = env["customer.policy.run"].create(
        {
            "company_id": company.id,
            "kind": "full" if partner_ids is None else "incremental",
            "state": "done",
            "date_start": now,
        }
    )
    return env["customer.policy.engine"]._run(company, partner_ids, log=log)


def rows_written(env):
    env.flush_all()
    env.cr.execute(WRITTEN)
    return int(env.cr.fetchone()[0])


@contextmanager
def undone(env):
    """Undo what happens inside, so that it can be measured again on the same data."""
    yield
    env.cr.rollback()
    env.invalidate_all(flush=False)


def timed(function):
    """(seconds, result) of a call."""
    start = time.monotonic()
    result = function()
    return time.monotonic() - start, result

"""Benchmarks of the purchase model: the estimate beside another implementation, scores for a million customers, and
whether the best fifth by value is the right one."""

import json
import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import numpy as np
from odoo.tools import SQL

from .report import progress, result
from .scene import company_of, full_run, timed, undone

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

"""`python -m bench`: prepare the data, run the benchmarks asked for, print one JSON object per line.

Ends with 1 when a bar is missed. `./dev bench` makes the environment and the configuration file.
"""

import argparse
import sys

from tools.console import guarded

from . import (
    classify,
    database,
    deadline_accuracy,
    deadlines,
    duplicates,
    environment,
    loyalty_expiry,
    loyalty,
    loyalty_concurrency,
    orm_loop,
    policy,
    satisfaction,
    screens,
)
from .report import progress
from .scene import Scene

BENCHES = {
    "policy.full_run": policy.bench_full_run,
    "policy.second_run": policy.bench_second_run,
    "policy.incremental": policy.bench_incremental,
    "record.classify": classify.bench_classify,
    "screen.contact_list": screens.bench_contact_list,
    "screen.customer_form": screens.bench_customer_form,
    "screen.customer_360": screens.bench_customer_360,
    "screen.contact_sort": screens.bench_contact_sort,
    "screen.contact_group": screens.bench_contact_group,
    "policy.orm_loop": orm_loop.bench_orm_loop,
    "policy.memory": policy.bench_memory,
    "record.duplicates": duplicates.bench_duplicates,
    "complaint.deadlines": deadlines.bench_deadlines,
    "complaint.deadline_accuracy": deadline_accuracy.bench_deadline_accuracy,
    "satisfaction.nps": satisfaction.bench_nps,
    "loyalty.expiry": loyalty_expiry.bench_expiry,
    "loyalty.confirm": loyalty.bench_confirm,
    "loyalty.balance": loyalty.bench_balance,
    "loyalty.concurrency": loyalty_concurrency.bench_concurrency,
}
# {name: (customers, invoices)}. The bars hold for the first; the second is measured once, and written down in docs/.
SCALES = {"standard": (200_000, 2_000_000), "large": (1_000_000, 10_000_000)}
# They make a database of their own.
WITHOUT_SCENE = {"record.duplicates", "complaint.deadline_accuracy", "loyalty.expiry"}
WITHOUT_SCENE = {
    "record.duplicates",
    "complaint.deadline_accuracy",
    "loyalty.confirm",
    "loyalty.balance",
    "loyalty.concurrency",
}


def main():
    options = _options()
    environment.configure(options.config)
    names = options.names or list(BENCHES)
    scene = None
    if not WITHOUT_SCENE.issuperset(names):
        database.prepare(options.customers, options.invoices)
        scene = Scene(options.customers, options.invoices)
    met = []
    for name in names:
        progress(name)
        met.append(BENCHES[name](scene, options))
    progress(f"{sum(met)} of {len(met)} bars met")
    return 0 if all(met) else 1


def _options():
    parser = argparse.ArgumentParser(prog="./dev bench", description="Benchmarks, one JSON object per line.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; none means all")
    parser.add_argument("--config", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--scale", choices=SCALES, default="standard", help="how many customers and invoices")
    parser.add_argument("--customers", type=int, help="instead of the scale's")
    parser.add_argument("--invoices", type=int, help="instead of the scale's")
    options = parser.parse_args()
    customers, invoices = SCALES[options.scale]
    options.customers = options.customers or customers
    options.invoices = options.invoices or invoices
    unknown = [name for name in options.names if name not in BENCHES]
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    return options


if __name__ == "__main__":
    sys.exit(guarded(main))

"""The database that the benchmarks work on, copied from one that keeps the generated documents."""

import hashlib
import json
import time
from datetime import date
from pathlib import Path

from tools import databases, layout, postgres
from tools.console import stamp_matches, write_stamp

from . import data, environment
from .report import progress

DATABASE = "bench"
PRODUCTS = 20


def prepare(customers, invoices):
    """Copy the documents of this scale into the working database, generating them if needed; returns seconds."""
    start = time.monotonic()
    source = f"bench_data_{customers}_{invoices}"
    stamp = _stamp()
    if source not in postgres.databases() or not stamp_matches(f"database-{source}", stamp):
        _generate(source, customers, invoices)
        write_stamp(f"database-{source}", stamp)
    progress(f"copying {source}")
    _copy(source, DATABASE)
    return time.monotonic() - start


def _generate(target, customers, invoices):
    work = f"{target}_new"
    postgres.clone(databases.suite(), work)
    with environment.environment(work) as env:
        # The lines refer to products by consecutive ids.
        env["product.product"].create([{"name": f"Goods {n}", "list_price": 10 * n} for n in range(1, PRODUCTS + 1)])
        env.cr.commit()
    environment.close(work)
    data.load(work, customers, invoices, progress)
    postgres.rename(work, target)


def _stamp():
    """What the generated documents depend on; dates count back from today, so a week is enough of a difference."""
    year, week, _day = date.today().isocalendar()
    addons = {addon: databases.digests(addon) for addon in layout.addon_names()}
    source = Path(data.__file__).read_text() + json.dumps(addons, sort_keys=True) + f"{PRODUCTS} {year} {week}"
    return hashlib.sha256(source.encode()).hexdigest()


def _copy(source, target):
    """Gigabytes copy much faster as files than through the write-ahead log, the default of `createdb`."""
    postgres.drop(target)
    postgres.query("postgres", f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY file_copy')

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
    # Dates count back from today: a week is enough of a difference.
    year, week, _day = date.today().isocalendar()
    made_by = f"{Path(data.__file__).read_text()}{PRODUCTS} {year} {week}"
    source = kept(f"bench_data_{customers}_{invoices}", made_by, lambda work: _load(work, customers, invoices))
    progress(f"copying {source}")
    _copy(source, DATABASE)
    return time.monotonic() - start


def kept(name, made_by, fill):
    """Name of a database that is filled once by `fill(name)`, and anew when the addons or `made_by`, a text, change."""
    addons = {addon: databases.digests(addon) for addon in layout.addon_names()}
    stamp = hashlib.sha256((made_by + json.dumps(addons, sort_keys=True)).encode()).hexdigest()
    if name in postgres.databases() and stamp_matches(f"database-{name}", stamp):
        return name
    work = f"{name}_new"
    postgres.clone(databases.suite(), work)
    fill(work)
    environment.close(work)
    postgres.rename(work, name)
    write_stamp(f"database-{name}", stamp)
    return name


def _load(work, customers, invoices):
    with environment.environment(work) as env:
        # The lines refer to products by consecutive ids.
        env["product.product"].create([{"name": f"Goods {n}", "list_price": 10 * n} for n in range(1, PRODUCTS + 1)])
        env.cr.commit()
    environment.close(work)
    data.load(work, customers, invoices, progress)


def _copy(source, target):
    """Gigabytes copy much faster as files than through the write-ahead log, the default of `createdb`."""
    postgres.drop(target)
    postgres.query("postgres", f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY file_copy')

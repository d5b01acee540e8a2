"""The database that the benchmarks work on, copied from one that keeps the generated documents."""

import hashlib
import json
import time
from datetime import date
from pathlib import Path

from tools import databases, layout, odoo, postgres
from tools.console import write_stamp

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
    """Name of a database that is filled once by `fill(name)`, and anew when `made_by`, a text, changes; where only the
    addons changed it is updated."""
    made_by = hashlib.sha256(made_by.encode()).hexdigest()
    now = {addon: databases.digests(addon) for addon in layout.addon_names()}
    path = layout.STATE / f"database-{name}"
    before = json.loads(path.read_text()) if path.is_file() and name in postgres.databases() else {}
    if before.get("made_by") != made_by or not databases.can_update(before["addons"], now):
        work = f"{name}_new"
        postgres.clone(databases.suite(), work)
        fill(work)
        environment.close(work)
        postgres.rename(work, name)
    elif changed := [addon for addon in now if now[addon] != before["addons"][addon]]:
        progress(f"updating {name}: {', '.join(changed)}")
        # Documents are written past the ORM: some columns that it wants filled are empty.
        odoo.manage(name, "-u", ",".join(changed), log=f"database-{name}", strict=False)
    write_stamp(path.name, json.dumps({"made_by": made_by, "addons": now}))
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

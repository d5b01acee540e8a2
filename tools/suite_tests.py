"""./dev test: pytest with pytest-odoo on a clone of the prepared database."""

import os
import subprocess

from . import databases, layout, odoo, postgres, setup
from .console import Failure, say, step
from .layout import PYTHON, ROOT


def main(arguments):
    setup.everything(browser=True, requirements=("odoo.txt", "test.txt"))
    postgres.start()
    source = databases.suite()
    # A database per run: two runs at the same time don't meet.
    database = f"test_{os.getpid()}"
    with step("Test database"):
        postgres.clone(source, database)
    paths, options = _split(arguments)
    # Odoo's server limits its address space to a worker's share. One process of all tests, with pandas, outgrows it,
    # and native code crashes on what it can't allocate.
    server = {"log_level": "warn", "max_cron_threads": 0, "limit_memory_hard": 0}
    config = odoo.configuration("test", extra_addons=[layout.TEST_ADDONS], **server)
    command = [PYTHON, "-m", "pytest", f"--odoo-config={config}", f"--odoo-database={database}"]
    command += ["--odoo-http", "--odoo-log-level=warn", *paths, *options]
    env = {**postgres.environment(), "PYTHONPATH": str(ROOT), "ODOO_RC": str(config)}
    env["PATH"] = f"{setup.postgres_bin()}:{env['PATH']}"  # pytest-odoo clones with createdb
    try:
        status = subprocess.run([str(part) for part in command], cwd=ROOT, env=env).returncode
    finally:
        postgres.drop(database)
    if status == 5:
        raise Failure("No test fits.", "./dev test [ADDON] [-k NAME]")
    return status


def _core_paths():
    """Odoo's own tests of what the suite extends; they must pass with it installed."""
    addons = layout.core_addons_paths()[0]
    partner = sorted((addons / "base" / "tests").glob("test_res_partner*.py"))
    return [*(addons / name / "tests" for name in ("crm", "sale", "contacts")), *partner]


def _split(arguments):
    """Paths to collect and options for pytest: a first word that names an addon means its tests."""
    if arguments[:1] == ["core"]:
        return _core_paths(), ["--no-header", *arguments[1:]]
    if arguments and arguments[0] in layout.addon_names():
        return [layout.ADDONS / arguments[0]], arguments[1:]
    if arguments and not arguments[0].startswith("-"):
        if not os.path.exists(ROOT / arguments[0].split("::")[0]):
            raise Failure(f"“{arguments[0]}” is neither an addon nor a file.", f"Addons: {layout.addon_names()}")
        return [arguments[0]], arguments[1:]
    if arguments:
        say(f"· pytest options: {' '.join(arguments)}")
        return [layout.ADDONS, layout.TESTS], arguments
    # Everything: side by side, a database for each process; the long ones of tests/ begin (see conftest.py).
    processes = min(os.cpu_count(), 4)
    return [layout.TESTS, layout.ADDONS], ["-n", processes, "--dist", "loadgroup", "--no-loadscope-reorder"]

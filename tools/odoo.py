"""Running Odoo itself: its configuration file, its commands, and what its log says."""

import os
import re
import signal
import subprocess
import time
import urllib.request

from . import layout, postgres
from .console import Failure, run, say, step
from .layout import LOOPBACK, PYTHON

PID_FILE = layout.STATE / "server.pid"
# Odoo's own code calls what its libraries deprecate; that is not ours to mend.
NOISE = re.compile(r"Running as user .root.|py.warnings: \S*/(odoo|werkzeug)/\S*\.py:\d+: Deprecat")
COMPLAINT = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")


def addons_path(extra=()):
    return ",".join(str(path) for path in [*layout.core_addons_paths(), layout.ADDONS, *extra])


def configuration(name="odoo", *, extra_addons=(), **options):
    """Write a configuration file and return its path."""
    password = postgres.PASSWORD_FILE.read_text()
    options = {
        "addons_path": addons_path(extra_addons),
        "data_dir": layout.DATA_DIR,
        "db_host": LOOPBACK,
        "db_port": postgres.PORT_FILE.read_text(),
        "db_user": layout.DATABASE_USER,
        "db_password": password,
        "http_interface": LOOPBACK,
        "list_db": False,
        "limit_time_real_cron": 1800,
        **options,
    }
    layout.STATE.mkdir(parents=True, exist_ok=True)
    path = layout.STATE / f"{name}.conf"
    path.touch(mode=0o600)
    path.write_text("[options]\n" + "".join(f"{key} = {value}\n" for key, value in options.items()))
    return path


def command(*arguments):
    return [PYTHON, "-m", "odoo", *arguments]


def manage(database, *arguments, log, config=None, strict=True):
    """Run Odoo once on a database (install, update); a warning in its log is a failure if `strict`."""
    config = config or configuration()
    path = layout.LOGS / f"{log}.log"
    path.unlink(missing_ok=True)
    base = command("-c", config, "-d", database, "--no-http", "--stop-after-init", "--max-cron-threads=0")
    run([*base, *arguments], log=log, env=_environment())
    complaints = strict and log_complaints(path)
    if complaints:
        raise Failure(f"Odoo warned while working on {database}:\n" + "\n".join(complaints[:20]), f"Whole log: {path}")


def log_complaints(path):
    """Lines of a server log at level WARNING or above."""
    lines = path.read_text(errors="replace").splitlines()
    return [line for line in lines if COMPLAINT.match(line) and not NOISE.search(line)]


def shell(database, *, source=None):
    """Odoo's shell on a database; `source` is a script that replaces the terminal."""
    arguments = command("shell", "-c", configuration(), "-d", database, "--no-http", "--log-level=warn")
    return subprocess.run([str(part) for part in arguments], stdin=source, env=_environment()).returncode


def serve(database, port):
    """Start the server in the background and wait until it answers."""
    stop_server()
    log = layout.LOGS / "server.log"
    config = configuration(dbfilter=f"^{database}$")
    arguments = command("-c", config, "-d", database, f"--http-port={port}", "--max-cron-threads=1")
    with step(f"Odoo server on port {port}"):
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(part) for part in arguments],
                stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                start_new_session=True, env=_environment(),
            )  # fmt: skip
        PID_FILE.write_text(str(process.pid))
        for _attempt in range(120):
            if process.poll() is not None:
                raise Failure("The server ended while starting.", f"See {log}")
            if _answers(port):
                return
            time.sleep(1)
    raise Failure("The server does not answer.", f"See {log}")


def is_serving(port):
    """Whether our server runs and answers."""
    return PID_FILE.exists() and os.path.exists(f"/proc/{PID_FILE.read_text()}") and _answers(port)


def _answers(port):
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/web/health", timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


def stop_server():
    """End the server started by `serve`, if it still runs."""
    if not PID_FILE.exists():
        return
    pid = int(PID_FILE.read_text())
    PID_FILE.unlink()
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as cmdline:
            ours = b"odoo" in cmdline.read()
    except FileNotFoundError:
        return
    if ours:
        os.kill(pid, signal.SIGTERM)
        for _attempt in range(30):
            if not os.path.exists(f"/proc/{pid}"):
                break
            time.sleep(0.5)
        say("· Odoo server stopped.")


def _environment():
    return {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(layout.ROOT)}

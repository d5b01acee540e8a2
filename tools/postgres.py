"""A private PostgreSQL cluster that listens on the loopback address only."""

import os
import secrets
import shutil
import socket
import subprocess

from . import layout
from .console import capture, run, step
from .layout import DATABASE_USER, LOOPBACK, POSTGRES
from .setup import postgres_bin

CLUSTER = POSTGRES / "cluster"
PORT_FILE = POSTGRES / "port"
PASSWORD_FILE = POSTGRES / "password"
# A development cluster: it may lose its last transactions when the machine loses power, nothing else.
SETTINGS = {
    "listen_addresses": f"'{LOOPBACK}'",
    "unix_socket_directories": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "'1GB'",
    "work_mem": "'64MB'",
    "maintenance_work_mem": "'512MB'",
    "max_wal_size": "'8GB'",
    "autovacuum_max_workers": "2",
    "max_connections": "120",
    "jit": "off",
    "timezone": "'UTC'",
}


def environment():
    """Environment by which libpq's programs and pytest-odoo's workers reach the cluster."""
    return {
        **os.environ,
        "PGHOST": LOOPBACK,
        "PGPORT": PORT_FILE.read_text(),
        "PGUSER": DATABASE_USER,
        "PGPASSWORD": PASSWORD_FILE.read_text(),
    }


def start():
    """Create the cluster if there is none, and start it if it does not run."""
    if not (CLUSTER / "PG_VERSION").exists():
        with step("PostgreSQL: private cluster"):
            _create()
    if not is_running():
        _write_settings()
        _server("pg_ctl", "-D", CLUSTER, "-w", "-t", "60", "-l", POSTGRES / "server.log", "start")


def stop():
    if (CLUSTER / "PG_VERSION").exists() and is_running():
        _server("pg_ctl", "-D", CLUSTER, "-m", "fast", "stop")


def is_running():
    status = _as_server_user([f"{postgres_bin()}/pg_ctl", "-D", str(CLUSTER), "status"])
    return subprocess.run(status, capture_output=True, cwd="/").returncode == 0


def databases():
    """Names of all databases of the cluster."""
    query = "SELECT datname FROM pg_database WHERE NOT datistemplate"
    return capture([_client("psql"), "-d", "postgres", "-Atc", query], env=environment()).splitlines()


def query(database, statement):
    """Output of one SQL statement, one line per row."""
    return capture([_client("psql"), "-d", database, "-v", "ON_ERROR_STOP=1", "-Atc", statement], env=environment())


def drop(database):
    run([_client("dropdb"), "--if-exists", "--force", database], log="postgres", env=environment())
    shutil.rmtree(layout.DATA_DIR / "filestore" / database, ignore_errors=True)


def clone(source, target):
    """Copy a database with its filestore; `source` must have no connections."""
    drop(target)
    run([_client("createdb"), "-T", source, target], log="postgres", env=environment())
    files = layout.DATA_DIR / "filestore"
    if (files / source).is_dir():
        shutil.copytree(files / source, files / target)


def rename(source, target):
    drop(target)
    query("postgres", f'ALTER DATABASE "{source}" RENAME TO "{target}"')
    files = layout.DATA_DIR / "filestore"
    if (files / source).is_dir():
        (files / source).rename(files / target)


def _create():
    shutil.rmtree(POSTGRES, ignore_errors=True)
    POSTGRES.mkdir(parents=True)
    PORT_FILE.write_text(str(free_port()))
    PASSWORD_FILE.write_text(secrets.token_urlsafe(24))
    PASSWORD_FILE.chmod(0o600)
    if not os.geteuid():
        for path in (POSTGRES, PASSWORD_FILE):
            shutil.chown(path, "postgres")
    _server(
        "initdb", "-D", CLUSTER, "-U", DATABASE_USER, "-E", "UTF8", "--locale", "C.UTF-8",
        "--auth", "scram-sha-256", "--pwfile", PASSWORD_FILE, "--no-sync",
    )  # fmt: skip


def _write_settings():
    lines = [f"{name} = {value}\n" for name, value in {**SETTINGS, "port": PORT_FILE.read_text()}.items()]
    (CLUSTER / "postgresql.auto.conf").write_text("".join(lines))


def free_port():
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def _client(program):
    return f"{postgres_bin()}/{program}"


def _server(program, *arguments):
    # The server refuses to run as root; cwd="/" because its user may not read ours.
    command = _as_server_user([f"{postgres_bin()}/{program}", *map(str, arguments)])
    run(command, log="postgres", advice=f"See {POSTGRES / 'server.log'}", cwd="/")


def _as_server_user(command):
    """Run as the unprivileged user `postgres` when we are root, able to reach a project below a closed folder."""
    if os.geteuid():
        return command
    capability = "+dac_override"
    user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
    return ["setpriv", *user, f"--inh-caps={capability}", f"--ambient-caps={capability}", *command]

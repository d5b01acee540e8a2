"""./dev demo: a server with the suite, Odoo's demo data and 2,469 real households."""

import hashlib
import json

from . import databases, layout, odoo, postgres, setup
from .console import Failure, say, stamp_matches, step, write_stamp
from .demo_logins import LOGINS, PORTAL_LOGINS
from .layout import LOOPBACK

DATABASE = "demo"
PORT_FILE = layout.STATE / "demo.port"
FILLER = layout.ROOT / "tools" / "demo_data.py"
FILLER_PARTS = sorted(FILLER.parent.glob("demo_*.py"))


def main(_arguments):
    setup.everything(requirements=("odoo.txt", "demo.txt"))
    address = ensure_running()
    say(f"\nThe demo runs at {address}\n")
    roles = [(login, role, language) for login, (role, _name, _groups, language) in LOGINS.items()]
    roles += [(login, "customer in the portal", language) for login, language in PORTAL_LOGINS.items()]
    for login, role, language in roles:
        say(f"  {login:<12} password {login:<12} {role} ({'Chinese' if language == 'zh_CN' else 'English'})")
    say("\n./dev stop ends it.")


def ensure_running():
    """Prepare the demo database if needed, start the server, and return its address."""
    postgres.start()
    _prepare()
    if not PORT_FILE.exists():
        PORT_FILE.write_text(str(postgres.free_port()))
    port = int(PORT_FILE.read_text())
    if not odoo.is_serving(port):
        odoo.serve(DATABASE, port)
    return f"http://{LOOPBACK}:{port}"


def _prepare():
    """Demo database, built anew when an addon or the filling script changed."""
    addons = layout.addon_names()
    stamp = _stamp(addons)
    if DATABASE in postgres.databases() and stamp_matches("database-demo", stamp):
        return
    source = databases.core(demo=True)
    work = f"{DATABASE}_new"
    with step(f"Demo database: {', '.join(addons)}"):
        postgres.clone(source, work)
        odoo.manage(work, "-i", ",".join(addons), "--with-demo", log="database-demo")
    with step("Demo data: 2,469 households, 60 companies, and what they bought"):
        fill(work)
    odoo.stop_server()
    postgres.rename(work, DATABASE)
    write_stamp("database-demo", stamp)


def fill(database):
    """Run demo_data.py in Odoo's shell; an exception there ends the shell with 1."""
    with FILLER.open("rb") as script:
        if odoo.shell(database, source=script):
            raise Failure("Filling the demo database failed.", "The messages above say where.")


def _stamp(addons):
    """Digest of all that the demo database is made of."""
    files = {addon: databases.digests(addon) for addon in addons}
    parts = [hashlib.sha256(path.read_bytes()).hexdigest() for path in FILLER_PARTS]
    return hashlib.sha256(json.dumps([files, parts], sort_keys=True).encode()).hexdigest()

"""Prepared databases: built once, cloned in seconds, rebuilt only where their inputs changed."""

import ast
import fcntl
import hashlib
import json

from . import layout, odoo, postgres
from .console import stamp_matches, step, write_stamp

CORE, CORE_DEMO, SUITE = "core", "core_demo", "suite"
LANGUAGES = "--load-language=en_US,zh_CN"
# A change in these needs a new installation: their records are `noupdate` or run only once.
INSTALLED_ONCE = ("data/", "security/", "demo/", "__manifest__.py", "hooks.py", "__init__.py")
IGNORED = ("tests/", "static/", "__pycache__/", "readme/", "README")


def manifest(addon, folder=layout.ADDONS):
    return ast.literal_eval((folder / addon / "__manifest__.py").read_text())


def core_modules(addons=None):
    """Modules of Odoo that these addons of the suite, or all of them, depend on."""
    ours = set(layout.addon_names())
    return sorted({name for addon in addons or ours for name in manifest(addon)["depends"]} - ours)


def core(*, demo=False):
    """Name of a database with Odoo's own modules in English and Chinese."""
    return _of_odoo_alone(CORE_DEMO if demo else CORE, core_modules(), demo=demo)


def core_of(addon):
    """Name of a database with nothing but what one addon depends on."""
    return _of_odoo_alone(f"{CORE}_of_{addon}", core_modules([addon]))


def _of_odoo_alone(name, modules, *, demo=False):
    stamp = " ".join([*modules, LANGUAGES])
    if name in postgres.databases() and stamp_matches(f"database-{name}", stamp):
        return name
    work = f"{name}_new"
    with step(f"Database {name}: {stamp} ({'with' if demo else 'without'} demo data)"):
        postgres.drop(work)
        arguments = ["-i", ",".join(modules), LANGUAGES] + (["--with-demo"] if demo else [])
        odoo.manage(work, *arguments, log=f"database-{name}")
        postgres.rename(work, name)
    write_stamp(f"database-{name}", stamp)
    return name


def suite():
    """Name of a database with the whole suite installed, current with the addons' files."""
    layout.STATE.mkdir(parents=True, exist_ok=True)
    with (layout.STATE / "databases.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two commands at once build it once
        return _suite()


def _suite():
    source = core()
    before = _saved_digests()
    now = {addon: digests(addon) for addon in layout.addon_names()}
    changed = {addon for addon in now if now[addon] != before.get(addon)}
    if SUITE in postgres.databases() and not changed and set(before) == set(now):
        return SUITE
    work = f"{SUITE}_new"
    with step(f"Database {SUITE}: {', '.join(sorted(changed)) or 'all addons'}"):
        if SUITE in postgres.databases() and can_update(before, now):
            postgres.clone(SUITE, work)
            odoo.manage(work, "-u", ",".join(sorted(changed)), "--i18n-overwrite", log=f"database-{SUITE}")
        else:
            postgres.clone(source, work)
            odoo.manage(work, "-i", ",".join(now), log=f"database-{SUITE}")
        postgres.rename(work, SUITE)
    write_stamp(f"database-{SUITE}", json.dumps(now))
    return SUITE


def digests(addon):
    """Digest of each file of an addon that its installation reads."""
    base = layout.ADDONS / addon
    found = {}
    for path in sorted(base.rglob("*")):
        relative = path.relative_to(base).as_posix()
        if path.is_file() and not relative.startswith(IGNORED) and "__pycache__" not in relative:
            found[relative] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _saved_digests():
    path = layout.STATE / f"database-{SUITE}"
    return json.loads(path.read_text()) if path.is_file() else {}


def can_update(before, now):
    """Whether a database with the addons' files of `before` becomes current by an update, {addon: digests} each."""
    if set(before) != set(now):
        return False
    for addon, files in now.items():
        changed = {name for name in files.keys() | before[addon].keys() if files.get(name) != before[addon].get(name)}
        if any(name.startswith(INSTALLED_ONCE) for name in changed):
            return False
    return True

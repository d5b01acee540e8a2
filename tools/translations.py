"""Translation templates and the check that every zh_CN.po is complete and current."""

from pathlib import Path
from tempfile import TemporaryDirectory

from . import databases, layout, odoo, postgres, setup
from .console import capture, run, say, step
from .layout import PYTHON

LANGUAGE = "zh_CN"


def main(_arguments):
    """Write each addon's .pot and merge it into its zh_CN.po; new terms are left empty."""
    setup.everything(requirements=("odoo.txt", "lint.txt"))
    postgres.start()
    database = databases.suite()
    for addon in layout.addon_names():
        with step(f"Translation template of {addon}"):
            target = _template(addon)
            target.parent.mkdir(exist_ok=True)
            _export(database, addon, target)
            _script("merge", target, _translation(addon))
    say("· Translate the empty and fuzzy terms of i18n/zh_CN.po, then run ./dev lint.")


def check():
    """Sentences on missing, outdated or incomplete translations; none when all is well."""
    postgres.start()
    database = databases.suite()
    problems = []
    with TemporaryDirectory() as folder:
        for addon in layout.addon_names():
            current = Path(folder) / f"{addon}.pot"
            _export(database, addon, current)
            problems += _script("check", current, _template(addon), _translation(addon)).splitlines()
    return problems


def _template(addon):
    return layout.ADDONS / addon / "i18n" / f"{addon}.pot"


def _translation(addon):
    return layout.ADDONS / addon / "i18n" / f"{LANGUAGE}.po"


def _export(database, addon, target):
    config = odoo.configuration()
    command = odoo.command("i18n", "export", "-c", config, "-d", database, "-l", "pot", "-o", target, addon)
    run(command, log="i18n")


def _script(action, *paths):
    """polib lives in the environment, not here: this module runs before it is installed."""
    return capture([PYTHON, "-m", "tools.po_files", action, *paths], cwd=layout.ROOT)

"""Where things are. Everything that set-up makes lies under one git-ignored folder."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDONS = ROOT / "addons"
TESTS = ROOT / "tests"
TEST_ADDONS = TESTS / "addons"

HOME = ROOT / ".dev"
APT = HOME / "apt"
ODOO_ROOT = HOME / "odoo"
VENV = HOME / "venv"
PYTHON = VENV / "bin" / "python"
NODE = HOME / "node"
POSTGRES = HOME / "postgres"
STATE = HOME / "state"
LOGS = HOME / "log"
DATA_DIR = HOME / "data"

LOOPBACK = "127.0.0.1"
DATABASE_USER = "odoo"


def addon_names(folder=ADDONS):
    """Names of the addons in `folder`, sorted."""
    return sorted(path.parent.name for path in folder.glob("*/__manifest__.py"))


def odoo_package():
    """Folder that holds the Python package `odoo` (of ODOO_HOME if set)."""
    home = os.environ.get("ODOO_HOME")
    return Path(home) if home else ODOO_ROOT / "usr/lib/python3/dist-packages"


def core_addons_paths():
    """Addons folders of Odoo itself: all inside the package when packaged, most beside it in a source tree."""
    package = odoo_package()
    folders = [package / "odoo/addons", package / "addons"]
    return folders[:1] if (folders[0] / "account").is_dir() else folders

"""Addons of others that benchmarks measure beside. They are fetched from PyPI and are no part of the suite."""

import subprocess

from . import layout
from .console import say, stamp_matches, step, write_stamp

FOLDER = layout.HOME / "peers"
# OCA's helpdesk with deadlines (AGPL-3); both require a distribution called `odoo`, which PyPI has not.
HELPDESK = ("odoo-addon-helpdesk_mgmt==19.0.1.3.2", "odoo-addon-helpdesk_mgmt_sla==19.0.1.0.0.4")


def addons():
    """Folders with addons of peers, downloaded once; none where they can't be had."""
    stamp = " ".join(HELPDESK)
    if not stamp_matches("peers", stamp):
        with step("Peers from PyPI: helpdesk_mgmt_sla"):
            command = [layout.PYTHON, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade", "--target", FOLDER]
            if subprocess.run([str(part) for part in [*command, *HELPDESK]]).returncode:
                say("· PyPI does not answer: benchmarks go without their peers.")
                return []
        write_stamp("peers", stamp)
    return [FOLDER / "odoo" / "addons"]

"""./dev screenshots: the pictures of docs/, taken from the running demo."""

import subprocess

from . import demo, setup
from .layout import PYTHON, ROOT


def main(arguments):
    setup.everything(browser=True, requirements=("odoo.txt", "test.txt"))
    address = demo.ensure_running()
    command = [PYTHON, "-m", "docs.screenshots", address, *arguments]
    return subprocess.run([str(part) for part in command], cwd=ROOT).returncode

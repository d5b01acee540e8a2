"""./dev bench: benchmarks on generated data, each beside its floor or peer in the same run."""

import subprocess

from . import databases, odoo, peers, postgres, setup
from .layout import PYTHON, ROOT


def main(arguments):
    setup.everything(browser=False, requirements=("odoo.txt", "test.txt"))
    postgres.start()
    databases.suite()
    config = odoo.configuration("bench", extra_addons=peers.addons(), log_level="warn", max_cron_threads=0)
    command = [PYTHON, "-m", "bench", "--config", config, *arguments]
    env = {**postgres.environment(), "PYTHONPATH": str(ROOT)}
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=env).returncode

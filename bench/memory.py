"""Peak memory of one first run: `python -m bench.memory`, as a process of its own, prints idle and peak in MB."""

import argparse
import json
from pathlib import Path

from . import environment
from .scene import RESULTS, company_of, full_run

STATUS = Path("/proc/self/status")
# Writing 5 resets the peak to what is in use now (proc(5)).
RESET = Path("/proc/self/clear_refs")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    options = parser.parse_args()
    environment.configure(options.config)
    with environment.environment(options.database) as env:
        # Idle is a process that has its registry, and has looked at what it works with.
        env["customer.policy"]._get_in_force(company_of(env))
        idle = megabytes("VmRSS")
        RESET.write_text("5")
        env.cr.execute(f"TRUNCATE {RESULTS} CASCADE")
        full_run(env)
        peak = megabytes("VmHWM")
    print(json.dumps({"idle": idle, "peak": peak}))


def megabytes(name):
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(name))
    return round(int(line.split()[1]) / 1024, 1)


if __name__ == "__main__":
    main()

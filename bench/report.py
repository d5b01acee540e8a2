"""What the benchmarks say: results on standard output, one JSON object per line, progress on standard error."""

import json
import sys
import time

START = time.monotonic()


def progress(text):
    print(f"[{time.monotonic() - START:6.1f} s] {text}", file=sys.stderr, flush=True)


def result(name, value, bar, unit, on, *, ok=None, **details):
    """Print one result and return whether it meets its bar (None: measured for information only).

    :param on: what it was measured on
    :param ok: further conditions that the bar alone does not say
    """
    met = (bar is None or value <= bar) and ok is not False
    line = {"bench": name, "value": value, "bar": bar, "unit": unit, "ok": met, "on": on, **details}
    print(json.dumps(line, default=str), flush=True)
    return met

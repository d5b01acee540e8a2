"""Telling the person at the terminal what happens, and what to do when it fails."""

import contextlib
import subprocess
import sys
import time

from . import layout


class Failure(Exception):
    """A step that cannot go on: what happened, and what to do about it."""

    def __init__(self, message, advice=""):
        super().__init__(message)
        self.advice = advice


def say(text=""):
    print(text, flush=True)


@contextlib.contextmanager
def step(title):
    """One line when the step begins and one when it ends, with its duration."""
    say(f"· {title} ...")
    start = time.monotonic()
    yield
    say(f"  {title}: done in {time.monotonic() - start:.0f} s")


def run(command, *, log, advice="", **kwargs):
    """Run a command with its output in a log file; raise `Failure` with the log's last lines."""
    layout.LOGS.mkdir(parents=True, exist_ok=True)
    path = layout.LOGS / f"{log}.log"
    command = [str(part) for part in command]
    with path.open("ab") as output:
        done = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, **kwargs)
    if done.returncode:
        tail = "\n".join(path.read_text(errors="replace").splitlines()[-15:])
        raise Failure(f"{' '.join(command[:4])} ended with {done.returncode}.\n{tail}", advice or f"Whole log: {path}")


def capture(command, **kwargs):
    """Standard output of a command, stripped."""
    command = [str(part) for part in command]
    return subprocess.run(command, check=True, capture_output=True, text=True, **kwargs).stdout.strip()


def stamp_matches(name, value):
    """Whether the set-up step `name` was completed with the same inputs."""
    path = layout.STATE / name
    return path.is_file() and path.read_text() == value


def write_stamp(name, value):
    layout.STATE.mkdir(parents=True, exist_ok=True)
    (layout.STATE / name).write_text(value)


def guarded(main):
    """Run `main`, turning a Failure into a message and exit code 1."""
    try:
        return main() or 0
    except Failure as failure:
        say(f"\n✗ {failure}")
        if failure.advice:
            say(f"→ {failure.advice}")
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted. Run the same command again to go on where it stopped.")
        return 130
    finally:
        sys.stdout.flush()

"""./dev lint: ruff, pylint-odoo, prettier and complete, current translations."""

import subprocess

from . import layout, setup, translations
from .console import say, step
from .layout import NODE, PYTHON, ROOT

# A README.rst per addon is what OCA's tools generate; here docs/ and README.md serve.
# The engine is one model in several files: a step of the pipeline each.
PYLINT = ["--disable=missing-readme,consider-merging-classes-inherited"]


def main(arguments):
    fix = "--fix" in arguments
    setup.everything(node_packages=True, requirements=("odoo.txt", "test.txt", "lint.txt"))
    failed = [name for name, command in _commands(fix).items() if not _passes(name, command)]
    with step("translations"):
        problems = translations.check()
    for problem in problems:
        say(f"  {problem}")
    if problems:
        failed.append("translations")
    say(f"✗ {', '.join(failed)}" if failed else "✓ lint")
    return 1 if failed else 0


def _commands(fix):
    ruff = [PYTHON, "-m", "ruff"]
    prettier = [NODE / "node_modules/.bin/prettier", "--config", NODE / "package.json", "--log-level", "warn"]
    prettier += ["--plugin", NODE / "node_modules/@prettier/plugin-xml/src/plugin.js"]
    files = [
        path
        for folder in (layout.ADDONS, layout.TEST_ADDONS)
        for pattern in ("*/**/*.xml", "*/**/*.js")
        for path in sorted(folder.glob(pattern))
    ]
    addons = sorted(layout.ADDONS.glob("*/"))
    return {
        "ruff check": [*ruff, "check", *(["--fix"] if fix else []), "dev", "."],
        "ruff format": [*ruff, "format", *([] if fix else ["--check"]), "dev", "."],
        "pylint-odoo": [
            PYTHON,
            "-m",
            "pylint",
            "--rcfile",
            ROOT / ".pylintrc",
            *PYLINT,
            *addons,
        ],
        "prettier": [*prettier, "--write" if fix else "--check", *files],
    }


def _passes(name, command):
    with step(name):
        return subprocess.run([str(part) for part in command], cwd=ROOT).returncode == 0

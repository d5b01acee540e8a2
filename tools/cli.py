"""The sub-commands of ./dev."""

from . import bench, databases, demo, lint, odoo, postgres, screenshots, setup, suite_tests, translations
from .console import Failure, say

HELP = """\
./dev demo                 Odoo with the suite and real customers; ends with its address and logins
./dev stop                 end the demo's server and the database cluster
./dev test [ADDON] [-k N]  all tests, one addon's, or those whose name contains N
./dev test core            Odoo's own tests of crm, sale, contacts and partners, with the suite installed
./dev lint [--fix]         ruff, pylint-odoo, prettier, translations
./dev bench [NAME...]      benchmarks, one JSON object per line
./dev shell [DATABASE]     Odoo's shell (on the demo, else on the test database); reads a script from standard input
./dev i18n                 write the translation templates and merge them into the translations
./dev screenshots          make the screenshots of docs/ again, from the demo
./dev help                 this text
"""


def main(arguments):
    name, *rest = arguments or ["help"]
    commands = {
        "demo": demo.main,
        "stop": stop,
        "test": suite_tests.main,
        "lint": lint.main,
        "bench": bench.main,
        "shell": shell,
        "i18n": translations.main,
        "screenshots": screenshots.main,
        "help": lambda _rest: say(HELP),
    }
    if name not in commands:
        raise Failure(f"There is no command “{name}”.", "./dev help lists them.")
    return commands[name](rest)


def stop(_arguments):
    odoo.stop_server()
    postgres.stop()
    say("· PostgreSQL stopped.")


def shell(arguments):
    setup.everything()
    postgres.start()
    names = postgres.databases()
    database = arguments[0] if arguments else (demo.DATABASE if demo.DATABASE in names else databases.suite())
    if database not in names and database != databases.SUITE:
        raise Failure(f"There is no database “{database}”.", f"There are: {', '.join(names)}")
    return odoo.shell(database)

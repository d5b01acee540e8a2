"""What one run of the engine carries from step to step. No ORM here: tested by itself."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from time import monotonic

from odoo.tools import SQL

STAGE = "customer_profile_stage"


def collected(name):
    """The temporary table of one of the engine's `_collect_queries`."""
    return SQL.identifier(f"customer_collect_{name}")


@dataclass
class RunContext:
    """One run: whose customers, which day, which version, and what the steps found.

    `partner_ids` None means all customers (a full run, which cuts new thresholds); otherwise the
    commercial partners to bring up to date with the thresholds of the last full run, and `contact_ids`
    they and all their contacts.
    """

    company: object
    policy: object
    today: date
    window_start: date
    partner_ids: list | None = None
    contact_ids: list | None = None
    log: object = None
    thresholds: dict = field(default_factory=dict)
    counts: dict = field(default_factory=dict)
    seconds: dict = field(default_factory=dict)
    schemes: list = field(default_factory=list)
    started: float = field(default_factory=monotonic)

    @property
    def is_full(self):
        return self.partner_ids is None

    def cuts(self, rule, key="value"):
        return self.thresholds[rule._name, rule.id, key][0]


def class_of(value, cuts):
    """Class of a value: 1 + how many of the ascending `cuts` it reaches (PostgreSQL: 1 + width_bucket)."""
    return 1 + bisect_right(cuts, value)

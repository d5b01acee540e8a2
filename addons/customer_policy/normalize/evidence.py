"""What two records have in common."""

from dataclasses import dataclass, field
from functools import cached_property

from . import address, code, company_name, keys, person_name


@dataclass
class Record:
    """A customer as far as it is compared."""

    id: int
    name: str
    is_company: bool
    codes: tuple = ()
    country: str | None = None
    city: str | None = None
    street: str | None = None
    zip: str | None = None
    extra: dict = field(default_factory=dict)

    @cached_property
    def reads_as_company(self):
        return keys.reads_as_company(self.name, self.is_company)

    @cached_property
    def parsed_name(self):
        return (company_name if self.reads_as_company else person_name).parse(self.name or "")

    @cached_property
    def valid_codes(self):
        """{scheme: value} of codes whose check digit is right."""
        read = [code.parse(text, self.country) for text in self.codes if text]
        return {found.scheme: found.value for found in read if found and found.is_valid}

    @cached_property
    def city_key(self):
        return address.city(self.city) if self.city else ""

    @cached_property
    def street_key(self):
        return address.street(self.street) if self.street else ""


@dataclass
class Evidence:
    """What two records have in common.

    `shared`: {kind: number of customers} of the codes, phones and e-mails that both have; `name`: similarity of the
    names, 0 to 100; `code_conflict`: both have a valid code of one kind, and the codes differ; `person`: both are people.
    """

    shared: dict
    name: float
    same_name: bool
    city: bool
    address: bool
    code_conflict: bool
    person: bool

    def kinds(self):
        """Names of what speaks for one customer, for storing."""
        flags = [name for name in ("same_name", "city", "address") if getattr(self, name)]
        return sorted(self.shared) + flags


def compare(record, other, shared):
    """The evidence of two records that share keys as `shared` says."""
    name, same = 0.0, False
    alike = record.reads_as_company == other.reads_as_company
    if alike:
        name = record.parsed_name.similarity(other.parsed_name)
        same = name >= 95 and record.parsed_name.same_as(other.parsed_name)
    schemes = record.valid_codes.keys() & other.valid_codes.keys()
    same_city = bool(record.city_key) and record.city_key == other.city_key
    same_street = bool(record.street_key) and record.street_key == other.street_key
    return Evidence(
        shared=shared,
        name=name,
        same_name=same,
        city=same_city,
        address=same_street and (same_city or not record.city_key or not other.city_key),
        code_conflict=any(record.valid_codes[scheme] != other.valid_codes[scheme] for scheme in schemes),
        person=alike and not record.reads_as_company,
    )

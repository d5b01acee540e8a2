"""Two records side by side."""

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


class Evidence:
    """What two records have in common; worked out as far as somebody asks, as most pairs fail at the name.

    :param shared: {kind: number of customers} of the codes, phones and e-mails that both have
    """

    def __init__(self, record, other, shared):
        self.record, self.other, self.shared = record, other, shared

    @cached_property
    def name(self):
        """Similarity of the names, 0 to 100; a company and a person have none."""
        if self.record.reads_as_company != self.other.reads_as_company:
            return 0.0
        return self.record.parsed_name.similarity(self.other.parsed_name)

    @cached_property
    def same_name(self):
        return self.name >= 95 and self.record.parsed_name.same_as(self.other.parsed_name)

    @property
    def person(self):
        """Whether both are people."""
        return not self.record.reads_as_company and not self.other.reads_as_company

    @property
    def city(self):
        return bool(self.record.city_key) and self.record.city_key == self.other.city_key

    @property
    def address(self):
        """The same street and number, and no other city."""
        if not self.record.street_key or self.record.street_key != self.other.street_key:
            return False
        return self.city or not self.record.city_key or not self.other.city_key

    @property
    def code_conflict(self):
        """Both have a valid code of one kind, and the codes differ."""
        codes, others = self.record.valid_codes, self.other.valid_codes
        return any(codes[scheme] != others[scheme] for scheme in codes.keys() & others.keys())

    def kinds(self):
        """Names of what speaks for one customer, for storing."""
        flags = [name for name in ("same_name", "city", "address") if getattr(self, name)]
        return sorted(self.shared) + flags

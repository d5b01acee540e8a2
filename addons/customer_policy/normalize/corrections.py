"""What a record's values should be written like, where that is beyond doubt."""

from . import code, email, phone
from .text import clean

# Fields of a contact that are cleaned as text: no full-width letters, no stray spaces.
TEXTS = ("name", "street", "street2", "city", "zip")
CODES = ("vat", "company_registry")


def of_values(values):
    """[(field, old, new, reason)] of one contact; `new` is None where only a person can tell what is right.

    :param values: {field: value} of `TEXTS`, `CODES`, "phone", "email"; "country" is an ISO code
    """
    country = values.get("country")
    found = []
    for name in TEXTS:
        new = clean(values.get(name))
        if new and new != values[name]:
            found.append((name, values[name], new, "writing"))
    new = phone.international(values.get("phone"), country)
    if new and not phone.is_complete(values["phone"]):
        found.append(("phone", values["phone"], new, "phone"))
    new = email.corrected(values["email"]) if values.get("email") else None
    if new and new != values["email"]:
        found.append(("email", values["email"], new, "email"))
    for name in CODES:
        found += _of_code(name, values.get(name), country)
    return found


def _of_code(name, value, country):
    read = code.parse(value, country)
    if not read:
        return []
    if read.is_valid is False and read.scheme == "uscc":
        return [(name, value, None, "check_digit")]
    # Other countries write their codes with separators of their own; only the Chinese one has a single writing.
    if read.is_valid and read.scheme == "uscc" and read.value != value:
        return [(name, value, read.value, "code")]
    return []

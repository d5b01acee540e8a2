"""What is known while a whole file is looked at before its first row is written."""

# Stands for the record of an earlier row, which is not there yet.
EARLIER_ROW = -1


class ImportLook:
    """In the context key `customer_import_look`; no client can send one.

    `messages` are the bad rows that were found, `rows` what later rows may call the rows before them.
    """

    def __init__(self):
        self.messages = []
        self.rows = set()

    @classmethod
    def of(cls, env):
        """The look that is under way, or None."""
        found = env.context.get("customer_import_look")
        return found if isinstance(found, cls) else None

    def add_row(self, xid, values):
        """Remember how a row can be referred to: by external id, else by what core searches for a name."""
        names = [values.get(name) for name in ("name", "email", "ref", "vat", "company_registry")]
        self.rows.update(filter(None, [("id", xid), *((None, name) for name in names if name)]))

    def is_earlier_row(self, subfield, value):
        """Whether a reference, by external id or by a name that may follow its company's, means a row before."""
        known = {(subfield, value)}
        if subfield is None and isinstance(value, str):
            known.add((None, value.rpartition(", ")[2]))
        return bool(known & self.rows)

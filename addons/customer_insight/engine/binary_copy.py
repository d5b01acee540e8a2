"""Rows between PostgreSQL and NumPy in the binary format of COPY: a million rows in a second. No ORM here.

Columns are `int4` or `float8` and never NULL, so that all rows are of one width: NaN and numbers out of range stand for
what is not there. Format: PostgreSQL's manual, COPY, “Binary Format”.
"""

import numpy as np

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
KINDS = {"int4": (">i4", 4), "float8": (">f8", 8)}
NATIVE = {"int4": np.int64, "float8": np.float64}
# Bytes that are turned into arrays at once.
BLOCK = 1 << 20


def _row(kinds):
    """Layout of a row: number of columns, then length and value of each."""
    fields = [("columns", ">i2")]
    for place, kind in enumerate(kinds):
        fields += [(f"length{place}", ">i4"), (f"value{place}", KINDS[kind][0])]
    return np.dtype(fields)


class Receiver:
    """File for `COPY ... TO STDOUT (FORMAT binary)`: keeps the values, row by row as they come."""

    def __init__(self, kinds):
        self.kinds, self.row = kinds, _row(kinds)
        self.rest, self.is_first = bytearray(), True
        self.blocks = [[np.empty(0, NATIVE[kind])] for kind in kinds]

    def write(self, data):  # pylint: disable=method-required-super  # a file, no model
        # Called once a row: a bytearray grows in place.
        self.rest += data
        if len(self.rest) >= BLOCK:
            self._take()

    def _take(self):
        start = len(SIGNATURE) if self.is_first and len(self.rest) >= len(SIGNATURE) else 0
        self.is_first = self.is_first and not start
        count = (len(self.rest) - start) // self.row.itemsize
        end = start + count * self.row.itemsize
        rows = np.frombuffer(bytes(self.rest[start:end]), self.row)
        for place, kind in enumerate(self.kinds):
            self.blocks[place].append(rows[f"value{place}"].astype(NATIVE[kind]))
        del self.rest[:end]

    def columns(self):
        """The columns as arrays, once everything has come."""
        self._take()
        if self.rest != TRAILER:
            raise ValueError("a column was NULL or of another type")
        return [np.concatenate(blocks) for blocks in self.blocks]


class Sender:
    """File for `COPY ... FROM STDIN (FORMAT binary)` of columns of one length."""

    def __init__(self, kinds, columns):
        row = _row(kinds)
        rows = np.empty(len(columns[0]), row)
        rows["columns"] = len(kinds)
        for place, (kind, column) in enumerate(zip(kinds, columns, strict=True)):
            rows[f"length{place}"] = KINDS[kind][1]
            rows[f"value{place}"] = column
        self.parts = [SIGNATURE, memoryview(rows).cast("B") if len(rows) else b"", TRAILER]
        self.place = 0

    def read(self, size):  # pylint: disable=method-required-super
        while self.parts:
            part = bytes(self.parts[0][self.place : self.place + size])
            self.place += len(part)
            if part:
                return part
            self.parts.pop(0)
            self.place = 0
        return b""

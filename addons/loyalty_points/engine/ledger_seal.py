#!/usr/bin/env python3
"""Proves that nobody has changed a sealed points ledger: `python3 ledger_seal.py EXPORT.csv [--last HASH]`.

The ledger is sealed in blocks. A line's digest is the SHA-256 of its canonical form, a JSON array of its columns; a
block's hash is the SHA-256 of the hash before it, of its own head, and of the ids and digests of its lines. Who
changes, removes, adds or moves a line breaks the hash of its block, and who changes a hash breaks all that follow.
Whoever keeps the last hash outside (closings cite it in their journal entry) notices missing blocks at the end, too.

This file needs Python's standard library only. Odoo seals and verifies with the same functions.

An export (CSV, or JSON: an array of the same rows) has one row per line, in the order of the ledger, and after the
lines of a block the block:

    line, KIND, ID, DIGEST AS SEALED, COLUMN...
    block, KIND, NUMBER, FIRST ID, LAST ID, LINES, SEALED AT, PREVIOUS HASH, HASH

A line without columns was sealed and is gone; one without a digest was added later. A row `hidden` (KIND, ID, DIGEST)
stands for a line of a company that who exports has no part in: the hash of its block still covers it. Rows `unsealed`
come after the last block of their kind and wait for the next one.
"""

import argparse
import csv
import hashlib
import json
import sys
from collections import namedtuple

FIRST = "0" * 64
# Columns of a line that its reader may not see.
HIDDEN = object()
MESSAGES = {
    "changed": "{kind} block {number}: line {line} was changed",
    "removed": "{kind} block {number}: line {line} was removed",
    "inserted": "{kind} block {number}: line {line} was added after the block was sealed",
    "order": "{kind} block {number}: line {line} is not in its place",
    "hash": "{kind} block {number}: its hash does not fit its content",
    "chain": "{kind} block {number}: it does not follow the block before it",
    "last": "{kind}: the last hash is not the expected one, blocks are missing",
}
Finding = namedtuple("Finding", "code kind number line")
Block = namedtuple("Block", "kind number first last count sealed_at previous hash")


def canonical(columns):
    """The one way to write a line: a JSON array of texts, `None` as null."""
    return json.dumps([None if value in (None, "") else str(value) for value in columns], separators=(",", ":"))


def digest(columns):
    return hashlib.sha256(canonical(columns).encode()).hexdigest()


def block_hash(block, digests):
    """:param digests: [(id, digest)] of the lines, in their order"""
    head = [block.kind, block.number, block.first, block.last, block.count, block.sealed_at]
    text = "\n".join([block.previous, canonical(head), *(f"{line} {sealed}" for line, sealed in digests)])
    return hashlib.sha256(text.encode()).hexdigest()


class Chain:
    """Checks the blocks of one kind one after the other."""

    def __init__(self, kind):
        self.kind, self.number, self.hash, self.lines, self.hidden = kind, 0, FIRST, 0, 0

    def check(self, block, lines):
        """Findings on a block.

        :param lines: [(id, digest as sealed or "", columns, None or HIDDEN)]
        """
        sealed = [(line, old) for line, old, _columns in lines if old]
        found = []
        if block.number != self.number + 1 or block.previous != self.hash:
            found.append(Finding("chain", self.kind, block.number, None))
        if block.hash != block_hash(block, sealed) or block.count != len(sealed):
            found.append(Finding("hash", self.kind, block.number, None))
        found += [Finding(code, self.kind, block.number, line) for code, line in self._check_lines(lines)]
        self.number, self.hash, self.lines = block.number, block.hash, self.lines + len(sealed)
        self.hidden += sum(columns is HIDDEN for _line, _old, columns in lines)
        return found

    def _check_lines(self, lines):
        before = 0
        for line, old, columns in lines:
            if line <= before:
                yield "order", line
            before = line
            if not old:
                yield "inserted", line
            elif columns is HIDDEN:
                continue
            elif not columns:
                yield "removed", line
            elif digest([line, *columns]) != old:
                yield "changed", line

    def check_last(self, expected):
        return [] if expected in (None, self.hash) else [Finding("last", self.kind, self.number, None)]


def verify(rows, last=()):
    """Findings and chains of an export.

    :param rows: as described above, values as texts
    :param last: hashes that the chains must end with
    """
    found, chains, waiting = [], {}, {}
    for row in rows:
        what, kind, *values = row
        if what in ("line", "hidden"):
            line, old, *columns = values
            waiting.setdefault(kind, []).append((int(line), old, HIDDEN if what == "hidden" else columns))
        elif what == "block":
            number, first, end, count, *rest = values
            block = Block(kind, int(number), int(first), int(end), int(count), *rest)
            found += chains.setdefault(kind, Chain(kind)).check(block, waiting.pop(kind, []))
    for kind, lines in waiting.items():
        found += [Finding("chain", kind, chains.get(kind, Chain(kind)).number + 1, lines[0][0])]
    ends = {chain.hash for chain in chains.values()}
    found += [Finding("last", "ledger", None, None) for expected in last if expected not in ends]
    return found, chains


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        if path.endswith(".json"):
            return json.load(file)
        return [row for row in csv.reader(file) if row]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("export", help="CSV or JSON file")
    parser.add_argument("--last", action="append", default=[], help="a hash that must be the last of its chain")
    options = parser.parse_args(arguments)
    found, chains = verify(read(options.export), options.last)
    lines = [MESSAGES[finding.code].format(**finding._asdict()) for finding in found]
    for chain in chains.values():
        hidden = f" ({chain.hidden} hidden)" if chain.hidden else ""
        lines.append(f"{chain.kind}: {chain.lines} lines{hidden} in {chain.number} blocks, last hash {chain.hash}")
    lines.append("DIFFERENCES FOUND" if found else "The ledger is as it was sealed.")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if found or not chains else 0


if __name__ == "__main__":
    sys.exit(main())

"""The seal without Odoo: whatever is done to an export is found, with the script as an auditor runs it."""

import csv
import json
import subprocess
import sys
import tempfile
from copy import deepcopy
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ..engine import ledger_seal
from ..engine.ledger_seal import Block, block_hash, digest, verify

SCRIPT = Path(ledger_seal.__file__)


def export(blocks=3, lines=4):
    rows, previous, line = [], ledger_seal.FIRST, 0
    for number in range(1, blocks + 1):
        sealed = []
        for _line in range(lines):
            line += 2  # numbers that were drawn by undone transactions are missing
            columns = [str(line % 3), f"{line}.000000", "", 'he said "2,5"\n']
            sealed.append((line, digest([line, *columns])))
            rows.append(["line", "entry", str(line), sealed[-1][1], *columns])
        head = Block("entry", number, sealed[0][0], line, lines, f"2026-01-0{number}T00:00:00", previous, None)
        previous = block_hash(head, sealed)
        rows.append(["block", "entry", *map(str, head[1:7]), previous])
    return rows, previous


@tagged("post_install", "-at_install")
class TestLedgerSeal(BaseCase):
    def codes(self, rows, last=()):
        return {finding.code for finding in verify(rows, last)[0]}

    def run_script(self, rows, suffix, *options):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"export{suffix}"
            with path.open("w", encoding="utf-8", newline="") as file:
                if suffix == ".json":
                    json.dump(rows, file)
                else:
                    csv.writer(file).writerows(rows)
            command = [sys.executable, "-I", str(SCRIPT), str(path), *options]
            return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_digest(self):
        """Against sha256sum of the text written by hand."""
        text = b'["1","a",null]'
        expected = subprocess.run(["sha256sum"], input=text, capture_output=True, check=True).stdout.split()[0].decode()
        self.assertEqual(digest([1, "a", None]), expected)
        self.assertEqual(digest(["1", "a", ""]), expected)

    def test_script(self):
        rows, last = export()
        for suffix in (".csv", ".json"):
            result = self.run_script(rows, suffix, "--last", last)
            self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
            self.assertIn(f"12 lines in 3 blocks, last hash {last}", result.stdout)
            changed = deepcopy(rows)
            changed[6][5] = "999.000000"
            result = self.run_script(changed, suffix)
            self.assertEqual(result.returncode, 1)
            self.assertIn("entry block 2: line 12 was changed", result.stdout)
        self.assertEqual(self.run_script([], ".csv").returncode, 1)

    def test_changed(self):
        rows, _last = export()
        for row in (0, 6, 13):
            for column in range(4, 8):
                changed = deepcopy(rows)
                changed[row][column] += "0"
                self.assertEqual(self.codes(changed), {"changed"})
                changed[row][3] = digest([changed[row][2], *changed[row][4:]])  # and its digest with it
                self.assertEqual(self.codes(changed), {"hash"})

    def test_removed(self):
        rows, _last = export()
        gone = deepcopy(rows)
        gone[6][4:] = []
        self.assertEqual(self.codes(gone), {"removed"})
        self.assertEqual(self.codes(rows[:6] + rows[7:]), {"hash"})
        self.assertEqual(self.codes(rows[:5] + rows[10:]), {"chain"})

    def test_hidden(self):
        """A line that is not shown is still part of its block, and the script says how many there are."""
        rows, last = export()
        rows[6] = ["hidden", *rows[6][1:4]]
        result = self.run_script(rows, ".csv", "--last", last)
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("12 lines (1 hidden) in 3 blocks", result.stdout)
        rows[6][3] = digest([12, "x"])
        self.assertEqual(self.codes(rows), {"hash"})
        self.assertEqual(self.codes(rows[:6] + rows[7:]), {"hash"})

    def test_inserted(self):
        rows, _last = export()
        self.assertEqual(self.codes([*rows[:6], ["line", "entry", "11", "", "x"], *rows[6:]]), {"inserted"})
        forged = ["line", "entry", "11", digest([11, "x"]), "x"]
        self.assertEqual(self.codes([*rows[:6], forged, *rows[6:]]), {"hash"})
        self.assertEqual(self.codes([*rows, forged]), {"chain"})

    def test_reordered(self):
        rows, _last = export()
        self.assertEqual(self.codes([rows[1], rows[0], *rows[2:]]), {"order", "hash"})
        self.assertEqual(self.codes(rows[5:10] + rows[:5] + rows[10:]), {"chain"})
        swapped = deepcopy(rows)
        swapped[0][4:], swapped[1][4:] = rows[1][4:], rows[0][4:]
        self.assertEqual(self.codes(swapped), {"changed"})

    def test_blocks_made_anew(self):
        """Somebody who changes a line and makes all hashes anew is found by the last hash kept elsewhere."""
        rows, last = export()
        self.assertEqual(self.codes(rows[:10], [last]), {"last"})
        self.assertEqual(self.codes(export(lines=5)[0], [last]), {"last"})
        self.assertEqual(self.codes(rows, [last]), set())

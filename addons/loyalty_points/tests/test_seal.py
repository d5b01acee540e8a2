"""The sealed ledger in the database: what is done to it is found, and what may happen to it breaks nothing."""

import csv
import subprocess
import sys
import tempfile

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, UserError
from odoo.sql_db import db_connect
from odoo.tests import tagged

from ..engine import ledger_seal
from ..models import loyalty_ledger_seal
from .common import LoyaltyPointsCommon


@tagged("post_install", "-at_install")
class TestSeal(LoyaltyPointsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seals = cls.env["loyalty.ledger.seal"]
        cls.classPatch(loyalty_ledger_seal, "BLOCK", 4)
        cls.card = cls.new_card()
        cls.posted = [cls.post(cls.card, points) for points in (100, 50, -30, 25, -90, 10)]
        cls.seal()

    @classmethod
    def seal(cls):
        limits, _horizon = cls.seals._last_lines()
        for kind, last in limits.items():
            while cls.seals._seal_block(kind, last):
                pass
        cls.env.flush_all()

    def codes(self):
        self.env.invalidate_all()
        return {finding.code for finding in self.seals._verify()[0]}

    def execute(self, query, *values):
        self.env.cr.execute(query, values)

    def test_intact(self):
        found, lines = self.seals._verify()
        self.execute(
            "SELECT (SELECT COUNT(*) FROM loyalty_ledger_entry) + (SELECT COUNT(*) FROM loyalty_ledger_allocation)"
        )
        self.assertEqual((found, lines), ([], self.env.cr.fetchone()[0]))
        blocks = self.seals.search([("kind", "=", "entry")], order="number")
        self.assertEqual(blocks.mapped("previous")[1:], blocks.mapped("hash")[:-1])
        self.assertEqual(self.seals.action_verify()["params"]["type"], "success")

    def test_sealing_again_does_nothing(self):
        blocks = self.seals.search_count([])
        self.seal()
        self.assertEqual(self.seals.search_count([]), blocks)

    def test_changed(self):
        entry, lot = self.posted[2].id, self.posted[0].id
        for column, value in (
            ("points", -31), ("card_id", self.new_card(partner=self.new_customer("B")).id), ("entry_type", "expiry"),
            ("date", "2020-01-01"), ("company_id", 1), ("order_id", 5), ("clause", "9.9"),
            ("expiration_date", "2030-01-01"),
            ("qualifying_points", 3), ("is_lot", True), ("idempotency_key", "x"), ("origin_entry_id", lot),
        ):  # fmt: skip
            with self.subTest(column), self.env.cr.savepoint() as savepoint:
                self.execute(f"UPDATE loyalty_ledger_entry SET {column} = %s WHERE id = %s", value, entry)
                self.assertEqual(self.codes(), {"changed"})
                savepoint.rollback()
        self.execute("UPDATE loyalty_ledger_allocation SET points = points + 1 WHERE entry_id = %s", entry)
        self.assertEqual(self.codes(), {"changed"})
        self.assertEqual(self.seals.action_verify()["params"]["type"], "danger")

    def test_removed(self):
        self.execute("DELETE FROM loyalty_ledger_open WHERE entry_id = %s", self.posted[5].id)
        self.execute("DELETE FROM loyalty_ledger_entry WHERE id = %s", self.posted[5].id)
        self.assertEqual(self.codes(), {"removed"})
        self.assertIn(f"line {self.posted[5].id} was removed", self.seals.action_verify()["params"]["message"])

    def test_inserted(self):
        self.execute(
            """INSERT INTO loyalty_ledger_allocation (id, entry_id, lot_id, points)
               SELECT MIN(id) - 1, MIN(entry_id), MIN(lot_id), 1 FROM loyalty_ledger_allocation"""
        )
        self.assertEqual(self.codes(), {"inserted"})

    def test_reordered(self):
        first, second = self.posted[0].id, self.posted[1].id
        self.execute(
            """UPDATE loyalty_ledger_entry a SET points = b.points FROM loyalty_ledger_entry b
                WHERE (a.id, b.id) IN ((%s, %s), (%s, %s))""",
            first, second, second, first,
        )  # fmt: skip
        self.assertEqual(self.codes(), {"changed"})

    def test_seal_changed(self):
        block = self.seals.search([("kind", "=", "entry"), ("number", "=", 1)])
        self.execute("UPDATE loyalty_ledger_entry SET points = 1 WHERE id = %s", block.first_id)
        lines = self.seals._lines("entry", 0, block.last_id)
        digests = [(line, ledger_seal.digest([line, *columns])) for line, columns in lines]
        self.execute(
            "UPDATE loyalty_ledger_seal SET digests = %s WHERE id = %s",
            "\n".join(f"{line} {digest}" for line, digest in digests), block.id,
        )  # fmt: skip
        self.assertEqual(self.codes(), {"hash"})
        self.execute("UPDATE loyalty_ledger_seal SET hash = 'new' WHERE id = %s", block.id)
        self.assertEqual(self.codes(), {"hash", "chain"})
        for act in (lambda: block.write({"hash": "x"}), block.unlink):
            with self.assertRaises(UserError):
                act()

    def test_merge_of_partners(self):
        """A merge moves cards, adds entries, and breaks no seal."""
        other = self.new_customer("Longhua Components Ltd")
        self.post(self.new_card(partner=other), 40)
        self.seal()
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.customer | other).ids, self.customer)
        self.assertEqual(self.codes(), set())
        self.seal()
        self.assertEqual(self.codes(), set())
        self.assert_sound()

    def test_person_deleted(self):
        """Nothing personal is sealed: erasing a member leaves the seal as it is."""
        self.execute("UPDATE loyalty_ledger_entry SET partner_id = NULL, reason = '-', move_id = NULL, user_id = 1")
        self.assertEqual(self.codes(), set())

    def test_lines_of_running_transactions_wait(self):
        """The transaction of this test runs and has written: seen from another one, nothing is settled."""
        with db_connect(self.env.cr.dbname).cursor() as other:
            seals = self.seals.with_env(api.Environment(other, SUPERUSER_ID, {}))
            _limits, horizon = seals._last_lines()
            self.assertFalse(seals._is_settled(horizon))
            self.assertTrue(seals._is_settled(1))

    def test_export_and_script(self):
        """The script, outside Odoo, on an export of the database."""
        self.post(self.card, 1)  # not sealed yet
        last = self.seals.search([("kind", "=", "entry")], limit=1).hash
        with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(self.seals._sealed_rows())
            file.flush()
            command = [sys.executable, "-I", ledger_seal.__file__, file.name, "--last", last]
            result = subprocess.run(command, capture_output=True, text=True, check=False)
            self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
            self.assertIn(last, result.stdout)
        self.execute("UPDATE loyalty_ledger_entry SET points = 1 WHERE id = %s", self.posted[1].id)
        found, _chains = ledger_seal.verify(list(self.seals._sealed_rows()))
        self.assertEqual([(finding.code, finding.line) for finding in found], [("changed", self.posted[1].id)])

    def test_export_of_one_company_of_two(self):
        """The chain is one for all; who has no part in a company gets the digests of its lines, not what they say."""
        second = self.env["res.company"].create({"name": "Second"})
        lot = self.post(self.card, 4321, company_id=second.id)
        self.post(self.card, -4321, lots={lot.id: 4321})
        self.seal()
        self.post(self.card, 1234, company_id=second.id)
        rows = list(self.seals.with_user(self.manager)._sealed_rows())
        self.assertFalse([row for row in rows if {"4321.0000", "1234.0000"} & set(row)])
        found, chains = ledger_seal.verify(rows)
        self.assertEqual((found, chains["entry"].hidden, chains["allocation"].hidden), ([], 1, 1))
        self.assertTrue([row for row in self.seals._sealed_rows() if "4321.0000" in row])
        self.manager.company_ids = self.env["res.company"].search([])
        self.assertFalse([row for row in self.seals.with_user(self.manager)._sealed_rows() if row[0] == "hidden"])

    def test_closings_cite_the_seal(self):
        [entry] = [text for text in self.seals._last_hashes() if text.startswith("entry")]
        self.assertIn(self.seals.search([("kind", "=", "entry")], limit=1).hash, entry)

    def test_rights(self):
        seller = self.new_user("seller", "sales_team.group_sale_salesman_all_leads")
        with self.assertRaises(AccessError):
            self.seals.with_user(seller).action_verify()
        self.assertEqual(self.seals.with_user(self.manager).action_verify()["params"]["type"], "success")
        with self.assertRaises(UserError):
            self.seals.with_user(self.manager).sudo(False).create({"kind": "entry"})

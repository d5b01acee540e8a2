"""Imported balances above the limit of a change by hand: who approves them, and what waits."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_balance_import import MODEL, BalanceCommon


@tagged("post_install", "-at_install")
class TestBalanceApproval(BalanceCommon):
    """Clause 8.5 for imports: above the limit of 1,000 somebody else approves, the whole file at once."""

    def bring_rows(self, *points, user=None, **values):
        rows = [
            {"partner_id": self.customer.id, "program_id": self.program.id, "points": figure, "source": "pos",
             "reference": f"r{number}", **values}
            for number, figure in enumerate(points)
        ]  # fmt: skip
        return self.env[MODEL].with_user(user or self.steward).create(rows)

    def test_a_file_with_large_balances_waits(self):
        small = self.new_member("m2", "Small")
        rows = self.bring_rows(600, 700)
        rows |= self.bring_rows(900, partner_id=small.id, source="other")
        self.assertEqual(rows.mapped("state"), ["requested", "requested", "posted"], "600 and 700 are one balance")
        self.assertEqual((self.card().points, self.card(small).points), (0, 900))
        with self.assertRaisesRegex(AccessError, "managers"):
            rows.with_user(self.steward).action_approve()
        rows.with_user(self.manager).action_approve()
        self.assertEqual((set(rows.mapped("state")), rows[:2].approver_id), ({"posted"}, self.manager))
        self.assertFalse(rows[2].approver_id, "nobody had to")
        self.assertEqual(self.card().points, 1300)
        entries = self.ledger.search([("card_id", "=", self.card().id)])
        self.assertEqual([(e.user_id, e.inputs["approver"]) for e in entries], [(self.steward, self.manager.id)] * 2)
        rows.with_user(self.second_manager).action_approve()
        self.assertEqual(self.card().points, 1300, "once")
        self.assert_sound(self.card() | self.card(small))

    def test_nobody_approves_their_own(self):
        rows = self.bring_rows(5000, user=self.manager)
        with self.assertRaisesRegex(UserError, "somebody else"):
            rows.with_user(self.manager).action_approve()
        rows.with_user(self.second_manager).action_approve()
        self.assertEqual(self.card().points, 5000)

    def test_parts_qualifying_points_and_corrections(self):
        [first] = self.bring_rows(900)
        [second] = self.bring_rows(200, source="again")
        self.assertEqual((first.state, second.state, self.card().points), ("posted", "requested", 900))
        second.with_user(self.steward).points = 0
        self.assertEqual((second.state, self.card().points), ("posted", 900), "nothing is left to approve")
        other = self.new_member("m3", "Other")
        [tier] = self.bring_rows(0, partner_id=other.id, source="tier", qualifying_points=50000)
        self.assertEqual(tier.state, "requested", "a tier is worth something, too")
        [large] = self.bring_rows(4000, partner_id=other.id, source="large")
        large.with_user(self.manager).action_approve()
        large.with_user(self.steward).points = 9000
        self.assertEqual((large.state, large.approver_id.id, self.card(other).points), ("requested", False, 4000))

    def test_forged(self):
        context = {"default_state": "posted", "default_approver_id": self.manager.id}
        [row] = self.env[MODEL].with_context(**context).browse(self.bring_rows(5000, state="posted").ids)
        self.assertEqual((row.state, self.card().points), ("requested", 0))
        for values in ({"state": "posted"}, {"approver_id": self.manager.id}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                row.with_user(self.steward).write(values)

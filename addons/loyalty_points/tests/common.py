from odoo import Command
from odoo.addons.customer_policy.tests.common import CustomerPolicyCommon


class LoyaltyPointsCommon(CustomerPolicyCommon):
    """A program that gives a point per unit of money and a reward for 100 points, and customers who buy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["loyalty.program"].search([]).action_archive()
        cls.product = cls.env["product.product"].create(
            {"name": "Tea", "list_price": 100, "taxes_id": [Command.clear()], "invoice_policy": "order"}
        )
        cls.gift = cls.env["product.product"].create(
            {"name": "Cup", "list_price": 30, "taxes_id": [Command.clear()], "invoice_policy": "order"}
        )
        cls.biscuit = cls.env["product.product"].create(
            {"name": "Biscuit", "list_price": 50, "taxes_id": [Command.clear()], "invoice_policy": "order"}
        )
        cls.program = cls.new_program("Members")
        cls.reward = cls.program.reward_ids
        cls.customer = cls.new_customer("Longhua Components")
        cls.ledger = cls.env["loyalty.ledger.entry"]
        cls.set_up_accounts()

    @classmethod
    def set_up_accounts(cls):
        """What it takes to post and pay an invoice in the test company."""
        cls.receivable, cls.income, cls.cash = (
            cls.env["account.account"].create(
                {"name": kind, "code": code, "account_type": kind, "reconcile": kind == "asset_receivable",
                 "company_ids": [Command.set(cls.company.ids)]}
            )
            for kind, code in (("asset_receivable", "LP1"), ("income", "LP2"), ("asset_cash", "LP3"))
        )  # fmt: skip
        cls.sales, cls.general = (
            cls.env["account.journal"].create(
                {"name": kind, "code": code, "type": kind, "company_id": cls.company.id,
                 "default_account_id": cls.income.id}
            )
            for kind, code in (("sale", "LPS"), ("general", "LPG"))
        )  # fmt: skip
        for name, account in (("receivable", cls.receivable), ("payable", cls.receivable)):
            cls.env["ir.default"].set(
                "res.partner", f"property_account_{name}_id", account.id, company_id=cls.company.id
            )

    @classmethod
    def new_program(cls, name, **values):
        return cls.env["loyalty.program"].create(
            {
                "name": name,
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "portal_point_name": "Points",
                "company_id": cls.company.id,
                "rule_ids": [Command.create({"reward_point_mode": "money", "reward_point_amount": 1})],
                "reward_ids": [
                    Command.create({"reward_type": "product", "reward_product_id": cls.gift.id, "required_points": 100})
                ],
                **values,
            }
        )

    @classmethod
    def new_card(cls, points=0, partner=None, program=None, **values):
        """A card with a lot of `points`."""
        partner = cls.customer if partner is None else partner
        card = cls.env["loyalty.card"].create(
            {"program_id": (program or cls.program).id, "partner_id": partner.id, **values}
        )
        if points:
            cls.post(card, points)
        return card

    @classmethod
    def post(cls, card, points, entry_type=None, **values):
        entry_type = entry_type or ("accrual" if points > 0 else "redemption")
        return cls.env["loyalty.card"]._post_entries(
            [{"card_id": card.id, "entry_type": entry_type, "points": points, "reason": "Test", **values}]
        )

    @classmethod
    def new_order(cls, partner=None, lines=None, **values):
        """A quotation of [(product, quantity)]; one piece of tea for 100 if nothing is said."""
        lines = lines or [(cls.product, 1)]
        return cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.customer).id,
                "company_id": cls.company.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                    for product, quantity in lines
                ],
                **values,
            }
        )

    @classmethod
    def invoice(cls, order):
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    @classmethod
    def pay(cls, invoice, amount=None):
        """Pay an invoice, or a credit note, by a journal entry that is reconciled with it."""
        amount = invoice.amount_residual if amount is None else amount
        sides = ("credit", "debit") if invoice.move_type == "out_invoice" else ("debit", "credit")
        payment = cls.env["account.move"].create(
            {
                "journal_id": cls.general.id,
                "company_id": cls.company.id,
                "line_ids": [
                    Command.create(
                        {"account_id": cls.receivable.id, "partner_id": invoice.partner_id.id, sides[0]: amount}
                    ),
                    Command.create({"account_id": cls.cash.id, sides[1]: amount}),
                ],
            }
        )
        payment.action_post()
        lines = (invoice | payment).line_ids.filtered(lambda line: line.account_id == cls.receivable)
        lines.filtered(lambda line: not line.reconciled).reconcile()
        return payment

    @classmethod
    def credit(cls, invoice, quantities=None):
        """A posted credit note of the whole invoice, or of {product: quantity}."""
        wizard = cls.env["account.move.reversal"].create(
            {"move_ids": [Command.set(invoice.ids)], "journal_id": invoice.journal_id.id}
        )
        refund = cls.env["account.move"].browse(wizard.refund_moves()["res_id"])
        if quantities is not None:
            refund.invoice_line_ids = [
                Command.update(line.id, {"quantity": quantities[line.product_id]})
                if quantities.get(line.product_id)
                else Command.delete(line.id)
                for line in refund.invoice_line_ids
            ]
        refund.action_post()
        return refund

    @classmethod
    def claim(cls, order, card, reward=None):
        """Take a reward as the wizard of the order does."""
        order._update_programs_and_rewards()
        error = order._apply_program_reward(reward or cls.reward, card)
        assert not error, error

    def entries(self, card, *names):
        """What the ledger of `card` says, oldest first: [(type, points, ...)]."""
        entries = self.ledger.search([("card_id", "=", card.id)], order="id")
        return [(entry.entry_type, entry.points, *(entry[name] for name in names)) for entry in entries]

    def assert_sound(self, cards=None):
        """The invariants of the ledger, computed from entries and allocations alone, for all cards or some."""
        self.env.flush_all()
        condition, ids = ("WHERE card.id = ANY(%s)", [cards.ids]) if cards else ("", [])
        self.env.cr.execute(
            f"""WITH entry AS (
                    SELECT e.*, COALESCE((SELECT SUM(points) FROM loyalty_ledger_allocation
                                           WHERE entry_id = e.id), 0) AS by_entry,
                           COALESCE((SELECT SUM(points) FROM loyalty_ledger_allocation
                                      WHERE lot_id = e.id), 0) AS by_lot
                      FROM loyalty_ledger_entry e),
                open AS (
                    SELECT card_id, SUM(GREATEST(points, 0)) AS lots, SUM(GREATEST(-points, 0)) AS dues
                      FROM loyalty_ledger_open GROUP BY card_id)
                SELECT card.id, ROUND(COALESCE(card.points, 0)::numeric, 4), COALESCE(SUM(entry.points), 0),
                       COALESCE(SUM(entry.points - by_lot) FILTER (WHERE is_lot), 0),
                       COALESCE(SUM(-entry.points - by_entry) FILTER (WHERE entry.points < 0), 0),
                       COALESCE(MIN(entry.points - by_lot) FILTER (WHERE is_lot), 0),
                       COALESCE(MIN(by_lot) FILTER (WHERE is_lot), 0),
                       COALESCE(SUM(entry.points + by_entry) FILTER (WHERE entry.points > 0 AND NOT is_lot), 0),
                       COALESCE(card.points_owed, 0), COALESCE(SUM(owed_points), 0),
                       COALESCE(MAX(open.lots), 0), COALESCE(MAX(open.dues), 0)
                  FROM loyalty_card card LEFT JOIN entry ON entry.card_id = card.id
                  LEFT JOIN open ON open.card_id = card.id {condition} GROUP BY card.id""",
            ids,
        )  # fmt: skip
        for (
            id_,
            balance,
            total,
            left,
            debt,
            least,
            used,
            returned,
            owed,
            owed_total,
            lots,
            dues,
        ) in self.env.cr.fetchall():
            self.assertEqual(balance, total, f"card {id_}: the entries make the balance")
            self.assertAlmostEqual(
                left - debt, balance, 4, f"card {id_}: what lots have left less debts is the balance"
            )
            self.assertGreaterEqual(least, 0, f"card {id_}: no lot gives more than it has")
            self.assertGreaterEqual(used, 0, f"card {id_}: no lot gets back more than it gave")
            self.assertEqual(returned, 0, f"card {id_}: what goes back to lots is allocated to them")
            self.assertEqual(owed, owed_total, f"card {id_}: owed points are those of the entries")
            self.assertGreaterEqual(owed, 0, f"card {id_}: nobody owes less than nothing")
            self.assertEqual((lots, dues), (left, debt), f"card {id_}: open items are what is left")
            self.assertFalse(left and debt, f"card {id_}: points left cover debts")

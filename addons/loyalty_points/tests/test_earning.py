from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .earning_common import EarningCommon


@tagged("post_install", "-at_install")
class TestEarning(EarningCommon):
    def test_a_payment_without_a_journal_entry(self):
        """With Odoo's accounting app, where the journal has no outstanding account: nothing is reconciled, and no hook
        of Odoo's is called."""
        moves = type(self.env["account.move"])
        self.startPatcher(patch.object(moves, "_get_invoice_in_payment_state", lambda _move: "in_payment"))
        self.policy_rule("loyalty.points.behaviour.rule", name="Friends", behaviour="referral", points=200)
        referrer = self.new_customer("Referrer")
        self.member.loyalty_referrer_id = referrer
        self.bank.inbound_payment_method_line_ids.payment_account_id = False
        invoice = self.bill((self.tea, 1, 100))
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        register = self.env["account.payment.register"].with_context(**context).create({"journal_id": self.bank.id})
        payment = register._create_payments()
        self.assertEqual((payment.move_id.id, invoice.payment_state), (False, "in_payment"))
        self.assertEqual((self.card().points, self.card(referrer).points), (100, 200))
        payment.action_draft()
        self.assertEqual(self.card().points, 0)
        payment.action_post()
        self.assertEqual(self.card().points, 100)
        payment.action_draft()
        payment.unlink()
        self.assertEqual((invoice.payment_state, self.card().points), ("not_paid", 0))
        self.assert_sound(self.card() | self.card(referrer))

    def test_points_come_with_the_payment(self):
        invoice = self.bill((self.tea, 2, 100), (self.cup, 1, 30))
        self.assertFalse(self.card(), "nothing is given before the payment")
        self.collect(invoice)
        self.assertEqual(self.card().points, 230)
        self.assertEqual(self.points_of(invoice), [200, 30])
        self.assertEqual(self.entries(self.card(), "qualifying_points"), [("accrual", 200, 200), ("accrual", 30, 30)])
        self.assert_sound(self.card())

    def test_every_earning_tells_clause_inputs_and_arithmetic(self):
        self.policy_rule("loyalty.points.multiplier.rule", name="Tea week", factor=1.5,
                         product_domain=f"[('id', '=', {self.tea.id})]")  # fmt: skip
        invoice = self.bill((self.tea, 1, 250))
        self.collect(invoice)
        earning = self.card().ledger_entry_ids and self.earnings.search([("card_id", "=", self.card().id)])
        self.assertEqual(earning.points, 375)
        self.assertEqual(earning.clause, self.env.ref("loyalty_points.clause_8_1").display_name)
        self.assertEqual(earning.explanation, "250 × 1 × 1.5 (Tea week 1.5) = 375")
        self.assertEqual(earning.inputs["multipliers"][0]["name"], "Tea week")
        self.assertEqual(earning.entry_id.clause[:3], "8.1")
        self.assertEqual(earning.entry_id.move_id, invoice)
        self.assertEqual(earning.document_name, invoice.display_name)

    def test_the_arithmetic_speaks_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        rule = self.policy_rule("loyalty.points.multiplier.rule", name="Tea week", factor=2)
        self.change(rule, name="Tea days")
        self.env.cr.execute(
            """UPDATE loyalty_points_multiplier_rule SET name = name || '{"zh_CN": "茶叶周"}' WHERE id = %s""",
            [rule.id],
        )
        self.env.invalidate_all()
        self.collect(self.bill((self.tea, 1, 10)))
        earning = self.earnings.search([("partner_id", "=", self.member.id)])
        self.assertEqual(earning.with_context(lang="zh_CN").explanation, "10 × 1 × 2 (茶叶周 2) = 20")
        self.assertEqual(earning.with_context(lang="en_US").explanation, "10 × 1 × 2 (Tea days 2) = 20")

    def test_settling_again_writes_nothing(self):
        invoices = self.bill((self.tea, 1, 100)) | self.bill((self.cup, 3, 30))
        self.collect(invoices)
        count = self.earnings.search_count([])
        entries = self.ledger.search_count([])
        self.assertFalse(self.earnings._settle(invoices))
        self.assertEqual((self.earnings.search_count([]), self.ledger.search_count([])), (count, entries))

    def test_rounding_is_once_per_document(self):
        invoice = self.bill((self.tea, 1, 33.4), (self.tea, 1, 33.4), (self.tea, 1, 33.4))
        self.collect(invoice)
        self.assertEqual(self.points_of(invoice), [33, 34, 33])
        self.assertEqual(self.card().points, 100)

    def test_credit_notes_take_back_the_returned_part(self):
        invoice = self.bill((self.tea, 3, 33.4), (self.cup, 1, 30))
        self.collect(invoice)
        self.assertEqual(self.points_of(invoice), [100, 30])  # 100.2 and 130.2 in sum
        self.credit(invoice, {self.tea: 1})
        self.assertEqual(self.points_of(invoice), [67, 30])  # two thirds of 100
        self.credit(invoice, {self.tea: 2, self.cup: 1})
        self.assertEqual(self.points_of(invoice), [0, 0])
        self.assertEqual(self.card().points, 0)
        back = self.earnings.search([("origin_id", "!=", False)], order="id")
        self.assertEqual(back[0].explanation, "-33: 33.4 of 100.2 taken back")
        self.assertEqual(back[0].entry_id.origin_entry_id, back[0].origin_id.entry_id)
        self.assertEqual(sum(self.card().ledger_entry_ids.mapped("qualifying_points")), 0)
        self.assert_sound(self.card())

    def test_a_credit_note_before_the_payment_counts_too(self):
        invoice = self.bill((self.tea, 2, 100))
        refund = self.credit(invoice, {self.tea: 1})
        lines = (invoice | refund).line_ids.filtered(lambda line: line.account_id == self.receivable)
        lines.reconcile()
        self.assertFalse(self.card())
        self.collect(invoice)
        self.assertEqual(self.card().points, 100)

    def test_a_credit_note_taken_back_gives_the_points_again(self):
        invoice = self.bill((self.tea, 1, 100))
        self.collect(invoice)
        refund = self.credit(invoice)
        self.assertEqual(self.card().points, 0)
        refund.button_draft()
        self.assertEqual(self.card().points, 100)
        refund.action_post()
        self.assertEqual(self.card().points, 0)
        self.assert_sound(self.card())

    def test_a_payment_taken_back_takes_the_points_along(self):
        invoice = self.bill((self.tea, 1, 100))
        self.collect(invoice)
        receivable = invoice.line_ids.filtered(lambda line: line.account_id == self.receivable)
        receivable.remove_move_reconcile()
        self.assertEqual(self.card().points, 0)
        self.collect(invoice)
        self.assertEqual(self.card().points, 100)
        invoice.button_draft()
        self.assertEqual(self.card().points, 0)

    def test_a_price_reduction_is_spread_over_the_lines(self):
        invoice = self.bill((self.tea, 1, 100), (self.cup, 1, 50))
        self.collect(invoice)
        other = self.env["product.product"].create({"name": "Goodwill"})
        refund = self.env["account.move"].create(
            {"move_type": "out_refund", "partner_id": self.member.id, "journal_id": self.sales.id,
             "reversed_entry_id": invoice.id, "invoice_line_ids": [Command.create(
                 {"product_id": other.id, "price_unit": 15, "account_id": self.income.id, "tax_ids": False})]}
        )  # fmt: skip
        refund.action_post()
        self.assertEqual(self.points_of(invoice), [90, 45])

    def test_negative_lines_lower_what_the_others_earn(self):
        discount = self.env["product.product"].create({"name": "Discount"})
        invoice = self.bill((self.tea, 1, 80), (self.cup, 1, 20), (discount, 1, -10))
        self.collect(invoice)
        self.assertEqual(self.points_of(invoice), [72, 18, 0])

    def test_contacts_earn_for_their_company(self):
        contact = self.env["res.partner"].create({"name": "Li", "parent_id": self.member.id})
        self.collect(self.bill((self.tea, 1, 100), partner=contact))
        self.assertEqual(self.card().points, 100)
        self.assertEqual(self.env["loyalty.card"].search_count([("program_id", "=", self.program.id)]), 1)

    def test_units_and_orders(self):
        self.program.rule_ids.write({"reward_point_mode": "unit", "reward_point_amount": 7})
        invoice = self.bill((self.tea, 3, 10))
        self.collect(invoice)
        self.assertEqual(self.card().points, 21)
        self.credit(invoice, {self.tea: 1})
        self.assertEqual(self.card().points, 14)
        self.program.rule_ids.write({"reward_point_mode": "order", "reward_point_amount": 50})
        invoice = self.bill((self.tea, 1, 60), (self.cup, 1, 40))
        self.collect(invoice)
        self.assertEqual(self.card().points, 64)
        self.credit(invoice, {self.cup: 1})  # 40 of 100
        self.assertEqual(self.card().points, 44)

    def test_minimum_and_products_of_the_rule(self):
        self.program.rule_ids.write(
            {"minimum_qty": 2, "minimum_amount": 150, "product_ids": [Command.set(self.tea.ids)]}
        )
        self.collect(self.bill((self.tea, 1, 200)))
        self.collect(self.bill((self.tea, 2, 74.99)))
        self.collect(self.bill((self.cup, 2, 100)))
        self.assertFalse(self.card())
        self.collect(self.bill((self.tea, 2, 75), (self.cup, 1, 30)))
        self.assertEqual(self.card().points, 150)

    def test_another_currency_counts_in_that_of_the_program(self):
        currency = self.env["res.currency"].create({"name": "LPX", "symbol": "L", "rounding": 0.01})
        self.env["res.currency.rate"].create({"name": "2020-01-01", "rate": 4, "currency_id": currency.id,
                                              "company_id": self.company.id})  # fmt: skip
        invoice = self.bill((self.tea, 1, 100), currency_id=currency.id)
        self.collect(invoice)
        self.assertEqual(self.card().points, 25)
        self.credit(invoice)
        self.assertEqual(self.card().points, 0)

    def test_pending_points_are_not_in_the_ledger_until_they_are_released(self):
        self.change(self.env.ref("loyalty_points.earning_rule"), pending_days=14)
        invoice = self.bill((self.tea, 1, 100), (self.cup, 1, 30))
        self.collect(invoice)
        earnings = self.earnings.search([("card_id", "=", self.card().id)])
        self.assertEqual(set(earnings.mapped("state")), {"pending"})
        self.assertEqual(set(earnings.mapped("available_date")), {fields.Date.add(self.today, days=14)})
        self.assertEqual((self.card().points, self.entries(self.card())), (0, []))
        self.credit(invoice, {self.cup: 1})
        self.assertEqual(self.earnings._get_pending(self.card()), {self.card().id: 100})
        self.assertFalse(self.earnings._release_due(self.company))
        self.assertEqual(self.card().points, 0)
        with self.days_later(14):
            self.earnings._release_due(self.company)
            self.assertEqual(self.card().points, 100)
            self.earnings._release_due(self.company)
        self.assertEqual(self.card().points, 100)
        self.assertEqual(self.entries(self.card()), [("accrual", 100)], "what came back before never was in the ledger")

    def test_archived_and_ended_programs(self):
        invoice = self.bill((self.tea, 1, 100))
        self.collect(invoice)
        self.program.action_archive()
        self.collect(self.bill((self.tea, 1, 100)))
        self.assertEqual(self.card().points, 100, "an archived program gives nothing")
        self.credit(invoice)
        self.assertEqual(self.card().points, 0, "yet it takes back what it gave")

    def test_a_deleted_rule_takes_back_what_it_gave(self):
        invoice = self.bill((self.tea, 1, 100))
        self.collect(invoice)
        self.program.rule_ids.unlink()
        self.credit(invoice)
        self.assertEqual(self.card().points, 0)

    def test_expired_cards_earn_nothing(self):
        card = self.new_card()
        card.expiration_date = fields.Date.add(self.today, days=-1)
        self.collect(self.bill((self.tea, 1, 100)))
        self.assertEqual(card.points, 0)

    def test_batches_cost_what_one_costs(self):
        def paid(number):
            moves = self.env["account.move"].union(*(self.bill((self.tea, 1, 10)) for _ in range(number)))
            self.env.flush_all()
            self.env.cr.execute("UPDATE account_move SET payment_state = 'paid' WHERE id = ANY(%s)", [moves.ids])
            self.env.invalidate_all()
            return moves

        self.collect(self.bill((self.tea, 1, 10)))
        few, many = paid(3), paid(40)
        counts = []
        for moves in (few, many):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.earnings._settle(moves)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(self.card().points, 440)
        self.assertLessEqual(counts[1], counts[0] + 3, counts)

    def test_only_the_software_writes_earnings(self):
        self.collect(self.bill((self.tea, 1, 100)))
        earning = self.earnings.search([("card_id", "=", self.card().id)])
        with self.assertRaises(UserError):
            earning.with_user(self.manager).write({"points": 5})
        with self.assertRaises(UserError):
            earning.write({"points": 5})
        with self.assertRaises(UserError):
            earning.unlink()

    # ------------------------------------------------------------ the switch

    def test_programs_from_before_keep_their_moment(self):
        self.assertEqual(self.new_program("Other").earning_moment, "order")
        made = self.env["loyalty.program"].create_from_template("loyalty")
        self.assertEqual(self.env["loyalty.program"].browse(made["res_id"]).earning_moment, "payment")
        form = self.env["loyalty.program"].with_context(loyalty_by_policy=True)
        self.assertEqual(form.default_get(["earning_moment"])["earning_moment"], "payment")
        promotion = self.env["loyalty.program"].create({"name": "P", "earning_moment": "payment"})
        self.assertEqual(promotion.earning_moment, "order")
        with self.assertRaises(UserError):
            promotion.earning_moment = "payment"

    def test_an_order_earns_once_whatever_the_moment_was(self):
        self.program.earning_moment = "order"
        order = self.new_order()
        order.action_confirm()
        self.assertEqual(self.card().points, 100)
        self.program.action_follow_policy()
        self.assertEqual(self.program.earning_moment, "payment")
        invoice = order._create_invoices()
        invoice.action_post()
        self.collect(invoice)
        self.assertEqual(self.card().points, 100)
        self.collect(self.bill((self.tea, 1, 100)))
        self.assertEqual(self.card().points, 200)
        with self.assertRaises(UserError):
            self.program.earning_moment = "order"

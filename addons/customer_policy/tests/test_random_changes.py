"""Random documents and changes: what a run for the changed customers leaves is what a full run computes."""

import os
import random
from datetime import timedelta

from odoo import Command, fields
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.tests import tagged
from odoo.tools import SQL

SEEDS = [int(seed) for seed in os.environ.get("SEEDS", "1,2").split(",")]
ROUNDS = int(os.environ.get("ROUNDS", 4))
# Tables whose changes are found by their time, and its column.
TIMES = {
    "account_move": "write_date",
    "customer_external_sale": "write_date",
    "crm_lead": "write_date",
    "res_partner": "write_date",
    "sale_order": "date_order",
    "customer_policy_change": "date",
}
# A run for some leaves other customers' shares as they are, and scores by the thresholds of the last full run.
BY_FULL_RUNS = {"id", "revenue_share_12m", "recency_score", "frequency_score", "monetary_score", "rfm_segment"}
BY_FULL_RUNS |= {"grade_id", "grade_score", "computed_grade_id", "below_since", "recheck_date"}
# With churn_warning: N comes from the intervals of all.
BY_FULL_RUNS |= {"churn_horizon_days", "churn_status"}


@tagged("post_install", "-at_install")
class TestRandomChanges(AccountTestInvoicingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.company_data["company"].with_env(cls.env)
        for group in ("customer_policy.group_customer_manager", "sales_team.group_sale_manager"):
            cls.env.user.group_ids += cls.env.ref(group)
        cls.today = cls.company._customer_policy_today()
        cls.engine = cls.env["customer.policy.engine"]
        cls.euro = cls.setup_other_currency("EUR")
        cls.product_a.invoice_policy = "order"
        required = {"phone": "+1 212 555 0100", "country_id": cls.env.ref("base.us").id}
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"P{i}", "is_company": i % 3 > 0, **required} for i in range(12)]
        )

    # ------------------------------------------------------------ what can happen

    def some(self, records):
        """One of these records, or none if there are none."""
        return self.random.choice(records) if records else records

    def customer(self):
        return self.some(self.partners.exists())

    def contacts(self):
        partners = self.env["res.partner"].with_context(active_test=False)
        return partners.search([("id", "child_of", self.partners.exists().ids)])

    def day(self):
        return self.today - timedelta(days=self.random.randrange(700))

    def amount(self):
        return self.random.randrange(1, 900)

    def documents(self, model, *domain):
        return self.env[model].search([("partner_id", "in", self.contacts().ids), *domain])

    def open_invoice(self):
        moves = self.documents("account.move", ("state", "=", "posted"), ("move_type", "=", "out_invoice"))
        return self.some(moves.filtered(lambda m: m.payment_state == "not_paid" and not m.reversal_move_ids))

    def do_invoice(self):
        date = self.day()
        line = {"name": "Goods", "quantity": 1, "price_unit": self.amount()}
        move = self.env["account.move"].create(
            {
                "move_type": self.random.choice(["out_invoice"] * 4 + ["out_refund", "out_receipt"]),
                "partner_id": self.some(self.contacts()).id,
                "invoice_date": date,
                "date": date,
                "currency_id": self.random.choice([self.company.currency_id, self.euro]).id,
                "invoice_line_ids": [Command.create(line)],
            }
        )
        if self.random.random() < 0.85:
            move.action_post()

    def do_redraft(self):
        move = self.open_invoice()
        how = self.random.choice(["price", "partner", "cancel", "leave", "delete"])
        move.button_draft()
        if move and how == "price":
            move.invoice_line_ids[:1].price_unit = self.amount()
            move.action_post()
        elif move and how == "partner":
            move.partner_id = self.customer()
            move.action_post()
        elif how == "cancel":
            move.button_cancel()
        elif how == "delete":
            move.with_context(force_delete=True).unlink()

    def do_reverse(self):
        move = self.open_invoice()
        if move:
            refund = move._reverse_moves([{"date": self.today, "invoice_date": self.today}])
            if self.random.random() < 0.5:
                refund.invoice_line_ids[:1].price_unit /= 2
            refund.action_post()

    def do_pay(self):
        move = self.open_invoice()
        if move.amount_total:
            wizard = self.env["account.payment.register"]
            wizard = wizard.with_context(active_model="account.move", active_ids=move.ids)
            wizard.create({"payment_date": self.today}).action_create_payments()

    def do_undo_payment(self):
        self.some(self.documents("account.move", ("payment_state", "=", "paid"))).line_ids.remove_move_reconcile()

    def do_order(self):
        line = {"product_id": self.product_a.id, "price_unit": self.amount(), "product_uom_qty": 2}
        order = self.env["sale.order"].create(
            {"partner_id": self.some(self.contacts()).id, "order_line": [Command.create(line)]}
        )
        if self.random.random() < 0.7:
            order.action_confirm()
            if self.random.random() < 0.5:
                wizard = self.env["sale.advance.payment.inv"]
                wizard = wizard.with_context(active_model="sale.order", active_ids=order.ids)
                wizard.create({"advance_payment_method": "percentage", "amount": 30}).create_invoices()
                order.invoice_ids.action_post()
            if self.random.random() < 0.7:
                order._create_invoices(final=True).action_post()

    def do_change_quotation(self):
        order = self.some(self.documents("sale.order", ("state", "=", "draft")))
        if order and self.random.random() < 0.5:
            order.partner_id = self.customer()
        else:
            order.unlink()

    def do_lead(self):
        self.env["crm.lead"].create(
            {
                "name": "Lead",
                "type": "opportunity",
                "partner_id": self.some(self.contacts()).id,
                "expected_revenue": self.amount(),
                "company_id": self.company.id,
            }
        )

    def do_change_lead(self):
        lead = self.some(self.documents("crm.lead"))
        change = self.random.choice(
            [
                lambda: lead.write({"expected_revenue": self.amount()}),
                lambda: lead.write({"partner_id": self.customer().id}),
                lead.action_set_won,
                lead.action_set_lost,
                lead.unlink,
            ]
        )
        if lead:
            change()

    def do_external_sale(self):
        self.env["customer.external.sale"].create(
            {
                "partner_id": self.some(self.contacts()).id,
                "company_id": self.company.id,
                "date": self.day(),
                "amount": self.random.randrange(-200, 900),
                "reference": str(self.random.random()),
                "order_reference": self.random.choice([False, "A", "B"]),
            }
        )

    def do_change_external_sale(self):
        sale = self.some(self.documents("customer.external.sale"))
        if sale and self.random.random() < 0.3:
            sale.unlink()
        else:
            changes = {"amount": -self.amount(), "partner_id": self.customer().id, "date": self.day()}
            sale.write(dict([self.random.choice(list(changes.items()))]))

    def do_add_contact(self):
        self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer().commercial_partner_id.id})

    def do_move_contact(self):
        companies = self.partners.exists().filtered(lambda p: p.is_company and not p.parent_id)
        person = self.some(self.contacts().filtered(lambda p: not p.is_company))
        person.parent_id = self.random.choice([companies.browse(), self.some(companies)])

    def do_archive(self):
        self.customer().action_archive()

    def do_merge(self):
        one, two = self.random.sample(list(self.partners.exists()), 2)
        if one.commercial_partner_id == one and two.commercial_partner_id == two:
            self.env["base.partner.merge.automatic.wizard"].create({})._merge([one.id, two.id], one)

    def do_mark(self):
        self.customer().action_mark_customer()

    def do_enter(self):
        profile = self.some(self.env["customer.profile"].search([("company_id", "=", self.company.id)]))
        profile.write(self.random.choice([{"is_marked": False}, {"potential_estimate": 0}, {"potential_estimate": 70}]))

    # ------------------------------------------------------------ what is compared

    def profiles(self):
        columns = SQL(", ").join(map(SQL.identifier, self.engine._stage_columns()))
        self.env.flush_all()
        self.env.cr.execute(SQL("SELECT %s FROM customer_profile WHERE company_id = %s", columns, self.company.id))
        return {row["partner_id"]: row for row in self.env.cr.dictfetchall()}

    def metrics(self):
        return {
            partner_id: {name: value for name, value in row.items() if name not in BY_FULL_RUNS}
            for partner_id, row in self.profiles().items()
        }

    def settle(self):
        """A full run, two days ago: only what comes now has changed since."""
        self.engine._run(self.company)
        self.env["customer.policy.run"].sudo().create(
            {"company_id": self.company.id, "kind": "full", "state": "done", "date_start": fields.Datetime.now()}
        )
        for table, column in TIMES.items():
            names = SQL.identifier(table), SQL.identifier(column), SQL.identifier(column)
            self.env.cr.execute(SQL("UPDATE %s SET %s = %s - INTERVAL '2 days'", *names))
        self.env.invalidate_all()

    def test_changed_customers_get_what_a_full_run_computes(self):
        happenings = [getattr(self, name) for name in sorted(dir(self)) if name.startswith("do_")]
        for seed in SEEDS:
            self.random = random.Random(seed)
            for _position in range(30):
                self.random.choice(happenings)()
            for position in range(ROUNDS):
                self.settle()
                done = [self.random.choice(happenings) for _number in range(self.random.choice([1, 2, 4]))]
                for happening in done:
                    happening()
                label = f"seed {seed}, round {position}: {[happening.__name__ for happening in done]}"
                self.engine._run(self.company, self.env["customer.policy.run"]._changed_partners(self.company))
                metrics = self.metrics()
                self.engine._run(self.company)
                self.assertEqual(metrics, self.metrics(), label)
                # By the same thresholds, scores and grades too: some alone get what they got among all.
                before = self.profiles()
                self.engine._run(self.company, self.random.sample(sorted(before), min(3, len(before))))
                self.assertEqual(self.profiles(), before, label)

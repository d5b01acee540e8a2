from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command, fields

from .common import LoyaltyPointsCommon


class EarningCommon(LoyaltyPointsCommon):
    """A program under the policy and the books to invoice, collect and credit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.earning_moment = "payment"
        cls.earnings = cls.env["loyalty.earning"]
        cls.income = cls.new_account("LP1", "Income", "income")
        cls.receivable = cls.new_account("LP2", "Receivable", "asset_receivable", reconcile=True)
        cls.bank = cls.new_account("LP3", "Bank", "asset_cash")
        cls.sales = cls.new_journal("Sales", "LPS", "sale", cls.income)
        cls.cash = cls.new_journal("Bank", "LPB", "bank", cls.bank)
        cls.tea, cls.cup = cls.product, cls.gift
        transit = cls.new_account("LP4", "Payments in Transit", "asset_current", reconcile=True)
        cls.cash.inbound_payment_method_line_ids.payment_account_id = transit
        (cls.tea | cls.cup).with_company(cls.company).property_account_income_id = cls.income
        cls.member = cls.customer
        cls.member.with_company(cls.company).property_account_receivable_id = cls.receivable

    @classmethod
    def new_account(cls, code, name, account_type, **values):
        company = [Command.set(cls.company.ids)]
        vals = {"code": code, "name": name, "account_type": account_type, "company_ids": company, **values}
        return cls.env["account.account"].create(vals)

    @classmethod
    def new_journal(cls, name, code, kind, account):
        vals = {"name": name, "code": code, "type": kind, "company_id": cls.company.id, "default_account_id": account.id}
        return cls.env["account.journal"].create(vals)

    @classmethod
    def invoice(cls, *lines, partner=None, **values):
        """A posted invoice of (product, quantity, price)."""
        partner = partner or cls.member
        partner.with_company(cls.company).property_account_receivable_id = cls.receivable
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "journal_id": cls.sales.id,
                "company_id": cls.company.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create({"product_id": product.id, "quantity": quantity, "price_unit": price,
                                    "account_id": cls.income.id, "tax_ids": False})
                    for product, quantity, price in lines
                ],
                **values,
            }
        )  # fmt: skip
        move.action_post()
        return move

    @classmethod
    def pay(cls, invoices):
        """Collect what is open, by a payment of each invoice."""
        for invoice in invoices:
            payment = cls.env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": invoice.commercial_partner_id.id,
                    "amount": invoice.amount_residual,
                    "currency_id": invoice.currency_id.id,
                    "date": invoice.invoice_date,
                    "journal_id": cls.cash.id,
                }
            )
            payment.action_post()
            lines = (invoice | payment.move_id).line_ids
            lines.filtered(lambda line: line.account_id == cls.receivable and not line.reconciled).reconcile()

    @classmethod
    def credit(cls, invoice, quantities=None):
        """A posted credit note for all of an invoice, or for {product: quantity} of it."""
        refund = invoice._reverse_moves([{"invoice_date": fields.Date.today(), "journal_id": invoice.journal_id.id}])
        for line in refund.invoice_line_ids if quantities is not None else []:
            if line.product_id in quantities:
                line.quantity = quantities[line.product_id]
            else:
                line.unlink()
        refund.action_post()
        return refund

    @classmethod
    def card(cls, partner=None):
        partner = partner or cls.member
        return cls.env["loyalty.card"].search([("partner_id", "=", partner.id), ("program_id", "=", cls.program.id)])

    def points_of(self, document):
        """Points of each line of a document, net, in the order of its lines."""
        rows = self.earnings.search([("res_model", "=", document._name), ("res_id", "=", document.id)], order="id")
        lines = document.invoice_line_ids if document._name == "account.move" else document.order_line
        return [sum(rows.filtered(lambda row, line=line: row.line_id == line.id).mapped("points")) for line in lines]

    @classmethod
    def policy_rule(cls, model, **values):
        """A rule in the version in force for the tests' company, which is the shipped one."""
        policy = cls.default_policy
        policy_sudo = policy.sudo()
        clause = cls.env.ref("loyalty_points.clause_8_1")
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE customer_policy SET state = 'draft' WHERE id = %s", [policy.id])
        policy_sudo.invalidate_recordset(["state"])
        record = cls.env[model].create({"policy_id": policy.id, "clause_id": clause.id, **values})
        cls._freeze()
        return record

    @classmethod
    def change(cls, record, **values):
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE customer_policy SET state = 'draft' WHERE id = %s", [cls.default_policy.id])
        cls.env.invalidate_all()
        record.write(values)
        cls._freeze()

    @classmethod
    def _freeze(cls):
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE customer_policy SET state = 'in_force' WHERE id = %s", [cls.default_policy.id])
        cls.env.invalidate_all()
        cls.env.registry.clear_cache()

    @contextmanager
    def days_later(self, days):
        """The policy's day, so many days on; what is written meanwhile is dated then."""
        later = self.today + timedelta(days=days)
        now = datetime.now() + timedelta(days=days)
        with (
            patch.object(type(self.company), "_customer_policy_today", lambda company: later),
            patch.object(fields.Datetime, "now", staticmethod(lambda: now.replace(microsecond=0))),
        ):
            yield later

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
        cls.tea, cls.cup, cls.member = cls.product, cls.gift, cls.customer
        transit = cls.env["account.account"].create(
            {"code": "LP9", "name": "In Transit", "account_type": "asset_current", "reconcile": True,
             "company_ids": [Command.set(cls.company.ids)]}
        )  # fmt: skip
        cls.bank = cls.env["account.journal"].create(
            {"name": "Bank", "code": "LPB", "type": "bank", "company_id": cls.company.id}
        )
        cls.bank.inbound_payment_method_line_ids.payment_account_id = transit

    @classmethod
    def bill(cls, *lines, partner=None, **values):
        """A posted invoice of (product, quantity, price)."""
        partner = partner or cls.member
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
    def collect(cls, invoices):
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
                    "journal_id": cls.bank.id,
                }
            )
            payment.action_post()
            lines = (invoice | payment.move_id).line_ids
            lines.filtered(lambda line: line.account_id == cls.receivable and not line.reconciled).reconcile()

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

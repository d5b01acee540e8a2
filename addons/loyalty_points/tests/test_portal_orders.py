"""Customers confirm and pay in the portal: what stands against it is said, not thrown."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import LoyaltyPointsCommon

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestPortalOrders(LoyaltyPointsCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.order = self.new_order(require_signature=True, require_payment=False, state="sent")
        self.order._portal_ensure_token()

    def close(self):
        """The product is on sale for nobody without a tier, since after the quotation."""
        self.product.product_tmpl_id.loyalty_open_date = self.today + timedelta(days=10)
        self.env.flush_all()

    def accept(self):
        params = {"access_token": self.order.access_token, "name": "Li", "signature": PIXEL}
        answer = self.make_jsonrpc_request(f"/my/orders/{self.order.id}/accept", params)
        self.env.invalidate_all()
        return answer

    def test_a_product_that_is_not_on_sale_yet(self):
        self.close()
        answer = self.accept()
        self.assertIn("is sold to everybody from", answer["error"])
        self.assertEqual((self.order.state, self.order.signed_by, self.order.signature), ("sent", False, False))

    def test_points_that_are_spent_meanwhile(self):
        card = self.new_card(100)
        self.program.rule_ids.product_ids = self.gift
        self.claim(self.order, card)
        self.post(card, -50)
        self.env.flush_all()
        with mute_logger("odoo.http"):
            answer = self.accept()
        self.assertTrue(answer.get("error") or not self.order.order_line.filtered("coupon_id"))
        self.assertEqual(card.points, 50)

    def test_nobody_pays_for_what_would_be_refused(self):
        provider = self.env["payment.provider"].create(
            {"name": "Test", "code": "none", "state": "test", "company_id": self.company.id}
        )
        method = self.env["payment.method"].create({"name": "Test", "code": "lp_test", "active": True,
                                                    "provider_ids": [Command.link(provider.id)]})  # fmt: skip
        values = {
            "provider_id": provider.id,
            "payment_method_id": method.id,
            "partner_id": self.customer.id,
            "amount": self.order.amount_total,
            "currency_id": self.order.currency_id.id,
            "sale_order_ids": [Command.set(self.order.ids)],
        }
        self.assertTrue(self.env["payment.transaction"].create({**values, "reference": "lp-1"}))
        self.close()
        with self.assertRaisesRegex(ValidationError, "sold to everybody from"), self.env.cr.savepoint():
            self.env["payment.transaction"].create({**values, "reference": "lp-2"})

"""A member's points from the paid invoice to the statement, in a real browser, in Chinese and in English; and the books
that agree with them."""

from datetime import timedelta

from freezegun import freeze_time
from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestPointsInBrowser(HttpCase):
    test_cursor_lock_timeout = 60  # seconds; by default 20, too few while another process keeps a core busy

    def set_up(self, lang):
        self.env["res.lang"]._activate_lang(lang)
        self.company = self.env.company
        self.company.customer_policy_tz = "UTC"
        self.env["loyalty.program"].search([]).action_archive()
        self.member = self.env["res.partner"].create({"name": "Tour Member", "is_company": True, "lang": lang})
        contact = new_test_user(self.env, "tour_contact", groups="base.group_portal", lang=lang)
        contact.partner_id.write({"parent_id": self.member.id, "lang": lang})
        new_test_user(self.env, "tour_accountant", groups="base.group_user,account.group_account_invoice", lang=lang)
        self.product = self.env["product.product"].create(
            {
                "name": "Tea",
                "list_price": 1000,
                "taxes_id": [Command.clear()],
                "invoice_policy": "order",
                "type": "service",
            }
        )
        self.program = self.env["loyalty.program"].create(
            {
                "name": "Tour Program",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "earning_moment": "payment",
                "portal_point_name": "Points",
                "company_id": self.company.id,
                "rule_ids": [Command.create({"reward_point_mode": "money", "reward_point_amount": 1})],
                "reward_ids": [
                    Command.create({"reward_type": "discount", "discount_mode": "per_order", "discount": 100,
                                    "required_points": 400})
                ],
            }
        )  # fmt: skip
        self.set_up_accounts()

    def set_up_accounts(self):
        kinds = {"liability": "liability_current", "revenue": "income", "expense": "expense"}
        for number, (name, kind) in enumerate(kinds.items()):
            self.company[f"loyalty_points_{name}_id"] = self.env["account.account"].create(
                {"name": f"Tour {name}", "code": f"99{number}99", "account_type": kind}
            )
        self.company.loyalty_points_journal_id = self.env["account.journal"].create(
            {"name": "Tour", "code": "TOUR", "type": "general"}
        )
        self.company.loyalty_points_start = fields.Date.today().replace(day=1)

    def order(self):
        return self.env["sale.order"].create(
            {"partner_id": self.member.id, "order_line": [Command.create({"product_id": self.product.id})]}
        )

    def invoice_and_pay(self, order):
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create(
            {"payment_date": invoice.date}
        )._create_payments()  # fmt: skip
        self.env.flush_all()
        return invoice

    def open(self, path, login, *checks):
        """Open a page in the browser as `login` and wait for each of these elements."""
        steps = ", ".join(f"[{selector!r}, {text!r}]" for selector, text in checks)
        code = f"""
            const checks = [{steps}];
            const missing = () => checks.filter(([selector, text]) =>
                ![...document.querySelectorAll(selector)].some((el) => el.textContent.includes(text)));
            const wait = (left) => {{
                if (!missing().length) {{ console.log("test successful"); }}
                else if (left) {{ setTimeout(() => wait(left - 1), 250); }}
                else {{ console.error("missing: " + JSON.stringify(missing())); }}
            }};
            wait(160);
        """
        self.browser_js(path, code, login=login, timeout=90, ready="document.readyState === 'complete'")

    def walk(self, lang):
        self.set_up(lang)
        caps = self.env["loyalty.points.cap.rule"]._in_force(self.company)
        self.assertFalse(caps.filtered(lambda cap: cap.points < 1000), "a cap would change the figures below")
        # 1. Paid: the points are pending, after the time for returns they can be spent.
        self.env.cr.execute("UPDATE loyalty_points_earning_rule SET pending_days = 14")
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        invoice = self.invoice_and_pay(self.order())
        self.assertEqual(invoice.payment_state, self.env["account.move"]._get_invoice_in_payment_state())
        card = self.env["loyalty.card"].search([("partner_id", "=", self.member.id)])
        page = f"/my/points/{card.id}"
        self.open(page, "tour_contact", [".o_points_pending", "1000 "], [".o_points_balance", "0 "])
        earning = self.env["loyalty.earning"].search([("card_id", "=", card.id)])
        self.assertEqual((earning.state, earning.points), ("pending", 1000))
        with freeze_time(fields.Datetime.now() + timedelta(days=15)):
            self.env["loyalty.earning"]._release_due(self.company)
        self.env.flush_all()
        self.open(page, "tour_contact", [".o_points_balance", "1000 "], [".o_points_pending", "0 "],
                  [".o_points_entry", "+1000 "])  # fmt: skip
        # 2. They are redeemed on the next order.
        order = self.order()
        order._update_programs_and_rewards()
        [(coupon, rewards)] = order._get_claimable_rewards().items()
        order._apply_program_reward(rewards[:1], coupon)
        order.action_confirm()
        self.env.flush_all()
        self.assertEqual(card.points, 600)
        self.open(page, "tour_contact", [".o_points_balance", "600 "], [".o_points_entry", order.name])
        # 3. It is returned: the points come back, and the statement agrees with the card.
        order._action_cancel()
        self.env.flush_all()
        self.assertEqual(card.points, 1000)
        later = fields.Date.today() + timedelta(days=30)
        self.open(f"{page}/statement?report_type=html&date_to={later}", "tour_contact",
                  [".o_points_opening", "0 "], [".o_points_closing", "1000 "],
                  [".o_points_movements", "-400 "])  # fmt: skip
        # 4. The accountant closes the month: ledger, account and trial balance agree.
        period = self.env["loyalty.points.period"].create({"company_id": self.company.id})
        with freeze_time(fields.Datetime.now() + timedelta(days=70)):
            period.date_from = (fields.Date.today() - timedelta(days=32)).replace(day=1)
            period.action_close()
        self.env.flush_all()
        self.assertGreater(period.liability, 0)
        self.open("/odoo/points-books", "tour_accountant", [".o_points_agree", ""],
                  [".o_points_compared", "Tour liability"],
                  [".o_points_compared", f"{period.liability:.2f}"])  # fmt: skip

    def test_in_english(self):
        self.walk("en_US")

    def test_in_chinese(self):
        self.walk("zh_CN")

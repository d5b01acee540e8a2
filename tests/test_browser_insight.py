"""What to offer on a quotation, in a real browser, in English and in Chinese."""

from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

SALES = "base.group_user,sales_team.group_sale_salesman,customer_policy.group_customer_user"


@tagged("post_install", "-at_install")
class TestInsightInBrowser(HttpCase):
    test_cursor_lock_timeout = 60  # seconds; by default 20, too few while another process keeps a core busy

    def scene(self, lang):
        """A board on a quotation; others buy boards with chips. Price list: a chip for 80, ten boards for 90 each."""
        company = self.env.company
        today = company._customer_policy_today()
        user = new_test_user(self.env, "tour_insight", groups=SALES, lang=lang)
        products = self.env["product.product"].create(
            [{"name": f"Tour {name}", "list_price": 100, "type": "consu"} for name in ("Board", "Chip", "Cable")]
        )
        board, chip, cable = products
        customer, *others = self.env["res.partner"].create(
            [{"name": f"Tour Buyer {n}", "is_company": True, "user_id": user.id} for n in range(25)]
        )
        self.env["customer.external.sale"].create(
            [{"partner_id": other.id, "date": today - timedelta(days=20 + n), "amount": 100, "quantity": 1,
              "product_id": product.id, "source": "tour", "reference": f"tour{n}-{product.id}"}
             for n, other in enumerate(others) for product in (board | chip if n < 12 else cable)]
        )  # fmt: skip
        since = today - timedelta(days=365)
        self.env["customer.product.popularity"]._refresh(company, since, today)
        self.env["customer.product.pair"]._refresh(company, since, today)
        evaluations = self.env["customer.suggestion.evaluation"]
        evaluations.create(
            {"company_id": company.id, "date": today, "kind": "basket", "is_used": True, "is_latest": True}
        )
        self.env.registry.clear_cache()
        self.env["customer.policy.engine"]._run(company)
        fixed = {"applied_on": "0_product_variant", "compute_price": "fixed"}
        pricelist = self.env["product.pricelist"].create(
            {"name": "Tour", "item_ids": [
                Command.create({**fixed, "product_id": chip.id, "fixed_price": 80}),
                Command.create({**fixed, "product_id": board.id, "min_quantity": 10, "fixed_price": 90})]}
        )  # fmt: skip
        return self.env["sale.order"].create(
            {"partner_id": customer.id, "user_id": user.id, "pricelist_id": pricelist.id,
             "order_line": [Command.create({"product_id": board.id, "product_uom_qty": 8})]}
        )  # fmt: skip

    def walk(self, lang):
        order = self.scene(lang)
        url = f"/odoo/action-sale.action_quotations/{order.id}"
        self.start_tour(url, "customer_insight_quotation", login="tour_insight", timeout=90)
        self.env.invalidate_all()
        lines = {line.product_id.name: (line.product_uom_qty, line.price_unit) for line in order.order_line}
        self.assertEqual(lines, {"Tour Board": (10, 90), "Tour Chip": (1, 80)})

    def test_in_english(self):
        self.walk("en_US")

    def test_in_chinese(self):
        self.walk("zh_CN")

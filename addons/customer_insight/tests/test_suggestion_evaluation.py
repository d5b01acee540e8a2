"""Methods are tried on purchases that they did not see."""

from odoo.tests import tagged

from .products_common import ProductsCommon


@tagged("post_install", "-at_install")
class TestEvaluation(ProductsCommon):
    def test_habit_wins_over_popularity(self):
        """Forty customers with a product of their own each: popularity can't guess it, habit always does."""
        popular = self.env["product.product"].create([{"name": f"Popular {n}"} for n in range(5)])
        own = self.env["product.product"].create([{"name": f"Own {n}"} for n in range(40)])
        for n, product in enumerate(own):
            customer = self.new_customer(f"C{n}")
            self.purchase(customer, product, 100)
            self.purchase(customer, product, 70)
            self.purchase(customer, product, 5)
            fan = self.new_customer(f"F{n}")
            self.purchase(fan, popular, 50)
        rows = self.evaluations._refresh_all(self.company)
        usual = rows.filtered(lambda row: row.kind == "usual")
        self.assertEqual((usual.cases, usual.hit_rate, usual.popular_rate), (40, 1.0, 0.0))
        self.assertTrue(usual.is_used and usual.low > 0)
        pair = rows.filtered(lambda row: row.kind == "pair")
        self.assertFalse(pair.is_used)
        self.assertIn("usual", self.evaluations._used_kinds(self.company))
        self.assertFalse(self.evaluations._refresh_all(self.company), "not again within the days of the policy")

    def test_habit_loses(self):
        """Forty customers with a habit, who then buy what everybody buys and they bought once: popularity wins."""
        popular = self.env["product.product"].create([{"name": f"Popular {n}"} for n in range(5)])
        own = self.env["product.product"].create([{"name": f"Own {n}"} for n in range(6)])
        for n in range(40):
            customer, fan = self.new_customer(f"C{n}"), self.new_customer(f"F{n}")
            for days in (100, 70):
                self.purchase(customer, own, days)
            self.purchase(customer, popular, 50)
            self.purchase(customer, popular[n % 5], 5)
            for days in (90, 60, 45):
                self.purchase(fan, popular, days)
        rows = self.evaluations._refresh_all(self.company)
        usual = rows.filtered(lambda row: row.kind == "usual")
        self.assertLess(usual.hit_rate, usual.popular_rate)
        self.assertFalse(usual.is_used)
        self.assertIn("Popularity is shown instead.", usual.verdict)
        shown = {row["kind"] for row in self.suggested(customer)}
        self.assertEqual(shown, {"common"})

    def test_shown_is_what_won(self):
        """Whatever the latest evaluation says, the screens follow it: each method alone, and none."""
        self.boards_with_chips()
        self.find()
        customer = self.new_customer("Regular")
        for days in (70, 40, 10):
            self.purchase(customer, self.case, days)
        self.purchase(customer, self.board, 10)
        for won in ((), ("usual",), ("pair",), ("usual", "pair", "basket")):
            self.evaluations.search([("company_id", "=", self.company.id)]).is_latest = False
            self.use(*won)
            if not won:
                self.evaluations.create(
                    {"company_id": self.company.id, "date": self.today, "kind": "usual", "is_latest": True}
                )
                self.env.registry.clear_cache()
            for basket in (None, self.board):
                shown = {row["kind"] for row in self.suggested(customer, basket=basket, count=40)}
                self.assertEqual("usual" in shown, "usual" in won, (won, shown))
                self.assertEqual("common" in shown, "usual" not in won, (won, shown))
                self.assertFalse(shown & {"pair", "basket"} - set(won), (won, shown))

    def test_missing_product_of_a_purchase(self):
        """Pairs of products that always go together, many of them: the missing one is found, popularity has five."""
        pairs = [self.env["product.product"].create([{"name": f"A{n}"}, {"name": f"B{n}"}]) for n in range(8)]
        for n in range(64):
            customer = self.new_customer(f"C{n}")
            self.purchase(customer, pairs[n % 8], 60)
            self.purchase(customer, pairs[(n + 1) % 8], 5)
        rows = self.evaluations._refresh_all(self.company, force=True)
        basket = rows.filtered(lambda row: row.kind == "basket")
        self.assertEqual((basket.cases, basket.hit_rate), (64, 1.0))
        self.assertLess(basket.popular_rate, 0.5)
        self.assertTrue(basket.is_used)

    def test_no_look_ahead(self):
        """What is bought together in the held-back days only is not known at the cut."""
        for n in range(40):
            customer = self.new_customer(f"C{n}")
            self.purchase(customer, self.cable, 60)
            self.purchase(customer, self.board | self.chip, 5)
        rows = self.evaluations._refresh_all(self.company, force=True)
        self.assertEqual(rows.mapped("hit_rate"), [0.0, 0.0, 0.0])

    def test_verdict_in_words(self):
        row = self.evaluations.create(
            {"company_id": self.company.id, "date": self.today, "kind": "pair", "cases": 12, "is_latest": True}
        )
        self.assertEqual(row.verdict, "Too few purchases to judge. Popularity is shown instead.")

    def test_job(self):
        self.boards_with_chips()
        with self.enter_registry_test_mode():
            self.env.ref("customer_insight.ir_cron_products").method_direct_trigger()
            self.env.ref("customer_insight.ir_cron_reorders").method_direct_trigger()
        domain = [("company_id", "=", self.company.id)]
        self.assertEqual(self.evaluations.search_count(domain), 3)
        self.assertTrue(self.env["customer.product.popularity"].search_count(domain))

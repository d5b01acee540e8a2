from odoo.addons.customer_policy.tests.common import CustomerPolicyCommon


class ProductsCommon(CustomerPolicyCommon):
    """Products and customers who buy them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = ("board", "chip", "cable", "case")
        cls.products = cls.env["product.product"].create(
            [{"name": name.title(), "default_code": f"CODE-{name}", "list_price": 100, "type": "consu",
              "standard_price": 60} for name in names]
        )  # fmt: skip
        cls.board, cls.chip, cls.cable, cls.case = cls.products
        cls.suggestions = cls.env["customer.suggestion"]
        cls.evaluations = cls.env["customer.suggestion.evaluation"]

    @classmethod
    def purchase(cls, partner, products, days_ago, quantity=1):
        for product in products:
            cls.buy(partner, 10 * quantity, days_ago, product_id=product.id, quantity=quantity)

    @classmethod
    def boards_with_chips(cls, customers=12):
        """Customers who buy boards always with chips, and as many who buy cables alone."""
        buyers = [cls.new_customer(f"Buyer {n}") for n in range(customers)]
        others = [cls.new_customer(f"Other {n}") for n in range(customers)]
        for n, (buyer, other) in enumerate(zip(buyers, others, strict=True)):
            cls.purchase(buyer, cls.board | cls.chip, 20 + n)
            cls.purchase(other, cls.cable, 20 + n)
        return buyers, others

    @classmethod
    def use(cls, *kinds):
        """These methods have won the evaluation."""
        cls.evaluations.create(
            [{"company_id": cls.company.id, "date": cls.today, "kind": kind, "is_used": True, "is_latest": True}
             for kind in kinds]
        )  # fmt: skip
        cls.env.registry.clear_cache()

    @classmethod
    def find(cls):
        """Statistics of all purchases, without the evaluation."""
        since = cls.today.replace(year=cls.today.year - 1)
        cls.env["customer.product.popularity"]._refresh(cls.company, since, cls.today)
        return cls.env["customer.product.pair"]._refresh(cls.company, since, cls.today)

    def suggested(self, partner, **options):
        return self.suggestions._suggest(self.company, partner, **options)

"""Suggestions that can be delivered; demand beside stock."""

from dateutil.relativedelta import relativedelta
from odoo.addons.customer_insight.tests.products_common import ProductsCommon
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestStock(ProductsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        warehouses = cls.env["stock.warehouse"]
        cls.warehouse = warehouses.search([("company_id", "=", cls.company.id)], limit=1) or warehouses.create(
            {"name": "W", "code": "WINS", "company_id": cls.company.id}
        )
        cls.products.is_storable = True
        cls.chip.is_storable = False

    def put(self, product, quantity):
        self.env["stock.quant"]._update_available_quantity(product, self.warehouse.lot_stock_id, quantity)

    def test_only_what_can_be_delivered(self):
        customer = self.new_customer("Regular")
        for days in (70, 40, 10):
            self.purchase(customer, self.products, days)
        self.put(self.board, 5)
        self.put(self.cable, -2)
        rows = {row["product"]: row for row in self.suggested(customer)}
        self.assertEqual(set(rows), {self.board, self.chip}, "board in stock, chip not kept in stock")
        order = self.env["sale.order"].create({"partner_id": customer.id, "company_id": self.company.id})
        self.run_all()
        stock = {row["product_id"]: row["stock"] for row in order.get_customer_suggestions()["add"]}
        self.assertEqual(stock, {self.board.id: "5.00", self.chip.id: None})

    def test_demand_beside_stock(self):
        """Ten a month; 25 in stock last for two and a half months."""
        category = self.env["product.category"].create({"name": "Goods"})
        self.products.categ_id = category
        customer, month = self.new_customer("Steady"), self.today.replace(day=1)
        for back in range(1, 15):
            days = (self.today - (month - relativedelta(months=back))).days
            self.purchase(customer, self.board, days, 10)
        self.put(self.board, 20)
        self.put(self.case, 5)
        series = self.env["customer.demand.series"]
        series._list(self.company)
        found = series.search([("company_id", "=", self.company.id), ("segment_id", "=", False)])
        found._forecast()
        self.assertEqual((found.stock_quantity, found.stock_months, found.is_short), (25, 2.5, False))
        self.put(self.board, -20)
        found.invalidate_recordset()
        self.assertEqual((found.stock_quantity, found.is_short), (5, True))

"""Demand by category and segment: months, job, roles."""

from datetime import date

from dateutil.relativedelta import relativedelta
from odoo.tests import tagged

from .products_common import ProductsCommon


@tagged("post_install", "-at_install")
class TestDemand(ProductsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.month = cls.today.replace(day=1)
        cls.goods = cls.env["product.category"].create({"name": "Goods"})
        cls.products.categ_id = cls.goods
        cls.customer = cls.new_customer("Steady")
        cls.series = cls.env["customer.demand.series"]

    def buy_monthly(self, quantities, partner=None, product=None):
        """The last quantity in the month before this one."""
        for back, quantity in enumerate(reversed(quantities), start=1):
            day = self.month - relativedelta(months=back)
            if quantity:
                self.buy(partner or self.customer, 10 * quantity, (self.today - day).days, quantity=quantity,
                         product_id=(product or self.chip).id)  # fmt: skip

    def forecast(self, **domain):
        self.series._list(self.company)
        waiting = self.series.search([("company_id", "=", self.company.id)])
        waiting._forecast()
        return waiting.filtered(lambda series: not series.segment_id)

    def test_months_and_forecast(self):
        """Eighteen months of 10, one of them none: the months without a purchase are there as 0."""
        self.buy_monthly([10] * 9 + [0] + [10] * 8)
        self.buy(self.customer, 999, 0, quantity=999, product_id=self.chip.id)  # this month is not over
        series = self.forecast()
        self.assertEqual((series.category_id, series.months, series.state), (self.goods, 18, "done"))
        actual = series.month_ids.filtered(lambda month: month.kind == "actual").sorted("month")
        self.assertEqual(actual.mapped("quantity"), [10] * 9 + [0] + [10] * 8)
        ahead = series.month_ids.filtered(lambda month: month.kind == "forecast").sorted("month")
        self.assertEqual(ahead[0].month, self.month)
        self.assertEqual(len(ahead), 6)
        self.assertAlmostEqual(series.next_quantity, 10, delta=2)
        self.assertTrue(all(month.low <= month.quantity <= month.high for month in ahead))
        # The average price of the last 12 months is 10.
        self.assertAlmostEqual(ahead[0].amount, 10 * ahead[0].quantity)

    def test_short_history(self):
        self.buy_monthly([4, 6])
        series = self.forecast()
        self.assertEqual((series.method, series.next_quantity, series.months), ("average", 5, 2))
        self.assertIn("Only 2 months", series.verdict)

    def test_by_segment(self):
        dimension = self.env["customer.dimension"].create({"name": "Channel", "code": "channel_test"})
        segment = self.env["customer.segment"].create({"name": "Web", "code": "web_test", "dimension_id": dimension.id})
        other = self.new_customer("Other")
        self.env["customer.segment.assignment"]._assign([(self.customer.id, segment.id)], reason="test")
        self.buy_monthly([3] * 14)
        self.buy_monthly([2] * 14, partner=other)
        everybody = self.forecast()
        web = self.series.search([("company_id", "=", self.company.id), ("segment_id", "=", segment.id)])
        self.assertEqual((everybody.next_quantity, web.next_quantity), (5, 3))
        self.assertIn("Web", web.display_name)

    def test_job_by_the_month(self):
        self.buy_monthly([10] * 14)
        with self.enter_registry_test_mode():
            self.env.ref("customer_insight.ir_cron_demand").method_direct_trigger()
        series = self.series.search([("company_id", "=", self.company.id)])
        self.assertEqual(series.state, "done")
        first = series.month_ids.ids
        with self.enter_registry_test_mode():
            self.env.ref("customer_insight.ir_cron_demand").method_direct_trigger()
        self.assertEqual(series.month_ids.ids, first, "once a month")
        series.month = date(2020, 1, 1)
        with self.enter_registry_test_mode():
            self.env.ref("customer_insight.ir_cron_demand").method_direct_trigger()
        self.assertEqual(series.month, self.month)
        self.assertEqual(series.state, "done")
        self.env["customer.external.sale"].search([("company_id", "=", self.company.id)]).unlink()
        self.series._list(self.company)
        self.assertFalse(series.exists())

    def test_roles(self):
        for login, group, may in (
            ("own", "customer_policy.group_customer_user", False),
            ("all", "customer_policy.group_customer_all", True),
            ("evaluation", "customer_policy.group_evaluation", True),
            ("plain", "", False),
        ):
            user = self.new_user(login, group)
            self.assertEqual(self.series.with_user(user).has_access("read"), may, login)
            self.assertFalse(self.series.with_user(user).has_access("write"), login)
            self.assertEqual(self.env["customer.demand.month"].with_user(user).has_access("read"), may, login)

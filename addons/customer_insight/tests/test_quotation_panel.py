"""The panel on a quotation: what it offers, one click, and who sees what."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .products_common import ProductsCommon

SALES = "customer_policy.group_customer_user,sales_team.group_sale_salesman"


@tagged("post_install", "-at_install")
class TestQuotationPanel(ProductsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boards_with_chips()
        cls.find()
        cls.use("usual", "basket")
        cls.anna = cls.new_user("anna", SALES)
        cls.boss = cls.new_user("boss", "customer_policy.group_customer_all,sales_team.group_sale_salesman_all_leads")
        cls.customer = cls.new_customer("Quoted", user_id=cls.anna.id)
        for days in (70, 40, 10):
            cls.purchase(cls.customer, cls.cable, days)
        cls.run_all()
        cls.products.with_company(cls.company).standard_price = 60

    def order(self, *lines, user=None, partner=None, **values):
        return self.env["sale.order"].create(
            {"partner_id": (partner or self.customer).id, "user_id": (user or self.anna).id,
             "company_id": self.company.id,
             "order_line": [Command.create({"product_id": p.id, "product_uom_qty": n}) for p, n in lines], **values}
        )  # fmt: skip

    def test_what_goes_with_the_lines(self):
        order = self.order((self.board, 1)).with_user(self.anna)
        found = {row["product_id"]: row for row in order.get_customer_suggestions()["add"]}
        chip, cable = found[self.chip.id], found[self.cable.id]
        self.assertEqual((chip["kind"], chip["price"]), ("basket", 100))
        self.assertIn("in 12 of 12 purchases (12 customers), 2.0 × as often", chip["reason"])
        self.assertEqual(cable["kind"], "usual")
        self.assertAlmostEqual(chip["margin"], 40)
        self.assertNotIn(self.board.id, found)

    def test_one_click(self):
        order = self.order((self.board, 1)).with_user(self.anna)
        order.add_customer_suggestion(self.chip.id)
        self.assertEqual(order.order_line.product_id, self.board | self.chip)
        self.assertNotIn(self.chip.id, [row["product_id"] for row in order.get_customer_suggestions()["add"]])
        order.action_confirm()
        with self.assertRaises(UserError):
            order.add_customer_suggestion(self.cable.id)
        self.assertEqual(order.get_customer_suggestions()["add"], [])

    def test_margin_only_for_who_may_see_the_cost(self):
        field = self.env["product.product"]._fields["standard_price"]
        self.patch(field, "groups", "account.group_account_manager")
        data = self.order((self.board, 1)).with_user(self.anna).get_customer_suggestions()
        self.assertFalse(data["shows_margin"])
        self.assertEqual({row["margin"] for row in data["add"]}, {None})

    def test_history_only_of_visible_customers(self):
        """Anna may read a quotation of her own for somebody else's customer: the lines speak, the history does not."""
        other = self.new_customer("Secret", user_id=self.boss.id)
        for days in (70, 40, 10):
            self.purchase(other, self.case, days)
        self.run_all()
        order = self.order((self.board, 1), partner=other)
        anna = {row["product_id"] for row in order.with_user(self.anna).get_customer_suggestions()["add"]}
        boss = {row["product_id"] for row in order.with_user(self.boss).get_customer_suggestions()["add"]}
        self.assertIn(self.chip.id, anna & boss)
        self.assertNotIn(self.case.id, anna)
        self.assertIn(self.case.id, boss)

    def test_who_may_call(self):
        order = self.order((self.board, 1), user=self.boss)
        plain = self.new_user("plain", "sales_team.group_sale_salesman")
        plain.group_ids -= self.env.ref("customer_policy.group_customer_user")
        self.env.ref("sales_team.group_sale_salesman").implied_ids -= self.env.ref(
            "customer_policy.group_customer_user"
        )
        for user in (plain, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                order.with_user(user).get_customer_suggestions()
        with self.assertRaises(AccessError):
            order.with_user(self.anna).get_customer_suggestions()

    def test_next_quantity_break(self):
        """100 each, 90 from ten on, 80 from fifty on. Eight cost 800 and leave 320; ten cost 900 and leave 300."""
        pricelist = self.env["product.pricelist"].create(
            {"name": "Breaks", "company_id": self.company.id, "currency_id": self.company.currency_id.id,
             "item_ids": [
                 Command.create({"applied_on": "0_product_variant", "product_id": self.board.id, "min_quantity": number,
                                 "compute_price": "fixed", "fixed_price": price})
                 for number, price in ((10, 90), (50, 80))]}
        )  # fmt: skip
        order = self.order((self.board, 8), pricelist_id=pricelist.id).with_user(self.anna)
        [offer] = order.get_customer_suggestions()["raise"]
        self.assertEqual((offer["quantity"], offer["old_price"], offer["price"]), (10, 100, 90))
        self.assertEqual((offer["old_total"], offer["total"]), (800, 900))
        self.assertEqual((offer["old_margin"], offer["margin"]), (320, 300))
        order.raise_customer_line(offer["line_id"], quantity=offer["quantity"])
        self.assertEqual((order.order_line.product_uom_qty, order.order_line.price_unit), (10, 90))
        with self.assertRaises(UserError):
            order.raise_customer_line(0, quantity=1)

    def test_higher_variant(self):
        attribute = self.env["product.attribute"].create(
            {"name": "Size", "value_ids": [Command.create({"name": name}) for name in ("S", "M", "L")]}
        )
        template = self.env["product.template"].create(
            {"name": "Server", "list_price": 100, "attribute_line_ids": [
                Command.create({"attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids.ids)]})]}
        )  # fmt: skip
        for value, extra in zip(template.attribute_line_ids.product_template_value_ids, (0, 30, 150), strict=True):
            value.price_extra = extra
        small, middle, _large = template.product_variant_ids
        order = self.order((small, 2)).with_user(self.anna)
        [offer] = order.get_customer_suggestions()["raise"]
        # Half as much again at most: 130 is offered, 250 is not.
        self.assertEqual((offer["product_id"], offer["price"], offer["total"]), (middle.id, 130, 260))
        order.raise_customer_line(offer["line_id"], product_id=offer["product_id"])
        self.assertEqual(order.order_line.product_id, middle)
        self.assertEqual(order.get_customer_suggestions()["raise"], [])

    def test_customer_page(self):
        overview = self.env["customer.overview"].with_user(self.anna)
        [card] = [card for card in overview.load(self.customer.id)["cards"] if card["name"] == "suggestions"]
        labels = [row["label"] for row in card["rows"]]
        self.assertIn(self.cable.display_name, labels)
        self.assertTrue(all(row["note"] for row in card["rows"]))
        for days in (45, 42, 39):
            self.purchase(self.customer, self.case, days)
        self.env["customer.product.rhythm"]._refresh(self.company)
        actions = {action["name"]: action for action in overview.load(self.customer.id)["next_actions"]}
        self.assertNotIn("reorder", actions, "a rhythm of three days was given up after six")
        self.purchase(self.customer, self.case, 4)
        self.env["customer.product.rhythm"]._refresh(self.company)
        actions = {action["name"]: action for action in overview.load(self.customer.id)["next_actions"]}
        self.assertIn("Case", actions["reorder"]["text"])

"""Reorders due by the customer's own rhythm, and whose they are."""

from odoo.tests import tagged

from .products_common import ProductsCommon


@tagged("post_install", "-at_install")
class TestReorder(ProductsCommon):
    def rhythms(self, partner):
        return self.env["customer.product.rhythm"].search([("partner_id", "=", partner.id)])

    def test_rhythm(self):
        """Days 100, 70, 45, 10 ago: gaps of 30, 25 and 35 days, the median 30; due 20 days from now."""
        customer = self.new_customer("Regular")
        for days, quantity in ((100, 5), (70, 8), (45, 7), (10, 50)):
            self.purchase(customer, self.chip, days, quantity)
        self.env["customer.product.rhythm"]._refresh(self.company)
        rhythm = self.rhythms(customer)
        self.assertEqual((rhythm.product_id, rhythm.times, rhythm.gap_days), (self.chip, 4, 30))
        self.assertEqual((rhythm.due_date - self.today).days, 20)
        self.assertEqual(rhythm.quantity, 7.5)
        self.assertIn("usually every 30 days", rhythm.reason)

    def test_second_run_writes_nothing_and_ended_rhythms_go(self):
        customer = self.new_customer("Regular")
        for days in (60, 40, 20):
            self.purchase(customer, self.chip, days)
        gone = self.new_customer("Gone")
        for days in (300, 280, 260):
            self.purchase(gone, self.chip, days)
        rhythms = self.env["customer.product.rhythm"]
        self.assertEqual(rhythms._refresh(self.company), 1)
        self.assertFalse(self.rhythms(gone), "two intervals without a purchase end a rhythm")
        before = self.rhythms(customer).id
        self.env.cr.execute("SELECT xmin FROM customer_product_rhythm WHERE id = %s", [before])
        version = self.env.cr.fetchone()
        rhythms._refresh(self.company)
        self.env.cr.execute("SELECT xmin FROM customer_product_rhythm WHERE id = %s", [before])
        self.assertEqual(self.env.cr.fetchone(), version)
        self.purchase(customer, self.chip, 0)
        self.assertEqual(rhythms._refresh(self.company), 0)
        self.assertEqual(self.rhythms(customer).id, before)
        self.chip.active = False
        rhythms._refresh(self.company)
        self.assertFalse(self.rhythms(customer))

    def test_merging_customers_with_the_same_rhythm(self):
        """Duplicates buy the same: the merge goes through, and the next night finds the rhythm of both."""
        kept, gone = self.new_customer("Twin"), self.new_customer("Twin 2")
        for days in (60, 40, 20):
            self.purchase(kept, self.chip, days)
            self.purchase(gone, self.chip | self.cable, days - 10)
        rhythms = self.env["customer.product.rhythm"]
        rhythms._refresh(self.company)
        self.env["base.partner.merge.automatic.wizard"]._merge((kept | gone).ids, kept)
        self.assertEqual(self.rhythms(kept).product_id, self.chip)
        rhythms._refresh(self.company)
        found = {rhythm.product_id: (rhythm.times, rhythm.gap_days) for rhythm in self.rhythms(kept)}
        self.assertEqual(found, {self.chip: (6, 10), self.cable: (3, 20)})

    def test_quotation(self):
        customer = self.new_customer("Regular")
        for days in (60, 40, 20):
            self.purchase(customer, self.chip, days, 4)
        self.env["customer.product.rhythm"]._refresh(self.company)
        context = self.rhythms(customer).action_new_quotation()["context"]
        order = self.env["sale.order"].with_context(**context).create({"company_id": self.company.id})
        self.assertEqual(order.partner_id, customer)
        self.assertEqual((order.order_line.product_id, order.order_line.product_uom_qty), (self.chip, 4))

    def test_roles(self):
        anna = self.new_user("anna", "customer_policy.group_customer_user")
        boss = self.new_user("boss", "customer_policy.group_customer_all")
        plain = self.new_user("plain", "")
        mine, theirs = self.new_customer("Mine", user_id=anna.id), self.new_customer("Theirs", user_id=boss.id)
        for customer in (mine, theirs):
            for days in (60, 40, 20):
                self.purchase(customer, self.chip, days)
        rhythms = self.env["customer.product.rhythm"]
        rhythms._refresh(self.company)
        domain = [("partner_id", "in", (mine | theirs).ids)]
        self.assertEqual(rhythms.with_user(anna).search(domain).partner_id, mine)
        self.assertEqual(rhythms.with_user(boss).search(domain).partner_id, mine | theirs)
        self.assertFalse(rhythms.with_user(plain).has_access("read"))
        self.assertFalse(rhythms.with_user(self.env.ref("base.public_user")).has_access("read"))

    def test_prospects(self):
        """Who bought boards lately and no chips; each salesperson sees own customers."""
        self.boards_with_chips()
        anna = self.new_user("anna", "customer_policy.group_customer_user,product.group_product_variant")
        boss = self.new_user("boss", "customer_policy.group_customer_all")
        mine, theirs = self.new_customer("Mine", user_id=anna.id), self.new_customer("Theirs", user_id=boss.id)
        self.purchase(mine, self.board, 10)
        self.purchase(theirs, self.board, 10)
        self.find()
        self.run_all()
        found = self.env["customer.product.prospect"].with_user(boss)._find(self.chip, self.company)
        self.assertEqual(set(found.partner_id.mapped("name")), {"Mine", "Theirs"})
        self.assertTrue(all("times" not in reason and "× as often" in reason for reason in found.mapped("reason")))
        found = self.env["customer.product.prospect"].with_user(anna)._find(self.chip, self.company)
        self.assertEqual(found.partner_id, mine)
        action = self.chip.with_user(anna).action_customer_prospects()
        self.assertEqual(action["res_model"], "customer.product.prospect")

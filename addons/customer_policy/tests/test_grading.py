"""Schemes, criteria, delayed downgrade, benefits: expected grades worked out by hand."""

from datetime import datetime, timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from odoo import Command
from odoo.addons.sale.models.sale_order import SaleOrder as CoreSaleOrder

from .common import CustomerPolicyCommon


class TestGrading(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.strategic = cls.env.ref("customer_policy.customer_grade_strategic")
        cls.key = cls.env.ref("customer_policy.customer_grade_key")
        cls.ordinary = cls.env.ref("customer_policy.customer_grade_ordinary")
        cls.prospect = cls.env.ref("customer_policy.customer_grade_prospect")
        cls.customers = [cls.new_customer(f"Company {position:02}") for position in range(20)]
        for position, customer in enumerate(cls.customers):
            cls.buy(customer, 1000 * (20 - position), 30)

    def grades(self):
        return [self.profile(customer).grade_id for customer in self.customers]

    def simple_draft(self, **values):
        """A draft whose company scheme looks at the revenue alone, by bands: 100 points from 15,000, 60 from 8,000."""
        draft = self.draft()
        scheme = draft.scheme_ids.filtered(lambda s: s.name == "Business Customers")
        scheme.criterion_ids.unlink()
        scheme.write({"method": "score", **values})
        for level, score in zip(scheme._sorted_levels(), (90, 50, 0), strict=True):
            level.minimum_score = score
        self.env["customer.grade.criterion"].with_user(self.manager).create(
            {
                "scheme_id": scheme.id,
                "metric": "revenue_12m",
                "weight": 1,
                "method": "bands",
                "band_ids": [
                    Command.create({"is_lowest": True, "points": 10}),
                    Command.create({"lower_bound": 8000, "points": 60}),
                    Command.create({"lower_bound": 15000, "points": 100}),
                ],
            }
        )
        return draft

    def test_shares_of_the_default_policy(self):
        self.run_all()
        # 20 ranked companies; the revenue decides, loyalty and potential are equal. Best 5 %: one; best 20 %: four.
        grades = self.grades()
        self.assertEqual(grades[:4], [self.strategic] + [self.key] * 3)
        self.assertEqual(set(grades[4:]), {self.ordinary})

    def test_score_by_hand(self):
        self.run_all()
        # Position 5 has 15,000: 14 of 20 are smaller: class 1 + 100 * 14 // 20 = 71 of 100: 71 points * 50.
        # Loyalty: all 20 equal: class 1 of 5: 20 points * 25; potential likewise.
        expected = (71 * 50 + 20 * 25 + 20 * 25) / 100
        self.assertEqual(self.profile(self.customers[5]).grade_score, expected)

    def test_customers_without_purchase_stand_apart(self):
        idle = self.new_customer("Idle")
        self.buy(idle, 10**6, 400)
        self.run_all()
        profile = self.profile(idle)
        self.assertEqual(profile.grade_id, self.prospect)
        self.assertFalse(profile.grade_score)
        self.assertEqual(self.grades()[0], self.strategic, "it took nobody's place")

    def test_individuals_have_their_own_scheme(self):
        person = self.new_customer("Li Si", is_company=False)
        self.buy(person, 5, 5)
        self.run_all()
        self.assertEqual(self.profile(person).grade_id.code, "vip", "alone among the individuals")
        self.assertEqual(self.grades()[0], self.strategic)

    def test_bands_and_minimum_scores(self):
        self.publish(self.simple_draft())
        self.run_all()
        grades = self.grades()
        self.assertEqual(grades[:6], [self.strategic] * 6, "20,000 down to 15,000")
        self.assertEqual(grades[6:13], [self.key] * 7, "14,000 down to 8,000")
        self.assertEqual(grades[13:], [self.ordinary] * 7)

    def test_direction(self):
        draft = self.draft()
        scheme = draft.scheme_ids.filtered(lambda s: s.name == "Business Customers")
        scheme.criterion_ids[1:].unlink()
        scheme.criterion_ids.write({"direction": "lower", "classes": 20})
        self.publish(draft)
        self.run_all()
        self.assertEqual(self.grades()[-1], self.strategic, "the smallest revenue is the best now")

    def test_downgrade_waits(self):
        self.publish(self.simple_draft(downgrade_months=3))
        self.run_all()
        customer = self.customers[0]
        self.assertEqual(self.profile(customer).grade_id, self.strategic)
        self.buy(customer, -19000, 0)
        self.run_all()
        profile = self.profile(customer)
        self.assertEqual((profile.grade_id, profile.below_since), (self.strategic, self.today))
        # The same day and the day before three months are over: nothing happens, however many runs there are.
        last_day = self.today + relativedelta(months=3) - timedelta(days=1)
        for day in (self.today, last_day, last_day):
            with freeze_time(datetime.combine(day, datetime.min.time()) + timedelta(hours=2)):
                self.run_all()
                self.assertEqual(self.profile(customer).grade_id, self.strategic, day)
        with freeze_time(
            datetime.combine(self.today + relativedelta(months=3), datetime.min.time()) + timedelta(hours=2)
        ):
            self.run_all()
            profile = self.profile(customer)
            self.assertEqual((profile.grade_id, profile.below_since), (self.ordinary, False))

    def test_recovery_ends_the_wait(self):
        self.publish(self.simple_draft())
        self.run_all()
        customer = self.customers[0]
        back = self.buy(customer, -19000, 0)
        self.run_all()
        self.assertTrue(self.profile(customer).below_since)
        back.unlink()
        self.run_all()
        self.assertFalse(self.profile(customer).below_since)

    def test_upgrade_is_immediate(self):
        self.publish(self.simple_draft())
        self.run_all()
        self.buy(self.customers[-1], 50000, 1)
        self.run_all()
        self.assertEqual(self.profile(self.customers[-1]).grade_id, self.strategic)

    def test_history_has_the_arithmetic(self):
        self.run_all()
        history = self.env["customer.grade.history"].search([("partner_id", "=", self.customers[0].id)])
        self.assertEqual(len(history), 1)
        self.assertEqual(history.clause, "2.2 Grades")
        self.assertEqual(history.policy_id, self.default_policy)
        total = sum(line["points"] * line["weight"] for line in history.inputs)
        weights = sum(line["weight"] for line in history.inputs)
        self.assertAlmostEqual(total / weights, history.score, places=2)
        self.assertEqual(history.inputs[0]["value"], 20000)
        self.assertIn("Purchasing power", history.inputs_html)

    def test_benefits_act_and_lapse(self):
        self.env.user.group_ids += self.env.ref("product.group_product_pricelist")
        self.env["product.pricelist"].create({"name": "Everybody's", "company_id": self.company.id, "sequence": 1})
        pricelist = self.env["product.pricelist"].create({"name": "Strategic Prices", "company_id": self.company.id})
        term = self.env.ref("account.account_payment_term_45days")
        draft = self.simple_draft(downgrade_months=0)
        level = draft.scheme_ids.level_ids.filtered(lambda level: level.grade_id == self.strategic)
        level.write({"pricelist_id": pricelist.id, "payment_term_id": term.id, "priority": "2"})
        self.publish(draft)
        self.run_all()
        customer = self.customers[0]

        def order():
            return self.env["sale.order"].create({"partner_id": customer.id, "company_id": self.company.id})

        first = order()
        self.assertEqual((first.pricelist_id, first.payment_term_id), (pricelist, term))
        lead = self.env["crm.lead"].create({"name": "L", "partner_id": customer.id, "type": "opportunity"})
        self.assertEqual(lead.priority, "2")
        self.buy(customer, -19000, 0)
        self.run_all()
        self.env.invalidate_all()
        second = order()
        self.assertNotEqual(second.pricelist_id, pricelist)
        self.assertFalse(second.payment_term_id)

    def test_own_terms_go_first(self):
        term = self.env.ref("account.account_payment_term_45days")
        own = self.env.ref("account.account_payment_term_15days")
        draft = self.simple_draft()
        draft.scheme_ids.level_ids.write({"payment_term_id": term.id})
        self.publish(draft)
        self.run_all()
        self.customers[0].with_company(self.company).property_payment_term_id = own
        order = self.env["sale.order"].create({"partner_id": self.customers[0].id, "company_id": self.company.id})
        self.assertEqual(order.payment_term_id, own)

    def test_grade_without_terms_leaves_those_of_other_addons(self):
        term = self.env.ref("account.account_payment_term_45days")
        self.publish(self.simple_draft())
        self.run_all()

        def from_elsewhere(orders):
            orders.payment_term_id = term

        with patch.object(CoreSaleOrder, "_compute_payment_term_id", from_elsewhere):
            order = self.env["sale.order"].create({"partner_id": self.customers[0].id, "company_id": self.company.id})
        self.assertEqual(order.payment_term_id, term)

from odoo import Command

from .common import CustomerPolicyCommon


class TestExplanation(CustomerPolicyCommon):
    def test_explanation_adds_up_to_the_score(self):
        customers = [self.new_customer(f"E{position}") for position in range(13)]
        for position, customer in enumerate(customers):
            for purchase in range(1 + position % 4):
                self.buy(customer, 37 * position + purchase, 11 * position + 13 * purchase)
            if position % 3 == 0:
                customer.action_mark_customer()
                self.profile(customer).potential_estimate = 1000 * position
        self.run_all()
        for customer in customers:
            profile = self.profile(customer)
            explained = profile._explain_grade()
            self.assertAlmostEqual(explained["score"], profile.grade_score, places=2)
            html = profile.grade_explanation
            self.assertIn("2.2 Grades", html)
            self.assertIn(profile.grade_id.name, html)

    def test_metrics_without_a_value(self):
        """Who bought once has no interval, who never paid no days to pay: no points, in the run as in words."""
        draft = self.draft()
        first, second, third = draft.scheme_ids.filtered(lambda s: s.name == "Business Customers").criterion_ids
        first.write({"metric": "avg_interval_days", "direction": "lower"})
        bands = [{"is_lowest": True, "points": 80}, {"lower_bound": 10, "points": 20}]
        second.write({"metric": "avg_days_to_pay", "method": "bands", "band_ids": [Command.create(b) for b in bands]})
        third.weight = 0
        self.publish(draft)
        once, twice = self.new_customer("Once"), self.new_customer("Twice")
        self.buy(once, 10, 5)
        self.buy(twice, 10, 5)
        self.buy(twice, 10, 9)
        self.run_all()
        self.assertEqual(self.profile(once).grade_score, 0)
        for customer in (once, twice):
            profile = self.profile(customer)
            self.assertAlmostEqual(profile._explain_grade()["score"], profile.grade_score, places=2)
        self.assertEqual([line["value"] for line in self.profile(once)._explain_grade()["criteria"][:2]], ["–", "–"])

    def test_not_ranked(self):
        customer = self.new_customer("Old")
        self.buy(customer, 10, 500)
        self.run_all()
        self.assertIn("listed apart", self.profile(customer).grade_explanation)

    def test_in_chinese(self):
        customer = self.new_customer("Zh")
        self.buy(customer, 10, 5)
        self.run_all()
        html = self.profile(customer).with_context(lang="zh_CN").grade_explanation
        self.assertIn("等级", html)

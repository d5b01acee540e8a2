"""Scores against NumPy and SciPy, hand calculations, and what the page says."""

from datetime import timedelta

import numpy as np
from odoo.exceptions import AccessError
from scipy import stats

from ..engine.score import Score
from .common import SatisfactionCommon


class TestResults(SatisfactionCommon):
    def scores(self, *args):
        return self.env["customer.satisfaction.result"]._get_scores(*args)

    def load(self, user=None, **options):
        return self.env["customer.satisfaction.result"].with_user(user or self.manager).load(**options)

    def test_nps_by_hand(self):
        """50 promoters, 30 passives, 20 detractors: NPS 30, Var = 100²·(0.5 + 0.2 - 0.09)/100, ± 15.31."""
        self.scored("nps", [10] * 25 + [9] * 25 + [8] * 15 + [7] * 15 + [6] * 10 + [0] * 10)
        score = self.scores()[None, "nps"]
        self.assertEqual((score.value, score.n), (30, 100))
        self.assertAlmostEqual(score.margin, 1.96 * (10_000 * 0.61 / 100) ** 0.5)
        self.assertAlmostEqual(score.margin, 15.308, 3)

    def test_means_agree_with_scipy(self):
        random = np.random.default_rng(6)
        for metric, high in (("csat", 5), ("ces", 7)):
            values = random.integers(1, high + 1, 200)
            self.scored(metric, [int(value) for value in values])
            score = self.scores()[None, metric]
            self.assertAlmostEqual(score.value, values.mean())
            self.assertAlmostEqual(score.margin, stats.norm.ppf(0.975) * stats.sem(values), 4)

    def test_nps_interval_covers(self):
        """Property: of 400 samples of 200, the interval holds the true NPS in 95 % (within four standard errors)."""
        random = np.random.default_rng(19)
        classes, shares = np.array([100, 0, -100]), [0.45, 0.3, 0.25]
        held = 0
        for _sample in range(400):
            values = random.choice(classes, 200, p=shares)
            score = Score(values.mean(), 1.96 * (values.var() / 200) ** 0.5, 200)
            held += abs(score.value - 20) <= score.margin
        self.assertAlmostEqual(held / 400, 0.95, delta=4 * (0.95 * 0.05 / 400) ** 0.5)

    def test_pivot_measures(self):
        """The average of the class is the NPS, in any list, pivot or graph; the margin comes with it."""
        self.scored("nps", [10] * 6 + [8] * 3 + [0])
        fields_ = self.answers.fields_get(["nps_margin", "score_margin"], ["aggregator"])
        self.assertEqual(fields_["nps_margin"]["aggregator"], "avg")
        domain = [("company_id", "=", self.company.id), ("metric", "=", "nps")]
        [(nps, margin)] = self.answers._read_group(domain, [], ["nps_value:avg", "nps_margin:avg"])
        self.assertEqual(float(nps), 50)
        self.assertAlmostEqual(float(margin), 1.96 * (10_000 * (0.7 - 0.25) / 10) ** 0.5)

    def test_topics_do_not_count_as_the_whole(self):
        self.answer(4, survey=self.csat, topics={"price": 1, "advice": 1})
        self.assertEqual(self.scores()[None, "csat"], Score(4, 0, 1))

    def test_change(self):
        """NPS 50 → 30 with 100 each: 20 ± 21 is nothing; with 400 each, 20 ± 10.7 is worse."""
        sample = [10] * 60 + [8] * 30 + [0] * 10
        worse = [10] * 50 + [8] * 30 + [0] * 20
        for times, verdict, trend in ((1, "No detectable change", "same"), (3, "Worse than before", "down")):
            self.scored("nps", sample * times, days_ago=45)
            self.scored("nps", worse * times, days_ago=5)
            [card] = self.load(months=1)["cards"]
            self.assertEqual((card["verdict"], card["trend"], round(card["change"])), (verdict, trend, -20))

    def test_few_answers_are_not_ranked(self):
        """Clause 6.3: fewer than 30 answers come last, whatever their score, and are not compared."""
        grades = {
            code: self.env.ref(f"customer_policy.customer_grade_{code}") for code in ("strategic", "key", "ordinary")
        }
        self.scored("nps", [10] * 29, grade_id=grades["strategic"].id)
        self.scored("nps", [10] * 20 + [0] * 10, grade_id=grades["key"].id)
        self.scored("nps", [10] * 25 + [0] * 5, grade_id=grades["ordinary"].id)
        page = self.load()
        self.assertEqual(
            [group["key"] for group in page["groups"]], [grades[c].id for c in ("ordinary", "key", "strategic")]
        )
        self.assertEqual([group["enough"] for group in page["groups"]], [True, True, False])
        self.assertEqual((page["minimum_n"], page["cards"][0]["verdict"]), (30, "Too few answers to compare"))

    def test_minimum_is_a_figure_of_the_policy(self):
        draft = self.draft()
        figure = self.env["customer.policy.parameter"].search(
            [("policy_id", "=", draft.id), ("key", "=", "satisfaction_minimum_n")]
        )
        figure.with_user(self.manager).value = 5
        self.publish(draft)
        self.scored("nps", [10] * 5)
        self.assertTrue(self.load()["cards"][0]["enough"])

    def test_response_rate(self):
        for number in range(4):
            invitation = self.invite(self.new_customer(f"R{number}"))
            if not number:
                self.fill_in(invitation, 9)
        [card] = self.load()["cards"]
        self.assertEqual((card["n"], card["invited"], card["rate"]), (1, 4, 0.25))
        group = next(group for group in self.load()["groups"] if group["n"])
        self.assertEqual((group["invited"], group["rate"]), (4, 0.25))

    def test_dimensions(self):
        state = self.env.ref("base.state_us_5")
        product = self.env["product.product"].create({"name": "Chip"})
        segment = self.env["customer.segment"].search([], limit=1)
        seller = self.new_user("seller", "customer_policy.group_customer_user")
        self.customer.write({"state_id": state.id, "country_id": state.country_id.id, "user_id": seller.id})
        self.env["customer.segment.assignment"].sudo().create(
            {"partner_id": self.customer.id, "segment_id": segment.id, "user_id": self.env.uid}
        )
        self.answer(9)
        self.env["customer.satisfaction.invitation"].search([]).sudo().product_ids = product
        expected = {"segment": segment, "region": state, "product": product, "salesperson": seller, "survey": self.nps}
        for dimension, record in expected.items():
            groups = self.load(dimension=dimension)["groups"]
            found = next((group for group in groups if group["key"] == record.id), None)
            self.assertTrue(found, (dimension, groups))
            self.assertEqual((found["n"], found["value"], found["invited"]), (1, 100, 1), dimension)
            self.assertEqual(found["name"], record.sudo().display_name)

    def test_drivers_agree_with_scipy(self):
        random = np.random.default_rng(7)
        price, quality, overall = [], [], []
        for number in range(40):
            price.append(int(random.integers(1, 6)))
            quality.append(int(random.integers(1, 6)))
            overall.append(int(np.clip(2 * price[-1] + random.integers(-1, 2), 0, 10)))
            invitation = self.invite(self.new_customer(f"D{number}"))
            self.fill_in(invitation, overall[-1], topics={"price": price[-1], "quality": quality[-1]})
        drivers = {driver["name"]: driver for driver in self.load(metric="nps")["drivers"]}
        for name, values in (("Price", price), ("Product Quality", quality)):
            self.assertAlmostEqual(drivers[name]["correlation"], stats.pearsonr(values, overall)[0])
            self.assertAlmostEqual(
                drivers[name]["low"], np.mean([v for v, o in zip(values, overall, strict=True) if o <= 6])
            )
            others = [v for v, o in zip(values, overall, strict=True) if o > 6]
            self.assertAlmostEqual(drivers[name]["others"], np.mean(others))
        self.assertEqual(next(iter(drivers)), "Price")

    def test_trend_and_voices(self):
        self.scored("nps", [10, 10], days_ago=0)
        self.answer(1, text="Too late")
        page = self.load()
        self.assertEqual((len(page["trend"]), page["trend"][-1]["n"]), (12, 3))
        [voice] = page["voices"]
        self.assertEqual((voice["text"], voice["score"]), ("Too late", 1))

    def test_each_sees_the_results_of_their_customers(self):
        seller = self.new_user("seller", "customer_policy.group_customer_user")
        other = self.new_user("other", "customer_policy.group_customer_user")
        mine = self.new_customer("Mine", user_id=seller.id)
        theirs = self.new_customer("Theirs", user_id=other.id)
        self.answer(10, contact=mine)
        self.answer(0, contact=theirs, text="Secret")
        for user, value, n in ((seller, 100, 1), (other, -100, 1), (self.service, 0, 2), (self.manager, 0, 2)):
            [card] = self.load(user)["cards"]
            self.assertEqual((card["value"], card["n"]), (value, n), user.login)
        self.assertFalse(self.load(seller)["voices"])
        with self.assertRaises(AccessError):
            self.load(self.new_user("accountant", "account.group_account_invoice"))

    def test_queries_do_not_grow_with_the_groups(self):
        partners = [self.new_customer(f"G{number}", user_id=self.new_user(f"g{number}", "").id) for number in range(8)]
        costs = []
        for some in (partners[:2], partners):
            for partner in some:
                self.scored("nps", [9], partner_id=partner.id, user_id=partner.user_id.id)
            self.load(dimension="salesperson")
            before = self.env.cr.sql_log_count
            self.env.invalidate_all()
            self.load(dimension="salesperson")
            costs.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(costs[1], costs[0] + 2, costs)

    def test_periods(self):
        self.scored("nps", [10], days_ago=0)
        self.scored("nps", [0], days_ago=40)
        self.assertEqual([self.load(months=months)["cards"][0]["n"] for months in (1, 3, 12)], [1, 2, 2])
        start = self.load(months=1)["start"]
        self.assertLessEqual(start, (self.today - timedelta(days=27)).isoformat())

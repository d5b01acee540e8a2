"""Pairs of products: against hand calculation, SciPy's tests, a plain loop and chance."""

from itertools import combinations
from unittest import TestCase

import numpy as np
from odoo.addons.customer_insight.engine.association import MiningSettings, capped, find_pairs, purchase_numbers
from odoo.addons.customer_insight.engine.paired import paired_difference
from odoo.tests import tagged
from scipy.stats import binomtest, fisher_exact

LOOSE = MiningSettings(min_together=1, min_customers=1, false_share=1, per_product=99)


def columns(baskets, customers=None):
    """Arrays from a list of baskets; each is a customer's own unless customers are given."""
    rows = [
        ((customers or range(len(baskets)))[n], n, product) for n, basket in enumerate(baskets) for product in basket
    ]
    return (
        [np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)]
        if rows
        else [np.empty(0, np.int64)] * 3
    )


def by_names(pairs):
    return {(int(p), int(o)): n for n, (p, o) in enumerate(zip(pairs.product, pairs.other, strict=True))}


@tagged("post_install", "-at_install")
class TestAssociation(TestCase):
    def test_by_hand(self):
        """Ten purchases: 1 in five of them, 2 in four, both in three. Support 0.3, confidence 3/5, lift 0.6 / 0.4."""
        pairs = find_pairs(*columns([[1, 2]] * 3 + [[1]] * 2 + [[2]] + [[3]] * 4), LOOSE)
        at = by_names(pairs)[1, 2]
        self.assertEqual(pairs.total, 10)
        self.assertEqual([pairs.together[at], pairs.purchases[at], pairs.other_purchases[at]], [3, 5, 4])
        self.assertAlmostEqual(pairs.confidence[at], 0.6)
        self.assertAlmostEqual(pairs.lift[at], 1.5)
        self.assertAlmostEqual(pairs.confidence[by_names(pairs)[2, 1]], 0.75)

    def test_bound_is_that_of_clopper_and_pearson(self):
        pairs = find_pairs(*columns([[1, 2]] * 43 + [[1]] * 77 + [[2]] * 60 + [[3]] * 400), LOOSE)
        at = by_names(pairs)[1, 2]
        # SciPy's two-sided 90 % interval has the same lower end as the one-sided 95 % bound.
        published = binomtest(43, 120).proportion_ci(0.9, "exact").low
        self.assertAlmostEqual(pairs.low[at], published, 9)

    def test_stricter_than_fisher(self):
        """Where our test says chance is ruled out at 5 %, Fisher's exact test says so too."""
        rng = np.random.default_rng(5)
        seen = 0
        for _case in range(200):
            both, first, second = (int(n) for n in rng.integers(1, 15, 3))
            baskets = [[1, 2]] * both + [[1]] * first + [[2]] * second + [[3]] * 40
            pairs = find_pairs(*columns(baskets), MiningSettings(1, 1, 0.05 / 2, 99))
            if (1, 2) in by_names(pairs):
                seen += 1
                table = [[both, first], [second, 40]]
                self.assertLess(fisher_exact(table, alternative="greater").pvalue, 0.05)
        self.assertGreater(seen, 10)

    def test_same_as_counting(self):
        """Counts of random baskets against a loop over their pairs."""
        rng = np.random.default_rng(7)
        baskets = [sorted({int(p) for p in rng.integers(0, 30, rng.integers(1, 9))}) for _n in range(400)]
        pairs = find_pairs(*columns(baskets), MiningSettings(1, 1, 1e9, 99))
        counted = {}
        for basket in baskets:
            for a, b in combinations(basket, 2):
                counted[a, b] = counted[b, a] = counted.get((a, b), 0) + 1
        singles = {p: sum(p in basket for basket in baskets) for p in range(30)}
        expected = {k: n for k, n in counted.items() if n * 400 > singles[k[0]] * singles[k[1]]}
        # No pair is refused for being chance, so that all that are counted come out.
        self.assertEqual({k: int(pairs.together[n]) for k, n in by_names(pairs).items()}, expected)

    def test_independent_products_make_no_pairs(self):
        rng = np.random.default_rng(11)
        baskets = [[int(p) for p in np.flatnonzero(rng.random(60) < 0.1)] for _n in range(3000)]
        pairs = find_pairs(*columns(baskets), MiningSettings(5, 1, 0.05, 99))
        # 3,540 ordered pairs, none of them real: without the correction about 177 would be "found".
        self.assertLessEqual(len(pairs), 2)

    def test_one_customer_does_not_speak_for_all(self):
        baskets = [[1, 2]] * 20_000 + [[3, 4]] * 60 + [[5]] * 60
        customers = [0] * 20_000 + list(range(1, 121))
        pairs = find_pairs(*columns(baskets, customers), MiningSettings())
        self.assertEqual(pairs.total, 200 + 120)
        self.assertEqual(set(by_names(pairs)), {(3, 4), (4, 3)})
        self.assertEqual(pairs.customers.tolist(), [60, 60])

    def test_whole_assortment_is_left_out(self):
        customer, day, _product = columns([list(range(150)), [1, 2]])
        mask = capped(customer, day, purchase_numbers(customer, day), MiningSettings())
        self.assertEqual((mask[:150].any(), mask[150:].all()), (False, True))

    def test_bad_input(self):
        self.assertEqual(len(find_pairs(*columns([]), MiningSettings())), 0)
        self.assertEqual(len(find_pairs(*columns([[1]] * 50), MiningSettings())), 0)
        self.assertEqual(len(find_pairs(*columns([list(range(101))]), MiningSettings())), 0)

    def test_paired_difference(self):
        """Agresti 2002, table 10.1: approval of the prime minister by 1,600 voters twice, 944 of 1,600 against 880;
        difference 0.04 with a standard error of 0.0095 (published with the sign of the second survey)."""
        first = [True] * 794 + [True] * 150 + [False] * 86 + [False] * 570
        second = [True] * 794 + [False] * 150 + [True] * 86 + [False] * 570
        found = paired_difference(first, second)
        self.assertEqual((found.n, found.rate, found.other_rate), (1600, 0.59, 0.55))
        self.assertAlmostEqual(found.value, 0.04)
        self.assertAlmostEqual((found.high - found.low) / 2 / 1.96, 0.0095, 4)
        self.assertEqual(paired_difference([], []).n, 0)

"""The quantile formula, checked against an independent implementation and by property."""

import random

from odoo.addons.customer_policy.engine.context import STAGE, RunContext, class_of
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL


def quantile_class(values, value, classes):
    """1 + floor(k (min_rank - 1) / n), straight from the definition: min_rank - 1 counts smaller values."""
    smaller = sum(1 for other in values if other < value)
    return 1 + classes * smaller // len(values)


@tagged("post_install", "-at_install")
class TestThresholds(TransactionCase):
    def cut(self, values, classes):
        cr = self.env.cr
        cr.execute(SQL("DROP TABLE IF EXISTS %s", SQL.identifier(STAGE)))
        cr.execute(SQL("CREATE TEMPORARY TABLE %s (value numeric) ON COMMIT DROP", SQL.identifier(STAGE)))
        if values:
            rows = SQL(", ").join(SQL("(%s)", value) for value in values)
            cr.execute(SQL("INSERT INTO %s VALUES %s", SQL.identifier(STAGE), rows))
        run = RunContext(company=None, policy=None, today=None, window_start=None)
        engine = self.env["customer.policy.engine"]
        return engine._cut(run, SQL("s.value"), classes, SQL("TRUE"))

    def test_ten_values_in_five_classes(self):
        # By hand: n = 10, k = 5: ranks 1-2 are class 1, 3-4 class 2, ...
        cuts, population = self.cut(list(range(1, 11)), 5)
        self.assertEqual(cuts, [3, 5, 7, 9])
        self.assertEqual(population, 10)

    def test_ties_share_the_lower_rank(self):
        # By hand: 1 1 1 1 5: four ties have min_rank 1 (class 1); 5 has min_rank 5: 1 + floor(5 * 4 / 5) = 5.
        cuts, _population = self.cut([1, 1, 1, 1, 5], 5)
        self.assertEqual([class_of(value, cuts) for value in (1, 5)], [1, 5])

    def test_one_value_and_none(self):
        self.assertEqual(self.cut([7, 7, 7], 5), ([], 3))
        self.assertEqual(self.cut([], 5), ([], 0))

    def test_missing_values_are_not_ranked(self):
        self.assertEqual(self.cut([None, 1, 2, None], 2), ([2], 2))

    def test_random_against_definition(self):
        generator = random.Random(20)
        for _trial in range(40):
            classes = generator.randint(2, 12)
            values = [generator.randint(-20, 20) / generator.choice((1, 4)) for _i in range(generator.randint(1, 60))]
            cuts, population = self.cut(values, classes)
            self.assertEqual(population, len(values))
            self.assertEqual(cuts, sorted(cuts))
            for value in values:
                self.assertEqual(
                    class_of(value, cuts), quantile_class(values, value, classes), (values, classes, value)
                )

    def test_sql_and_python_agree(self):
        for cuts in ([], [1.5], [1, 1, 3], [-2, 0, 0, 0, 7]):
            for value in (-3, -2, 0, 1, 1.5, 3, 8):
                query = SQL("SELECT %s", self.env["customer.policy.engine"]._class_sql(SQL("%s", value), cuts))
                self.assertEqual(self.env.execute_query(query), [(class_of(value, cuts),)], (value, cuts))

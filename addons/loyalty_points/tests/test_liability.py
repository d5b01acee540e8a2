"""The arithmetic of deferral, release and breakage: the example of IFRS 15 and properties that hold for any figures."""

from decimal import Decimal
from random import Random

from odoo.tests import BaseCase, tagged

from ..engine.liability import Cohort, allocate, round_to

UNIT, CENT = Decimal(1), Decimal("0.01")


@tagged("post_install", "-at_install")
class TestLiability(BaseCase):
    def test_example_of_the_standard(self):
        """IE267-IE270: 100,000 of goods with 10,000 points worth 1 each, 9,500 expected to be redeemed."""
        points = allocate(Decimal(100_000), Decimal(10_000), Decimal("0.95"))
        self.assertEqual(round_to(points, UNIT), 8_676)
        self.assertEqual(round_to(100_000 - points, UNIT), 91_324)
        first = Cohort(Decimal(10_000), points, redeemed=Decimal(4_500)).position(Decimal("0.95"))
        self.assertEqual(round_to(first.released, UNIT), 4_110)
        second = Cohort(Decimal(10_000), points, redeemed=Decimal(8_500)).position(Decimal("0.97"))
        self.assertEqual(second.expected, 9_700)
        self.assertEqual(round_to(second.released, UNIT) - round_to(first.released, UNIT), 3_493)
        self.assertEqual(round_to(second.liability, UNIT), 1_073)

    def test_all_is_released_in_the_end(self):
        """Whatever was expected: with the last point redeemed or expired nothing is left."""
        for redeemed in (0, 40, 100):
            cohort = Cohort(Decimal(100), Decimal(87), Decimal(redeemed), lapsed=Decimal(100 - redeemed))
            for rate in ("0", "0.5", "1"):
                for is_proportional in (True, False):
                    position = cohort.position(Decimal(rate), is_proportional)
                    self.assertEqual((position.released, position.liability), (87, 0))

    def test_breakage_only_when_points_lapse(self):
        """B46: half redeemed, a tenth expired, no right to breakage expected: six tenths are revenue."""
        cohort = Cohort(Decimal(100), Decimal(80), Decimal(50), lapsed=Decimal(10))
        position = cohort.position(Decimal("0.6"), is_proportional=False)
        self.assertEqual((position.released, position.at_face, position.breakage), (48, 40, 8))

    def test_returned_sale(self):
        """Points taken back with their sale leave with their part of the price, and change no revenue."""
        sold = Cohort(Decimal(100), Decimal(80), redeemed=Decimal(20))
        returned = Cohort(Decimal(200), Decimal(160), Decimal(20), cancelled=Decimal(100), cancelled_amount=Decimal(80))
        self.assertEqual(returned.position(Decimal("0.9")), sold.position(Decimal("0.9")))

    def test_more_redeemed_than_expected(self):
        """All is revenue when as many are redeemed as were expected; the liability never turns negative."""
        position = Cohort(Decimal(100), Decimal(80), Decimal(70)).position(Decimal("0.6"))
        self.assertEqual((position.expected, position.released, position.liability), (70, 80, 0))

    def test_properties(self):
        """0 <= face <= released <= deferred; a higher estimate never releases more; halves round away from zero."""
        rng = Random(15)
        for _round in range(2_000):
            issued = Decimal(rng.randint(1, 10_000))
            redeemed = Decimal(rng.randint(0, int(issued)))
            lapsed = Decimal(rng.randint(0, int(issued - redeemed)))
            cohort = Cohort(issued, Decimal(rng.randint(0, 10**7)) / 100, redeemed, lapsed)
            low, high = sorted(Decimal(rng.randint(0, 100)) / 100 for _rate in range(2))
            lower, higher = cohort.position(low), cohort.position(high)
            self.assertGreaterEqual(lower.released, higher.released)
            for position in (lower, higher, cohort.position(low, is_proportional=False)):
                self.assertTrue(0 <= position.at_face <= position.released <= position.deferred, (cohort, position))
                books = position.rounded(CENT)
                self.assertEqual(books.liability + books.released, books.deferred)
        self.assertEqual([round_to(Decimal(text), CENT) for text in ("0.005", "-0.005")], [CENT, -CENT])

    def test_nothing(self):
        self.assertEqual(allocate(Decimal(0), Decimal(0), Decimal(0)), 0)
        self.assertEqual(allocate(Decimal(-5), Decimal(1), Decimal(1)), 0)
        self.assertEqual(Cohort().position(Decimal(1)).liability, 0)

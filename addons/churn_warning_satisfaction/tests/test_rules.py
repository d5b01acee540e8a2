from odoo.addons.churn_warning.tests.common import ChurnCommon
from odoo.addons.customer_satisfaction.tests.common import SatisfactionCommon


class TestSatisfactionRules(ChurnCommon, SatisfactionCommon):
    def test_low_score(self):
        """A score of 3 on a scale from 0 to 10 is 30 of 100: a warning, whatever was bought; 9 is none."""
        angry, glad = self.rhythm("Angry", 30, 6, 5), self.rhythm("Glad", 30, 6, 5)
        self.scored("nps", [3], days_ago=12, partner_id=angry.id)
        self.scored("nps", [9], days_ago=12, partner_id=glad.id)
        self.night()
        self.assertEqual(self.warning(angry).reason_text, "Last score 30 of 100, 12 days ago.")
        self.assertEqual(self.warning(angry).score, 65)
        self.assertFalse(self.warning(glad))

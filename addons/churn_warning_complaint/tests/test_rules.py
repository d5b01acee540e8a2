from odoo.addons.churn_warning.tests.common import ChurnCommon


class TestComplaintRules(ChurnCommon):
    def test_open_case_and_silence(self):
        """An open case warns of a customer who is a little late; a case alone does not."""
        late, steady = self.rhythm("Late", 30, 6, 40), self.rhythm("Steady", 30, 6, 5)
        for partner in late | steady:
            self.env["customer.complaint"].create(
                {"subject": "Broken", "contact_id": partner.id, "company_id": self.company.id}
            )
        self.night()
        warning = self.warning(late)
        self.assertEqual(warning.score, 75)
        self.assertEqual(warning.reason_id, self.env.ref("churn_warning.reason_complaint"))
        self.assertEqual(warning.reason_text, "1 cases are open, no purchase for 40 days.")
        self.assertFalse(self.warning(steady))
        warning.action_start()
        self.assertEqual(warning.playbook_id.stable_key, "churn_warning.playbook_complaint")

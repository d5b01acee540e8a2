from odoo.addons.customer_satisfaction.tests.common import SatisfactionCommon
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestSurvey(SatisfactionCommon):
    def test_an_answer_earns_once(self):
        self.env["loyalty.program"].search([]).action_archive()
        program = self.env["loyalty.program"].create(
            {"name": "Members", "program_type": "loyalty", "applies_on": "both", "trigger": "auto",
             "company_id": self.company.id, "earning_moment": "payment"}
        )  # fmt: skip
        rule = self.env.ref("loyalty_points_satisfaction.behaviour_survey")
        self.env.flush_all()
        self.env.cr.execute("UPDATE loyalty_points_behaviour_rule SET active = TRUE WHERE id = %s", [rule.id])
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        invitation = self.invite()
        self.fill_in(invitation, 2)
        self.assertTrue(invitation.answer_ids)
        earning = self.env["loyalty.earning"].search([("program_id", "=", program.id)])
        self.assertEqual((earning.kind, earning.points, earning.res_id), ("survey", 20, invitation.id))
        self.assertEqual(earning.card_id.points, 20)
        invitation.user_input_ids.sudo()._on_satisfaction_done()
        self.assertEqual(earning.card_id.points, 20)

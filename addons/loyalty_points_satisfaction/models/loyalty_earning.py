from odoo import fields, models

SURVEY = [("survey", "Survey Answered")]


class LoyaltyPointsBehaviourRule(models.Model):
    _inherit = "loyalty.points.behaviour.rule"

    behaviour = fields.Selection(selection_add=SURVEY, ondelete={"survey": "cascade"})


class LoyaltyEarning(models.Model):
    _inherit = "loyalty.earning"

    # What was earned stays in the books when the bridge goes.
    kind = fields.Selection(selection_add=SURVEY, ondelete={"survey": lambda earnings: earnings._forget_survey()})

    def _forget_survey(self):
        self.env.cr.execute("UPDATE loyalty_earning SET kind = 'other' WHERE kind = 'survey'")
        self.invalidate_model(["kind"], flush=False)

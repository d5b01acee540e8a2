from odoo import fields, models

REVIEW = [("review", "Review")]


class LoyaltyPointsBehaviourRule(models.Model):
    _inherit = "loyalty.points.behaviour.rule"

    behaviour = fields.Selection(selection_add=REVIEW, ondelete={"review": "cascade"})


class LoyaltyEarning(models.Model):
    _inherit = "loyalty.earning"

    # What was earned stays in the books when the bridge goes.
    kind = fields.Selection(selection_add=REVIEW, ondelete={"review": lambda earnings: earnings._forget_review()})

    def _forget_review(self):
        self.env.cr.execute("UPDATE loyalty_earning SET kind = 'other' WHERE kind = 'review'")
        self.invalidate_model(["kind"], flush=False)

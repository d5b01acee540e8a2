from odoo import fields, models

DELIVERY = [("delivery", "Goods Delivered"), ("invoice",)]


class LoyaltyPointsEarningRule(models.Model):
    _inherit = "loyalty.points.earning.rule"

    moment = fields.Selection(selection_add=DELIVERY, ondelete={"delivery": lambda rules: rules._leave_delivery()})

    def _leave_delivery(self):
        """Rules of published versions are frozen: what can't be asked for any more is the invoice."""
        self.env.cr.execute("UPDATE loyalty_points_earning_rule SET moment = 'invoice' WHERE moment = 'delivery'")
        self.invalidate_model(["moment"], flush=False)


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    earning_moment = fields.Selection(selection_add=DELIVERY, ondelete={"delivery": "set default"})

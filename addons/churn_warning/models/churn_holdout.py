from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ChurnHoldout(models.Model):
    """Share of the warned customers that is left alone, drawn at random: what contacting the others saved is the
    difference to them."""

    _name = "churn.holdout"
    _description = "Hold-Out of Win-Back"
    _inherit = "churn.grade.rule"

    share = fields.Float("Share (%)", default=10, required=True, digits=(16, 1), help="0: nobody is left alone.")

    @api.constrains("share")
    def _check_share(self):
        if any(not 0 <= rule.share <= 50 for rule in self):
            raise ValidationError(self.env._("A hold-out has from 0 to 50 percent."))

    def _get_sentence(self):
        self.ensure_one()
        return self.env._("%(grades)s: %(share)s %% are left alone", grades=self.display_name, share=f"{self.share:g}")

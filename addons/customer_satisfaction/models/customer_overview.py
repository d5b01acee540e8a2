from odoo import api, models
from odoo.fields import Domain

FIGURES = ("satisfaction_score", "satisfaction_average")


class CustomerOverview(models.AbstractModel):
    """The 360° page: satisfaction as figures, answers as a button, a low answer that waits as the next best action."""

    _inherit = "customer.overview"

    @api.model
    def _buttons(self, scope):
        button = self._button("answers", self.env._("Survey Answers"), "fa-smile-o", "customer.satisfaction.answer",
                              Domain("partner_id", "=", scope.partner.id))  # fmt: skip
        return [*super()._buttons(scope), *filter(None, [button])]

    @api.model
    def _figures(self, scope):
        profile = scope.profile
        answered = profile and profile.last_satisfaction_date
        figures = [self._figure(profile, name) for name in FIGURES] if answered else []
        return [*super()._figures(scope), *figures]

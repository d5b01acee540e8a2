from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerTimeline(models.AbstractModel):
    """Movements of points on the timeline of their member; points to review as open work."""

    _inherit = "customer.timeline"

    @api.model
    def _kinds(self):
        return {**super()._kinds(), "points": (self.env._("Points"), "fa-star-o")}

    @api.model
    def _sources(self, scope):
        title = SQL(
            """(CASE WHEN loyalty_ledger_entry.points > 0 THEN '+' ELSE '' END
                || trim_scale(loyalty_ledger_entry.points) || ': ' || loyalty_ledger_entry.reason)"""
        )
        mine = Domain("partner_id", "=", scope.partner.id)
        points = self._select("loyalty.ledger.entry", mine, "points", date="date",
                              title=title, user_id="user_id")  # fmt: skip
        return {**super()._sources(scope), "points": points}

    @api.model
    def _work_kinds(self):
        return {**super()._work_kinds(), "points_review": (self.env._("Points to Review"), "fa-search")}

    @api.model
    def _work_sources(self, scope):
        waiting = Domain("partner_id", "=", scope.partner.id) & Domain("state", "=", "open")
        review = self._select("loyalty.points.suspicion", waiting, "points_review", date="date_last", title="rule_name")
        return {**super()._work_sources(scope), "points_review": review}

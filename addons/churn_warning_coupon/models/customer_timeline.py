from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerTimeline(models.AbstractModel):
    """Coupons that were handed out to win the customer back."""

    _inherit = "customer.timeline"

    @api.model
    def _kinds(self):
        return {**super()._kinds(), "churn_offer": (self.env._("Win-Back Offers"), "fa-ticket")}

    @api.model
    def _sources(self, scope):
        programs = self.env["loyalty.program"].sudo()  # its name is no secret to who may see the offer
        title = SQL(
            "(SELECT %s FROM loyalty_program program WHERE program.id = churn_offer.program_id)",
            programs._field_to_sql("program", "name"),
        )
        handed_out = Domain("partner_id", "=", scope.partner.id) & Domain("date_sent", "!=", False)
        source = self._select(
            "churn.offer", handed_out, "churn_offer", date="date_sent", title=title, user_id="user_id"
        )
        return {**super()._sources(scope), "churn_offer": source}

from odoo import api, models
from odoo.tools import SQL, format_date


class CustomerSuggestion(models.AbstractModel):
    """viewed   looked at on the website by persons who agree: what each day with a look adds, times their number"""

    _inherit = "customer.suggestion"

    @api.model
    def _kinds(self, company, with_history, with_basket):
        kinds = super()._kinds(company, with_history, with_basket)
        return kinds | {"viewed"} if with_history else kinds

    @api.model
    def _raising_kinds(self):
        return super()._raising_kinds() | {"viewed"}

    def _parts(self):
        return {**super()._parts(), "viewed": self._viewed}

    def _viewed(self, scope):
        """The consent is asked here too: no way of withdrawing it may leave an effect."""
        viewed = SQL(
            """SELECT DISTINCT contact.commercial_partner_id, viewed.product_id, viewed.date::timestamp, contact.id
                 FROM customer_product_view viewed
                 JOIN res_partner contact ON contact.id = viewed.partner_id AND contact.website_view_consent
                WHERE contact.commercial_partner_id = ANY(%(partners)s) AND viewed.company_id = %(company)s
                  AND viewed.date > %(since)s AND viewed.date <= %(today)s""",
            partners=scope.partner_ids,
            company=scope.company.id,
            since=scope.since("suggestion_view_days"),
            today=scope.today,
        )
        return self._raised(scope, "viewed", viewed, scope.figures["suggestion_view_weight"])

    def _reason(self, row):
        if row["kind"] != "viewed":
            return super()._reason(row)
        return self.env._(
            "Looked at on the website %(count)s ×, last on %(date)s, not ordered since",
            count=f"{row['count']:,}",
            date=format_date(self.env, row["date"]),
        )

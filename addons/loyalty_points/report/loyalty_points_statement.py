from odoo import api, models


class LoyaltyPointsStatement(models.AbstractModel):
    """The statement of a member, in the member's language."""

    _name = "report.loyalty_points.statement"
    _description = "Points Statement"

    @api.model
    def _get_report_values(self, docids, data=None):
        cards = self.env["loyalty.card"].browse(docids)
        cards.check_access("read")
        cards._check_scope()
        statements = {}
        for card in cards:
            card = card.with_context(lang=(data or {}).get("lang") or card.partner_id.lang or self.env.lang)
            days = card._statement_days(data or {})
            statements[card.id] = {**card._member_summary(), **card._statement(*days)}
        return {"doc_ids": docids, "doc_model": "loyalty.card", "docs": cards, "statements": statements}

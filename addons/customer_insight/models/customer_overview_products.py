from odoo import api, models

# Of other kinds, which bridges bring, that of an enquiry: they too tell of interest.
TAG_COLORS = {"usual": 10, "pair": 4, "popular": 0, "common": 0}
INTEREST_COLOR = 2


class CustomerOverview(models.AbstractModel):
    """The 360° page: what to offer as a card, a reorder that is due as a next best action."""

    _inherit = "customer.overview"

    @api.model
    def _cards(self, scope):
        return [*super()._cards(scope), *filter(None, [self._suggestion_card(scope)])]

    def _suggestion_card(self, scope):
        """For who sees the profile: the reasons tell of the customer's purchases."""
        if not scope.profile:
            return None
        rows = self._offers(scope)
        tags = {
            kind: [{"id": kind, "label": label, "color": TAG_COLORS.get(kind, INTEREST_COLOR)}]
            for kind, label in self._suggestion_labels().items()
        }
        return {
            "name": "suggestions",
            "label": self.env._("What to Offer"),
            "empty": self.env._("Nothing yet: too little is known of what goes together."),
            "rows": [
                self._row(
                    row["name"],
                    note=row["reason"],
                    tags=tags[row["kind"]],
                    open=["product.product", row["product_id"]],
                )
                for row in rows
            ],
        }

    def _offers(self, scope):
        """Looked for once for the whole page."""
        if not hasattr(scope, "offers"):
            scope.offers = self.env["customer.suggestion"]._suggest(scope.company, scope.partner)
        return scope.offers

    def _offered_name(self, scope, product):
        """Name of a product, without a query where the card has it."""
        known = next((row["name"] for row in self._offers(scope) if row["product_id"] == product.id), None)
        return known or product.display_name

    def _suggestion_labels(self):
        return {
            "usual": self.env._("Buys regularly"),
            "pair": self.env._("Goes with"),
            "popular": self.env._("Popular"),
            "common": self.env._("Popular"),
            "enquiry": self.env._("Asked for"),
        }

    def _next_actions(self, scope):
        return [*super()._next_actions(scope), *filter(None, [self._next_reorder(scope)])]

    def _next_reorder(self, scope):
        """The product that fell due last: the longer ago, the less the rhythm still holds."""
        if not scope.profile:
            return None
        rhythm = self.env["customer.product.rhythm"].search(
            [("partner_id", "=", scope.partner.id), ("company_id", "=", scope.company.id),
             ("due_date", "<=", scope.today)],
            limit=1,
        )  # fmt: skip
        if not rhythm:
            return None
        return {
            "priority": 35,
            "name": "reorder",
            "text": self.env._("Offer %s again", self._offered_name(scope, rhythm.product_id)),
            "reason": rhythm.reason,
            "action": rhythm.action_new_quotation(),
            "label": self.env._("Quote"),
        }

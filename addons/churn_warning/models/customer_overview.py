from odoo import api, models

COLORS = {"at_risk": "warning", "dormant": "danger", "lost": "dark"}
WAITING = ("open", "working", "snoozed")


class CustomerOverview(models.AbstractModel):
    """The 360° page: status and risk of churn, the open warning with its reasons as next best action."""

    _inherit = "customer.overview"

    @api.model
    def _badges(self, scope):
        badges, profile = super()._badges(scope), scope.profile
        if profile and profile.churn_status in COLORS:
            label = dict(profile._fields["churn_status"]._description_selection(self.env))[profile.churn_status]
            title = self._label(profile, "churn_status")
            badges.append({"name": "churn", "label": label, "style": COLORS[profile.churn_status], "title": title})
        return badges

    @api.model
    def _figures(self, scope):
        profile = scope.profile
        scored = profile and profile.churn_risk
        return [*super()._figures(scope), *([self._figure(profile, "churn_risk")] if scored else [])]

    @api.model
    def _buttons(self, scope):
        button = self._button("churn", self.env._("Churn Warnings"), "fa-bell-o", "churn.warning",
                              [("partner_id", "=", scope.partner.id)])  # fmt: skip
        return [*super()._buttons(scope), *filter(None, [button])]

    @api.model
    def _cards(self, scope):
        warning = self._churn_warning(scope)
        if not warning:
            return super()._cards(scope)
        rows = [self._row(text) for text in warning._tell()]
        card = {"name": "churn", "label": self.env._("Why at Risk"), "rows": rows, "text": None}
        return [*super()._cards(scope), card]

    @api.model
    def _next_actions(self, scope):
        actions, warning = super()._next_actions(scope), self._churn_warning(scope)
        if warning and warning.state != "snoozed":
            text = self.env._("Go on winning back") if warning.state == "working" else self.env._("Win back")
            actions.append(
                {
                    "priority": 15,
                    "name": "churn",
                    "text": text,
                    "reason": warning.reason_text,
                    "open": ["churn.warning", warning.id],
                }
            )
        return actions

    def _churn_warning(self, scope):
        """The open warning of this customer that the reader may see; looked for once per page."""
        if not hasattr(scope, "churn_warning"):
            warnings = self.env["churn.warning"]
            domain = [
                ("partner_id", "=", scope.partner.id),
                ("company_id", "=", scope.company.id),
                ("state", "in", WAITING),
            ]
            readable = warnings.has_access("read")
            scope.churn_warning = warnings.search_fetch(domain, ["state", "facts"], limit=1) if readable else warnings
        return scope.churn_warning

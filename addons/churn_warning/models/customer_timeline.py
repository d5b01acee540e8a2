from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerTimeline(models.AbstractModel):
    """Closed warnings on the timeline of their customer, with how they ended; open ones as work."""

    _inherit = "customer.timeline"

    @api.model
    def _kinds(self):
        return {**super()._kinds(), "churn": (self.env._("Churn Warnings"), "fa-bell-o")}

    @api.model
    def _sources(self, scope):
        ended = Domain("state", "=", "closed") & Domain("outcome", "in", ["won_back", "returned", "lost"])
        return {**super()._sources(scope), "churn": self._source_churn(scope, ended, "churn", "date_closed")}

    @api.model
    def _work_kinds(self):
        return {**super()._work_kinds(), "churn_open": (self.env._("Churn Warnings to Act On"), "fa-bell-o")}

    @api.model
    def _work_sources(self, scope):
        waiting = Domain("state", "in", ["open", "working"])
        source = self._source_churn(scope, waiting, "churn_open", "date_deadline")
        return {**super()._work_sources(scope), "churn_open": source}

    @api.model
    def _message_documents(self, scope):
        return {**super()._message_documents(scope), "churn.warning": Domain("partner_id", "=", scope.partner.id)}

    def _source_churn(self, scope, domain, kind, date):
        """The title is how it ended, or the main reason."""
        warnings = self.env["churn.warning"]
        labels = dict(warnings._fields["outcome"]._description_selection(self.env))
        cases = SQL(" ").join(SQL("WHEN %s THEN %s", name, label) for name, label in labels.items())
        reason = self.env["churn.reason"]._field_to_sql("reason", "name")
        title = SQL(
            """COALESCE(CASE churn_warning.outcome %s END,
                        (SELECT %s FROM churn_reason reason WHERE reason.id = churn_warning.reason_id), '')""",
            cases,
            reason,
        )
        return self._select(
            "churn.warning",
            Domain("partner_id", "=", scope.partner.id) & domain,
            kind,
            date=date,
            title=title,
            user_id="user_id",
        )

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_complaint_stage import DONE_STATES


class CustomerTimeline(models.AbstractModel):
    """Cases on the timeline of their customer, and those that are open as open work."""

    _inherit = "customer.timeline"

    @api.model
    def _kinds(self):
        return {**super()._kinds(), "case": (self.env._("Cases"), "fa-comments-o")}

    @api.model
    def _sources(self, scope):
        return {**super()._sources(scope), "case": self._source_cases(scope)}

    @api.model
    def _work_kinds(self):
        return {"case": (self.env._("Open Cases"), "fa-comments-o"), **super()._work_kinds()}

    @api.model
    def _work_sources(self, scope):
        is_open = Domain("state", "not in", DONE_STATES)
        return {**super()._work_sources(scope), "case": self._source_cases(scope, is_open, "next_deadline")}

    @api.model
    def _message_documents(self, scope):
        return {**super()._message_documents(scope), "customer.complaint": Domain("partner_id", "=", scope.partner.id)}

    @api.model
    def _status_fields(self):
        return {**super()._status_fields(), "customer.complaint": "state"}

    def _source_cases(self, scope, domain=Domain.TRUE, date="date_received"):
        table = "customer_complaint"
        return self._select(
            "customer.complaint",
            Domain("partner_id", "=", scope.partner.id) & domain,
            "case",
            date=date,
            title=SQL("%s || ' ' || %s", SQL.identifier(table, "name"), SQL.identifier(table, "subject")),
            status="state",
            user_id="user_id",
        )

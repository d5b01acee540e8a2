from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

# Kinds of contact that the timeline shows together with Odoo's own; all others are a kind of their own there.
COMMON_KINDS = ("call", "meeting", "mail", "visit")


class CustomerTimeline(models.AbstractModel):
    """Contacts that were written down or imported."""

    _inherit = "customer.timeline"

    @api.model
    def _kinds(self):
        return {
            **super()._kinds(),
            "visit": (self.env._("Visits"), "fa-map-marker"),
            "contact": (self.env._("Other Contacts"), "fa-comments-o"),
        }

    @api.model
    def _sources(self, scope):
        kind = SQL.identifier("customer_interaction", "kind")
        interactions = self._select(
            "customer.interaction",
            Domain("partner_id", "in", scope.contact_ids) & Domain("company_id", "=", scope.company.id),
            SQL("CASE WHEN %s IN %s THEN %s ELSE 'contact' END", kind, COMMON_KINDS, kind),
            date="date",
            title="subject",
            user_id="user_id",
        )
        return {**super()._sources(scope), "interaction": interactions}


class CustomerOverview(models.AbstractModel):
    """A record that is due to be checked again is something to do."""

    _inherit = "customer.overview"

    def _next_actions(self, scope):
        due = scope.profile.recheck_date
        if not due or due > scope.today:
            return super()._next_actions(scope)
        action = {
            "priority": 50,
            "name": "recheck",
            "text": self.env._("Check the record and confirm it"),
            "reason": self.env._("Was due on %(date)s.", date=format_date(self.env, due)),
            "action": scope.partner._get_records_action(),
        }
        return [*super()._next_actions(scope), action]

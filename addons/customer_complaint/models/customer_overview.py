from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

FIGURES = ("complaint_count_12m", "complaint_late_count_12m", "last_complaint_date")


class CustomerOverview(models.AbstractModel):
    """The 360° page: cases as a button and figures, and a late case as the next best action."""

    _inherit = "customer.overview"

    @api.model
    def _buttons(self, scope):
        button = self._button("cases", self.env._("Cases"), "fa-comments-o", "customer.complaint",
                              Domain("partner_id", "=", scope.partner.id))  # fmt: skip
        if button:
            # A call is taken from here: a new case begins with its customer.
            button["action"]["context"] = {"active_test": False, "default_contact_id": scope.partner.id}
        return [*super()._buttons(scope), *filter(None, [button])]

    @api.model
    def _figures(self, scope):
        profile = scope.profile
        figures = [self._figure(profile, name) for name in FIGURES if profile[name]] if profile else []
        return [*super()._figures(scope), *figures]

    def _next_actions(self, scope):
        return [*super()._next_actions(scope), *filter(None, [self._next_case(scope)])]

    def _next_case(self, scope):
        """The case that is late or due today."""
        first = next((entry for entry in scope.work["case"]["entries"] if entry["date"]), None)
        case = first and self.env["customer.complaint"].browse(first["id"])
        if not case or (case.next_deadline > fields.Datetime.now() and first["date"][:10] > str(scope.today)):
            return None
        what = dict(case._fields["next_milestone"]._description_selection(self.env))[case.next_milestone]
        moment = format_datetime(self.env, case.next_deadline, dt_format="short")
        if case.is_overdue:
            reason = self.env._("%(what)s was due %(moment)s.", what=what, moment=moment)
        else:
            reason = self.env._("%(what)s is due %(moment)s.", what=what, moment=moment)
        return {
            "priority": 5 if case.is_overdue else 20,
            "name": "case",
            "text": self.env._("Work on %s", first["title"]),
            "reason": reason,
            "open": first["open"],
        }

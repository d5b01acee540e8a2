from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_amount, format_date


class CustomerOverview(models.AbstractModel):
    """The next best action: candidates from what is open and from the profile, each with its reason."""

    _inherit = "customer.overview"

    def _next_actions(self, scope):
        """Candidates; the page shows the three with the smallest `priority`.

        Priorities: 10 money, 20 promises, 30 open business, 40 the relationship, 50 the record.
        """
        candidates = [
            self._next_overdue(scope),
            self._next_activity(scope),
            self._next_quotation(scope),
            self._next_silent(scope),
        ]
        return [candidate for candidate in candidates if candidate]

    def _next_overdue(self, scope):
        amount = scope.profile.overdue_amount
        invoices = scope.work["overdue"]
        if not amount > 0 and not invoices["count"]:
            return None
        action = {"priority": 10, "name": "overdue", "text": self.env._("Ask for payment"), "open": None}
        if not invoices["count"]:
            money = format_amount(self.env, amount, scope.company.currency_id)
            return {
                **action,
                "reason": self.env._("%(amount)s is overdue.", amount=money),
                "action": self._schedule(scope),
            }
        first = invoices["entries"][0]
        reason = self.env._(
            "%(amount)s is overdue, since %(date)s at the longest.",
            amount=format_amount(self.env, float(invoices["amount"]), scope.company.currency_id),
            date=format_date(self.env, first["date"][:10]),
        )
        return {**action, "reason": reason, "open": first["open"]}

    def _next_activity(self, scope):
        late = [entry for entry in scope.work["activity"]["entries"] if entry["is_late"]]
        if not late:
            return None
        reason = self.env._("Was due on %(date)s.", date=format_date(self.env, late[0]["date"][:10]))
        open_ = late[0]["open"]
        return {"priority": 20, "name": "activity", "text": late[0]["title"], "reason": reason, "open": open_}

    def _next_quotation(self, scope):
        for entry in scope.work["quotation"]["entries"]:
            date = entry["date"] and fields.Date.to_date(entry["date"][:10])
            days = date and scope.figures.get("next_action_quotation_days")
            if days and date <= scope.today + timedelta(days=int(days)):
                return {
                    "priority": 30,
                    "name": "quotation",
                    "open": entry["open"],
                    **self._quotation_words(scope, entry),
                }
        return None

    def _quotation_words(self, scope, entry):
        date = fields.Date.to_date(entry["date"][:10])
        until = format_date(self.env, date)
        if date < scope.today:
            text = self.env._("Renew quotation %s", entry["title"])
            return {"text": text, "reason": self.env._("Expired on %s.", until)}
        text = self.env._("Follow up quotation %s", entry["title"])
        return {"text": text, "reason": self.env._("Valid until %s.", until)}

    def _next_silent(self, scope):
        """A dormant or lost customer with whom nobody has been in contact for the days of the policy."""
        profile = scope.profile
        days = profile.lifecycle_stage in ("dormant", "lost") and scope.figures.get("next_action_silent_days")
        if not days or (profile.last_contact_date and (scope.today - profile.last_contact_date).days < days):
            return None
        since = format_date(self.env, profile.last_purchase_date)
        if profile.last_contact_date:
            contact = self.env._("The last contact was on %s.", format_date(self.env, profile.last_contact_date))
        else:
            contact = self.env._("No contact is recorded.")
        return {
            "priority": 40,
            "name": "silent",
            "text": self.env._("Get in touch"),
            "reason": " ".join([self.env._("No purchase since %s.", since), contact]),
            "action": self._schedule(scope),
        }

    def _schedule(self, scope):
        """Action that schedules an activity on the customer."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Schedule Activity"),
            "res_model": "mail.activity.schedule",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"active_model": "res.partner", "active_ids": scope.partner.ids, "active_id": scope.partner.id},
        }

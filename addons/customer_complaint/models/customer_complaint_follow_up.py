from datetime import timedelta

from odoo import fields, models

FOLLOW_UP_RESULTS = [
    ("satisfied", "Satisfied"),
    ("unsatisfied", "Not Satisfied"),
    ("unreachable", "Could Not Be Reached"),
]


class CustomerComplaint(models.Model):
    """Asking the customer whether it helped.

    Who could not be reached has not been asked: only when as many days as the policy says have seen a try in vain is
    that the result, and the case may be closed (clause 5.5).
    """

    _inherit = "customer.complaint"

    follow_up_result = fields.Selection(FOLLOW_UP_RESULTS, "Follow-up", copy=False, tracking=True)
    follow_up_note = fields.Text("What the Customer Said", copy=False)
    date_follow_up = fields.Datetime("Followed Up On", readonly=True, copy=False)
    follow_up_user_id = fields.Many2one("res.users", string="Followed Up By", readonly=True, copy=False)
    follow_up_tries = fields.Integer(
        "Tries in Vain", readonly=True, copy=False, help="Days on which the customer was tried and not reached."
    )
    date_follow_up_try = fields.Date("Last Try", readonly=True, copy=False)

    def write(self, vals):
        result = vals.get("follow_up_result")
        if not result:
            return super().write(vals)
        self.check_access("write")
        to_try = self._log_tries() if result == "unreachable" else self.browse()
        if to_try:
            super(CustomerComplaint, to_try).write({**vals, "follow_up_result": False})
        asked = self - to_try
        asked._log_follow_up()
        return super(CustomerComplaint, asked).write(vals)

    def _log_tries(self):
        """Count a try in vain, once a day; returns the cases whose customer is to be tried again."""
        again = self.browse()
        for case in self:
            rule, today = case._closing_rule(), case.company_id._customer_policy_today()
            if case.date_follow_up_try != today:
                tries = case.follow_up_tries + 1
                case._transition({"follow_up_tries": tries, "date_follow_up_try": today})
            if rule.needs_follow_up and case.follow_up_tries < rule.follow_up_tries:
                body = case.env._("Could not be reached (%(tries)s of %(needed)s; one try a day counts).",
                                  tries=case.follow_up_tries, needed=rule.follow_up_tries)  # fmt: skip
                if not case._end_follow_up_calls(body):
                    case.message_post(body=body, subtype_xmlid="mail.mt_note")
                case._schedule_follow_up()
                again |= case
        return again

    def _log_follow_up(self):
        """Who asked, when; the planned call is done with it."""
        self._transition({"date_follow_up": fields.Datetime.now(), "follow_up_user_id": self.env.uid})
        self._end_follow_up_calls(self.env._("Follow-up: did it help?"))

    def _end_follow_up_calls(self, feedback):
        """The planned calls are done; returns whether there were any."""
        call = self.env.ref("mail.mail_activity_data_call", raise_if_not_found=False)
        activities = self.activity_ids.filtered(lambda activity: activity.activity_type_id == call)
        if activities:
            activities.action_feedback(feedback=feedback)
        return bool(activities)

    def _schedule_follow_up(self):
        """A call for the responsible, where the policy asks for one."""
        for case in self:
            rule = case._closing_rule()
            if rule.needs_follow_up and case.contact_id:
                today = case.company_id._customer_policy_today()
                user = case._who_takes_care()
                case.activity_schedule(
                    "mail.mail_activity_data_call",
                    today + timedelta(days=rule.follow_up_days),
                    summary=case.with_context(lang=user.lang).env._("Follow-up: did it help?"),
                    user_id=user.id,
                )

    def _on_moved(self, old, new):
        if new in ("resolved", "follow_up") and old not in ("resolved", "follow_up"):
            self._schedule_follow_up()
        return super()._on_moved(old, new)

    def _reopen(self, now):
        self._transition(
            {
                "date_follow_up": False,
                "follow_up_user_id": False,
                "follow_up_result": False,
                "follow_up_tries": 0,
                "date_follow_up_try": False,
            }
        )
        return super()._reopen(now)

    def _missing_for_closing(self):
        missing, rule = super()._missing_for_closing(), self._closing_rule()
        if rule.needs_follow_up and not (self.date_follow_up and self.follow_up_result):
            missing.append(self.env._("Ask the customer whether it helped, and fill in “Follow-up”."))
            if self.follow_up_tries:
                missing.append(self.env._("The customer was tried on %(tries)s of %(needed)s days.",
                                          tries=self.follow_up_tries, needed=rule.follow_up_tries))  # fmt: skip
        return missing

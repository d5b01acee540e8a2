import logging

from odoo import api, fields, models

from .customer_complaint_stage import ENDED_STATES

_logger = logging.getLogger(__name__)

BATCH = 100
ACTIVITY_TYPE = "customer_complaint.mail_activity_type_escalation"


class CustomerComplaint(models.Model):
    """The escalation ladder: before and after a deadline, one level at a time."""

    _inherit = "customer.complaint"

    @api.model
    def _cron_escalate(self):
        """One level for each case whose time has come; what the next level needs comes with the next run."""
        self._reassign_of_leavers()
        due = self._due_for_escalation()
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for start in range(0, len(due), BATCH):
            batch = due[start : start + BATCH].try_lock_for_update()
            batch._escalate_apart()
            if not self.env["ir.cron"]._commit_progress(len(due[start : start + BATCH])):
                break

    @api.model
    def _due_for_escalation(self):
        return self.search([("next_escalation", "<=", fields.Datetime.now())], order="next_escalation, id")

    def _escalate_apart(self):
        """Escalate; one case that can't be escalated holds up no other and is tried again with the next run."""
        try:
            with self.env.cr.savepoint():
                return self._escalate()
        except Exception:
            if len(self) == 1:
                _logger.exception("Case %s can't be escalated", self.id)
                return self.browse()
        return self.browse().union(*(case._escalate_apart() for case in self))

    def _escalate(self):
        """Raise each of these cases by one level where it is due now; again at the same moment changes nothing."""
        now = fields.Datetime.now()
        levels = self._get_levels()
        raised = self.browse()
        for company, cases in self.grouped("company_id").items():
            rules = self.env["customer.complaint.escalation"]._in_force(company)
            for case in cases.filtered(lambda case: case.next_escalation and case.next_escalation <= now):
                milestone = case.escalation_milestone
                level = levels.get((case.id, case.round, milestone), (0, None))[0]
                rule = rules._ladder(milestone)[level : level + 1]
                case._escalate_one(rule, milestone, level + 1, now)
                raised |= case
        raised._update_clock()
        return raised

    def _escalate_one(self, rule, milestone, level, now):
        self.ensure_one()
        users = rule._get_users(self) if rule else self.env["res.users"]
        deadline = self[f"deadline_{milestone}"]
        self.env["customer.complaint.escalation.log"].sudo().create(
            {
                "complaint_id": self.id,
                "round": self.round,
                "milestone": milestone,
                "level": level,
                "rule_id": rule.id,
                "deadline": deadline,
                "date": now,
                "user_ids": users.ids,
            }
        )
        for user in users:
            case = self.with_context(lang=user.lang)
            labels = dict(case._fields["next_milestone"]._description_selection(case.env))
            values = {"what": labels[milestone], "moment": case._moment(deadline), "number": self.name}
            if deadline > now:
                summary = case.env._("%(number)s: %(what)s is due %(moment)s", **values)
            else:
                summary = case.env._("%(number)s: %(what)s was due %(moment)s", **values)
            case._tell(user, rule, summary)

    def _end_escalations(self, levels, readings):
        """Take back the activities of cases in which nothing is late or about to be any more.

        :param levels: `_get_levels()` of these cases
        :param readings: {case: what its clock shows}
        """
        ids = {case_id for case_id, _round, _milestone in levels}
        settled = self.filtered(lambda case: case.id in ids and not case._is_escalated(levels, readings[case]))
        if settled:
            settled.activity_unlink([ACTIVITY_TYPE])

    def _is_escalated(self, levels, reading):
        """Whether a milestone that is still to come has been escalated in this round."""
        self.ensure_one()
        pending = set(reading.deadlines) - set(reading.results)
        return self.state not in ENDED_STATES and any((self.id, self.round, name) in levels for name in pending)

    def _tell(self, user, rule, summary):
        """An activity and a mail for one person, as the rule says."""
        self.ensure_one()
        name = rule.with_context(lang=user.lang).name
        text = self.env._("%(rule)s, clause %(clause)s", rule=name, clause=rule.clause_id.number)
        if rule.by_activity:
            self.with_context(mail_activity_quick_update=True).activity_schedule(
                ACTIVITY_TYPE, summary=summary, note=text, user_id=user.id
            )
        if rule.by_mail:
            self.message_notify(
                partner_ids=user.partner_id.ids, subject=summary, body=f"{self.display_name}: {text}", force_send=False
            )
            self._send_queued_mails()

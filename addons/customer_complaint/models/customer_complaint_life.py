from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError

from .customer_complaint_stage import DONE_STATES, ENDED_STATES

CANCEL_REASONS = [
    ("duplicate", "Duplicate"),
    ("spam", "Spam"),
    ("withdrawn", "Withdrawn by the Customer"),
    ("mistake", "Opened by Mistake"),
]


class CustomerComplaint(models.Model):
    """The life of a case: what a stage means, what closing needs, and reopening with its history kept."""

    _inherit = "customer.complaint"

    date_acknowledged = fields.Datetime("Acknowledged On", readonly=True, copy=False)
    date_replied = fields.Datetime("First Reply On", readonly=True, copy=False, tracking=True)
    date_last_reply = fields.Datetime("Last Reply On", readonly=True, copy=False)
    date_resolved = fields.Datetime("Resolved On", readonly=True, copy=False, tracking=True)
    date_closed = fields.Datetime("Closed On", readonly=True, copy=False)
    date_reopened = fields.Datetime("Reopened On", readonly=True, copy=False)
    round = fields.Integer("Times Reopened", readonly=True, copy=False, aggregator="max")
    reply_ids = fields.One2many("customer.complaint.reply", "complaint_id", string="Replies")
    reply_count = fields.Integer("Number of Replies", compute="_compute_reply_count")
    cancel_reason = fields.Selection(CANCEL_REASONS, copy=False, tracking=True)

    def _compute_reply_count(self):
        groups = self.env["customer.complaint.reply"]._read_group(
            [("complaint_id", "in", self.ids)], ["complaint_id"], ["__count"]
        )
        counts = {case.id: count for case, count in groups}
        for case in self:
            case.reply_count = counts.get(case.id, 0)

    # ------------------------------------------------------------ buttons

    def _move_to(self, state):
        self.check_access("write")
        self.write({"stage_id": self.env["customer.complaint.stage"]._of_state(state).id})

    def action_acknowledge(self):
        self._move_to("acknowledged")

    def action_investigate(self):
        self._move_to("investigating")

    def action_wait(self):
        """The clocks stand still until the customer answers."""
        self._move_to("waiting")

    def action_resolve(self):
        self._move_to("resolved")

    def action_close(self):
        self._move_to("closed")

    def action_cancel(self):
        self._move_to("cancelled")

    def action_reopen(self):
        self._move_to("investigating")

    # ------------------------------------------------------------ what a move does

    def _apply_states(self, before):
        """Dates, pauses and checks that follow from moved cases.

        :param before: {case: its state before}
        """
        now = fields.Datetime.now()
        moves = defaultdict(self.browse)
        for case, old in before.items():
            if case.state != old:
                moves[old, case.state] |= case
        for (old, new), cases in moves.items():
            if new == "closed":
                cases._check_closing()
            if old == "waiting":
                cases._end_pauses(now)
            if old in DONE_STATES and new not in DONE_STATES:
                cases._reopen(now)
            cases._set_dates(new, now)
            if new == "waiting":
                pauses = [{"complaint_id": case.id, "date_begin": now} for case in cases]
                self.env["customer.complaint.pause"].sudo().create(pauses)
            cases._on_moved(old, new)
        self._update_clock()

    def _set_dates(self, new, now):
        """When a status was first reached; later ones include the earlier."""
        reached = []
        if new not in ("new", "cancelled"):
            reached.append("date_acknowledged")
        if new in ("resolved", "follow_up", "closed"):
            reached.append("date_resolved")
        if new in ENDED_STATES:
            reached.append("date_closed")
        for name in reached:
            self.filtered(lambda case, name=name: not case[name])._transition({name: now})

    def _end_pauses(self, now):
        domain = [("complaint_id", "in", self.ids), ("date_end", "=", False)]
        pauses = self.env["customer.complaint.pause"].sudo().search(domain)
        pauses.date_end = now
        pauses.flush_recordset(["date_end"])  # a new pause may begin in the same transaction: one may be open

    def _reopen(self, now):
        """Back to work: the resolution is due anew, reply and follow-up are asked for again, the past is kept."""
        results = dict(self._fields["resolve_result"]._description_selection(self.env))
        for case in self:
            past = results.get(case.resolve_result) or self.env._("without a deadline")
            if case.date_resolved:
                body = self.env._("Reopened. Resolved before on %(moment)s: %(result)s.",
                                  moment=case._moment(case.date_resolved), result=past)  # fmt: skip
            else:
                body = self.env._("Reopened.")
            case.message_post(body=body, subtype_xmlid="mail.mt_note")
            case._transition({"round": case.round + 1})
        self._transition(
            {
                "date_reopened": now,
                "date_resolved": False,
                "date_closed": False,
            }
        )

    def _on_moved(self, old, new):
        """Hook: these cases went from one status to another; dates are set, clocks are not yet."""
        if new == "closed":
            self._ask_for_rating()

    def _who_takes_care(self):
        """The responsible; who has left is replaced by the leader of the team, else by a manager."""
        self.ensure_one()
        managers = self.env.ref("customer_policy.group_customer_manager").sudo().all_user_ids
        for users in (self.user_id, self.team_id.sudo().user_id, managers):
            able = self._who_may_see(users)
            if able:
                return able[0]
        return self.env.user

    def _who_may_see(self, users):
        """Those of `users` who still work here and may see this case."""
        self.ensure_one()

        def may_see(user):
            works_here = user.active and not user.share and self.company_id in user.company_ids
            case = self.with_user(user).with_context(allowed_company_ids=self.company_id.ids)
            return works_here and case.has_access("read")

        return users.sudo().filtered(may_see)

    # ------------------------------------------------------------ what closing needs

    def _closing_rule(self):
        """The rule of the policy in force that says what closing this case needs."""
        self.ensure_one()
        rules = self.env["customer.complaint.closing"]._in_force(self.company_id)
        return rules._first_match(self._facts(self.grade_id))

    def _missing_for_closing(self):
        """Sentences on what this case lacks."""
        self.ensure_one()
        rule, missing = self._closing_rule(), []
        replied = self.date_last_reply and self.date_last_reply >= (self.date_reopened or self.date_last_reply)
        if rule.needs_reply and not replied:
            missing.append(self.env._("Reply to the customer."))
        return missing

    def _check_closing(self):
        for case in self:
            missing = case._missing_for_closing()
            if missing:
                raise UserError(
                    self.env._(
                        "%(number)s can't be closed yet (clause %(clause)s):\n%(missing)s",
                        number=case.name,
                        clause=case._closing_rule().clause_id.number,
                        missing="\n".join(f"• {sentence}" for sentence in missing),
                    )
                )

    # ------------------------------------------------------------ replies

    def action_reply(self):
        """Write a reply to the customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reply"),
            "res_model": "customer.complaint.reply",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_complaint_id": self.id, "default_subject": f"[{self.name}] {self.subject}"},
        }

    def action_open_replies(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Replies"),
            "res_model": "customer.complaint.reply",
            "views": [(False, "list"), (False, "form")],
            "domain": [("complaint_id", "=", self.id)],
        }

    def action_log_reply(self):
        """The customer has been answered by phone or in person; where the policy asks for an approval, who may give
        one says so."""
        self.check_access("write")
        for case in self:
            if case._closing_rule().needs_approval and not case._may_approve():
                raise UserError(
                    self.env._("%s: the policy asks for an approval. The team leader or a manager logs this answer.",
                               case.name)
                )  # fmt: skip
            case.message_post(body=self.env._("Answered by phone or in person."), subtype_xmlid="mail.mt_note")
        self._on_replied(fields.Datetime.now())

    def _may_approve(self):
        """Whether the user approves replies on this case."""
        self.ensure_one()
        manager = self.env.su or self.env.user.has_group("customer_policy.group_customer_manager")
        return manager or self.team_id.sudo().user_id == self.env.user

    def _on_replied(self, now):
        """A substantive reply has reached the customer."""
        self.filtered(lambda case: not case.date_acknowledged)._transition({"date_acknowledged": now})
        self.filtered(lambda case: not case.date_replied)._transition({"date_replied": now})
        self._transition({"date_last_reply": now})
        self._update_clock()

    # ------------------------------------------------------------ rating

    def _rating_get_operator(self):
        return self.user_id.partner_id

    def _rating_get_partner(self):
        return self.contact_id

    def _ask_for_rating(self):
        """Ask the customers of these closed cases whether it helped; sudo, as templates are for administrators."""
        template = self.env.ref("customer_complaint.mail_template_rating", raise_if_not_found=False)
        for case in self.filtered(lambda case: case.contact_id.email):
            if template:
                case.sudo().rating_send_request(template.sudo(), lang=case.contact_id.lang, force_send=False)
                self._send_queued_mails()

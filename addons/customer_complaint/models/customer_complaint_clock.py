from collections import defaultdict, namedtuple
from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.addons.customer_policy.words import join_names
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

from ..engine.complaint_clock import Milestone, WindowTooShort, read_clock
from .customer_complaint import CLOCK_INPUTS
from .customer_complaint_deadline import MILESTONES
from .customer_complaint_stage import ENDED_STATES

RESULTS = [("on_time", "On Time"), ("late", "Late")]
DONE_FIELDS = {"acknowledge": "date_acknowledged", "reply": "date_replied", "resolve": "date_resolved"}
# As columns of reports, so that an average is a rate.
ON_TIME = {"on_time": 100, "late": 0}
# Windows of working time, tried one after the other: most deadlines end within the first.
HORIZONS = [timedelta(days=days) for days in (30, 120, 600, 3000, 12000)]
BATCH = 1000

Facts = namedtuple("Facts", "kind type_id grade_id severity")


class CustomerComplaint(models.Model):
    """The clocks: deadlines from the policy's rules, pauses, and the escalation ladder.

    Whatever moves a case calls `_update_clock`; it alone writes these columns, set-based.
    """

    _inherit = "customer.complaint"

    deadline_rule_id = fields.Many2one("customer.complaint.deadline", readonly=True, copy=False)
    deadline_acknowledge = fields.Datetime("Acknowledge By", readonly=True, copy=False)
    deadline_reply = fields.Datetime("Reply By", readonly=True, copy=False)
    deadline_resolve = fields.Datetime("Resolve By", readonly=True, copy=False)
    acknowledge_result = fields.Selection(RESULTS, "Acknowledged", readonly=True, copy=False)
    reply_result = fields.Selection(RESULTS, "Replied", readonly=True, copy=False)
    resolve_result = fields.Selection(RESULTS, "Solved", readonly=True, copy=False)
    reply_on_time = fields.Float("Replied on Time (%)", readonly=True, copy=False, aggregator="avg", digits=(16, 1))
    resolve_on_time = fields.Float("Solved on Time (%)", readonly=True, copy=False, aggregator="avg", digits=(16, 1))
    next_deadline = fields.Datetime(readonly=True, copy=False, index=True, help="Empty while waiting for the customer.")
    next_milestone = fields.Selection(MILESTONES, "Next", readonly=True, copy=False)
    next_escalation = fields.Datetime(readonly=True, copy=False, index="btree_not_null")
    escalation_milestone = fields.Selection(MILESTONES, readonly=True, copy=False)
    pause_ids = fields.One2many("customer.complaint.pause", "complaint_id", string="Pauses", readonly=True)
    escalation_log_ids = fields.One2many("customer.complaint.escalation.log", "complaint_id", "Escalations")
    is_overdue = fields.Boolean("Overdue", compute="_compute_due_text", search="_search_is_overdue")
    due_text = fields.Char("Due", compute="_compute_due_text")
    due_color = fields.Selection(
        [("success", "On Time"), ("warning", "Soon"), ("danger", "Late"), ("muted", "None")],
        compute="_compute_due_text",
    )
    clock_text = fields.Char("Deadlines By", compute="_compute_clock_text")

    # ------------------------------------------------------------ shown

    @api.depends("next_deadline", "next_milestone", "state")
    @api.depends_context("lang", "tz")
    def _compute_due_text(self):
        now = fields.Datetime.now()
        labels = dict(self._fields["next_milestone"]._description_selection(self.env))
        for case in self:
            case.is_overdue = bool(case.next_deadline) and case.next_deadline < now
            if case.next_deadline:
                case.due_text, case.due_color = case._due_in_words(labels[case.next_milestone], now)
            elif case.state == "waiting":
                case.due_text, case.due_color = self.env._("Paused: waiting for the customer"), "muted"
            else:
                case.due_text, case.due_color = False, "muted"

    def _due_in_words(self, what, now):
        self.ensure_one()
        left = self.next_deadline - now
        values = {"what": what, "time": self._in_words(abs(left))}
        if left < timedelta(0):
            return self.env._("%(what)s %(time)s late", **values), "danger"
        return self.env._("%(what)s in %(time)s", **values), "warning" if left < timedelta(hours=4) else "success"

    def _in_words(self, span):
        """A span of the wall clock in at most two units."""
        minutes = int(span.total_seconds() // 60)
        days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
        if days:
            return self.env._("%(days)s d %(hours)s h", days=days, hours=hours)
        if hours:
            return self.env._("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
        return self.env._("%s min", minutes)

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("next_deadline", "<", fields.Datetime.now())
        return domain if True in value else ~domain

    @api.depends("deadline_rule_id")
    def _compute_clock_text(self):
        for case in self:
            rule = case.deadline_rule_id.sudo()  # rules of a version that the company has left stay cited
            if rule and (case.deadline_acknowledge or case.deadline_reply or case.deadline_resolve):
                case.clock_text = self.env._(
                    "Clause %(clause)s, %(sentence)s", clause=rule.clause_id.number, sentence=rule._get_sentence()
                )
            elif rule and not case._get_calendar(rule)._has_fixed_hours():
                case.clock_text = self.env._(
                    "“%s” has no fixed working hours: no deadline can be counted.",
                    (case._get_calendar(rule) or case.company_id.sudo()).name,
                )
            else:
                case.clock_text = self.env._("The policy sets no deadline for this case.")

    # ------------------------------------------------------------ counted

    def _facts(self, grade):
        """What the conditions of rules look at."""
        self.ensure_one()
        return Facts(self.kind, self.type_id, grade, self.severity)

    def _current_grades(self):
        """{case: grade of its customer today; what is closed keeps the one that it was closed with}."""
        # sudo: deadlines keep to the grade, also those of people who may not see it
        profiles = (
            self.env["customer.profile"]
            .sudo()
            .search_fetch(
                [("partner_id", "in", self.partner_id.ids), ("company_id", "in", self.company_id.ids)],
                ["partner_id", "company_id", "grade_id"],
            )
        )
        grades = {(profile.partner_id.id, profile.company_id.id): profile.grade_id for profile in profiles}
        none = self.env["customer.grade"]
        return {
            case: case.grade_id
            if case.date_closed and case.deadline_rule_id
            else grades.get((case.partner_id.id, case.company_id.id), none)
            for case in self
        }

    def _get_calendar(self, rule):
        return (rule.calendar_id or self.company_id.resource_calendar_id).sudo()

    def _update_clock(self, reason=""):
        """Bring the clocks of these cases up to date; `reason` is logged where a deadline moves.

        A constant number of queries for each 1,000 cases and calendar.
        """
        # sudo: the clocks are kept whoever moves a case
        cases = self.sudo()
        for start in range(0, len(cases), BATCH):
            cases[start : start + BATCH]._update_clock_batch(reason)

    def _update_clock_batch(self, reason):
        before = {case: [case[f"deadline_{name}"] for name in DONE_FIELDS] for case in self}
        grades, pauses, levels = self._current_grades(), self._get_pauses(), self._get_levels()
        rows, groups = {}, defaultdict(list)
        for company, cases in self.grouped("company_id").items():
            rules = self.env["customer.complaint.deadline"]._in_force(company)
            standards = self.env["customer.complaint.standard"]._in_force(company)
            ladder = self.env["customer.complaint.escalation"]._in_force(company)
            ladders = {name: tuple(round(rule.hours * 3600) for rule in ladder._ladder(name)) for name in DONE_FIELDS}
            for case in cases:
                facts = case._facts(grades[case])
                rule = case._deadline_rule(rules, facts)
                standard = case._keep_standard(standards._first_match(facts))
                rows[case] = (grades[case].id or None, rule.id or None, standard.id or None, case._judged())
                if rule:
                    groups[company, case._get_calendar(rule)].append((case, rule, ladders))
        for (company, calendar), group in groups.items():
            for case, reading in self._read_clocks(company, calendar, group, pauses, levels):
                rows[case] = (*rows[case][:3], reading)
        self._write_clocks(rows)
        if levels:
            self._end_escalations(levels, {case: reading for case, (*_ids, reading) in rows.items()})
        if reason:
            self._log_moved(before, reason)

    def _deadline_rule(self, rules, facts):
        """The rule that this case is due by; what is closed keeps the one that it was closed with."""
        self.ensure_one()
        if self.closed_before:
            return rules.browse()
        return (self.date_closed and self.deadline_rule_id) or rules._first_match(facts)

    def _judged(self):
        """What the clocks show where no working time can be counted: the milestones that are done already."""
        self.ensure_one()
        return read_clock(
            None,
            [Milestone(name, self.date_received, 0, self[done] or None, kept=self._kept(name))
             for name, done in DONE_FIELDS.items()],
        )  # fmt: skip

    def _kept(self, name):
        """The deadline by which a milestone was judged when it was done. A grade, severity or holiday that comes
        later does not make a reply late that was on time, nor the other way round."""
        return (self[DONE_FIELDS[name]] and self[f"{name}_result"] and self[f"deadline_{name}"]) or None

    def _read_clocks(self, company, calendar, group, pauses, levels):
        """Yield (case, reading); of a calendar without fixed hours nothing, its cases have no deadline."""
        if not calendar._has_fixed_hours():
            return
        first = min(min(case.date_received, case.date_reopened or case.date_received) for case, _r, _l in group)
        latest = max(fields.Datetime.now(), *(case.date_received for case, _rule, _ladders in group), first)
        for horizon in HORIZONS:
            working_time, later = calendar._get_working_time(company, first, latest + horizon), []
            for case, rule, ladders in group:
                milestones = case._milestones(rule, calendar, ladders, levels)
                closed, paused_since = pauses[case.id]
                try:
                    yield (
                        case,
                        read_clock(working_time, milestones, closed, paused_since, is_ended=case.state in ENDED_STATES),
                    )
                except WindowTooShort:
                    later.append((case, rule, ladders))
            group = later
            if not group:
                return

    def _milestones(self, rule, calendar, ladders, levels):
        self.ensure_one()
        found = []
        for name, done in DONE_FIELDS.items():
            level, raised = levels.get((self.id, self.round, name), (0, None))
            start = self.date_received
            if name == "resolve" and self.date_reopened:
                start = self.date_reopened
            seconds = rule._seconds(name, self.severity, calendar)
            kept = self._kept(name)
            found.append(Milestone(name, start, seconds, self[done] or None, ladders[name], level, raised, kept))
        return found

    def _get_pauses(self):
        """{case id: ([(begin, end) of those that are over], begin of the one that is not)}."""
        found = {case_id: ([], None) for case_id in self.ids}
        for pause in self.env["customer.complaint.pause"].sudo().search([("complaint_id", "in", self.ids)]):
            closed, since = found[pause.complaint_id.id]
            if pause.date_end:
                closed.append((pause.date_begin, pause.date_end))
            else:
                found[pause.complaint_id.id] = (closed, since or pause.date_begin)
        return found

    def _get_levels(self):
        """{(case id, round, milestone): (levels that have come, when the last one came)}."""
        groups = (
            self.env["customer.complaint.escalation.log"]
            .sudo()
            ._read_group(
                [("complaint_id", "in", self.ids)], ["complaint_id", "round", "milestone"], ["level:max", "date:max"]
            )
        )
        return {(case.id, rnd, milestone): (level, date) for case, rnd, milestone, level, date in groups}

    # ------------------------------------------------------------ written

    def _write_clocks(self, rows):
        """:param rows: {case: (grade id, rule id, standard id, reading)}"""
        types = {"grade_id": "int", "deadline_rule_id": "int", "standard_id": "int"}
        types |= {f"deadline_{name}": "timestamp" for name in DONE_FIELDS}
        types |= {f"{name}_result": "varchar" for name in DONE_FIELDS}
        types |= {"reply_on_time": "numeric", "resolve_on_time": "numeric"}
        types |= {"next_deadline": "timestamp", "next_milestone": "varchar"}
        types |= {"next_escalation": "timestamp", "escalation_milestone": "varchar"}
        values = [
            (case.id, grade, rule, standard, *(r.deadlines.get(name) for name in DONE_FIELDS),
             *(r.results.get(name) for name in DONE_FIELDS),
             *(ON_TIME.get(r.results.get(name)) for name in ("reply", "resolve")),
             r.next_deadline, r.next_milestone, r.next_escalation, r.escalation_milestone)
            for case, (grade, rule, standard, r) in rows.items()
        ]  # fmt: skip
        names = [SQL.identifier(name) for name in types]
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """UPDATE customer_complaint c SET %(assignments)s
                     FROM (SELECT id::int, %(casts)s FROM (VALUES %(values)s) AS v (id, %(names)s)) v
                    WHERE c.id = v.id AND (%(old)s) IS DISTINCT FROM (%(new)s)""",
                assignments=SQL(", ").join(SQL("%s = v.%s", name, name) for name in names),
                casts=SQL(", ").join(
                    SQL("%s::%s AS %s", SQL.identifier(name), SQL(kind), SQL.identifier(name))
                    for name, kind in types.items()
                ),
                values=SQL(", ").join(SQL("%s", row) for row in values),
                names=SQL(", ").join(names),
                old=SQL(", ").join(SQL("c.%s", name) for name in names),
                new=SQL(", ").join(SQL("v.%s", name) for name in names),
            )
        )
        computed = ["due_text", "due_color", "is_overdue", "clock_text", "grade_color"]
        self.invalidate_recordset([*types, *computed, "standard_text", "standard_clause", "checklist_text"])

    def _log_moved(self, before, reason):
        """Say in the history of a case which deadline moved, from when to when, and why."""
        labels = dict(self._fields["next_milestone"]._description_selection(self.env))
        bodies = {}
        for case in self:
            lines = []
            for (name, _field), old in zip(DONE_FIELDS.items(), before[case], strict=True):
                new = case[f"deadline_{name}"]
                if old != new:
                    lines.append(self.env._(
                        "%(what)s: %(old)s → %(new)s", what=labels[name], old=case._moment(old), new=case._moment(new)
                    ))  # fmt: skip
            if lines:
                items = Markup().join(Markup("<li>%s</li>") % line for line in lines)
                bodies[case.id] = Markup("<p>%s</p><ul>%s</ul>") % (reason, items)
        if bodies:
            self.browse(bodies)._message_log_batch(bodies=bodies)

    def _moment(self, moment):
        self.ensure_one()
        tz = self.company_id.customer_policy_tz
        return format_datetime(self.env, moment, tz=tz, dt_format="short") if moment else self.env._("none")

    def _reason_of(self, vals):
        """Why the deadlines are counted anew, for the history."""
        names = sorted(CLOCK_INPUTS & set(vals))
        labels = [self._fields[name]._description_string(self.env) for name in names]
        return self.env._("Deadlines counted anew, changed: %s", join_names(self.env, labels))

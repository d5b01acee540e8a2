import logging
from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, Query

_logger = logging.getLogger(__name__)

# Warnings that are opened, and committed, at a time.
BATCH = 200
STILL = ("active", "at_risk", "dormant")
# How often a step is tried when somebody works on its rows at the same time.
ATTEMPTS = 3
# A job that was done so lately is today's.
HOURS = 20


class ChurnWarning(models.Model):
    """The nightly job: close, wake, bring up to date, open new ones as far as people have room, tell them."""

    _inherit = "churn.warning"

    @api.model
    def _cron_warn(self):
        """All companies that are due, one after the other. Each step can be cut off and is taken up by the next job."""
        companies = self.env["customer.policy.run"]._get_companies().filtered(self._is_due)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            self._isolated(self.env["churn.model"]._watch, company)
            self._isolated(self._keep_up, company)
            cron._commit_progress()
            while self._isolated(self._open_batch, company):
                if not cron._commit_progress():
                    return
            self._isolated(self._notify, company)
            company.sudo().churn_warned_at = fields.Datetime.now()
            if not cron._commit_progress(1):
                return

    @api.model
    def _is_due(self, company):
        """Whether a company has not been done since yesterday's job, or had a full run since."""
        done = company.sudo().churn_warned_at
        if not done or done < fields.Datetime.now() - timedelta(hours=HOURS):
            return True
        full = [("company_id", "=", company.id), ("kind", "=", "full"), ("state", "=", "done"), ("date_end", ">", done)]
        return bool(self.env["customer.policy.run"].sudo().search_count(full, limit=1))

    @api.model
    def _isolated(self, step, company):
        """A step that fails is logged and keeps no other company from its warnings; one that met somebody at work on
        the same rows looks again."""
        for left in reversed(range(ATTEMPTS)):
            try:
                with self.env.cr.savepoint():
                    return step(company)
            except Exception as error:
                if left and isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                    self.env.cr.rollback()
                    continue
                _logger.exception("Churn warnings of %s: %s failed", company.name, step.__name__)
                return None
        return None

    # ------------------------------------------------------------ who is to be warned of

    @api.model
    def _find(self, company, condition, per_person=None):
        """Rows of the customers that meet a rule of the policy or are scored high: one pass, whatever rules there are.

        :param condition: SQL over the columns of the rows
        :param per_person: only so many of each person responsible, those with the most at stake
        :return: [{partner_id, user_id, grade_id, churn_risk, score, value, rule_ids, ...}]
        """
        rules = self.env["churn.rule"]._in_force(company)._readable()
        self.env.flush_all()
        query = Query(self.env, "p", SQL.identifier("customer_profile"))
        query.add_join("JOIN", "partner", "res_partner", SQL("partner.id = p.partner_id"))
        query.add_join("LEFT JOIN", "u", "res_users", SQL("u.id = partner.user_id AND u.active AND NOT u.share"))
        known = SQL("w.partner_id = p.partner_id AND w.company_id = p.company_id AND w.state != 'closed'")
        query.add_join("LEFT JOIN", "w", "churn_warning", known)
        fired = [rule._sql(query) for rule in rules]
        # Where the risk is known, what tells it has beaten rules on purchases alone: they give reasons, no points.
        points = [
            SQL(
                "CASE WHEN %s AND %s THEN %s ELSE 0 END",
                sql,
                SQL("p.churn_risk IS NULL") if rule._knows_purchases_only() else SQL("TRUE"),
                rule.points,
            )
            for sql, rule in zip(fired, rules, strict=True)
        ]
        met = [SQL("CASE WHEN %s THEN %s END", sql, rule.id) for sql, rule in zip(fired, rules, strict=True)]
        owner = self.env["customer.policy"]._get_in_force(company).owner_id.filtered("active")
        # A customer who is lost gets no warning; an open one is told from one whose sign has gone.
        found = SQL("(p.churn_status IN %s OR w.id IS NOT NULL)", STILL)
        query.add_where(SQL("p.company_id = %s AND partner.active AND %s", company.id, found))
        rows = query.select(
            SQL("p.partner_id, p.id AS profile_id, w.id AS warning_id, p.grade_id, p.churn_risk, p.last_purchase_date"),
            SQL("p.churn_status"),
            SQL("p.churn_horizon_days, p.revenue_12m, COALESCE(p.clv_12m, p.revenue_12m, 0) AS value"),
            SQL("COALESCE(u.id, %s::int) AS user_id", owner.id or None),
            SQL("GREATEST(COALESCE(p.churn_risk, 0), %s)::int AS score", SQL(", ").join([*points, SQL("0")])),
            SQL("ARRAY_REMOVE(ARRAY[%s]::int[], NULL) AS rule_ids", SQL(", ").join(met)),
        )
        order = SQL("value DESC, score DESC, partner_id")
        self.env.cr.execute(
            SQL(
                """SELECT * FROM (
                       SELECT found.*, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY %(order)s) AS place
                         FROM (%(rows)s) found WHERE %(condition)s) ranked
                    WHERE %(limit)s ORDER BY %(order)s""",
                order=order,
                rows=rows,
                condition=condition,
                limit=SQL("place <= %s", per_person) if per_person else SQL("TRUE"),
            )
        )
        return self.env.cr.dictfetchall()

    # ------------------------------------------------------------ what is open

    @api.model
    def _keep_up(self, company):
        """Wake what was snoozed, measure who came back, and bring scores and reasons up to date."""
        today = company._customer_policy_today()
        self = self.sudo().with_context(tracking_disable=True)
        snoozed = self.search([("company_id", "=", company.id), ("state", "=", "snoozed"),
                               ("snooze_until", "<=", today)])  # fmt: skip
        begun = snoozed.filtered("date_acted")
        begun.write({"state": "working", "snooze_until": False})
        (snoozed - begun).write({"state": "open", "snooze_until": False})
        self._end_on_purchase(company)
        self._measure(company)
        self._refresh(company)
        holdouts = self.search([("company_id", "=", company.id), ("state", "=", "holdout")])
        holdouts.filtered(lambda w: w.date_opened + timedelta(days=w.horizon_days) < today)._finish("observed")

    @api.model
    def _refresh(self, company):
        """New scores and reasons for open warnings; one that nobody has touched ends when its sign has gone."""
        figures = self.env["customer.policy.parameter"]._churn_figures(company)
        waiting = self.search([("company_id", "=", company.id), ("state", "!=", "closed")])
        by_id = {warning.id: warning for warning in waiting}
        rows = {row["warning_id"]: row for row in self._find(company, SQL("warning_id IS NOT NULL"))}
        # Who is lost meanwhile is not scored any more: the warning stays as it was until somebody says how it ended.
        lost = {key for key, row in rows.items() if row["churn_status"] == "lost"}
        rows = {key: row for key, row in rows.items() if key not in lost}
        reasons = self._collect_facts(company, list(rows.values()))
        for warning_id, warning in by_id.items():
            row = rows.get(warning_id)
            if row and row["score"] >= figures["churn_minimum_score"]:
                values = self._figures_of(row, reasons[row["partner_id"]], figures)
                warning._write_changed(values)
            elif warning.state == "open" and not warning.date_acted and warning_id not in lost:
                warning._finish("faded")

    def _write_changed(self, values):
        """Only what differs: a night without news writes nothing."""
        changed = {}
        for name, value in values.items():
            now = self[name].ids if name == "rule_ids" else self._fields[name].convert_to_write(self[name], self)
            wanted = value[0][2] if name == "rule_ids" else value
            same = sorted(now) == sorted(wanted) if name == "rule_ids" else now == wanted
            if isinstance(wanted, float):
                same = not self.currency_id.compare_amounts(now, wanted)
            if not same and not (not now and not wanted):
                changed[name] = value
        if changed:
            self.write(changed)

    @api.model
    def _end_on_purchase(self, company, partner_ids=None):
        """Close the warnings of customers who have bought since; hold-outs as well."""
        condition = SQL("TRUE") if partner_ids is None else SQL("w.partner_id = ANY(%s)", list(partner_ids))
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT w.id FROM churn_warning w
                     JOIN customer_profile p ON p.partner_id = w.partner_id AND p.company_id = w.company_id
                    WHERE w.company_id = %s AND w.state != 'closed' AND %s
                      AND p.last_purchase_date > COALESCE(w.purchase_before, w.date_opened)""",
                company.id,
                condition,
            )
        )
        for warning in self.sudo().browse([warning_id for [warning_id] in rows]):
            warning._finish("won_back" if warning.date_acted and not warning.is_holdout else "returned")

    @api.model
    def _measure(self, company):
        """First purchase and revenue within N days of each warning that may still change, hold-outs alike."""
        today = company._customer_policy_today()
        [[longest]] = self._read_group([("company_id", "=", company.id)], [], ["horizon_days:max"])
        oldest = today - timedelta(days=(longest or 0) + 35)
        recent = self.search([("company_id", "=", company.id), ("date_opened", ">=", oldest),
                              ("date_opened", "<", today)])  # fmt: skip
        if not recent:
            return
        models_ = self.env["churn.model"]
        history = models_._history(company, recent.partner_id.ids, until=today)
        for warning in recent:
            day = models_._day(warning.date_opened)
            first, revenue = history.after(warning.partner_id.id, day, warning.horizon_days)
            returned = warning.date_opened + timedelta(days=first - day) if first else False
            warning._write_changed({"return_date": returned, "return_revenue": revenue})

    # ------------------------------------------------------------ opening

    @api.model
    def _open_batch(self, company, limit=BATCH):
        """Open the warnings that matter most, as far as each person has room; returns how many.

        Hold-outs are drawn among those that would have been opened, so that both groups are alike.
        """
        figures = self.env["customer.policy.parameter"]._churn_figures(company)
        chosen = self._choose(company, figures)[:limit]
        reasons = self._collect_facts(company, [row for row, *_rest in chosen])
        vals_list = [
            self._prepare_vals(company, row, reasons[row["partner_id"]], figures, share, drawn)
            for row, share, drawn in chosen
        ]
        quiet = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}
        warnings = self.sudo().with_context(**quiet).create(vals_list)
        for warning in warnings.filtered(lambda warning: warning.state == "open" and warning.user_id):
            warning._schedule_first()
        return len(warnings)

    @api.model
    def _choose(self, company, figures):
        """[(row, share of the hold-out, whether it is drawn)] in the order of what is at stake."""
        today = company._customer_policy_today()
        capacity = int(figures["churn_capacity"])
        resting = SQL(
            """warning_id IS NULL AND score >= %s AND NOT EXISTS (
                   SELECT FROM churn_warning past WHERE past.partner_id = found.partner_id
                      AND past.company_id = %s AND past.date_closed > %s)""",
            figures["churn_minimum_score"],
            company.id,
            today - timedelta(days=int(figures["churn_repeat_days"])),
        )
        # At most half of them are drawn for the hold-out: three times the room is enough to fill it.
        rows = self._find(company, resting, per_person=3 * capacity + 10)
        load = Counter(self._load(company))
        holdouts, chosen = self.env["churn.holdout"]._in_force(company), []
        for row in rows:
            if load[row["user_id"]] >= capacity:
                continue
            share = holdouts._for_grade(self.env["customer.grade"].browse(row["grade_id"])).share
            drawn = self._is_drawn(company, row["partner_id"], today.year, share)
            load[row["user_id"]] += not drawn
            chosen.append((row, share, drawn))
        return chosen

    @api.model
    def _load(self, company):
        """{user id: warnings that wait for or are worked on by them}."""
        groups = self.sudo()._read_group(
            [("company_id", "=", company.id), ("state", "in", ["open", "working"])], ["user_id"], ["__count"]
        )
        return {user.id or None: count for user, count in groups}

    @api.model
    def _count_responsible(self, company):
        """Number of people who have customers of this company, one at least."""
        [[count]] = self.env.execute_query(
            SQL(
                """SELECT COUNT(DISTINCT partner.user_id) FROM customer_profile p
                     JOIN res_partner partner ON partner.id = p.partner_id
                     JOIN res_users u ON u.id = partner.user_id AND u.active
                    WHERE p.company_id = %s""",
                company.id,
            )
        )
        return max(count, 1)

    def _prepare_vals(self, company, row, facts, figures, share, drawn):
        grade = self.env["customer.grade"].browse(row["grade_id"])
        now = self.env.cr.now()
        response = self.env["churn.response"]._in_force(company)._for_grade(grade)
        return {
            "partner_id": row["partner_id"],
            "company_id": company.id,
            "user_id": row["user_id"],
            "grade_id": row["grade_id"],
            "state": "holdout" if drawn else "open",
            "date_opened": company._customer_policy_today(),
            "date_deadline": not drawn and response._deadline(company, now),
            "purchase_before": row["last_purchase_date"],
            "revenue_12m": row["revenue_12m"],
            "horizon_days": row["churn_horizon_days"] or 90,
            "is_holdout": drawn,
            "holdout_share": share,
            **self._figures_of(row, facts, figures),
        }

    def _figures_of(self, row, facts, figures):
        reason, told = facts
        return {
            "score": row["score"],
            "risk": int(row["churn_risk"] or 0),
            "level": self._level(row["score"], figures),
            "value_at_risk": float(row["value"]),
            "rule_ids": [(6, 0, row["rule_ids"])],
            "reason_id": reason.id,
            "facts": told,
        }

    def _schedule_first(self):
        """The activity by which the person responsible is told."""
        warning = self.with_context(lang=self.user_id.lang)
        # The digest tells of all of them in one mail.
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "churn_warning.mail_activity_type_warning",
            self.date_deadline,
            summary=warning.env._("Act: %s", warning.reason_text or warning.display_name),
            note=warning.reasons,
            user_id=self.user_id.id,
        )

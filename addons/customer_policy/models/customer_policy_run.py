import logging
from collections import defaultdict
from datetime import timedelta
from time import monotonic

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_datetime
from psycopg2.errors import DeadlockDetected, ForeignKeyViolation, SerializationFailure, UniqueViolation

from .customer_transaction import CUSTOMER_MOVES

_logger = logging.getLogger(__name__)

STATES = [("waiting", "Waiting"), ("running", "Running"), ("done", "Done"), ("failed", "Failed")]
ATTEMPTS = 3
CONFLICTS = (SerializationFailure, DeadlockDetected, UniqueViolation, ForeignKeyViolation)
# Documents committed by transactions that began before the last run are caught by looking back further.
OVERLAP = timedelta(minutes=10)


class CustomerPolicyRun(models.Model):
    """Log of the engine's runs, and the queue of those asked for.

    A run works in one transaction: until it commits everybody sees the results of the last complete run,
    and one that dies leaves nothing behind but its log entry.
    """

    _name = "customer.policy.run"
    _description = "Customer Policy Run"
    _order = "id desc"
    _rec_name = "date_start"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    kind = fields.Selection(
        [("full", "All Customers"), ("incremental", "Changed Customers")], required=True, readonly=True
    )
    state = fields.Selection(STATES, default="waiting", required=True, readonly=True)
    policy_id = fields.Many2one("customer.policy", readonly=True, ondelete="set null")
    requester_id = fields.Many2one("res.users", readonly=True)
    date_start = fields.Datetime("Start", readonly=True)
    date_end = fields.Datetime("End", readonly=True)
    seconds = fields.Float(digits=(16, 1), readonly=True)
    rows_read = fields.Integer("Documents Read", readonly=True)
    customer_count = fields.Integer("Customers", readonly=True)
    rows_written = fields.Integer("Profiles Written", readonly=True)
    grades_changed = fields.Integer(readonly=True)
    step_seconds = fields.Json("Seconds per Step", readonly=True)
    thresholds = fields.Json(readonly=True, help="The cuts that the grades of this run were made with.")
    error = fields.Text(readonly=True)
    progress = fields.Float(compute="_compute_progress", help="Percent.")
    step = fields.Char(compute="_compute_progress")
    history_ids = fields.One2many("customer.grade.history", "run_id", string="Changes")

    _one_waiting = models.UniqueIndex("(company_id, kind) WHERE state = 'waiting'")

    @api.depends("kind", "date_start")
    @api.depends_context("tz", "lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for run in self:
            start = format_datetime(self.env, run.date_start, dt_format="short") if run.date_start else ""
            run.display_name = f"{labels.get(run.kind, '')} {start}".strip()

    def _compute_progress(self):
        rows = self.env["customer.policy.progress"].sudo().search_fetch([("run_key", "in", self.ids)])
        by_run = {row.run_key: row for row in rows}
        labels = self._step_labels()
        for run in self:
            row = by_run.get(run.id)
            done = run.state in ("done", "failed")
            run.progress = 100 if run.state == "done" else row.percent if row else 0
            run.step = False if done or not row else labels.get(row.step, row.step)

    @api.model
    def _step_labels(self):
        return {
            "collect": self.env._("Reading documents"),
            "metrics": self.env._("Metrics of your own"),
            "classify": self.env._("Segments"),
            "rfm": self.env._("Recency, frequency, monetary"),
            "assign": self.env._("Lifecycle and schemes"),
            "score": self.env._("Scores"),
            "grade": self.env._("Grades"),
            "merge": self.env._("Writing what changed"),
        }

    # ------------------------------------------------------------ asking for runs

    def action_run_now(self):
        """Ask for a full run of the current company and open its log entry."""
        if not self.env.user.has_group("customer_policy.group_customer_manager"):
            raise AccessError(self.env._("Only customer policy managers may do this."))
        return self._request(self.env.company)._get_records_action(name=self.env._("Run"))

    @api.model
    def _request(self, companies, kind="full"):
        """Queue a run per company (one that waits already serves) and wake the job."""
        self.flush_model()
        # Two users may ask at once.
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_policy_run
                          (company_id, kind, state, requester_id, create_uid, create_date, write_uid, write_date)
                   SELECT id, %(kind)s, 'waiting', %(uid)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM UNNEST(%(companies)s::int[]) id
              ON CONFLICT (company_id, kind) WHERE state = 'waiting' DO NOTHING""",
                kind=kind,
                uid=self.env.uid,
                now=self.env.cr.now(),
                companies=companies.ids,
            )
        )
        self.env.ref("customer_policy.ir_cron_run_requested")._trigger()
        domain = [("state", "=", "waiting"), ("kind", "=", kind), ("company_id", "in", companies.ids)]
        return self.sudo().search(domain).with_env(self.env)

    # ------------------------------------------------------------ jobs

    @api.model
    def _cron_nightly(self):
        """Ask for all customers of all companies to be looked at again; the other job works it off."""
        self._isolated(self.env["customer.policy"]._remind_reviews)
        self._request(self._get_companies())

    @api.model
    def _isolated(self, step, *arguments):
        """A step of a job that fails is logged and keeps nobody from being graded."""
        try:
            with self.env.cr.savepoint():
                step(*arguments)
        except Exception:
            _logger.exception("Customer policy: %s failed", step.__name__)

    @api.model
    def _cron_requested(self):
        """Do what a new day of a company brings, work off what was asked for, then look at customers whose documents
        changed."""
        self._isolated(self._settle_interrupted)
        self._isolated(self.env["customer.policy"]._publish_due)
        companies = self._get_companies()
        for company in companies:
            self._isolated(self.env["customer.grade.override"]._expire_due, company)
        if not self._work_off():
            return  # called again at once
        for company in companies:
            partner_ids = self._changed_partners(company)
            if partner_ids:
                run = self.sudo().create({"company_id": company.id, "kind": "incremental"})
                run._execute(partner_ids)

    @api.model
    def _get_companies(self):
        policies = self.env["customer.policy"]
        companies = self.env["res.company"]._customer_policy_companies()
        return companies.filtered(policies._get_in_force)

    @api.model
    def _settle_interrupted(self):
        """Close the log of runs whose process died, and ask for full ones again."""
        engine = self.env["customer.policy.engine"]
        for run in self.sudo().search([("state", "=", "running")]):
            if not engine._try_lock(run.company_id):
                continue  # it is alive
            message = run._for_reader().env._("The run was cut off.")
            run.write({**run._failure(message), "date_end": fields.Datetime.now()})
            run._forget_progress()
            run._alert()
            if run.kind == "full":
                self._request(run.company_id)

    @api.model
    def _work_off(self):
        """Execute waiting runs one after the other, as far as the job's time goes; returns whether none is left."""
        cron = self.env["ir.cron"]
        waiting = self.sudo().search([("state", "=", "waiting")], order="id")
        cron._commit_progress(remaining=len(waiting))
        for position, run in enumerate(waiting, 1):
            if run.try_lock_for_update() and run.state == "waiting":
                run._execute()
            if not cron._commit_progress(1):
                return position == len(waiting)
        return True

    def _execute(self, partner_ids=None):
        """Run the engine for this entry; its outcome is committed, success or failure."""
        self.ensure_one()
        self.write({"state": "running", "date_start": fields.Datetime.now(), "error": False})
        commit = self.env["ir.cron"]._commit_progress
        commit()
        with self.env["customer.policy.engine"]._alone(self.company_id):
            commit()  # what was read while another job worked is outdated
            started = monotonic()
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    vals = self._work(partner_ids)
                    commit()
                    break
                except CONFLICTS:
                    # Somebody changed, marked or deleted a customer meanwhile; the next attempt reads it.
                    self._rollback()
                    if attempt == ATTEMPTS:
                        vals = self._failure(
                            self._for_reader().env._("Other changes kept getting in the way. Run it again.")
                        )
                except Exception as error:
                    self._rollback()
                    _logger.exception("Customer policy run of %s failed", self.company_id.name)
                    vals = self._failure(str(error))
                    break
            self._forget_progress()
            self.write({**vals, "date_end": fields.Datetime.now(), "seconds": monotonic() - started})
            if self.state == "failed":
                self._alert()
            commit()

    def _work(self, partner_ids):
        engine = self.env["customer.policy.engine"]
        run = engine._run(self.company_id, partner_ids, log=self, progress=self._report)
        if run is None:
            return {"state": "done"}
        counts = run.counts
        changed = bool(counts["grades_changed"])
        return {
            "state": "done",
            "policy_id": run.policy.id,
            "rows_read": counts["documents"],
            "customer_count": counts["customers"],
            "rows_written": counts["updated"] + counts["created"] + counts["deleted"],
            "grades_changed": counts["grades_changed"],
            "step_seconds": [list(item) for item in run.seconds.items()],
            "thresholds": [[*key, *value] for key, value in run.thresholds.items()] if changed else False,
        }

    def _failure(self, message):
        return {"state": "failed", "error": message}

    def _for_reader(self):
        """This run in the language of who reads what it says."""
        return self.with_context(lang=self._answerable().lang)

    def _rollback(self):
        self.env.cr.rollback()
        self.env.invalidate_all(flush=False)

    def _report(self, step, fraction):
        """Let others see the progress at once, in a transaction of its own."""
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """INSERT INTO customer_policy_progress (run_key, step, percent) VALUES (%s, %s, %s)
                       ON CONFLICT (run_key) DO UPDATE SET step = EXCLUDED.step, percent = EXCLUDED.percent""",
                    self.id,
                    step,
                    100 * fraction,
                )
            )

    def _forget_progress(self):
        self.env["customer.policy.progress"].sudo().search([("run_key", "in", self.ids)]).unlink()

    def _alert(self):
        """An activity for who may act on a failed run."""
        policy = self.env["customer.policy"]._get_in_force(self.company_id)
        owner = self._answerable()
        if policy and owner:
            policy = policy.with_context(lang=owner.lang)
            summary = policy.env._("The grading of customers failed")
            policy._remind("mail.mail_activity_data_warning", summary, [self.error], owner)

    def _answerable(self):
        """Who is told of a failure: the policy owner if still a manager, else another one."""
        owner = self.env["customer.policy"]._get_in_force(self.company_id).owner_id
        managers = self.env.ref("customer_policy.group_customer_manager").all_user_ids.filtered("active")
        return owner if owner in managers else managers[:1]

    # ------------------------------------------------------------ what changed

    @api.model
    def _last_done(self, companies):
        """{company id: {"full": datetime, "any": datetime}} of the last complete runs."""
        groups = self._read_group(
            [("company_id", "in", companies.ids), ("state", "=", "done")], ["company_id", "kind"], ["date_start:max"]
        )
        found = defaultdict(dict)
        for company, kind, date in groups:
            found[company.id][kind] = date
            found[company.id]["any"] = max(date, found[company.id].get("any", date))
        return found

    @api.model
    def _changed_partners(self, company):
        """Commercial partners with documents changed since the last run; [] before the first full run."""
        last = self.sudo()._last_done(company).get(company.id, {})
        if "full" not in last:
            return []
        self.env.flush_all()
        since = last["any"] - OVERLAP
        changed = SQL(" UNION ").join(self._changed_sources(company, since).values())
        query = SQL(
            """SELECT partner.commercial_partner_id
                 FROM (%(changed)s) changed JOIN res_partner partner ON partner.id = changed.partner_id
                UNION
               SELECT profile.partner_id  -- has become the contact of another
                 FROM (%(changed)s) changed JOIN customer_profile profile ON profile.partner_id = changed.partner_id""",
            changed=changed,
        )
        return [partner_id for [partner_id] in self.env.execute_query(query)]

    @api.model
    def _changed_sources(self, company, since):
        """SELECT partner_id of changed documents, by source name."""
        return {
            "invoice": SQL(
                """SELECT commercial_partner_id AS partner_id FROM account_move
                    WHERE write_date >= %s AND move_type IN %s AND company_id = %s""",
                since,
                CUSTOMER_MOVES,
                company.id,
            ),
            "external": SQL(
                "SELECT partner_id FROM customer_external_sale WHERE write_date >= %s AND company_id = %s",
                since,
                company.id,
            ),
            "quotation": SQL(
                "SELECT partner_id FROM sale_order WHERE write_date >= %s AND company_id = %s", since, company.id
            ),
            "lead": SQL("SELECT partner_id FROM crm_lead WHERE write_date >= %s AND partner_id IS NOT NULL", since),
            "partner": SQL("SELECT id FROM res_partner WHERE write_date >= %s", since),
            "change": SQL("SELECT partner_id FROM customer_policy_change WHERE date >= %s", since),
        }


class CustomerPolicyProgress(models.Model):
    """How far a run has come. A table of its own, as the run's row must not change while it works."""

    _name = "customer.policy.progress"
    _description = "Customer Policy Run Progress"
    _log_access = False

    run_key = fields.Integer(required=True)
    step = fields.Char()
    percent = fields.Float()

    _run_unique = models.UniqueIndex("(run_key)")

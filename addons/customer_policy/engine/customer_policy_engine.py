import logging
from contextlib import contextmanager
from time import monotonic

from dateutil.relativedelta import relativedelta
from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL

from ..models.customer_rfm_scheme import SCORES
from .context import STAGE, RunContext, collected

_logger = logging.getLogger(__name__)

# Sorts and hashes of a run stay in memory; the limit holds for its transaction only.
WORK_MEM = "256MB"
# Name of the advisory lock that a job of a company holds.
LOCK = SQL("hashtext('customer.policy.engine')")
# What a run leaves as it is when there are no thresholds to score by.
SCORING_STEPS = ("assign", "rfm", "score", "grade")


class CustomerPolicyEngine(models.AbstractModel):
    """Brings customer profiles up to date: documents → metrics → scores → stage and grade.

    A run is a pipeline of named steps that work set-based on a staging table of this transaction; the last
    one merges the rows that differ into `customer.profile`, with the history of grades. An addon inserts
    a step by overriding `_steps` and defining `_step_<name>(run)`; it may read and update the columns of
    the staging table, which are those of `customer.profile`.

    A full run costs one pass over the documents. A run for some customers uses the same statements,
    restricted to them, and the thresholds of the last full run.
    """

    _name = "customer.policy.engine"
    _description = "Customer Policy Engine"

    @api.model
    def _steps(self):
        # Schemes may ask for segments and for the company's own metrics, the re-check depends on the grade.
        return ["collect", "metrics", "classify", "assign", "rfm", "score", "grade", "recheck", "merge"]

    @api.model
    def _run(self, company, partner_ids=None, *, log=None, progress=None):
        """Bring the customers of `company` up to date in the current transaction.

        :param partner_ids: commercial partners; None for all customers
        :param log: `customer.policy.run` record that grade changes point at
        :param progress: called with (step name, fraction done) before each step
        :return: the `RunContext`, or None where no policy is in force
        """
        # Whoever asks: same rights, same language, archived records apart.
        self = self.with_user(SUPERUSER_ID).with_context({}).with_company(company)  # pylint: disable=context-overridden
        company = self.env.company
        policy = self.env["customer.policy"]._get_in_force(company)
        if not policy:
            return None
        today = company._customer_policy_today()
        run = RunContext(
            company=company,
            policy=policy,
            today=today,
            window_start=today - relativedelta(months=12),
            partner_ids=None if partner_ids is None else sorted(set(partner_ids)),
            log=log or self.env["customer.policy.run"],
        )
        steps = self._steps()
        if not run.is_full:
            run.thresholds = self.env["customer.policy.threshold"]._load(company)
            if self._lacks_thresholds(run):
                # Nothing to compare with: metrics now, grades by the full run that is asked for.
                steps = [name for name in steps if name not in SCORING_STEPS]
                self.env["customer.policy.run"]._request(company)
        self.env.flush_all()
        if not run.is_full:
            contacts = SQL("SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%s)", run.partner_ids)
            run.contact_ids = [partner_id for [partner_id] in self.env.execute_query(contacts)]
        with self._database_settings({"work_mem": WORK_MEM}):
            for position, name in enumerate(steps):
                if progress:
                    progress(name, position / len(steps))
                start = monotonic()
                getattr(self, f"_step_{name}")(run)
                run.seconds[name] = round(monotonic() - start, 3)
        self.env.cr.execute(SQL("DROP TABLE %s, %s", SQL.identifier(STAGE), collected("document")))
        self.env.invalidate_all()
        return run

    def _lacks_thresholds(self, run):
        """Whether a rule in force has not been cut by a full run yet: just published, or a new company."""
        schemes = run.policy._get_rules("customer.grade.scheme")
        quantiles = schemes.criterion_ids.filtered(lambda criterion: criterion.method == "quantile")
        needed = {(criterion._name, criterion.id, "value") for criterion in quantiles}
        needed |= {(scheme._name, scheme.id, "score") for scheme in schemes}
        for scheme in run.policy._get_rules("customer.rfm.scheme"):
            needed |= {(scheme._name, scheme.id, score) for score in SCORES}
        return bool(needed - run.thresholds.keys())

    @api.model
    @contextmanager
    def _alone(self, company):
        """Wait until no other job works on a company, and keep others waiting while the block runs, whatever it
        commits and rolls back: the night's run and that of the last changes may meet."""
        self.env.cr.execute(SQL("SELECT pg_advisory_lock(%s, %s)", LOCK, company.id))
        try:
            yield
        except Exception:
            self.env.cr.rollback()
            raise
        finally:
            self.env.cr.execute(SQL("SELECT pg_advisory_unlock(%s, %s)", LOCK, company.id))

    @api.model
    def _try_lock(self, company):
        """Whether no job works on a company; then none begins until the end of this transaction."""
        [[locked]] = self.env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK, company.id))
        return locked

    @contextmanager
    def _database_settings(self, settings):
        """Settings of the database session while a block runs, {name: text}."""
        names = list(settings)
        [before] = self.env.execute_query(
            SQL("SELECT %s", SQL(", ").join(SQL("current_setting(%s)", name) for name in names))
        )
        self._set_database_settings(settings)
        yield
        self._set_database_settings(dict(zip(names, before, strict=True)))

    def _set_database_settings(self, settings):
        calls = (SQL("set_config(%s, %s, true)", name, value) for name, value in settings.items())
        self.env.cr.execute(SQL("SELECT %s", SQL(", ").join(calls)))

    def _update_stage(self, run, assignments, joins=None):
        """Set columns of all rows of the staging table, which has the alias `s`.

        A full run writes the table anew: PostgreSQL keeps each old version of an updated row until the transaction
        ends, so that every step would read the rows of all steps before it.

        :param assignments: {column: SQL over `s` and what is joined}
        :param joins: SQL of LEFT JOINs with one row per customer at most, if any
        """
        types = self._stage_types()
        source = SQL("FROM %s s %s", SQL.identifier(STAGE), joins or SQL())
        values = {
            name: SQL("CAST(%s AS %s) AS %s", value, SQL(types[name]), SQL.identifier(name))
            for name, value in assignments.items()
        }
        if run.is_full:
            columns = [values.get(name, SQL.identifier("s", name)) for name in types]
            self.env.cr.execute(
                SQL(
                    """CREATE TEMPORARY TABLE %(new)s ON COMMIT DROP AS SELECT %(columns)s %(source)s;
                       DROP TABLE %(old)s;
                       ALTER TABLE %(new)s RENAME TO %(old)s""",
                    new=SQL.identifier(f"{STAGE}_new"),
                    old=SQL.identifier(STAGE),
                    columns=SQL(", ").join(columns),
                    source=source,
                )
            )
            self._analyze_stage()
            return
        self.env.cr.execute(
            SQL(
                "UPDATE %s s SET %s FROM (SELECT s.partner_id, %s %s) v WHERE v.partner_id = s.partner_id",
                SQL.identifier(STAGE),
                SQL(", ").join(SQL("%s = v.%s", SQL.identifier(name), SQL.identifier(name)) for name in values),
                SQL(", ").join(values.values()),
                source,
            )
        )

    def _analyze_stage(self):
        self.env.cr.execute(SQL("ANALYZE %s (id, partner_id)", SQL.identifier(STAGE)))

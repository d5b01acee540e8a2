from odoo import fields, models
from odoo.tools import SQL

from .context import STAGE

BATCH = 1000


class CustomerPolicyEngine(models.AbstractModel):
    """Last step: write what differs, with the history of grades, and tell who listens."""

    _inherit = "customer.policy.engine"

    def _step_merge(self, run):
        run.counts["grades_changed"] = self._add_history(run)
        run.counts["updated"] = self._update_profiles(run)
        run.counts["created"] = self._insert_profiles(run)
        run.counts["deleted"] = self._delete_profiles(run)
        if run.is_full:
            self.env["customer.policy.threshold"]._save(run.company, run.thresholds)
        if run.counts["grades_changed"]:
            domain = [("run_id", "=", run.log.id)] if run.log else [("date", "=", run.counts["history_date"])]
            changes = self.env["customer.grade.history"].search([("company_id", "=", run.company.id), *domain])
            for start in range(0, len(changes), BATCH):
                self._on_grades_changed(run, changes[start : start + BATCH])

    def _on_grades_changed(self, run, changes):
        """Hook: `changes` are up to 1,000 new rows of the grade history, written in this transaction."""

    def _stage_columns(self):
        """Stored columns of customer.profile."""
        profile_fields = self.env["customer.profile"]._fields.values()
        return [f.name for f in profile_fields if f.store and f.column_type and f.name not in models.MAGIC_COLUMNS[1:]]

    def _engine_columns(self):
        """Those that the engine owns; fields entered by people or added in the database are theirs."""
        profile = self.env["customer.profile"]
        excluded = {"id", "partner_id", "company_id"} | profile._entered_fields()
        return [name for name in self._stage_columns() if name not in excluded and not profile._fields[name].manual]

    def _update_profiles(self, run):
        columns = self._engine_columns()

        def row(alias):
            return SQL("(%s)", SQL(", ").join(SQL.identifier(alias, name) for name in columns))

        self.env.cr.execute(
            SQL(
                """UPDATE customer_profile p SET %s
                     FROM %s s WHERE p.id = s.id AND %s IS DISTINCT FROM %s""",
                SQL(", ").join(SQL("%s = %s", SQL.identifier(name), SQL.identifier("s", name)) for name in columns),
                SQL.identifier(STAGE),
                row("p"),
                row("s"),
            )
        )
        return self.env.cr.rowcount

    def _insert_profiles(self, run):
        names = SQL(", ").join(SQL.identifier(name) for name in ["partner_id", "company_id", *self._engine_columns()])
        self.env.cr.execute(
            SQL(
                "INSERT INTO customer_profile (%(names)s) SELECT %(names)s FROM %(stage)s WHERE id IS NULL",
                names=names,
                stage=SQL.identifier(STAGE),
            )
        )
        return self.env.cr.rowcount

    def _delete_profiles(self, run):
        """Partners that are no customers any more: merged, moved under a company, documents gone."""
        scope = SQL("TRUE") if run.is_full else SQL("p.partner_id = ANY(%s)", run.partner_ids)
        self.env.cr.execute(
            SQL(
                """DELETE FROM customer_profile p WHERE p.company_id = %s AND %s
                      AND NOT EXISTS (SELECT FROM %s s WHERE s.partner_id = p.partner_id)""",
                run.company.id,
                scope,
                SQL.identifier(STAGE),
            )
        )
        return self.env.cr.rowcount

    def _add_history(self, run):
        """One row of history per changed grade, with the inputs that led to it."""
        run.counts["history_date"] = date = fields.Datetime.now()
        schemes = SQL(" ").join(
            SQL("WHEN %s THEN %s", scheme.id, self._inputs_sql(run, scheme)) for scheme in run.schemes
        )
        clauses = SQL(" ").join(
            SQL("WHEN %s THEN %s", scheme.id, scheme.clause_id.display_name) for scheme in run.schemes
        )
        clause_ids = SQL(" ").join(SQL("WHEN %s THEN %s", scheme.id, scheme.clause_id.id) for scheme in run.schemes)
        none = SQL("NULL")
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_grade_history
                          (partner_id, company_id, date, previous_grade_id, grade_id, score, reason, is_upgrade,
                           policy_id, clause_id, clause, inputs, override_id, run_id)
                   SELECT s.partner_id, s.company_id, %(date)s, p.grade_id, s.grade_id, s.grade_score,
                          CASE WHEN s.override_id IS NOT NULL THEN 'override'
                               WHEN p.override_id IS NOT NULL THEN 'override_end'
                               ELSE 'computed' END,
                          COALESCE(new.sequence < old.sequence, p.grade_id IS NULL),
                          %(policy)s, %(clause_id)s, %(clause)s, %(inputs)s, s.override_id, %(run)s
                     FROM %(stage)s s
                LEFT JOIN customer_profile p ON p.id = s.id
                LEFT JOIN customer_grade new ON new.id = s.grade_id
                LEFT JOIN customer_grade old ON old.id = p.grade_id
                    WHERE s.grade_id IS DISTINCT FROM p.grade_id""",
                date=date,
                policy=run.policy.id,
                clause_id=SQL("CASE s.grade_scheme_id %s END", clause_ids) if run.schemes else none,
                clause=SQL("CASE s.grade_scheme_id %s END", clauses) if run.schemes else none,
                inputs=SQL("CASE s.grade_scheme_id %s END", schemes) if run.schemes else none,
                run=run.log.id or None,
                stage=SQL.identifier(STAGE),
            )
        )
        return self.env.cr.rowcount

    def _inputs_sql(self, run, scheme):
        """The arithmetic of a score as jsonb: one object per criterion."""
        parts = []
        for criterion in scheme.criterion_ids:
            metric = self.env["customer.profile"]._metric_sql(criterion.metric, "s", run.today)
            points = self._criterion_points(run, criterion)
            parts.append(
                SQL(
                    "jsonb_build_object('id', %s, 'metric', %s, 'value', %s, 'points', ROUND(%s, 2), 'weight', %s)",
                    criterion.id,
                    criterion.metric,
                    metric,
                    points,
                    criterion.weight,
                )
            )
        return SQL("jsonb_build_array(%s)", SQL(", ").join(parts))

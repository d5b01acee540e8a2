import logging
from datetime import datetime, time

import pytz
from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class CustomerPolicyEngine(models.AbstractModel):
    """Metrics that the company defined itself (`customer.metric`)."""

    _inherit = "customer.policy.engine"

    def _engine_columns(self):
        """The columns of defined metrics are the engine's, though a company added them."""
        return [*super()._engine_columns(), *self._metric_columns()]

    def _metric_columns(self):
        profile = self.env["customer.profile"]
        return sorted(name for name in self.env["customer.metric"]._column_names() if name in profile._fields)

    def _step_metrics(self, run):
        """Fill the columns of all defined metrics in one pass; those that this company's policy lacks are emptied."""
        columns = self._metric_columns()
        if not columns:
            return
        metrics = {metric.technical_name: metric for metric in self._computable_metrics(run)}
        values = {name: SQL("NULL") for name in columns}
        joins = []
        for position, name in enumerate(name for name in columns if name in metrics):
            alias = SQL.identifier(f"m{position}")
            is_number = metrics[name].aggregate in ("count", "count_distinct", "sum")
            value = SQL("%s.value", alias)
            values[name] = SQL("COALESCE(%s, 0)", value) if is_number else value
            query = self._metric_query(run, metrics[name])
            joins.append(SQL("LEFT JOIN (%s) %s ON %s.partner_id = s.partner_id", query, alias, alias))
        self._update_stage(run, values, SQL(" ").join(joins))

    def _computable_metrics(self, run):
        """Metrics in force, without those whose model or field has gone with its addon.

        Where a rule builds on such a metric the run fails, so that nobody is graded by its absence; otherwise its
        column is emptied and the policy owner told.
        """
        metrics = run.policy._get_rules("customer.metric")
        broken = metrics.filtered(lambda metric: metric._get_problem())
        for metric in broken:
            problem = metric._get_problem()
            if metric._find_user() is not None:
                raise UserError(problem)
            _logger.info("Metric %s is not computed: %s", metric.technical_name, problem)
            run.policy._remind("mail.mail_activity_data_warning", self.env._("A metric can't be computed"), problem)
        return metrics - broken

    def _metric_query(self, run, metric):
        """SELECT of partner_id (commercial) and value."""
        records = self.env[metric.model].with_context(active_test=True)
        domain = metric._get_domain() & self._metric_scope(run, metric, records)
        query = records._search(domain, order=None)
        customer = query.make_alias(query.table, "customer")
        contact = records._field_to_sql(query.table, metric.partner_field, query)
        query.add_join("JOIN", customer, "res_partner", SQL("%s = %s", SQL.identifier(customer, "id"), contact))
        partner = SQL.identifier(customer, "commercial_partner_id")
        return SQL(
            "SELECT %s AS partner_id, %s AS value FROM %s WHERE %s GROUP BY %s",
            partner,
            self._metric_value(run, metric, records, query),
            query.from_clause,
            query.where_clause or SQL("TRUE"),
            partner,
        )

    def _metric_scope(self, run, metric, records):
        """Whose records of which company and time count. Those without a company count for every one."""
        domain = Domain(metric.partner_field, "!=", False)
        if run.contact_ids is not None:
            domain &= Domain(metric.partner_field, "in", run.contact_ids)
        company = records._fields.get("company_id")
        if company is not None and company.store and company.comodel_name == "res.company":
            domain &= Domain("company_id", "in", [run.company.id, False])
        window = metric._get_window(run.today)
        if window:
            start, end = window
            if records._fields[metric.date_field].type == "datetime":
                start, end = (self._midnight(run, day) for day in window)
            domain &= Domain(metric.date_field, ">=", start) & Domain(metric.date_field, "<", end)
        return domain

    def _midnight(self, run, day):
        """The beginning of a day of the policy's time zone, in UTC as datetimes are stored."""
        zone = pytz.timezone(run.company.customer_policy_tz or "UTC")
        return zone.localize(datetime.combine(day, time.min)).astimezone(pytz.utc).replace(tzinfo=None)

    def _metric_value(self, run, metric, records, query):
        """SQL of the aggregate; exact numerics, so that a second run finds the same."""
        if metric.aggregate == "count":
            return SQL("COUNT(*)")
        value = records._field_to_sql(query.table, metric.value_field, query)
        kind = records._fields[metric.value_field].type
        if metric.aggregate == "count_distinct":
            return SQL("COUNT(DISTINCT %s)", value)
        function = SQL(metric.aggregate.upper())
        if kind == "datetime":
            zone = run.company.customer_policy_tz or "UTC"
            return SQL("%s(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", function, value, zone)
        if kind == "date":
            return SQL("%s(%s)", function, value)
        digits = run.company.currency_id.decimal_places if metric._get_value_type() == "monetary" else 6
        return SQL("ROUND(%s(%s::numeric), %s)", function, value, digits)

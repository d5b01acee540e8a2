from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..fields import UncheckedMany2one

LIFECYCLE_STAGES = [
    ("prospect", "Prospect"),
    ("first_purchase", "First Purchase"),
    ("repeat", "Repeat"),
    ("loyal", "Loyal"),
    ("dormant", "Dormant"),
    ("lost", "Lost"),
]
RFM_SEGMENTS = [
    ("champions", "Champions"),
    ("loyal", "Loyal"),
    ("potential_loyalist", "Potential Loyalist"),
    ("new", "New"),
    ("promising", "Promising"),
    ("need_attention", "Need Attention"),
    ("about_to_sleep", "About to Sleep"),
    ("at_risk", "At Risk"),
    ("cannot_lose", "Cannot Lose"),
    ("hibernating", "Hibernating"),
    ("lost", "Lost"),
]
EPOCH = date(1970, 1, 1)
# What users write; who and when follows from it.
ENTERED_FIELDS = {"is_marked", "potential_estimate"}
# An estimate with its day and person.
POTENTIAL = {"potential_estimate", "potential_date", "potential_user_id"}
METRIC_TYPES = ("integer", "float", "monetary", "date")


class CustomerProfile(models.Model):
    """Every number that a policy looks at, one row per customer (commercial partner) and company.

    The engine writes these rows in bulk (`customer.policy.engine`); numeric and date fields are the
    metrics that rules may use. Amounts are untaxed and in company currency.
    """

    _name = "customer.profile"
    _description = "Customer Profile"
    _order = "partner_id, company_id, id"
    _rec_name = "partner_id"
    _log_access = False

    partner_id = fields.Many2one("res.partner", string="Customer", required=True, readonly=True, ondelete="cascade")
    company_id = UncheckedMany2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    as_of = fields.Datetime(compute="_compute_as_of", help="When these numbers were last brought up to date.")

    is_marked = fields.Boolean("Marked as Customer", help="Kept as a customer although there is no document yet.")
    potential_estimate = fields.Monetary("Estimated Yearly Potential", help="What this customer could buy in a year.")
    potential_date = fields.Date("Potential Estimated On", readonly=True)
    potential_user_id = fields.Many2one("res.users", string="Potential Estimated By", readonly=True)

    first_purchase_date = fields.Date("First Purchase", readonly=True)
    last_purchase_date = fields.Date("Last Purchase", readonly=True)
    purchase_count = fields.Integer(
        "Purchases", readonly=True, help="Orders and stand-alone invoices not fully returned."
    )
    purchase_count_12m = fields.Integer("Purchases, 12 Months", readonly=True)
    revenue_total = fields.Monetary("Revenue", readonly=True)
    revenue_12m = fields.Monetary("Revenue, 12 Months", readonly=True)
    revenue_share_12m = fields.Float(
        "Revenue Share, 12 Months", digits=(16, 6), readonly=True, help="Part of the company's revenue, 0 to 1."
    )
    avg_purchase_value = fields.Monetary("Average Purchase", readonly=True, aggregator="avg")
    avg_interval_days = fields.Float(
        "Days Between Purchases",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Average; from two purchases on.",
    )
    overdue_amount = fields.Monetary("Overdue", readonly=True)
    avg_days_to_pay = fields.Float(
        "Days to Pay", digits=(16, 1), readonly=True, aggregator="avg", help="Average from invoice to last payment."
    )
    pipeline_amount = fields.Monetary("Open Pipeline", readonly=True, help="Expected revenue of open opportunities.")
    potential_value = fields.Monetary(
        "Potential", readonly=True, help="The estimate entered by hand; without one, the open pipeline."
    )
    loyalty_index = fields.Float(
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="0 to 100 from tenure, active months and repeat purchases, weighted by the figures of the policy.",
    )
    last_contact_date = fields.Date("Last Contact", readonly=True, help="Mail exchanged, call or meeting.")

    recency_score = fields.Integer("R", readonly=True, aggregator="avg")
    frequency_score = fields.Integer("F", readonly=True, aggregator="avg")
    monetary_score = fields.Integer("M", readonly=True, aggregator="avg")
    rfm_scheme_id = UncheckedMany2one("customer.rfm.scheme", string="RFM Scheme", readonly=True)
    rfm_segment = fields.Selection(RFM_SEGMENTS, "RFM Segment", readonly=True)
    lifecycle_stage = fields.Selection(LIFECYCLE_STAGES, readonly=True)

    grade_id = UncheckedMany2one("customer.grade", readonly=True)
    grade_color = fields.Integer(related="grade_id.color", string="Grade Color")
    grade_score = fields.Float(digits=(16, 2), readonly=True, aggregator="avg", help="0 to 100.")
    grade_scheme_id = UncheckedMany2one("customer.grade.scheme", string="Grading Scheme", readonly=True)
    computed_grade_id = UncheckedMany2one(
        "customer.grade", readonly=True, help="By the policy; an override may replace it."
    )
    below_since = fields.Date(readonly=True, help="Since when the score has been below the present grade.")
    override_id = UncheckedMany2one("customer.grade.override", readonly=True)
    history_ids = fields.One2many("customer.grade.history", compute="_compute_history_ids", string="Grade History")

    # With the grade, so that lists of contacts are sorted and grouped by it from the index alone.
    _partner_company_unique = models.UniqueIndex("(partner_id, company_id) INCLUDE (grade_id)")
    _company_grade_idx = models.Index("(company_id, grade_id)")

    @api.depends("partner_id.display_name")
    def _compute_display_name(self):
        for profile in self:
            profile.display_name = profile.partner_id.display_name

    @api.depends("company_id")
    def _compute_as_of(self):
        runs = self.env["customer.policy.run"].sudo()._last_done(self.company_id)
        for profile in self:
            profile.as_of = runs.get(profile.company_id.id, {}).get("any")

    def _compute_history_ids(self):
        history = self.env["customer.grade.history"].search([("partner_id", "in", self.partner_id.ids)])
        for profile in self:
            profile.history_ids = history.filtered(
                lambda row, p=profile: row.partner_id == p.partner_id and row.company_id == p.company_id
            )

    def write(self, vals):
        if not self.env.su and set(vals) - ENTERED_FIELDS - self._manual_fields():
            raise AccessError(self.env._("The numbers of a customer profile are computed; nobody may rewrite them."))
        if "potential_estimate" in vals:
            today = (self.company_id[:1] or self.env.company)._customer_policy_today()
            vals = {"potential_date": today, "potential_user_id": self.env.uid, **vals}
        if ENTERED_FIELDS & set(vals):
            self.env["customer.policy.change"]._remember(self.partner_id)
        return super().write(vals)

    @api.model
    def _manual_fields(self):
        """Fields that the company added itself."""
        return {name for name, field in self._fields.items() if field.manual}

    @api.model
    def _entered_fields(self):
        """Columns that people fill, directly or by what they enter; all others belong to the engine."""
        return ENTERED_FIELDS | POTENTIAL

    def _entries_to_keep(self):
        """What people entered into profiles that become one: the first one's, else what the others have."""
        names = self._entered_fields() | self._manual_fields()
        stored = [name for name in names if self._fields[name].column_type]
        estimated = self.filtered("potential_estimate").sorted(
            lambda profile: (profile == self[:1], profile.potential_date or date.min), reverse=True
        )
        return {
            **{name: self._first_entry(self, name) for name in stored},
            **{name: self._first_entry(estimated[:1], name) for name in POTENTIAL},
        }

    def _first_entry(self, profiles, name):
        return next((p._fields[name].convert_to_write(p[name], p) for p in profiles if p[name]), False)

    @api.model
    def _metric_names(self):
        """Names of the fields that rules may use as a metric."""
        excluded = {"id", "grade_score", "potential_date", "below_since"}
        return [
            name
            for name, field in self._fields.items()
            if field.store and field.type in METRIC_TYPES and name not in excluded
        ]

    @api.model
    def _metric_selection(self):
        """Metrics as options of a selection field, in the user's language."""
        descriptions = self.fields_get(self._metric_names(), ["string"])
        return sorted(((name, values["string"]) for name, values in descriptions.items()), key=lambda item: item[1])

    @api.model
    def _metric_sql(self, name, alias, today, *, higher_is_better=True, relative=False):
        """SQL of a metric as a number that grows with what the rule prefers.

        Dates count as days since 1970-01-01, the same on every day that one looks; `relative` counts from
        `today`, negative in the past, as people write bands.
        """
        column = SQL.identifier(alias, name)
        value = SQL("%s::numeric", column)
        if self._fields[name].type == "date":
            value = SQL("(%s - %s::date)::numeric", column, today if relative else EPOCH)
        return value if higher_is_better else SQL("-(%s)", value)

    def _metric_value(self, name, today, *, higher_is_better=True, relative=False):
        """The same number as `_metric_sql`, of one profile; None where there is none (the ORM would say 0)."""
        self.ensure_one()
        self.flush_recordset([name])
        number = self._metric_sql(name, "p", today, higher_is_better=higher_is_better, relative=relative)
        [[value]] = self.env.execute_query(SQL("SELECT %s FROM customer_profile p WHERE p.id = %s", number, self.id))
        return None if value is None else float(value)

    def action_open_partner(self):
        self.ensure_one()
        return self.partner_id._get_records_action()

    def action_explain_grade(self):
        """Open “Why this grade?” for this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why this grade?"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("customer_policy.customer_profile_view_form_explanation").id, "form")],
            "target": "new",
        }

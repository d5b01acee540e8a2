import re
from itertools import count

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..condition import describe_condition
from ..normalize import text
from ..words import join_names

PROFILE = "customer.profile"
NAME = re.compile(r"x_[a-z][a-z0-9_]{0,50}")
LONGEST_STEM = 45
NUMBERS = ("integer", "float", "monetary")
DATES = ("date", "datetime")
AGGREGATES = [
    ("count", "Number of records"),
    ("count_distinct", "Number of different values"),
    ("sum", "Sum"),
    ("avg", "Average"),
    ("min", "Smallest or earliest"),
    ("max", "Largest or latest"),
]
UNITS = [("all", "All time"), ("days", "Days"), ("months", "Months")]
DEFINITION = (
    "technical_name", "model", "partner_field", "domain", "aggregate", "value_field", "date_field",
)  # fmt: skip
# Changed after it was made, a metric would be another one.
FIXED = {"technical_name", "model"}


class CustomerMetric(models.Model):
    """A metric that a company defines itself: records of any model that name a contact, aggregated by customer.

    The definition is a rule of the policy version. Its value is a column of the customer profile, made with the first
    version that has it and dropped with the last one; the engine fills it by the version in force. Whoever may see the
    profile sees the value, whatever they may see of the records behind it; so only managers define metrics, over what
    they may read themselves.
    """

    _name = "customer.metric"
    _description = "Customer Metric"
    _inherit = "customer.policy.rule"

    name = fields.Char(required=True, translate=True)
    technical_name = fields.Char(
        required=True,
        compute="_compute_technical_name",
        store=True,
        readonly=False,
        precompute=True,
        copy=True,
        help="The field of the customer profile; begins with x_. Can't be changed later.",
    )
    model = fields.Selection(lambda self: self._model_selection(), "Records", required=True)
    partner_field = fields.Char("Contact Field", required=True, default="partner_id", help="Names the customer.")
    domain = fields.Char("Condition", required=True, default="[]")
    aggregate = fields.Selection(AGGREGATES, required=True, default="count")
    value_field = fields.Char(help="What is added up, averaged or compared.")
    date_field = fields.Char(help="The date that decides whether a record lies in the window.")
    window_unit = fields.Selection(UNITS, "Window", required=True, default="all")
    window_length = fields.Integer(default=12)
    value_type = fields.Char(compute="_compute_value_type")

    _name_unique = models.UniqueIndex("(policy_id, technical_name)", "Another metric of this version has this name.")

    @api.model
    def _model_selection(self):
        """Models with a stored many2one to a contact that the user may read."""
        found = [
            name
            for name, model in self.env.items()
            if not model._abstract
            and not model._transient
            and any(self._is_partner_field(field) for field in model._fields.values())
        ]
        labels = self.env["ir.model"].sudo().search_fetch([("model", "in", found)], ["model", "name"])
        return sorted(((model.model, model.name) for model in labels), key=lambda item: item[1])

    @api.model
    def _is_partner_field(self, field):
        return (
            field is not None
            and field.type == "many2one"
            and field.store
            and field.comodel_name == "res.partner"
            and not field.company_dependent
        )

    @api.depends("name")
    def _compute_technical_name(self):
        """Chinese in pinyin; the first name that neither another metric nor a field of the profile has."""
        taken = {*self._column_names(), *self.env[PROFILE]._fields, *self.mapped("technical_name")}
        for metric in self:
            if not metric.technical_name and metric.name:
                words = re.sub(r"[^a-z0-9]+", "_", text.pinyin(text.fold(metric.name))).strip("_") or "metric"
                words = words if words[0].isalpha() else f"metric_{words}"
                stem = f"x_{words}"[:LONGEST_STEM].rstrip("_")
                names = (f"{stem}_{number}" if number > 1 else stem for number in count(1))
                metric.technical_name = next(name for name in names if name not in taken)
                taken.add(metric.technical_name)

    @api.depends("aggregate", "model", "value_field")
    def _compute_value_type(self):
        for metric in self:
            metric.value_type = metric._get_value_type()

    def _get_value_type(self):
        """Type of the column: a field type of Odoo."""
        self.ensure_one()
        if self.aggregate in ("count", "count_distinct"):
            return "integer"
        field = self._get_field("value_field")
        if field is not None and field.type in DATES:
            return "date"
        return "monetary" if field is not None and field.type == "monetary" else "float"

    def _get_field(self, setting):
        """The field that `setting` names, None where there is none (any more)."""
        model = self.env.get(self.model)
        return model._fields.get(self[setting]) if model is not None and self[setting] else None

    # ------------------------------------------------------------ checks

    @api.constrains("technical_name")
    def _check_technical_name(self):
        for metric in self:
            if not NAME.fullmatch(metric.technical_name or ""):
                raise ValidationError(
                    self.env._("“%s”: a technical name begins with x_, then small letters, digits and _.", metric.name)
                )

    @api.constrains(
        "model", "partner_field", "domain", "aggregate", "value_field", "date_field", "window_unit", "window_length"
    )
    def _check_definition(self):
        for metric in self:
            problem = metric._get_problem()
            if problem:
                raise ValidationError(problem)
            metric._check_readable()

    def _check_readable(self):
        """What somebody may not read, no metric may tell them; the fields that the condition asks for count, too.

        Asked as the user, as constraints run as sudo. What another version has defined already is taken over by
        whoever drafts the next one.
        """
        if self._is_taken_over():
            return
        records = self.with_user(self.env.uid).env[self.model]
        try:
            records.check_access("read")
            for setting in ("partner_field", "value_field", "date_field"):
                if self[setting]:
                    records._check_field_access(records._fields[self[setting]], "read")
            records._search(self._get_domain(), limit=1)
        except AccessError as error:
            raise ValidationError(
                self.env._("“%(metric)s” asks for what you may not read: %(error)s", metric=self.name, error=error)
            ) from error

    def _is_taken_over(self):
        same = [(name, "=", self[name]) for name in DEFINITION]
        others = self.sudo().with_context(active_test=False)
        return bool(
            others.search_count([*same, ("id", "!=", self.id), ("policy_id", "!=", self.policy_id.id)], limit=1)
        )

    def _get_domain(self):
        """The condition on the records as a `Domain`."""
        self.ensure_one()
        return self._parse_domain(self.domain, self.model)

    def _get_problem(self):
        """What keeps this metric from being computed, in one sentence; None when all is well."""
        self.ensure_one()
        name = self.name
        model = self.env.get(self.model)
        if model is None or model._abstract:
            return self.env._("“%(metric)s”: there is no %(model)s (any more).", metric=name, model=self.model)
        partner_field = self._get_field("partner_field")
        if partner_field is not None and partner_field.company_dependent:
            return self.env._(
                "“%(metric)s”: %(field)s differs from company to company and can't say who the customer is.",
                metric=name,
                field=partner_field._description_string(self.env),
            )
        if not self._is_partner_field(partner_field):
            return self.env._("“%s”: the contact field must be a stored link to a contact.", name)
        try:
            self._get_domain()
        except ValidationError as error:
            return str(error)
        return self._get_value_problem() or self._get_window_problem()

    def _get_value_problem(self):
        if self.aggregate == "count":
            return None
        field = self._get_field("value_field")
        if field is None or not field.store or not field.column_type:
            return self.env._("“%s”: choose a stored field to aggregate.", self.name)
        allowed = {"sum": NUMBERS, "avg": NUMBERS, "min": NUMBERS + DATES, "max": NUMBERS + DATES}.get(self.aggregate)
        if allowed and field.type not in allowed:
            return self.env._("“%(metric)s”: %(field)s is no number.", metric=self.name, field=self.value_field)
        return None

    def _get_window_problem(self):
        if self.window_unit == "all":
            return None
        field = self._get_field("date_field")
        if field is None or not field.store or field.type not in DATES:
            return self.env._("“%s”: a window needs a stored date field.", self.name)
        if not 1 <= self.window_length <= 1200:
            return self.env._("“%s”: a window is from 1 to 1200 days or months long.", self.name)
        return None

    def _get_problems(self):
        problems = [problem for metric in self if (problem := metric._get_problem())]
        profile_fields = self.env[PROFILE]._fields
        return problems + [
            self.env._("“%s” has lost its field on the customer profile. Delete it and make it anew.", metric.name)
            for metric in self
            if metric.technical_name not in profile_fields
        ]

    def _get_warnings(self):
        several = self.env["res.currency"].search_count([], limit=2) > 1
        return [
            self.env._("“%s” adds up amounts of different currencies as they stand.", metric.name)
            for metric in self
            if several and metric._is_foreign_money()
        ]

    def _is_foreign_money(self):
        """Whether the amounts are in a currency of each document rather than in that of the company."""
        field = self._get_field("value_field")
        if field is None or field.type != "monetary":
            return False
        model = self.env[self.model]
        currency = model._fields.get(field.get_currency_field(model) or "")
        return currency is not None and not (currency.related or "").startswith("company_id.")

    def _get_sentence(self):
        self.ensure_one()
        aggregate = dict(self._fields["aggregate"]._description_selection(self.env))[self.aggregate]
        model = self.env.get(self.model)
        parts = [dict(self._model_selection()).get(self.model, self.model)]
        if model is not None:
            parts.append(describe_condition(model, self._get_domain()))
            field = self._get_field("value_field")
            aggregate = f"{aggregate} {field._description_string(self.env)}" if field is not None else aggregate
        if self.window_unit != "all":
            unit = dict(self._fields["window_unit"]._description_selection(self.env))[self.window_unit]
            parts.append(f"{self.window_length} {unit}")
        return self.env._(
            "%(metric)s: %(aggregate)s, %(of)s",
            metric=self.name,
            aggregate=aggregate,
            of=join_names(self.env, [*filter(None, parts)]),
        )

    # ------------------------------------------------------------ life

    @api.model_create_multi
    def create(self, vals_list):
        metrics = super().create(vals_list)
        metrics._make_columns()
        return metrics

    def write(self, vals):
        changed = [name for name in FIXED & set(vals) if any(metric[name] != vals[name] for metric in self)]
        if changed:
            raise UserError(self.env._("The technical name and the records of a metric don't change: make a new one."))
        if vals.get("active") is False:
            self._check_unused()
        types = {metric: metric._get_value_type() for metric in self}
        result = super().write(vals)
        for metric, before in types.items():
            if metric._get_value_type() != before:
                raise UserError(self.env._("“%s” would become another kind of value: make a new metric.", metric.name))
        if "name" in vals:
            for metric in self:
                metric._get_column().with_context(lang=self.env.lang).field_description = metric.name
        return result

    def unlink(self):
        self._check_unused()
        names = set(self.mapped("technical_name"))
        result = super().unlink()
        self.env.registry.clear_cache()
        self._drop_columns(names)
        return result

    def _check_unused(self):
        """No rule of the same version may be left with a metric that nobody computes."""
        for metric in self:
            rule = metric._find_user()
            if rule is not None:
                raise UserError(
                    self.env._(
                        "“%(metric)s” is used by “%(rule)s” (%(kind)s). Change that first.",
                        metric=metric.name,
                        rule=rule.display_name,
                        kind=rule._description,
                    )
                )

    def _find_user(self):
        """A rule of the same version that names this metric, in a selection or in a condition; None without one."""
        self.ensure_one()
        word = re.compile(rf"\b{re.escape(self.technical_name)}\b")
        for model in self._rule_models():
            rules = self.env[model].with_context(active_test=False)
            texts = [
                n for n, f in rules._fields.items() if f.store and f.type in ("char", "selection") and not f.translate
            ]
            if model == self._name or not texts:
                continue
            for rule in rules.search_fetch([("policy_id", "=", self.policy_id.id)], texts):
                if any(word.search(rule[name] or "") for name in texts):
                    return rule
        return None

    # ------------------------------------------------------------ columns of the profile

    @api.model
    @tools.ormcache()
    def _column_names(self):
        """Technical names of the metrics of all versions."""
        metrics = self.sudo().with_context(active_test=False).search_fetch([], ["technical_name"])
        return frozenset(metrics.mapped("technical_name"))

    def _get_column(self):
        return self.env["ir.model.fields"]._get(PROFILE, self.technical_name)

    def _make_columns(self):
        """Give each metric its field; versions of the same metric share one."""
        self.env.registry.clear_cache()
        for metric in self:
            column_sudo, kind = metric._get_column(), metric._get_value_type()
            if not column_sudo:
                metric._create_column_sudo(kind)
            elif column_sudo.ttype != kind or not metric._shares_column():
                raise ValidationError(
                    self.env._(
                        "The customer profile has a field %s of another kind already: choose another technical name.",
                        metric.technical_name,
                    )
                )

    def _shares_column(self):
        same = Domain("technical_name", "=", self.technical_name) & Domain("id", "!=", self.id)
        return bool(self.sudo().with_context(active_test=False).search_count(same, limit=1))

    def _create_column_sudo(self, kind):
        """sudo: who may define metrics need not be an administrator; what is made is this one kind of field."""
        column_sudo = (
            self.env["ir.model.fields"]
            .sudo()
            .create(
                {
                    "model_id": self.env["ir.model"].sudo()._get_id(PROFILE),
                    "name": self.technical_name,
                    "field_description": self.name,
                    "ttype": kind,
                    "state": "manual",
                    "readonly": True,
                    "copied": False,
                    "currency_field": "currency_id" if kind == "monetary" else False,
                }
            )
        )
        for lang, _name in self.env["res.lang"].get_installed():
            column_sudo.with_context(lang=lang).field_description = self.with_context(lang=lang).name

    @api.model
    def _drop_columns(self, names):
        gone = [name for name in names if name not in self._column_names()]
        columns_sudo = (
            self.env["ir.model.fields"]
            .sudo()
            .search([("model", "=", PROFILE), ("name", "in", gone), ("state", "=", "manual")])
        )
        columns_sudo.unlink()

    # ------------------------------------------------------------ what the engine needs

    def _get_window(self, today):
        """(first day, day after the last) of the window, or None."""
        if self.window_unit == "all":
            return None
        start = today - relativedelta(**{self.window_unit: self.window_length})
        # As in the base metrics: the day that long ago is over.
        return start + relativedelta(days=1), today + relativedelta(days=1)

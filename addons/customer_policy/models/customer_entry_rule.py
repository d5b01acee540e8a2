import re

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, Query, email_normalize, format_list, mute_logger, ormcache

from .. import formats

KINDS = [("all", "All Customers"), ("company", "Companies"), ("person", "Individuals")]
REQUIREMENTS = [("required", "Required"), ("recommended", "Recommended")]
FORMATS = [
    ("phone", "Phone Number"),
    ("email", "E-mail Address"),
    ("tax_id", "Tax ID or Unified Social Credit Code"),
    ("pattern", "Own Pattern"),
]
FIELD_TYPES = ("char", "text", "selection", "many2one", "date", "datetime", "integer", "float", "monetary")
LIST_TYPES = ("one2many", "many2many")
LISTS = ("child_ids", "category_id")
TEXT_TYPES = ("char", "text")
# Written by the software, not by who enters a customer.
TECHNICAL_FIELDS = {
    "active", "barcode", "commercial_company_name", "commercial_partner_id", "company_id", "complete_name",
    "contact_address_complete", "create_date", "create_uid", "customer_rank", "display_name", "email_normalized", "id",
    "message_bounce", "parent_id", "partner_latitude", "partner_longitude", "partner_share", "phone_sanitized",
    "signup_type", "supplier_rank", "tz", "write_date", "write_uid",
}  # fmt: skip


class CustomerEntryRule(models.Model):
    """What the record of a customer must hold: a field, how it is written, and what can't be done without it.

    The same rule is asked in Python, of what somebody enters (`_get_gaps`), and in SQL, of all customers
    (`_completeness_sql`). Fields are named, not linked: a version can be copied to another database, and a field
    that goes with its addon leaves a problem to be seen rather than a hole in a version.
    """

    _name = "customer.entry.rule"
    _description = "Entry Rule"
    _inherit = "customer.policy.rule"

    kind = fields.Selection(KINDS, string="Customers", required=True, default="all")
    domain = fields.Char("Further Condition", required=True, default="[]", help="On the contact.")
    field_name = fields.Selection(selection="_selection_field_name", string="Field", required=True)
    requirement = fields.Selection(REQUIREMENTS, required=True, default="recommended")
    format = fields.Selection(FORMATS)
    pattern = fields.Char(help="A regular expression that the whole value must fit.")
    example = fields.Char(help="Shown to who enters something else.")
    weight = fields.Float(default=1.0, help="In the completeness of the record.")
    effect = fields.Char("What a Gap Disables", translate=True)

    @api.model
    def _selection_field_name(self):
        partners = self.env["res.partner"].sudo()
        names = [name for name, field in partners._fields.items() if self._may_ask(field)]
        descriptions = partners.fields_get(names, ["string"])
        return sorted(((name, values["string"]) for name, values in descriptions.items()), key=lambda item: item[1])

    @api.model
    def _may_ask(self, field):
        return (
            field.store
            and field.type in FIELD_TYPES + LIST_TYPES
            and field.name not in TECHNICAL_FIELDS
            and (field.type not in LIST_TYPES or field.name in LISTS or field.name.startswith("customer_segment"))
            and not field.name.startswith(("activity_", "message_", "website_message", "image_", "avatar_"))
        )

    # ------------------------------------------------------------ the rule itself

    @api.depends("field_name", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for rule in self:
            rule.display_name = f"{rule._get_label()} ({kinds.get(rule.kind)})"

    def _get_label(self):
        """Label of the field in the reader's language."""
        self.ensure_one()
        if self.field_name == "child_ids":
            return self.env._("Contact Person")
        field = self.env["res.partner"]._fields.get(self.field_name)
        return field._description_string(self.env) if field else self.field_name or ""

    @api.constrains("domain", "pattern", "format", "example", "weight", "field_name")
    def _check_rule(self):
        for rule in self:
            rule._get_domain()
            if rule.weight < 0:
                raise ValidationError(self.env._("“%s”: the weight must not be negative.", rule.display_name))
            field = self.env["res.partner"]._fields.get(rule.field_name)
            if field is None or not self._may_ask(field):
                raise ValidationError(self.env._("The entry standard can't ask for “%s”.", rule.field_name))
            if rule.format and field.type not in TEXT_TYPES:
                raise ValidationError(self.env._("“%s”: only a text can have a format.", rule.display_name))
            if rule.format == "pattern":
                rule._check_pattern()

    def _check_pattern(self):
        """The pattern is read by Python and by PostgreSQL, and takes its own example."""
        self.ensure_one()
        try:
            pattern = re.compile(self._full_pattern())
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                [[in_sql]] = self.env.execute_query(SQL("SELECT %s ~ %s", self.example or "", self._full_pattern()))
        except (re.error, psycopg2.Error) as error:
            raise ValidationError(
                self.env._("“%(rule)s”: the pattern can't be read: %(error)s", rule=self.display_name, error=error)
            ) from error
        if not self.pattern or not self.example or not in_sql or not pattern.search(self.example):
            raise ValidationError(self.env._("“%s”: give a pattern and an example that fits it.", self.display_name))

    def _full_pattern(self):
        return f"^(?:{self.pattern or ''})$"

    def _get_domain(self):
        """Whom this rule asks, on res.partner."""
        self.ensure_one()
        kinds = {"company": Domain("is_company", "=", True), "person": Domain("is_company", "=", False)}
        return kinds.get(self.kind, Domain.TRUE) & self._parse_domain(self.domain, "res.partner")

    def _get_problems(self):
        problems = []
        for rule in self:
            field = self.env["res.partner"]._fields.get(rule.field_name)
            if field is None or not field.store:
                problems.append(
                    self.env._(
                        "The entry standard asks for “%s”, a field that is not there (any more).", rule.field_name
                    )
                )
            try:
                rule._get_domain()
            except ValidationError as error:
                problems.append(str(error))
        return problems

    def _get_warnings(self):
        asked = self.filtered("active").grouped(lambda rule: (rule.kind, rule.domain, rule.field_name))
        return [
            self.env._("The entry standard asks for “%s” twice.", rules[0].display_name)
            for rules in asked.values()
            if len(rules) > 1
        ]

    def _get_sentence(self):
        self.ensure_one()
        requirement = dict(self._fields["requirement"]._description_selection(self.env))[self.requirement]
        parts = [requirement, self.env._("weight %s", f"{self.weight:g}")]
        if self.format:
            parts.append(dict(self._fields["format"]._description_selection(self.env))[self.format])
        if self.effect:
            parts.append(self.env._("without it: %s", self.effect))
        return f"{self.display_name}: {format_list(self.env, parts)}"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # ------------------------------------------------------------ what applies

    @api.model
    @ormcache()
    def _watched_fields(self):
        """Names of the fields that any version asks for."""
        rules = self.sudo().search_fetch([], ["field_name"])
        return frozenset(rules.mapped("field_name")) & self.env["res.partner"]._fields.keys()

    @api.model
    @ormcache()
    def _touching_fields(self):
        """Names of the fields that decide how complete a record is: those asked for and those of the conditions."""
        names = set(self._watched_fields()) | {"is_company", "company_type", "country_id", "parent_id", "active"}
        for rule in self.sudo().search_fetch([("domain", "!=", "[]")], ["domain", "kind"]):
            names |= {condition.field_expr.split(".")[0] for condition in rule._get_domain().iter_conditions()}
        return frozenset(names)

    def _usable(self):
        """Without rules whose field has gone with its addon."""
        partner_fields = self.env["res.partner"]._fields
        return self.filtered(lambda r: r.field_name in partner_fields and partner_fields[r.field_name].store)

    # ------------------------------------------------------------ asked of records

    def _get_gaps(self, partners_sudo):
        """What these rules miss, of customers stored or about to be.

        :return: {partner: [(rule, "missing" or "format")]}, only partners with gaps
        """
        gaps = {}
        members = {}
        for rule in self._usable():
            key = (rule.kind, rule.domain)
            if key not in members:
                members[key] = partners_sudo.filtered_domain(rule._get_domain())
            for partner in members[key]:
                problem = rule._get_problem(partner)
                if problem:
                    gaps.setdefault(partner, []).append((rule, problem))
        return gaps

    def _get_problem(self, partner_sudo):
        """None, "missing" or "format"."""
        value = partner_sudo[self.field_name]
        if isinstance(value, str):
            value = value.strip(formats.BLANKS)
        if not value:
            return "missing"
        return "format" if self.format and not self._is_valid(value, partner_sudo) else None

    def _is_valid(self, value, partner_sudo):
        if self.format == "phone":
            return self._is_phone(value, partner_sudo)
        if self.format == "email":
            return formats.matches(formats.EMAIL, email_normalize(value, strict=False) or "")
        if self.format == "tax_id":
            country = partner_sudo.country_id or self.env.company.country_id
            return formats.is_tax_id(value, country.code == "CN")
        return bool(re.search(self._full_pattern(), value))

    def _is_phone(self, value, partner_sudo):
        """As Odoo's library reads it for the country; with an extension; any number where the country is unknown."""
        country = partner_sudo.country_id
        return (
            bool(self.field_name == "phone" and partner_sudo._phone_format(number=value, country=country))
            or formats.matches(formats.PHONE_EXTENSION, value)
            or bool((not country or self.field_name != "phone") and formats.matches(formats.PHONE, value))
        )

    def _is_severe(self, problem):
        """Whether a gap keeps a new record from being saved."""
        return problem == "format" or self.requirement == "required"

    def _get_gap_text(self, problem):
        """What is wrong, in one line."""
        self.ensure_one()
        label = self._get_label()
        if problem == "missing":
            return self.env._("%s is missing", label)
        if self.format == "phone":
            return self.env._(
                "%s is no phone number of this country; for another country begin with + and its code", label
            )
        if self.format == "email":
            return self.env._("%s is no e-mail address", label)
        if self.format == "tax_id":
            return self.env._(
                "%s is not valid; a unified social credit code has 18 characters with a check digit", label
            )
        return self.env._("%(field)s does not look like “%(example)s”", field=label, example=self.example)

    # ------------------------------------------------------------ asked in SQL

    def _completeness_sql(self, company):
        """SQL of the completeness of a `res_partner` with alias `p`: the weighted share of the rules met, in whole
        percent, rounded down; 100 where no rule asks for anything."""
        asked, met = [], []
        for rule in self._usable():
            applies = self._partner_condition(rule._get_domain())
            asked.append(SQL("CASE WHEN %s THEN %s::numeric ELSE 0 END", applies, rule.weight))
            met.append(
                SQL("CASE WHEN %s AND %s THEN %s::numeric ELSE 0 END", applies, rule._met_sql(company), rule.weight)
            )
        if not asked:
            return SQL("100")
        plus = SQL(" + ")
        return SQL("COALESCE(FLOOR(100 * (%s) / NULLIF(%s, 0)), 100)::int", plus.join(met), plus.join(asked))

    def _partner_condition(self, domain):
        """A condition on res.partner as SQL over alias `p`."""
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        query = Query(self.env, "p", SQL.identifier("res_partner"))
        condition = domain.optimize_full(partners)._to_sql(partners, "p", query)
        if query._joins:
            return SQL("p.id IN %s", partners._search(domain).subselect())
        return condition

    def _met_sql(self, company):
        self.ensure_one()
        partners = self.env["res.partner"].sudo().with_company(company).with_context(active_test=True)
        field = partners._fields[self.field_name]
        if field.type in LIST_TYPES:
            return self._partner_condition(Domain(self.field_name, "!=", False))
        value = partners._field_to_sql("p", self.field_name)
        if field.type in ("integer", "float", "monetary"):
            return SQL("COALESCE(%s, 0) <> 0", value)
        if field.type not in TEXT_TYPES:
            return SQL("%s IS NOT NULL", value)
        text = SQL("BTRIM(COALESCE(%s, ''), %s)", value, formats.BLANKS)
        filled = SQL("%s <> ''", text)
        return SQL("(%s AND %s)", filled, self._valid_sql(text, company)) if self.format else filled

    def _valid_sql(self, text, company):
        if self.format == "phone":
            loose = formats.matches_sql(formats.PHONE, text)
            extension = formats.matches_sql(formats.PHONE_EXTENSION, text)
            if self.field_name != "phone":
                return SQL("(%s OR %s)", extension, loose)
            return SQL("(p.phone_sanitized IS NOT NULL OR %s OR (p.country_id IS NULL AND %s))", extension, loose)
        if self.format == "email":
            address = SQL("p.email_normalized") if self.field_name == "email" else SQL("LOWER(%s)", text)
            return SQL("COALESCE(%s, FALSE)", formats.matches_sql(formats.EMAIL, address))
        if self.format == "tax_id":
            china = self.env.ref("base.cn").id
            is_chinese = SQL("COALESCE(p.country_id, %s) = %s", company.country_id.id or 0, china)
            return formats.is_tax_id_sql(text, is_chinese)
        return formats.matches_sql(self._full_pattern(), text)

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

from .. import called
from ..words import join_names
from .customer_fact import SOURCES

USER = "customer_policy.group_customer_user"
NAMED = 20
SHOWN = 4


class ResPartner(models.Model):
    """The entry standard where customers are entered: form, import, interface.

    Checked is what a person enters as a customer: a new record with “Is a Customer”, and changes of the record of
    one. What documents, the website, jobs and other code write is never refused (`_entry_is_checked`); it shows as
    a gap. Where each value comes from is noted for customers only, and how complete they are is known at once.
    """

    _inherit = "res.partner"

    is_customer_record = fields.Boolean(inverse="_inverse_is_customer_record")
    customer_completeness = fields.Integer(
        related="customer_profile_id.completeness",
        related_sudo=False,
        string="Completeness",
        groups=USER,
        aggregator="avg",
    )
    customer_recheck_date = fields.Date(
        related="customer_profile_id.recheck_date", related_sudo=False, string="Re-check Due", groups=USER
    )
    customer_confirmed_date = fields.Date(
        related="customer_profile_id.confirmed_date", related_sudo=False, string="Confirmed On", groups=USER
    )
    customer_gap_html = fields.Html("Missing", compute="_compute_customer_gap_html", sanitize=False, groups=USER)

    # ------------------------------------------------------------ gaps

    def _customer_gaps(self):
        """{id of a commercial partner: [(rule, "missing" or "format")]} by the standard of the current company.

        sudo: a rule may ask for a field that this user can't read; only its label is shown.
        """
        rules = self.env["customer.entry.rule"]._in_force(self.env.company)
        gaps = rules._get_gaps(self.commercial_partner_id.sudo())
        return {partner.id: found for partner, found in gaps.items()}

    @api.depends(
        "is_company", "phone", "email", "vat", "street", "city", "country_id", "user_id", "industry_id", "child_ids",
        "commercial_partner_id", "is_customer_record",
    )  # fmt: skip
    @api.depends_context("lang", "company")
    def _compute_customer_gap_html(self):
        gaps = self._customer_gaps()
        for partner in self:
            found = gaps.get(partner.commercial_partner_id.id) if partner.is_customer_record else None
            partner.customer_gap_html = found and self._render_gaps(found)

    def _render_gaps(self, gaps):
        """What keeps the record from being saved, then what weighs most; a few at once, the rest to unfold."""
        gaps = sorted(gaps, key=lambda gap: (not gap[0]._is_severe(gap[1]), -gap[0].weight))
        shown = max(SHOWN, sum(rule._is_severe(problem) for rule, problem in gaps))
        return self.env["ir.qweb"]._render("customer_policy.customer_gap_list", {"gaps": gaps, "shown": shown})

    # ------------------------------------------------------------ entered as a customer

    @api.depends("commercial_partner_id")
    @api.depends_context("customer_entry")
    def _compute_is_customer_record(self):  # pylint: disable=missing-return
        """A new contact is a customer where it is entered as one: by a context key, as onchange drops defaults."""
        new = self.filtered(lambda partner: not partner._origin and not partner.parent_id)
        super(ResPartner, self - new)._compute_is_customer_record()
        new.is_customer_record = bool(self.env.context.get("customer_entry"))

    def _inverse_is_customer_record(self):
        """Mark as customers, or no longer; who has documents stays one."""
        owners = self.filtered(lambda partner: partner.commercial_partner_id == partner)
        marked = owners.filtered("is_customer_record")
        if marked:
            partners = marked._mark_customer()
            if not self.env.context.get("import_file"):
                # An import is looked at by the next run; its completeness is known at once.
                self.env["customer.policy.engine"]._run(self.env.company, partners.ids)
        profiles_sudo = self.env["customer.profile"].sudo()
        unmarked = profiles_sudo.search(
            [
                ("partner_id", "in", (owners - marked).ids),
                ("company_id", "=", self.env.company.id),
                ("is_marked", "=", True),
            ]
        )
        if unmarked:
            unmarked.partner_id.with_env(self.env).check_access("write")
            unmarked.write({"is_marked": False})

    def action_mark_customer(self):
        if not self.env.su:
            self.commercial_partner_id._check_entry_standard()
        return super().action_mark_customer()

    def _is_entered_as_customer(self, vals):
        """Whether these values are those of a customer, not of a contact of one."""
        if vals.get("parent_id"):
            return False
        marked = vals.get("is_customer_record", self.env.context.get("default_is_customer_record"))
        return bool(marked) or (vals.get("customer_rank") or 0) > 0

    def _entry_is_checked(self):
        """Whether a person enters this: not software, not a document, not the rows of an import named before."""
        return (
            not self.env.su
            and not isinstance(self.env.context.get("customer_entry_check"), called.Marker)
            and called.is_entry_of_contact()
        )

    @api.model_create_multi
    def create(self, vals_list):
        entered = [self._is_entered_as_customer(vals) for vals in vals_list]
        names = [list(vals) for vals in vals_list]
        partners = super().create(vals_list)
        customers = self.browse(partner.id for partner, flag in zip(partners, entered, strict=True) if flag)
        if customers and self._entry_is_checked():
            customers._check_entry_standard()
        recorded = partners if self.env.context.get("import_file") else customers
        if recorded:
            filled = zip(partners, names, strict=True)
            recorded._record_facts(
                {partner: given for partner, given in filled if partner in recorded}, only_filled=True
            )
        if customers or any("parent_id" in given for given in names):
            self.env["customer.profile"]._refresh_completeness(partners.commercial_partner_id.ids)
        return partners

    def write(self, vals):
        touched = self.env["customer.entry.rule"]._touching_fields() & vals.keys()
        marks = bool(vals.get("is_customer_record"))
        if not touched and not marks:
            return super().write(vals)
        before = {partner: {name: partner[name] for name in touched} for partner in self.sudo()}
        owners = self.commercial_partner_id
        result = super().write(vals)
        changed = {
            partner: [name for name in touched if partner[name] != values[name]] for partner, values in before.items()
        }
        changed = {partner: names for partner, names in changed.items() if names}
        if changed or marks:
            owners |= self.commercial_partner_id
            self._after_entry(owners, changed, before, marks)
        return result

    def _after_entry(self, owners, changed, before, marks):
        """Check, note and measure what has been written to customers."""
        profiles_sudo = self.env["customer.profile"].sudo()
        customers = profiles_sudo._read_group(
            [("partner_id", "in", owners.ids)], ["partner_id"], ["company_id:array_agg"]
        )
        if not customers:
            return
        companies = {partner.id: company_ids for partner, company_ids in customers}
        if self._entry_is_checked():
            here = self.filtered(lambda partner: self.env.company.id in companies.get(partner.id, ()))
            here._check_entry_standard(None if marks else before)
        recorded = {partner: names for partner, names in changed.items() if partner.id in companies}
        self._record_facts(recorded)
        profiles_sudo._refresh_completeness(list(companies))

    def _check_entry_standard(self, before=None):
        """Refuse records that the entry standard of the company does not allow, with all that is wrong in one message.

        :param before: {partner: {field name: value}} of a change, which may neither empty a required field nor put
            in something wrong; None: the whole record is looked at
        """
        rules = self.env["customer.entry.rule"]._in_force(self.env.company)
        refused = {}
        for partner, gaps in rules._get_gaps(self.sudo()).items():
            found = self._refused_gaps(partner, gaps, before and before.get(partner))
            if found:
                refused[partner] = found
        if refused:
            raise ValidationError(self._refusal_text(refused))

    @api.model
    def _refused_gaps(self, partner, gaps, before):
        """Of these gaps those that keep a record from being saved."""
        if before is None:
            return [(rule, gap) for rule, gap in gaps if rule._is_severe(gap)]
        return [
            (rule, gap)
            for rule, gap in gaps
            if rule.field_name in before
            and before[rule.field_name] != partner[rule.field_name]
            and (gap == "format" or (rule.requirement == "required" and before[rule.field_name]))
        ]

    @api.model
    def _refusal_text(self, refused):
        parts = []
        for partner, gaps in list(refused.items())[:NAMED]:
            clauses = self.env["customer.policy.clause"].union(*[rule.clause_id for rule, _gap in gaps])
            heading = self.env._(
                "“%(customer)s” does not meet the entry standard (clause %(clause)s):",
                customer=partner.name or self.env._("New customer"),
                clause=format_list(self.env, clauses.mapped("display_name")),
            )
            parts.append("\n".join([heading, *(f"• {self._gap_line(rule, gap)}" for rule, gap in gaps)]))
        if len(refused) > NAMED:
            parts.append(self.env._("... and %s more customers.", len(refused) - NAMED))
        return "\n\n".join(parts)

    @api.model
    def _gap_line(self, rule, gap):
        text = rule._get_gap_text(gap)
        return self.env._("%(gap)s: %(effect)s", gap=text, effect=rule.effect) if rule.effect else text

    # ------------------------------------------------------------ where facts come from

    def _record_facts(self, changed, only_filled=False):
        """Note where the values of customers come from.

        :param changed: {partner: names of fields that have been written}
        """
        watched = self.env["customer.entry.rule"]._watched_fields()
        rows = [
            (partner.id, name)
            for partner, names in changed.items()
            if partner.commercial_partner_id == partner
            for name in watched.intersection(names)
            if not only_filled or partner[name]
        ]
        self.env["customer.fact"].sudo()._record(rows, self._fact_source())

    @api.model
    def _fact_source(self):
        """Where the values that are being written come from; software that knows better says so in the context."""
        user, given = self.env.user, self.env.context.get("customer_fact_source")
        if user._is_public():
            return "website"
        if user._is_portal():
            return "portal"
        if "customer_fact_source" not in called.client_context() and given in [key for key, _label in SOURCES]:
            return given
        if self.env.context.get("import_file"):
            return "import"
        if called.is_interface():
            return "api"
        return "other" if user._is_superuser() else "entered"

    def _customer_fact_rows(self):
        """Label, value, source, day and person of each filled field that the entry standard asks for.

        What was there before sources were noted dates from the creation of the contact.
        """
        self.ensure_one()
        partner_sudo = self.commercial_partner_id.sudo()
        facts = {
            fact.field_name: fact for fact in self.env["customer.fact"].search([("partner_id", "=", partner_sudo.id)])
        }
        sources = dict(self.env["customer.fact"]._fields["source"]._description_selection(self.env))
        rows = []
        for rule in self.env["customer.entry.rule"]._in_force(self.env.company)._usable():
            field = partner_sudo._fields[rule.field_name]
            if rule.field_name in [row["name"] for row in rows] or not self._has_field_access(field, "read"):
                continue
            value = partner_sudo[rule.field_name]
            if value:
                fact = facts.get(rule.field_name)
                rows.append(
                    {
                        "name": rule.field_name,
                        "label": rule._get_label(),
                        "value": self._fact_value(field, value),
                        "source": sources[fact.source] if fact else self.env._("Before sources were noted"),
                        "date": fact.date if fact else partner_sudo.create_date,
                        "user": (fact.user_id if fact else partner_sudo.create_uid).sudo().name or "",
                    }
                )
        return rows

    def _fact_value(self, field, value):
        if field.relational:
            return join_names(self.env, value.mapped("display_name"))
        return field.convert_to_export(value, self)

    # ------------------------------------------------------------ buttons

    def action_confirm_record(self):
        """“I have looked at this record, it is right.” For one contact or many."""
        self.customer_profile_id.action_confirm_record()

    def action_open_facts(self):
        self.ensure_one()
        return self.customer_profile_id.action_open_facts()

    def _wrong_formats(self, values):
        """[(field name, sentence)] of values that a customer's record must not be changed to."""
        self.ensure_one()
        values = {name: value for name, value in values.items() if name in self._fields}
        candidate_sudo = self.sudo().new(values, origin=self.sudo())
        rules = self.env["customer.entry.rule"]._in_force(self.env.company)
        gaps = rules._get_gaps(candidate_sudo).get(candidate_sudo, [])
        before = {name: self[name] for name in values}
        refused = self._refused_gaps(candidate_sudo, [gap for gap in gaps if gap[1] == "format"], before)
        return [(rule.field_name, rule._get_gap_text(gap)) for rule, gap in refused]

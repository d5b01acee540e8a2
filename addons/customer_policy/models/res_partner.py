from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

USER = "customer_policy.group_customer_user"
# Windows are related fields through it.
PROFILE = "customer_profile_id."


class ResPartner(models.Model):
    """Windows on the customer's profile.

    `customer_profile_id` is the profile of the commercial partner in the current company, as far as the
    user may see it: search, group and sort join the profile under its record rules. The other fields are
    plain related fields through it. `res_partner` itself is never written.
    """

    _inherit = "res.partner"

    customer_profile_ids = fields.One2many(
        "customer.profile", "partner_id", string="Customer Profiles (All Companies)", groups=USER
    )
    customer_profile_id = fields.Many2one(
        "customer.profile",
        compute="_compute_customer_profile_id",
        search="_search_customer_profile_id",
        compute_sudo=False,
        groups=USER,
    )
    customer_grade_id = fields.Many2one(
        related="customer_profile_id.grade_id", related_sudo=False, string="Customer Grade", groups=USER
    )
    customer_grade_color = fields.Integer(
        related="customer_profile_id.grade_id.color", related_sudo=False, string="Grade Color", groups=USER
    )
    customer_grade_sequence = fields.Integer(
        related="customer_profile_id.grade_id.sequence",
        related_sudo=False,
        string="Grade Rank",
        groups=USER,
        aggregator=None,
    )
    customer_lifecycle_stage = fields.Selection(
        related="customer_profile_id.lifecycle_stage", related_sudo=False, string="Lifecycle Stage", groups=USER
    )
    customer_rfm_segment = fields.Selection(
        related="customer_profile_id.rfm_segment", related_sudo=False, string="RFM Segment", groups=USER
    )
    customer_purchase_count = fields.Integer(
        related="customer_profile_id.purchase_count", related_sudo=False, string="Purchases", groups=USER
    )
    customer_grade_history_ids = fields.One2many("customer.grade.history", "partner_id", groups=USER)
    is_customer_record = fields.Boolean(
        "Is a Customer", compute="_compute_is_customer_record", search="_search_is_customer_record", compute_sudo=True
    )

    def write(self, vals):
        if {"parent_id", "is_company"} & set(vals):
            # What the contact takes along to another company leaves the one that it was with.
            self.env["customer.policy.change"]._remember(self.sudo().commercial_partner_id)
        return super().write(vals)

    def unlink(self):
        self.env["customer.policy.change"]._remember(self.sudo().commercial_partner_id - self)
        return super().unlink()

    def _visible_profiles(self):
        """The profile model as the user, not as sudo: related fields are computed as sudo, but the window shows
        only what the user's own record rules allow. None where the user may not read profiles at all."""
        profiles = self.with_user(self.env.uid).env["customer.profile"]
        return profiles if profiles.has_access("read") else None

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "company")
    def _compute_customer_profile_id(self):
        by_partner = {}
        profiles = self._visible_profiles()
        if profiles is not None:
            found = profiles.search_fetch(
                [("partner_id", "in", self.commercial_partner_id.ids), ("company_id", "=", self.env.company.id)],
                ["partner_id", *self._window_fields()],
            )
            by_partner = {profile.partner_id.id: profile.id for profile in found}
        for partner in self:
            partner.customer_profile_id = by_partner.get(partner.commercial_partner_id.id)

    @api.model
    def _window_fields(self):
        """Names of the fields of the profile that contacts show."""
        paths = [field.related.split(".") for field in self._fields.values() if field.related]
        return list(dict.fromkeys(path[1] for path in paths if path[0] == "customer_profile_id"))

    def _search_customer_profile_id(self, operator, value):
        if operator not in ("in", "any", "any!"):
            return NotImplemented
        # No check of groups here: core would take the error for a missing operator and ask again as sudo.
        profiles = self._visible_profiles()
        if profiles is None:
            return Domain(operator == "in" and False in value)

        def with_profile(condition):
            query = profiles._search(Domain("company_id", "=", self.env.company.id) & condition)
            return Domain("commercial_partner_id", "any!", query.subselect("partner_id"))

        if operator != "in":
            return with_profile(value if isinstance(value, Domain) else Domain("id", "in", value))
        ids = [profile_id for profile_id in value if profile_id]
        found = with_profile(Domain("id", "in", ids))
        return found | ~with_profile(Domain.TRUE) if len(ids) < len(value) else found

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """Sorted by the profile, all contacts are joined and compared: first the ids, then the columns of a page."""
        by_profile = {name for name, field in self._fields.items() if (field.related or "").startswith(PROFILE)}
        sorted_by = {term.split()[0] for term in (order or "").split(",") if term.strip()}
        if not limit or field_names == [] or sorted_by.isdisjoint(by_profile):
            return super().search_fetch(domain, field_names, offset, limit, order)
        partners = self.search(domain, offset, limit, order)
        partners.fetch(field_names)
        return partners

    def _traverse_related_sql(self, alias, field, query):
        if not field.related.startswith(PROFILE):
            return super()._traverse_related_sql(alias, field, query)
        # Core does not check the groups of a field that it follows by a join.
        self._check_field_access(field, "read")
        *path, last = field.related.split(".")[1:]
        model, alias = self.env["customer.profile"].sudo(), self._join_customer_profile(alias, query)
        for name in path:
            model, alias = model._fields[name].join(model, alias, query)
        return model, model._fields[last], alias

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "customer_profile_id":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        return SQL.identifier(self._join_customer_profile(alias, query), "id")

    def _join_customer_profile(self, alias, query):
        """Left join the visible profiles of the current company; returns their alias."""
        joined = query.make_alias(alias, "visible_profile")
        profiles = self._visible_profiles()
        table, condition = SQL.identifier("customer_profile"), SQL("FALSE")
        if profiles is not None:
            condition = SQL(
                "%s = %s AND %s = %s",
                SQL.identifier(joined, "partner_id"),
                SQL.identifier(alias, "commercial_partner_id"),
                SQL.identifier(joined, "company_id"),
                self.env.company.id,
            )
            if not profiles.env["ir.rule"]._compute_domain(profiles._name, "read").is_true():
                table = profiles._search([("company_id", "=", self.env.company.id)]).subselect("customer_profile.*")
        query.add_join("LEFT JOIN", joined, table, condition)
        return joined

    @api.depends("commercial_partner_id")
    def _compute_is_customer_record(self):
        shown = self.browse()
        if self._visible_profiles() is not None:
            shown = self.sudo(False).filtered("customer_profile_id").sudo()
        customers = set(shown.commercial_partner_id.ids)
        if others := (self - shown).commercial_partner_id.ids:
            found = self.env["customer.profile"]._read_group([("partner_id", "in", others)], ["partner_id"])
            customers |= {partner.id for [partner] in found}
        for partner in self:
            partner.is_customer_record = partner.commercial_partner_id.id in customers

    def _search_is_customer_record(self, operator, value):
        if operator != "in":
            return NotImplemented
        customers = SQL("(SELECT partner_id FROM customer_profile)")
        domain = Domain("commercial_partner_id", "any!", customers)
        return domain if True in value else ~domain

    def action_mark_customer(self):
        """Keep these contacts as customers of the current company although they have no document yet."""
        partners = self._mark_customer()
        self.env["customer.policy.engine"]._run(self.env.company, partners.ids)

    def _mark_customer(self):
        """Give these contacts a profile of their own, without numbers yet; returns the commercial partners."""
        self.check_access("write")
        if not self.env.user.has_group(USER):
            raise AccessError(self.env._("Only people with a customer role may mark customers."))
        company = self.env.company
        own = self.env["res.company"]._customer_policy_companies().partner_id
        partners = self.commercial_partner_id
        if partners & own or any(not partner.partner_share for partner in partners):
            raise UserError(self.env._("Your own companies and colleagues can't be customers."))
        profiles_sudo = self.env["customer.profile"].sudo()
        known = profiles_sudo.search([("partner_id", "in", partners.ids), ("company_id", "=", company.id)])
        known.write({"is_marked": True})
        profiles_sudo.create(
            [
                {"partner_id": partner.id, "company_id": company.id, "is_marked": True}
                for partner in partners - known.partner_id
            ]
        )
        return partners

    def action_explain_grade(self):
        self.ensure_one()
        if not self.customer_profile_id:
            raise UserError(self.env._("This contact has no customer profile that you may see."))
        return self.customer_profile_id.action_explain_grade()

    def action_open_transactions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_policy.customer_transaction_action")
        return {**action, "domain": [("partner_id", "=", self.commercial_partner_id.id)], "context": {}}

    def action_open_grade_history(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_policy.customer_grade_history_action")
        return {**action, "domain": [("partner_id", "=", self.commercial_partner_id.id)], "context": {}}

    def _customer_grade_levels(self):
        """{commercial partner id: level of its grade} in the current company, benefits included.

        sudo: benefits act on documents of users who may not see the grade.
        """
        company = self.env.company
        profiles = (
            self.env["customer.profile"]
            .sudo()
            .search_fetch(
                [("partner_id", "in", self.commercial_partner_id.ids), ("company_id", "=", company.id)],
                ["partner_id", "grade_id", "grade_scheme_id"],
            )
        )
        levels = {}
        for profile in profiles:
            matching = profile.grade_scheme_id.level_ids.filtered(lambda level, p=profile: level.grade_id == p.grade_id)
            if matching:
                levels[profile.partner_id.id] = matching[:1]
        return levels

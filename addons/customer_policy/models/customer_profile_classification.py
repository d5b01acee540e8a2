from odoo import Command, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_segment_member import SEGMENT_OPERATORS


class CustomerProfile(models.Model):
    """The segments of a customer in the company of the profile, and the required dimensions that it lacks."""

    _inherit = "customer.profile"

    customer_segment_ids = fields.Many2many(
        "customer.segment",
        string="Segments",
        compute="_compute_customer_segment_ids",
        search="_search_customer_segment_ids",
        compute_sudo=False,
    )
    missing_dimension_ids = fields.Many2many(
        "customer.dimension",
        string="Not Classified By",
        compute="_compute_missing_dimension_ids",
        search="_search_missing_dimension_ids",
        compute_sudo=False,
        help="Required dimensions that this customer has no segment of.",
    )

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid")
    def _compute_customer_segment_ids(self):
        members = self.env["customer.segment.member"]
        for company, profiles in self.grouped("company_id").items():
            found = members.with_company(company)._segments_of(profiles.partner_id.ids)
            self.env["customer.segment"]._read_at_once(found.values())
            for profile in profiles:
                profile.customer_segment_ids = [Command.set(list(found.get(profile.partner_id.id, ())))]

    @api.depends("customer_segment_ids")
    @api.depends_context("uid")
    def _compute_missing_dimension_ids(self):
        required = self.env["customer.dimension"].search([("is_required", "=", True)])
        for profile in self:
            asked = required.filtered(lambda d, p=profile: not d.company_id or d.company_id == p.company_id)
            profile.missing_dimension_ids = asked - profile.customer_segment_ids.dimension_id

    def _search_customer_segment_ids(self, operator, value):
        if operator not in SEGMENT_OPERATORS:
            return NotImplemented
        if operator != "in":
            return self._with_member(Domain("segment_id", operator, value))
        ids = [segment_id for segment_id in value if segment_id]
        found = self._with_member(Domain("segment_id", "in", ids))
        return found | ~self._with_member(Domain.TRUE) if len(ids) < len(value) else found

    def _search_missing_dimension_ids(self, operator, value):
        if operator not in ("in", "any", "any!"):
            return NotImplemented
        required = self.env["customer.dimension"].search([("is_required", "=", True)])
        if operator == "in":
            asked = required.filtered(lambda dimension: dimension.id in value)
        else:
            asked = required.filtered_domain(value)
        missing = Domain.OR(self._missing(dimension) for dimension in asked)
        if operator == "in" and False in value:
            missing |= ~Domain.OR(self._missing(dimension) for dimension in required)
        return missing

    def _missing(self, dimension):
        here = Domain("company_id", "=", dimension.company_id.id) if dimension.company_id else Domain.TRUE
        return here & ~self._with_member(Domain("dimension_id", "=", dimension.id))

    def _with_member(self, condition):
        """Profiles with a membership, by hand or by a rule of their own company, that meets `condition`."""
        members = self.env["customer.segment.member"]

        def to_sql(_model, alias, _query):
            found = members._subselect(condition, "partner_id", "company_id")
            return SQL(
                """EXISTS (SELECT FROM %(found)s member WHERE member.partner_id = %(partner)s
                              AND (member.company_id IS NULL OR member.company_id = %(company)s))""",
                found=found,
                partner=SQL.identifier(alias, "partner_id"),
                company=SQL.identifier(alias, "company_id"),
            )

        return Domain.custom(to_sql=to_sql)

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec != "customer_segment_ids":
            return super()._read_group_groupby(alias, groupby_spec, query)
        joined = query.make_alias(alias, groupby_spec)
        members = self.env["customer.segment.member"]
        condition = SQL(
            "%s = %s AND (%s IS NULL OR %s = %s)",
            SQL.identifier(joined, "partner_id"),
            SQL.identifier(alias, "partner_id"),
            SQL.identifier(joined, "company_id"),
            SQL.identifier(joined, "company_id"),
            SQL.identifier(alias, "company_id"),
        )
        found = members._subselect([], "partner_id", "segment_id", "company_id")
        query.add_join("LEFT JOIN", joined, found, condition)
        return SQL.identifier(joined, "segment_id")

    def action_why_segments(self):
        self.ensure_one()
        return self.with_company(self.company_id).partner_id.action_why_segments()

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_segment_member import SEGMENT_OPERATORS
from .res_partner import USER


class ResPartner(models.Model):
    """The segments of a contact: those of its commercial partner in the current company, as far as the user may see
    them. Written like any many2many; what is written is by hand."""

    _inherit = "res.partner"

    customer_segment_ids = fields.Many2many(
        "customer.segment",
        string="Segments",
        compute="_compute_customer_segment_ids",
        inverse="_inverse_customer_segment_ids",
        search="_search_customer_segment_ids",
        compute_sudo=False,
        groups=USER,
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "company")
    def _compute_customer_segment_ids(self):
        found = self.env["customer.segment.member"]._segments_of(self.commercial_partner_id._origin.ids)
        self.env["customer.segment"]._read_at_once(found.values())
        for partner in self:
            partner.customer_segment_ids = [Command.set(list(found.get(partner.commercial_partner_id._origin.id, ())))]

    def _inverse_customer_segment_ids(self):
        """Write the difference to what counts now. A segment by rule is not taken away but replaced: by another one
        of its dimension, if that takes one per customer, or by another rule."""
        known = self.env["customer.segment.member"]._segments_of(self.commercial_partner_id.ids)
        added, removed = [], []
        for partner in self:
            customer, wanted = partner.commercial_partner_id, partner.customer_segment_ids
            by_hand = known[customer.id]
            new = wanted.filtered(lambda segment, old=by_hand: segment.id not in old)
            gone = self.env["customer.segment"].browse(by_hand) - wanted
            added += [(customer.id, segment.id) for segment in new]
            removed += [(customer.id, segment.id) for segment in gone if by_hand[segment.id]]
            kept = gone.filtered(lambda segment, old=by_hand: not old[segment.id])
            kept -= kept.filtered(
                lambda segment, n=new: segment.dimension_id in n.filtered("is_exclusive").dimension_id
            )
            if kept and not self.env.context.get("customer_segments_set"):
                customer._refuse_removal(kept[0])
        self.env["customer.segment.assignment"]._assign(added, removed)

    def _refuse_removal(self, segment):
        members = self.env["customer.segment.member"]
        domain = members._window_domain([("partner_id", "=", self.id), ("segment_id", "=", segment.id)])
        rule = members.search(domain, limit=1).rule_id
        message = self.env._(
            "%(customer)s is in “%(segment)s” by clause %(clause)s (%(condition)s). A rule's answer can't be removed "
            "by hand.",
            customer=self.display_name,
            segment=segment.name,
            clause=rule.clause_id.display_name,
            condition=rule.condition,
        )
        if segment.is_exclusive:
            message += " " + self.env._("Choose another segment of “%s” instead.", segment.dimension_id.name)
        raise UserError(message)

    @api.model_create_multi
    def create(self, vals_list):
        # A new contact has nothing to take away; what rules say of it meanwhile stays.
        partners = super(ResPartner, self.with_context(customer_segments_set=True)).create(vals_list)
        return partners.with_env(self.env)

    def write(self, vals):
        # “Exactly these” (import, API) means those by hand; a chip that somebody removes asks for that one.
        commands = vals.get("customer_segment_ids") or []
        if any(isinstance(c, list | tuple) and c[0] in (Command.SET, Command.CLEAR) for c in commands):
            self = self.with_context(customer_segments_set=True)
        return super().write(vals)

    def unlink(self):
        partner_ids = self.ids
        result = super().unlink()
        self.env["customer.classification"]._forget(partner_ids)
        return result

    def _search_customer_segment_ids(self, operator, value):
        if operator not in SEGMENT_OPERATORS:
            return NotImplemented
        members = self.env["customer.segment.member"]._visible()
        if members is None:
            return Domain(operator == "in" and False in value)

        def with_segment(condition):
            found = members._subselect(members._window_domain(condition), "partner_id")
            return Domain("commercial_partner_id", "any!", found)

        if operator != "in":
            return with_segment(Domain("segment_id", operator, value))
        ids = [segment_id for segment_id in value if segment_id]
        found = with_segment(Domain("segment_id", "in", ids))
        return found | ~with_segment(Domain.TRUE) if len(ids) < len(value) else found

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec != "customer_segment_ids":
            return super()._read_group_groupby(alias, groupby_spec, query)
        self._check_field_access(self._fields[groupby_spec], "read")
        members = self.env["customer.segment.member"]._visible()
        joined = query.make_alias(alias, groupby_spec)
        if members is None:
            return SQL("NULL::int")
        found = members._subselect(members._window_domain(), "partner_id", "segment_id")
        condition = SQL("%s = %s", SQL.identifier(joined, "partner_id"), SQL.identifier(alias, "commercial_partner_id"))
        query.add_join("LEFT JOIN", joined, found, condition)
        return SQL.identifier(joined, "segment_id")

    def action_why_segments(self):
        """Open the segments of this customer with their reasons."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_policy.customer_segment_member_action")
        members = self.env["customer.segment.member"]
        domain = members._window_domain([("partner_id", "=", self.commercial_partner_id.id)])
        name = self.env._("Why these segments?")
        views = [
            (self.env.ref(f"customer_policy.customer_segment_member_view_{view}").id, view.split("_")[0])
            for view in ("list_why", "kanban")
        ]
        return {**action, "name": name, "domain": list(domain), "context": {}, "target": "new", "views": views}

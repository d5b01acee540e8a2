from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CustomerSegment(models.Model):
    """A place in the tree of a dimension. Searched with `child_of`, the members of children count for it."""

    _name = "customer.segment"
    _description = "Customer Segment"
    _order = "dimension_id, sequence, id"
    _rec_names_search = ["name", "code"]
    _parent_store = True

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char("Full Name", compute="_compute_complete_name", recursive=True)
    sequence = fields.Integer(default=10)
    code = fields.Char(help="Stable name for integrations.")
    dimension_id = fields.Many2one("customer.dimension", required=True, index=True, ondelete="cascade")
    is_exclusive = fields.Boolean(related="dimension_id.is_exclusive")
    company_id = fields.Many2one(related="dimension_id.company_id", store=True)
    parent_id = fields.Many2one(
        "customer.segment", index=True, ondelete="restrict", domain="[('dimension_id', '=', dimension_id)]"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("customer.segment", "parent_id", string="Subsegments")
    color = fields.Integer()
    active = fields.Boolean(default=True)
    rule_ids = fields.One2many(
        "customer.segment.rule", compute="_compute_rule_ids", string="Rules in Force", help="In the current company."
    )
    customer_count = fields.Integer(
        "Customers", compute="_compute_customer_count", help="In the current company, those of subsegments included."
    )

    _code_unique = models.UniqueIndex("(dimension_id, code)", "Another segment of this dimension has this code.")

    @api.depends("name", "parent_id.complete_name")
    @api.depends_context("lang")
    def _compute_complete_name(self):
        for segment in self:
            parent = segment.parent_id.complete_name
            segment.complete_name = f"{parent} / {segment.name}" if parent else segment.name

    @api.depends("name", "dimension_id.name")
    @api.depends_context("lang", "show_dimension")
    def _compute_display_name(self):
        for segment in self:
            name = segment.name
            if self.env.context.get("show_dimension") and segment.dimension_id:
                name = f"{segment.dimension_id.name}: {name}"
            segment.display_name = name

    @api.depends_context("company")
    def _compute_rule_ids(self):
        rules = self.env["customer.segment.rule"]._in_force(self.env.company).with_env(self.env)
        for segment in self:
            segment.rule_ids = rules.filtered(lambda rule, s=segment: rule.segment_id == s._origin)

    @api.depends("child_ids")
    @api.depends_context("company", "uid")
    def _compute_customer_count(self):
        """One query for all; a member of several children counts once."""
        members = self.env["customer.segment.member"]
        for segment in self:
            segment.customer_count = 0
        below = self.with_context(active_test=False).search([("id", "child_of", self.ids)])
        leaves = self.filtered(lambda segment: not any(s.parent_id == segment for s in below))
        groups = members._read_group(
            members._window_domain([("segment_id", "in", below.ids)]), ["segment_id"], ["__count"]
        )
        direct = {segment.id: count for segment, count in groups}
        for segment in self:
            family = below.filtered(lambda s, root=segment: s.parent_path.startswith(root.parent_path or "-"))
            if segment in leaves or segment.is_exclusive:
                segment.customer_count = sum(direct.get(s.id, 0) for s in family)
            else:
                [[count]] = members._read_group(
                    members._window_domain([("segment_id", "in", family.ids)]), [], ["partner_id:count_distinct"]
                )
                segment.customer_count = count

    @api.model
    def _read_at_once(self, ids_by_customer):
        """Read the segments of many customers in one query, before they are assigned to each of them."""
        self.browse(set().union(*ids_by_customer)).mapped("company_id")

    @api.constrains("parent_id", "dimension_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A segment can't stand under itself."))
        for segment in self:
            if segment.parent_id and segment.parent_id.dimension_id != segment.dimension_id:
                raise ValidationError(self.env._("“%s” must stand under a segment of its own dimension.", segment.name))

    @api.constrains("dimension_id")
    def _check_children(self):
        for segment in self:
            if segment.child_ids.filtered(lambda child, s=segment: child.dimension_id != s.dimension_id):
                raise ValidationError(self.env._("“%s” has subsegments: move them first.", segment.name))

    def _check_together(self, customer_name):
        """Refuse two of these segments for one customer where their dimension takes one."""
        for dimension, segments in self.filtered("is_exclusive").grouped("dimension_id").items():
            if len(segments) > 1:
                raise UserError(
                    self.env._(
                        "%(customer)s can't be in “%(segment)s” and “%(other)s”: “%(dimension)s” takes one segment per "
                        "customer. Remove one of them.",
                        customer=customer_name,
                        segment=segments[0].name,
                        other=segments[1].name,
                        dimension=dimension.name,
                    )
                )

    def write(self, vals):
        if "dimension_id" in vals:
            moved = self.filtered(lambda segment: segment.dimension_id.id != vals["dimension_id"])
            assignments = self.env["customer.segment.assignment"].sudo()
            if moved and assignments.search_count([("segment_id", "in", moved.ids)], limit=1):
                raise UserError(self.env._("Customers are in this segment: it can't move to another dimension."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never_used(self):
        rules = self.env["customer.segment.rule"].sudo().with_context(active_test=False)
        assignments = self.env["customer.segment.assignment"].sudo()
        for model in (rules, assignments):
            if model.search_count([("segment_id", "in", self.ids)], limit=1):
                raise UserError(self.env._("Customers are in this segment, or a rule fills it; archive it instead."))

    def action_open_customers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_policy.customer_profile_action")
        domain = [("customer_segment_ids", "child_of", self.ids), ("company_id", "=", self.env.company.id)]
        return {**action, "name": self.display_name, "domain": domain, "context": {}}

    def action_open_members(self):
        """Who is in this segment, and why."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_policy.customer_segment_member_action")
        members = self.env["customer.segment.member"]
        domain = members._window_domain([("segment_id", "child_of", self.ids)])
        return {**action, "name": self.display_name, "domain": list(domain), "context": {}}

from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerDimension(models.Model):
    """One way of classifying customers, such as industry or region, with a tree of segments.

    Dimensions and segments are stable: filters, audiences and rules point at them, they are never copied.
    Which rules fill them belongs to the policy version (`customer.segment.rule`).
    """

    _name = "customer.dimension"
    _description = "Customer Dimension"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable name for integrations.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_exclusive = fields.Boolean("One Segment per Customer", default=True)
    is_required = fields.Boolean(
        "Required", help="Customers without a segment of this dimension are listed as not classified."
    )
    company_id = fields.Many2one("res.company", help="Empty: shared by all companies.")
    description = fields.Text(translate=True)
    segment_ids = fields.One2many("customer.segment", "dimension_id", string="Segments")
    segment_count = fields.Integer("Number of Segments", compute="_compute_counts")
    customer_count = fields.Integer("Customers", compute="_compute_counts", help="In the current company.")

    _code_unique = models.UniqueIndex("(code, COALESCE(company_id, 0))", "Another dimension has this code.")

    @api.depends("segment_ids")
    @api.depends_context("company", "uid")
    def _compute_counts(self):
        members = self.env["customer.segment.member"]
        groups = members._read_group(
            members._window_domain([("dimension_id", "in", self.ids)]),
            ["dimension_id"],
            ["partner_id:count_distinct"],
        )
        counts = {dimension.id: count for dimension, count in groups}
        for dimension in self:
            dimension.segment_count = len(dimension.segment_ids)
            dimension.customer_count = counts.get(dimension.id, 0)

    def _check_may_be_exclusive(self):
        """Nobody may be left with two segments by hand in a dimension that takes one."""
        assignments = self.env["customer.segment.assignment"].sudo()
        found = assignments._read_group(
            [("dimension_id", "in", self.ids)],
            ["dimension_id", "partner_id"],
            ["__count"],
            having=[("__count", ">", 1)],
            limit=1,
        )
        for dimension, partner, _count in found:
            raise UserError(
                self.env._(
                    "“%(dimension)s”: %(customer)s has several segments by hand. Leave one of them first.",
                    dimension=dimension.name,
                    customer=partner.display_name,
                )
            )

    def write(self, vals):
        if vals.get("is_exclusive"):
            self._check_may_be_exclusive()
        result = super().write(vals)
        if "active" in vals:
            segments = self.with_context(active_test=False).segment_ids
            segments.write({"active": vals["active"]})
        return result

    def action_open_segments(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_policy.customer_segment_action")
        return {
            **action,
            "name": self.name,
            "domain": [("dimension_id", "=", self.id)],
            "context": {"default_dimension_id": self.id},
        }

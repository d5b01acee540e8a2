from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerSegmentWizard(models.TransientModel):
    """Give and take segments by hand for the customers selected in a list, however many."""

    _name = "customer.segment.wizard"
    _description = "Assign Segments"

    partner_ids = fields.Many2many(
        "res.partner", string="Customers", required=True, default=lambda self: self._default_partners()
    )
    customer_count = fields.Integer("Customers Selected", compute="_compute_customer_count")
    add_segment_ids = fields.Many2many("customer.segment", "customer_segment_wizard_add_rel", string="Segments to Add")
    remove_segment_ids = fields.Many2many(
        "customer.segment", "customer_segment_wizard_remove_rel", string="Segments to Remove"
    )
    reason = fields.Char(help="Shown to whoever asks why the customer is in the segment.")

    def _default_partners(self):
        records = self.env[self.env.context.get("active_model", "res.partner")].browse(
            self.env.context.get("active_ids", [])
        )
        partners = records.partner_id if records._name == "customer.profile" else records
        return partners.commercial_partner_id

    @api.depends("partner_ids")
    def _compute_customer_count(self):
        for wizard in self:
            wizard.customer_count = len(wizard.partner_ids or wizard._default_partners())

    def action_apply(self):
        """A new segment of an exclusive dimension replaces the one that the customer has by hand."""
        self.ensure_one()
        if not self.add_segment_ids and not self.remove_segment_ids:
            raise UserError(self.env._("Choose segments to add or to remove."))
        if self.add_segment_ids & self.remove_segment_ids:
            raise UserError(self.env._("The same segment can't be added and removed."))
        customers = self.partner_ids.commercial_partner_id
        exclusive = self.add_segment_ids.filtered("is_exclusive")
        if len(exclusive.dimension_id) < len(exclusive):
            raise UserError(self.env._("Choose one segment for each dimension that takes one per customer."))
        assignments = self.env["customer.segment.assignment"]
        given = assignments.search_fetch(
            [("partner_id", "in", customers.ids), ("segment_id.active", "in", (True, False))],
            ["partner_id", "segment_id", "dimension_id"],
        )
        replaced = given.filtered(
            lambda row: (
                row.segment_id in self.remove_segment_ids
                or (row.dimension_id in exclusive.dimension_id and row.segment_id not in exclusive)
            )
        )
        assignments._assign(
            [(customer.id, segment.id) for customer in customers for segment in self.add_segment_ids],
            [(row.partner_id.id, row.segment_id.id) for row in replaced],
            self.reason,
        )
        return self._tell_rest(customers)

    def _tell_rest(self, customers):
        """Say how many customers stay in a segment to be removed because a rule says so."""
        members = self.env["customer.segment.member"]
        domain = [("partner_id", "in", customers.ids), ("segment_id", "in", self.remove_segment_ids.ids)]
        kept = members.search_count(members._window_domain(domain)) if self.remove_segment_ids else 0
        close = {"type": "ir.actions.act_window_close"}
        if not kept:
            return close
        message = self.env._("%s memberships stay: a rule of the policy gives them.", kept)
        params = {"type": "warning", "message": message, "next": close}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}

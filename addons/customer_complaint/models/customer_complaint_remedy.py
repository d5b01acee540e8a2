from odoo import Command, fields, models
from odoo.exceptions import UserError


class CustomerComplaint(models.Model):
    """What the customer gets: documents of Odoo's own apps, linked to the case that they settle."""

    _inherit = "customer.complaint"

    credit_ids = fields.One2many("account.move", "complaint_id", string="Credit Notes")
    credit_count = fields.Integer("Number of Credit Notes", compute="_compute_remedy_counts")
    credit_amount = fields.Monetary("Credited", compute="_compute_remedy_counts", help="Posted, without taxes.")
    replacement_ids = fields.One2many("sale.order", "complaint_id", string="Replacements")
    replacement_count = fields.Integer("Number of Replacements", compute="_compute_remedy_counts")

    def _compute_remedy_counts(self):
        """sudo: service staff may not read invoices, but know what has been done for their case."""
        credits_ = self.env["account.move"].sudo()._read_group(
            [("complaint_id", "in", self.ids), ("state", "!=", "cancel")], ["complaint_id", "state"],
            ["__count", "amount_untaxed_signed:sum"],
        )  # fmt: skip
        orders = (
            self.env["sale.order"]
            .sudo()
            ._read_group([("complaint_id", "in", self.ids), ("state", "!=", "cancel")], ["complaint_id"], ["__count"])
        )
        replaced = {case.id: count for case, count in orders}
        for case in self:
            mine = [(state, count, amount) for found, state, count, amount in credits_ if found.id == case.id]
            case.credit_count = sum(count for _state, count, _amount in mine)
            case.credit_amount = -sum(amount for state, _count, amount in mine if state == "posted")
            case.replacement_count = replaced.get(case.id, 0)

    def action_credit_note(self):
        """Credit the invoice of the case through Odoo's own wizard; a refund is the payment of the credit note."""
        self.ensure_one()
        self.check_access("write")
        if self.move_id.state != "posted" or self.move_id.move_type != "out_invoice":
            raise UserError(self.env._("Name the posted invoice first that is to be credited."))
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_view_account_move_reversal")
        context = {"active_model": "account.move", "active_ids": self.move_id.ids, "active_id": self.move_id.id,
                   "default_complaint_id": self.id, "default_reason": self.display_name}  # fmt: skip
        return {**action, "context": context}

    def action_replacement(self):
        """A quotation for a replacement free of charge."""
        self.ensure_one()
        self.check_access("write")
        if not self.contact_id:
            raise UserError(self.env._("Name the customer first who gets the replacement."))
        lines = [Command.create({"product_id": self.product_id.id, "discount": 100})] if self.product_id else []
        order = self.env["sale.order"].create(
            {"partner_id": self.contact_id.id, "company_id": self.company_id.id, "origin": self.name,
             "complaint_id": self.id, "order_line": lines}
        )  # fmt: skip
        return order._get_records_action(name=self.env._("Replacement"))

    def action_open_credits(self):
        self.ensure_one()
        return self.credit_ids._get_records_action(name=self.env._("Credit Notes"))

    def action_open_replacements(self):
        self.ensure_one()
        return self.replacement_ids._get_records_action(name=self.env._("Replacements"))

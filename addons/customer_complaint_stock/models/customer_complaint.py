from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerComplaint(models.Model):
    """Lot and delivery of a case, its return, and the other customers who received the lot."""

    _inherit = "customer.complaint"

    lot_id = fields.Many2one(
        "stock.lot", "Lot or Serial Number", index="btree_not_null", tracking=True,
        domain="[('product_id', '=?', product_id)]",
    )  # fmt: skip
    picking_id = fields.Many2one(
        "stock.picking", "Delivery", index="btree_not_null",
        domain="[('partner_id', 'child_of', partner_id), ('picking_type_code', '=', 'outgoing')]",
    )  # fmt: skip
    return_ids = fields.One2many("stock.picking", "complaint_id", string="Returns")
    return_count = fields.Integer("Number of Returns", compute="_compute_return_count")
    notice_ids = fields.One2many("customer.complaint.notice", "complaint_id", string="Others Who Received the Lot")
    notice_count = fields.Integer("Others Affected", compute="_compute_notice_count")

    @api.depends("return_ids")
    def _compute_return_count(self):
        """sudo: service staff may not read transfers, but know what has been done for their case."""
        groups = self.env["stock.picking"].sudo()._read_group(
            [("complaint_id", "in", self.ids), ("state", "!=", "cancel")], ["complaint_id"], ["__count"]
        )  # fmt: skip
        counts = {case.id: count for case, count in groups}
        for case in self:
            case.return_count = counts.get(case.id, 0)

    @api.depends("notice_ids")
    def _compute_notice_count(self):
        for case in self:
            case.notice_count = len(case.notice_ids)

    @api.onchange("lot_id")
    def _onchange_lot_id(self):
        if self.lot_id:
            self.product_id = self.lot_id.product_id

    # ------------------------------------------------------------ return

    def action_return(self):
        """Return what was delivered, through Odoo's own wizard."""
        self.ensure_one()
        self.check_access("write")
        if self.picking_id.state != "done":
            raise UserError(self.env._("Name the delivery first that is to be returned."))
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.act_stock_return_picking")
        context = {"active_model": "stock.picking", "active_id": self.picking_id.id,
                   "active_ids": self.picking_id.ids, "default_complaint_id": self.id}  # fmt: skip
        return {**action, "context": context}

    def action_open_returns(self):
        self.ensure_one()
        return self.return_ids._get_records_action(name=self.env._("Returns"))

    # ------------------------------------------------------------ who else received it

    def action_find_affected(self):
        """List every other customer who received the lot, each with a draft notice; what is listed stays."""
        self.ensure_one()
        self.check_access("write")
        if not self.lot_id:
            raise UserError(self.env._("Name the lot first."))
        received, unnamed = self._received_by_others()
        notices_sudo = self.sudo().notice_ids  # the list is complete, whoever asks for it
        new = [{"partner_id": p.id, **row} for p, row in received.items() if p not in notices_sudo.partner_id]
        new += [{"picking_id": p.id, **row} for p, row in unnamed.items() if p not in notices_sudo.picking_id]
        for notice in notices_sudo.filtered(lambda notice: notice.state == "draft"):
            notice.write(received.get(notice.partner_id, {}))
        notices_sudo.create([{"complaint_id": self.id, **vals} for vals in new])
        self._log_received(len(received), len(unnamed))
        return self.action_open_notices()

    def _log_received(self, customers, unnamed):
        body = self.env._("%(lot)s: %(count)s other customers received it.", lot=self.lot_id.name, count=customers)
        if unnamed:
            body += " " + self.env._("Deliveries that name no customer: %s. Find out who it was.", unnamed)
        self.message_post(body=body, subtype_xmlid="mail.mt_note")

    def _received_by_others(self):
        """({other customer: row}, {delivery that names no customer: row}), a row being {"quantity", "date_last",
        "deliveries"}, of done deliveries of the lot and of what was made of it; core follows the lots from one
        production to the next.

        `quantity` is that of the lot itself. Returns are not deducted: who has sent the goods back has had them.
        """
        self.ensure_one()
        lot_sudo = self.lot_id.sudo()  # deliveries of all salespeople
        delivered = lot_sudo._find_delivery_ids_by_lot_iterative().get(lot_sudo.id, [])
        pickings_sudo = self.env["stock.picking"].sudo().browse(delivered)
        named = {notice.picking_id: notice.partner_id for notice in self.sudo().notice_ids if notice.picking_id}
        received, unnamed = {}, {}
        for picking in pickings_sudo.sorted("date_done"):
            contact = picking.partner_id or picking.move_ids.partner_id[:1] or named.get(picking)
            partner = contact and contact.commercial_partner_id
            if (partner and partner == self.partner_id) or picking == self.picking_id:
                continue
            if picking.company_id != self.company_id:
                continue
            rows, key = (received, partner) if partner else (unnamed, picking)
            row = rows.setdefault(key, {"quantity": 0.0, "date_last": False, "deliveries": ""})
            lines = picking.move_line_ids.filtered(lambda line: line.lot_id == lot_sudo)
            row["quantity"] += sum(lines.mapped("quantity_product_uom"))
            row["date_last"] = picking.date_done
            row["deliveries"] = ", ".join(filter(None, [row["deliveries"], picking.name]))
        return received, unnamed

    def action_open_notices(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_complaint_stock.customer_complaint_notice_action"
        )
        return {**action, "domain": [("complaint_id", "=", self.id)], "context": {"create": False}}

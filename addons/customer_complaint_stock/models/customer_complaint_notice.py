from markupsafe import Markup
from odoo import api, fields, models
from odoo.addons.customer_policy.words import join_names
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty

LIFE_FIELDS = {
    "state", "date_sent", "user_id", "complaint_id", "partner_id", "picking_id", "quantity", "date_last", "deliveries",
}  # fmt: skip


class CustomerComplaintNotice(models.Model):
    """Another customer who received the lot of a case, and what we tell them; sent by hand, one by one or together.

    A delivery that names nobody (sold over the counter, say) has a row of its own until somebody finds out who it was.
    """

    _name = "customer.complaint.notice"
    _description = "Notice About a Lot"
    _order = "complaint_id, date_last desc, id"
    _rec_name = "partner_id"

    complaint_id = fields.Many2one("customer.complaint", "Case", required=True, index=True, ondelete="cascade")
    lot_id = fields.Many2one(related="complaint_id.lot_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", index=True, ondelete="cascade", help="Empty: the delivery names nobody."
    )
    picking_id = fields.Many2one(
        "stock.picking", "Delivery Without a Customer", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    email = fields.Char(related="partner_id.email")
    quantity = fields.Float("Received", readonly=True, digits="Product Unit")
    date_last = fields.Datetime("Last Delivery", readonly=True)
    deliveries = fields.Char(readonly=True)
    subject = fields.Char(compute="_compute_text", store=True, readonly=False)
    body = fields.Html(compute="_compute_text", store=True, readonly=False)
    state = fields.Selection(
        [("draft", "Draft"), ("sent", "Sent"), ("dropped", "Not Needed")], "Status", default="draft", required=True,
        readonly=True, index=True,
    )  # fmt: skip
    date_sent = fields.Datetime("Sent On", readonly=True)
    user_id = fields.Many2one("res.users", "Sent By", readonly=True)

    _names_something = models.Constraint(
        "CHECK (partner_id IS NOT NULL OR picking_id IS NOT NULL)", "A notice is for a customer or about a delivery."
    )
    _partner_unique = models.UniqueIndex("(complaint_id, partner_id)", "This customer is in the list already.")

    @api.depends("partner_id", "deliveries")
    def _compute_display_name(self):
        for notice in self:
            notice.display_name = notice.partner_id.display_name or notice.deliveries

    @api.depends("partner_id")
    def _compute_text(self):
        """A draft in the customer's language; the case and its customer are not named."""
        for notice in self.filtered(lambda notice: notice.partner_id and not notice.subject):
            words = notice.with_context(lang=notice.partner_id.lang or self.env.lang).env
            lot, product = notice.lot_id.sudo().name, notice.lot_id.sudo().product_id.with_env(words).display_name
            notice.subject = words._("About lot %(lot)s of %(product)s", lot=lot, product=product)
            greeting = words._("Dear %s,", notice.partner_id.name)
            text = words._(
                "We have delivered goods of lot %(lot)s (%(product)s) to you. We are looking into a report on this "
                "lot. Please set it aside and tell us whether you notice anything.",
                lot=lot,
                product=product,
            )
            notice.body = Markup("<p>%s</p><p>%s</p>") % (greeting, text)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("The list follows from the deliveries of the lot."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and LIFE_FIELDS & set(vals) and not self._may_be_named(vals):
            raise AccessError(self.env._("The list follows from the deliveries of the lot."))
        if not self.env.su and any(notice.state == "sent" for notice in self):
            raise UserError(self.env._("A notice that was sent stays as it is."))
        return super().write(vals)

    def _may_be_named(self, vals):
        """Whether somebody says whose delivery it was, of one that names nobody itself."""
        return LIFE_FIELDS & set(vals) == {"partner_id"} and all(
            notice.picking_id and notice.state == "draft" for notice in self
        )

    def action_send(self):
        """Mail each of these drafts to its customer; on the customer's own record, so that nobody learns of others."""
        self.check_access("write")
        drafts = self.filtered(lambda notice: notice.state == "draft")
        if unnamed := drafts.filtered(lambda notice: not notice.partner_id):
            raise UserError(self.env._("Whose delivery was it? %s", join_names(self.env, unnamed.mapped("deliveries"))))
        without = drafts.filtered(lambda notice: not notice.email or is_html_empty(notice.body))
        if without:
            raise UserError(
                self.env._("No mail address or no text: %s", join_names(self.env, without.mapped("partner_id.name")))
            )
        for notice in drafts:
            # sudo: a recall reaches every customer, also those of other salespeople
            notice.partner_id.sudo().message_post(
                body=notice.body, subject=notice.subject, message_type="comment", subtype_xmlid="mail.mt_comment",
                partner_ids=notice.partner_id.ids, author_id=self.env.user.partner_id.id,
            )  # fmt: skip
        drafts.sudo().write({"state": "sent", "date_sent": fields.Datetime.now(), "user_id": self.env.uid})

    def action_drop(self):
        self.check_access("write")
        self.filtered(lambda notice: notice.state == "draft").sudo().write({"state": "dropped"})

    def action_redraft(self):
        self.check_access("write")
        self.filtered(lambda notice: notice.state == "dropped").sudo().write({"state": "draft"})

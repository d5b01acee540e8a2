from odoo import api, fields, models
from odoo.exceptions import UserError


class ChurnOfferSend(models.TransientModel):
    """Last look before a coupon goes to a customer: what, to whom, until when, by mail or not."""

    _name = "churn.offer.send"
    _description = "Hand Out a Win-Back Offer"

    offer_id = fields.Many2one("churn.offer", required=True, readonly=True, ondelete="cascade")
    # As the user: who names an offer that they can't see learns nothing.
    partner_id = fields.Many2one(related="offer_id.partner_id", related_sudo=False)
    program_name = fields.Char("Coupon", related="offer_id.program_name", related_sudo=False)
    email = fields.Char(related="offer_id.partner_id.email", related_sudo=False)
    valid_until = fields.Date(compute="_compute_offer")
    template_name = fields.Char("Mail Template", compute="_compute_offer")
    obstacle = fields.Selection(
        [
            ("email", "The customer has no mail address."),
            ("refused", "The customer does not want such mails."),
            ("template", "The coupon program has no mail template."),
        ],
        compute="_compute_offer",
    )
    is_mailed = fields.Boolean(
        "Send by Mail", compute="_compute_is_mailed", store=True, readonly=False,
        help="Else tell the customer the code that the warning then shows.",
    )  # fmt: skip

    @api.depends("offer_id")
    def _compute_offer(self):
        for wizard in self:
            wizard.offer_id.check_access("read")
            offer_sudo = wizard.offer_id.sudo()
            template, partner = offer_sudo._template(), offer_sudo.partner_id
            wizard.valid_until = offer_sudo and offer_sudo._last_day()
            wizard.template_name = template.name
            if not partner.email:
                wizard.obstacle = "email"
            elif partner.is_blacklisted:
                wizard.obstacle = "refused"
            else:
                wizard.obstacle = False if template else "template"

    @api.depends("obstacle")
    def _compute_is_mailed(self):
        for wizard in self:
            wizard.is_mailed = not wizard.obstacle

    def action_confirm(self):
        self.ensure_one()
        if self.is_mailed and self.obstacle:
            raise UserError(dict(self._fields["obstacle"]._description_selection(self.env))[self.obstacle])
        self.offer_id._hand_out(self.is_mailed)
        return {"type": "ir.actions.act_window_close"}

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .res_partner import USER

CHANNELS = [
    ("phone", "Phone"),
    ("email", "Email"),
    ("sms", "SMS"),
    ("wechat", "WeChat"),
    ("visit", "Visit"),
    ("post", "Post"),
]


class ResPartner(models.Model):
    """How a customer wants to be reached, what it likes, and which part a person plays in buying.

    Who may write the contact may fill these; who has no customer role does not see them.
    """

    _inherit = "res.partner"

    customer_preferred_channel = fields.Selection(CHANNELS, "Preferred Channel", groups=USER)
    customer_hour_from = fields.Float("Best Hours From", groups=USER, help="In the contact's own time zone.")
    customer_hour_to = fields.Float("Best Hours To", groups=USER, help="In the contact's own time zone.")
    customer_interest_ids = fields.Many2many("customer.interest", string="Interests", groups=USER)
    customer_brand_ids = fields.Many2many("customer.brand", string="Preferred Brands", groups=USER)
    customer_background = fields.Text("Background", groups=USER, help="What a colleague needs to know before a call.")
    customer_role_ids = fields.Many2many(
        "customer.contact.role",
        string="Roles in Buying",
        groups=USER,
        help="Who decides, who influences, who uses, who pays.",
    )

    @api.constrains("customer_hour_from", "customer_hour_to")
    def _check_customer_hours(self):
        for partner in self:
            start, end = partner.customer_hour_from, partner.customer_hour_to
            if (start or end) and not 0 <= start < end <= 24:
                raise ValidationError(
                    self.env._("%s: the best hours must begin before they end, between 0:00 and 24:00.", partner.name)
                )

from odoo import models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    # One customer's payments, for the 360° page; core has no index by partner.
    _customer_policy_partner_idx = models.Index("(partner_id) WHERE partner_type = 'customer'")

from odoo import models


class PosOrder(models.Model):
    _inherit = "pos.order"

    # What changed since the last run.
    _customer_policy_write_idx = models.Index("(write_date) WHERE partner_id IS NOT NULL")

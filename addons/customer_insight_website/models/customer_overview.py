from odoo import models


class CustomerOverview(models.AbstractModel):
    _inherit = "customer.overview"

    def _suggestion_labels(self):
        return {**super()._suggestion_labels(), "viewed": self.env._("Looked at")}

from odoo import models

# Documents that a member knows by their number.
SHOWN_MODELS = ("sale.order", "account.move", "pos.order")


class LoyaltyLedgerEntry(models.Model):
    _inherit = "loyalty.ledger.entry"

    def _member_title(self):
        """What happened, as a member reads it: the kind and the number of the document. Reasons are for colleagues."""
        self.ensure_one()
        entry = self.sudo()
        kinds = dict(self._fields["entry_type"]._description_selection(self.env))
        document = entry.move_id
        if not document and entry.order_model in SHOWN_MODELS and entry.order_model in self.env:
            document = self.env[entry.order_model].sudo().browse(entry.order_id).exists()
        title = kinds[entry.entry_type]
        return self.env._("%(kind)s, %(document)s", kind=title, document=document.name) if document else title

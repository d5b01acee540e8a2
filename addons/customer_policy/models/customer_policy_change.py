from datetime import timedelta

from odoo import api, fields, models

KEPT = timedelta(days=7)


class CustomerPolicyChange(models.Model):
    """Customers to look at again because a document left them: it names another customer now, or is gone.

    Documents that changed in place are found by their own time of writing.
    """

    _name = "customer.policy.change"
    _description = "Customer to Look at Again"
    _log_access = False

    partner_id = fields.Many2one("res.partner", string="Customer", required=True, index=True, ondelete="cascade")
    date = fields.Datetime(required=True, default=lambda self: self.env.cr.now(), index=True)

    @api.model
    def _remember(self, partners):
        """Let the next run for changed customers look at these, as far as they are customers."""
        if not partners:
            return
        profiles_sudo = self.env["customer.profile"].sudo()
        customers = profiles_sudo._read_group([("partner_id", "in", partners.ids)], ["partner_id"])
        self.sudo().create([{"partner_id": partner.id} for [partner] in customers])

    @api.autovacuum
    def _gc_changes(self):
        """The night's run has looked at everybody long since."""
        self.sudo().search([("date", "<", fields.Datetime.now() - KEPT)]).unlink()


class CustomerPolicyDocument(models.AbstractModel):
    """Mixin of documents that count for the customer in `partner_id`: remembers whom they leave."""

    _name = "customer.policy.document"
    _description = "Document of a Customer"

    def write(self, vals):
        if "partner_id" in vals:
            self._remember_customers()
        return super().write(vals)

    def unlink(self):
        self._remember_customers()
        return super().unlink()

    def _remember_customers(self):
        partners = self.sudo().partner_id.commercial_partner_id
        self.env["customer.policy.change"]._remember(partners)

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain


class CustomerProductView(models.Model):
    """A day on which a person who had agreed to it looked at a product on the website.

    Written by the website alone, read by the suggestions; gone with the consent, and after the days of the policy.
    Core's own list of visited pages is not read: nobody was asked whether it may serve this purpose.
    """

    _name = "customer.product.view"
    _description = "Viewed Product"
    _order = "date DESC, id DESC"
    _rec_name = "product_id"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Contact", required=True, readonly=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", required=True, readonly=True, index=True, ondelete="cascade")
    date = fields.Date(required=True, readonly=True)

    # Not unique: merging contacts would lose or refuse rows. A day counts once wherever they are counted.
    _partner_date = models.Index("(partner_id, date)")

    @api.model
    def _note(self, contact, product, company):
        """Note today's look of a contact at a product, once a day and only with its consent.

        As sudo: visitors have no right on this model.
        """
        if not contact.sudo().website_view_consent:
            return
        today = company._customer_policy_today()
        values = {"company_id": company.id, "partner_id": contact.id, "product_id": product.id, "date": today}
        views_sudo = self.sudo()
        if not views_sudo.search_count([(name, "=", value) for name, value in values.items()], limit=1):
            views_sudo.create(values)

    @api.model
    def _forget(self, contacts):
        """Delete what was noted of these contacts. As sudo: who withdraws has no right on this model."""
        self.sudo().search([("partner_id", "in", contacts.ids)]).unlink()

    @api.autovacuum
    def _gc_views(self):
        """What is older than the policy lets it count, or has lost its consent by ways that know nothing of it."""
        outdated = Domain("partner_id.website_view_consent", "=", False)
        for (company,) in self._read_group([], ["company_id"]):
            days = self.env["customer.policy.parameter"]._figures(company)["suggestion_view_days"]
            last = company._customer_policy_today() - timedelta(days=int(days))
            outdated |= Domain("company_id", "=", company.id) & Domain("date", "<=", last)
        self.search(outdated).unlink()

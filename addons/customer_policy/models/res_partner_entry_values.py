from odoo import api, models

from ..normalize import corrections

NORMALISED = {*corrections.TEXTS, *corrections.CODES, "phone", "email"}


class ResPartner(models.Model):
    """What people enter for customers is written as it should be before it is checked: what the clean-up would
    propose, and nothing that it would leave to people."""

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        if self._entry_is_normalised():
            vals_list = [
                self._normalise_entry(vals) if self._is_entered_as_customer(vals) else vals for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        if NORMALISED & vals.keys() and self._entry_is_normalised():
            better = self._normalise_entry(vals)
            if better != vals and self._is_entry_of_customers(vals):
                vals = better
        return super().write(vals)

    def _entry_is_normalised(self):
        """Whether a person enters this; who takes a correction back wants the value as it was."""
        is_entry = self.env.context.get("customer_entry_rows") or self._entry_is_checked()
        return bool(is_entry) and self.env.context.get("customer_fact_source") != "cleanup"

    def _normalise_entry(self, vals):
        """The values with phone, e-mail, codes, names and addresses in their one writing, where it is beyond doubt.

        A number without a country code belongs to the country of the customer, else to that of the company.
        """
        country = self.env["res.country"].browse(vals["country_id"]) if vals.get("country_id") else self.country_id
        country = country if len(country) == 1 else self.env.company.country_id
        texts = {name: value for name, value in vals.items() if name in NORMALISED and isinstance(value, str)}
        found = corrections.of_values({**texts, "country": country.code or None})
        return {**vals, **{name: new for name, _old, new, _reason in found if new}}

    def _is_entry_of_customers(self, vals):
        """Whether all of these contacts are customers, or become some with these values."""
        if self.commercial_partner_id != self:
            return False
        if vals.get("is_customer_record"):
            return True
        profiles_sudo = self.env["customer.profile"].sudo()
        return len(profiles_sudo.search([("partner_id", "in", self.ids)]).partner_id) == len(self)

from odoo import api, models

FIELDS = ("website_view_consent", "website_view_consent_date", "website_view_consent_source")


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_values(self, src_partners, dst_partner):
        """The latest answer of those merged holds, also a withdrawal: core would take any consent that it finds."""
        answered = (src_partners | dst_partner).sudo().filtered("website_view_consent_date")
        latest = answered.sorted("website_view_consent_date")[-1:]
        values = {name: latest[name] for name in FIELDS}
        result = super()._update_values(src_partners, dst_partner)
        if latest:
            dst_partner.sudo()._write_view_consent(values)
        return result

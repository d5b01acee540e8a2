from odoo import api, models

from .. import called

HOURS = ("customer_hour_from", "customer_hour_to")


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_values(self, src_partners, dst_partner):
        """Keep the suite's own values whoever merges: core takes over only the fields that the user may read.

        The two ends of the best hours stay together. Merging enters nothing, so no standard refuses it.
        """
        dst_partner = dst_partner.with_context(customer_entry_check=called.UNCHECKED)
        dst_sudo, src_sudo = dst_partner.sudo(), src_partners.sudo()
        last_first = dst_sudo + src_sudo[::-1]  # as core chooses
        timed = next((partner for partner in last_first if any(partner[name] for name in HOURS)), dst_sudo)
        hours = {name: timed[name] for name in HOURS}
        src_sudo.write(dict.fromkeys(HOURS, 0.0))  # core would take each end where it finds one
        dst_sudo.write({name: self._first_value(last_first, name) for name in self._own_fields()} | hours)
        return super()._update_values(src_partners, dst_partner)

    def _own_fields(self):
        """Columns of a contact that this suite has added, without what is computed."""
        return [
            name
            for name, field in self.env["res.partner"]._fields.items()
            if name.startswith("customer_") and field.store and field.column_type and not field.compute
            and name not in HOURS
        ]  # fmt: skip

    def _first_value(self, partners, name):
        field = partners._fields[name]
        return next((field.convert_to_write(p[name], p) for p in partners if p[name]), False)

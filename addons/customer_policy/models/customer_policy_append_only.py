from odoo import api, models
from odoo.exceptions import UserError


class CustomerPolicyAppendOnly(models.AbstractModel):
    """Records of what happened: software adds them in SQL, nobody changes or deletes them, sudo included.

    For ledgers and histories whose rows other figures rest on. Merging contacts, in SQL, still moves them along.
    """

    _name = "customer.policy.append.only"
    _description = "Append-Only Records"
    # Whether sudo may create them by the ORM.
    _append_only_create = False

    @api.model_create_multi
    def create(self, vals_list):
        if not (self._append_only_create and self.env.su):
            self._refuse(self.env._("“%s” are kept by the software alone.", self._get_records_name()))
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        self._refuse(self.env._("“%s” can't be changed.", self._get_records_name()))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse(self.env._("“%s” can't be deleted.", self._get_records_name()))

    @api.model
    def _refuse(self, message):
        raise UserError(" ".join(filter(None, [message, self._get_append_only_hint()])))

    @api.model
    def _get_records_name(self):
        return self.env["ir.model"]._get(self._name).name

    @api.model
    def _get_append_only_hint(self):
        """What to do instead, as a sentence."""
        return ""

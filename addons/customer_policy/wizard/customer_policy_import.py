import base64
import binascii

from markupsafe import Markup
from odoo import fields, models
from odoo.exceptions import UserError


class CustomerPolicyImport(models.TransientModel):
    """A draft from the file of an exported version."""

    _name = "customer.policy.import"
    _description = "Import a Policy Version"

    file = fields.Binary(required=True, attachment=False)
    file_name = fields.Char()
    company_id = fields.Many2one("res.company", help="Empty: a draft of the general policy.")

    def action_import(self):
        """Make the draft and open it; a file with a mistake leaves everything as it was."""
        self.ensure_one()
        try:
            data = base64.b64decode(self.file or b"", validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(self.env._("The file can't be read.")) from error
        draft, notes = self.env["customer.policy"]._import_file(data, self.company_id)
        lines = [self.env._("Imported from “%s”.", self.file_name or "?"), *notes]
        draft.message_post(body=Markup("<br/>").join(lines))
        return draft._get_records_action()

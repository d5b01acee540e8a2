import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CustomerPolicyImport(models.TransientModel):
    """A draft from the file of an exported version."""

    _name = "customer.policy.import"
    _description = "Import a Policy Version"

    file = fields.Binary(required=True, attachment=False)
    file_name = fields.Char()
    company_id = fields.Many2one("res.company", help="Empty: a draft of the general policy.")
    notes = fields.Text("Check", compute="_compute_notes")
    is_ready = fields.Boolean(compute="_compute_notes")

    @api.depends("file", "company_id")
    def _compute_notes(self):
        """Import on trial, so that what is said here is what the import will do."""
        for wizard in self:
            wizard.notes, wizard.is_ready = wizard._try() if wizard.file else (False, False)

    def _try(self):
        savepoint = self.env.cr.savepoint(flush=True)
        try:
            draft, notes = self._import()
            count = len(draft.clause_ids)
            problems = draft._get_problems()
            notes = [
                self.env._("%(name)s: %(count)s clauses and chapters.", name=draft.name, count=count),
                *notes,
                *problems,
            ]
            return "\n".join(notes), True
        except (UserError, ValidationError) as error:
            return str(error), False
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    def _import(self):
        try:
            data = base64.b64decode(self.file or b"", validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(self.env._("The file can't be read.")) from error
        company = self.company_id._origin or self.company_id
        return self.env["customer.policy"]._import_file(data, company)

    def action_import(self):
        """Make the draft and open it."""
        self.ensure_one()
        draft, notes = self._import()
        lines = [self.env._("Imported from “%s”.", self.file_name or "?"), *notes]
        draft.message_post(body="\n".join(lines))
        return draft._get_records_action()

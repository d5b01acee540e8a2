from odoo import api, models

from ..import_look import ImportLook


class BaseImport(models.TransientModel):
    """Nothing of a file is half imported: the web client sends large files in batches, each of them committed."""

    _inherit = "base_import.import"

    def execute_import(self, fields, columns, options, dryrun=False):
        # What customers' history consists of is looked at as a whole before the first row is written.
        if self.res_model not in [model for _name, model, _addon in self.env["customer.history.guide"]._steps()]:
            return super().execute_import(fields, columns, options, dryrun=dryrun)
        self = self.with_context(customer_import_names={})
        first_row = 1 + (options.get("skip") or 0) + bool(options.get("has_headers"))
        result = None
        if options.get("limit") and not options.get("skip"):
            result = self._look_at_all_rows(fields, columns, options)
        result = result or super().execute_import(fields, columns, options, dryrun=dryrun)
        return {**result, "messages": [self._name_row(message, first_row) for message in result["messages"]]}

    def _look_at_all_rows(self, fields, columns, options):
        """Read and check all rows, keeping none; the result of a failed import if one is bad, else None."""
        self.env.flush_all()  # what is pending must not be undone with the look
        look = ImportLook()
        looking = self.with_context(customer_import_look=look)
        looked = {**options, "limit": None}
        result = super(BaseImport, looking).execute_import(  # pylint: disable=super-method-mismatch
            fields, columns, looked, dryrun=True
        )
        errors = [message for message in result["messages"] if message.get("type") == "error"] + look.messages
        errors.sort(key=lambda message: (message.get("rows") or {}).get("from", -1))
        return {**result, "ids": False, "messages": errors, "nextrow": 0} if errors else None

    @api.model
    def _name_row(self, message, first_row):
        """Say the row, counted as in the file: the web client shows equal messages only once, without their rows."""
        if message.get("type") != "error" or not message.get("rows"):
            return message
        row = message["rows"]["from"] + first_row
        return {**message, "message": self.env._("Row %(row)s: %(message)s", row=row, message=message["message"])}

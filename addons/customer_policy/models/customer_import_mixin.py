import psycopg2
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger, split_every

from ..import_look import ImportLook

# Rows of a file that are tried together, and bad rows that are named.
TRIED = 500
NAMED = 50


class CustomerImportMixin(models.AbstractModel):
    """Rows of another system, unique by company, `source` and `reference`: importing one again updates it where it
    differs and leaves it alone otherwise. Works in the web client's import and in `load`."""

    _name = "customer.import.mixin"
    _description = "Rows Imported From Elsewhere"

    def _load_records(self, data_list, update=False):
        """Find rows that are there already by company, source and reference."""
        look = ImportLook.of(self.env)
        if look is not None:
            self = self.with_context(customer_import_look=None)
            for rows in split_every(TRIED, data_list, list):
                self._try_rows(rows, update, look)
            return self.browse()
        fresh = [data for data in data_list if not data.get("xml_id") and not data["values"].get("id")]
        for data in fresh:
            self._complete_import(data["values"])
        keyed = [(self._import_key(data["values"]), data) for data in fresh if data["values"].get("reference")]
        known = self.search_fetch(
            [
                ("reference", "in", [key[2] for key, _data in keyed]),
                ("company_id", "in", [key[0] for key, _data in keyed]),
            ],
            ["company_id", "source", "reference"],
        )
        by_key = {(row.company_id.id, row.source, row.reference): row.id for row in known}
        for key, data in keyed:
            if key in by_key:
                data["values"]["id"] = by_key[key]
        return super()._load_records(data_list, update)

    def _try_rows(self, rows, update, look):
        """Create rows as the import will, and name the bad ones: where some fail, each half is tried again.

        The caller undoes all of it.
        """
        if len(look.messages) >= NAMED:
            return
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self._load_records([{**row, "values": dict(row["values"])} for row in rows], update)
        except (UserError, ValueError, psycopg2.Error) as error:
            if len(rows) == 1:
                is_sql = isinstance(error, psycopg2.Error)
                message = self._sql_error_to_message(error) if is_sql else str(error)
                look.messages.append({**rows[0]["info"], "type": "error", "message": message})
                return
            middle = len(rows) // 2
            self._try_rows(rows[:middle], update, look)
            self._try_rows(rows[middle:], update, look)
        self.env.invalidate_all()

    @api.model
    def _complete_import(self, values):
        """Hook: fill in what identifies a row that comes without a reference."""

    def _import_key(self, values):
        defaults = self.default_get(["company_id", "source"])
        return (
            values.get("company_id") or defaults["company_id"],
            values.get("source") or defaults["source"],
            values["reference"],
        )

    def _load_records_write(self, values):
        """Write only what differs, so that importing a file again touches nothing."""
        changed = {
            name: value
            for name, value in values.items()
            if name != "id"
            and self._fields[name].convert_to_record(self._fields[name].convert_to_cache(value, self), self)
            != self[name]
        }
        return super()._load_records_write(changed) if changed else None

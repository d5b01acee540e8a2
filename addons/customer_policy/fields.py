from odoo import fields


class UncheckedMany2one(fields.Many2one):
    """A many2one without a foreign key, for rows that the engine writes by the hundred thousand.

    PostgreSQL checks a foreign key row by row, for more than it costs to write the row. The engine takes these
    ids from records that it has read in the same transaction, and nothing that they name goes unnoticed
    afterwards: rules are frozen with their version, runs and decided overrides stay, grades in use refuse,
    companies take their rows along.
    """

    def update_db_foreign_key(self, model, column):
        """Leave the column without a foreign key."""


class IdArray(fields.Json):
    """Ids in a PostgreSQL integer array: one narrow row where a relation table would need one per id."""

    _column_type = ("int4[]", "int4[]")

    def convert_to_column(self, value, record, values=None, validate=True):
        return list(value) if value else None

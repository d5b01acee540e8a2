from odoo import api, models
from odoo.tools import SQL

from ..fields import IdArray, UncheckedMany2one


class CustomerClassification(models.Model):
    """Which rules put a customer into segments: one narrow row per customer and company, the engine's own.

    A relation table would need a row per membership, each with its index entries; a full run would write several
    times as much. Everybody reads it through `customer.segment.member`.
    """

    _name = "customer.classification"
    _description = "Customer Classification"
    _auto = False
    _log_access = False

    # Without foreign keys, which PostgreSQL checks row by row: who is no customer any more goes with the next run,
    # and a deleted contact with its deletion.
    partner_id = UncheckedMany2one("res.partner", string="Customer", required=True, readonly=True)
    company_id = UncheckedMany2one("res.company", required=True, readonly=True)
    rule_ids = IdArray("Rules", readonly=True, help="Segment rules that apply; empty places where none does.")

    def init(self):
        """A table with one index: that of the id would be as expensive as all the rest, and nobody asks by id."""
        self.env.cr.execute(
            """CREATE TABLE IF NOT EXISTS customer_classification (
                   id SERIAL NOT NULL, partner_id int4 NOT NULL, company_id int4 NOT NULL, rule_ids int4[] NOT NULL,
                   PRIMARY KEY (partner_id, company_id))"""
        )

    @api.model
    def _forget(self, partner_ids):
        """Drop the rows of customers that are no more."""
        self.env.cr.execute(SQL("DELETE FROM customer_classification WHERE partner_id = ANY(%s)", list(partner_ids)))
        self.env["customer.segment.member"].invalidate_model()

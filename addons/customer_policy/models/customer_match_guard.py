from odoo import api, models
from odoo.tools import SQL


class CustomerMatchGuard(models.Model):
    """Keeps two people from entering the same new customer at the same time where a rule refuses it.

    Whoever enters a code, phone or e-mail writes the row of its hash. The second one waits for the first and then fails
    on a serialization conflict, upon which Odoo repeats the request: now it sees the first customer.
    """

    _name = "customer.match.guard"
    _description = "Guard Against Simultaneous Entries"
    _log_access = False

    @api.model
    def _enter(self, partner_ids):
        """Announce the proving values of these contacts, whose keys are current."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_match_guard (id)
                   SELECT DISTINCT HASHTEXT(kind || key) & 2147483647 AS id FROM customer_match_key
                    WHERE partner_id = ANY(%s) AND kind IN ('code', 'phone', 'email') ORDER BY id
              ON CONFLICT (id) DO UPDATE SET id = EXCLUDED.id""",
                list(partner_ids),
            )
        )

    @api.autovacuum
    def _gc_guards(self):
        self.env.cr.execute(
            SQL(
                """DELETE FROM customer_match_guard
                    WHERE id IN (SELECT id FROM customer_match_guard FOR UPDATE SKIP LOCKED)"""
            )
        )

from odoo import api, fields, models
from odoo.tools import SQL

# Parameter with the moment from which on orders are in the ledger.
LEDGER_BEGIN = "loyalty_points.ledger_begin"


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    @api.model
    def _open_ledger(self):
        """Open the ledger of every card that has none yet with one entry equal to its balance, in one statement.

        Balances get the four decimals that the ledger has. Cards of all companies: that of the program, else the first.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """WITH entry AS (
                       INSERT INTO loyalty_ledger_entry (
                              card_id, program_id, partner_id, company_id, entry_type, date, points, qualifying_points,
                              owed_points, is_lot, expiration_date, reason, user_id)
                       SELECT card.id, card.program_id, contact.commercial_partner_id,
                              COALESCE(program.company_id, (SELECT MIN(id) FROM res_company)), 'opening',
                              NOW() AT TIME ZONE 'UTC', ROUND(card.points::numeric, 4), 0, 0, card.points > 0,
                              card.expiration_date, %s, %s
                         FROM loyalty_card card
                         JOIN loyalty_program program ON program.id = card.program_id
                         LEFT JOIN res_partner contact ON contact.id = card.partner_id
                        WHERE ROUND(card.points::numeric, 4) <> 0
                          AND NOT EXISTS (SELECT FROM loyalty_ledger_entry known WHERE known.card_id = card.id)
                       RETURNING id, card_id, points, expiration_date)
                   INSERT INTO loyalty_ledger_open (entry_id, card_id, points, expiration_date)
                   SELECT id, card_id, points, expiration_date FROM entry""",
                self.env._("Balance before the ledger"),
                self.env.uid,
            )
        )
        self.env.cr.execute(
            "UPDATE loyalty_card SET points = ROUND(points::numeric, 4) WHERE points <> ROUND(points::numeric, 4)"
        )
        self.env.invalidate_all(flush=False)
        self.env["ir.config_parameter"].sudo().set_param(LEDGER_BEGIN, fields.Datetime.to_string(fields.Datetime.now()))
        self._gather_accounts()

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..scope import Settling, current
from .loyalty_card import NOMINATIVE_PROGRAMS


class LoyaltyCard(models.Model):
    """One account per customer and program, whatever happens to contacts."""

    _inherit = "loyalty.card"

    def write(self, vals):
        if "partner_id" not in vals:
            return super().write(vals)
        self._check_may_hand_over(vals["partner_id"])
        result = super().write(vals)
        # While an order is worked out, Odoo expects the card of a visitor who has said who they are to be theirs; the
        # nightly job gathers it.
        if not isinstance(current(self.env), Settling):
            self.env["loyalty.card"].sudo()._gather_accounts(self.sudo().partner_id)
            self.sudo()._follow_owner()
        return result

    def _check_may_hand_over(self, partner_id):
        """Points of one customer become another's by a merge or a transfer, which the ledger shows."""
        customer = self.env["res.partner"].sudo().browse(partner_id or []).commercial_partner_id
        for card in self.sudo() if not self.env.su else ():
            owner = card.partner_id
            kept = not owner or owner.is_public or owner.commercial_partner_id == customer
            if not kept and card.program_id.is_nominative and card.ledger_entry_ids:
                raise UserError(
                    self.env._(
                        "The points of %(card)s belong to %(customer)s. Merge the customers if they are one.",
                        card=card.code,
                        customer=owner.display_name,
                    )
                )

    @api.model
    def _gather_accounts(self, partners=None):
        """Give the cards of mere contacts to the customer that they buy for; several of a program become one.

        Two can come up where a customer's first two orders are confirmed at the same moment.

        :param partners: look at the cards of these only; None: at all
        """
        self.env.flush_all()
        condition = SQL("TRUE") if partners is None else SQL("contact.id = ANY(%s)", partners.ids)
        query = SQL(
            """SELECT card.id FROM loyalty_card card JOIN res_partner contact ON contact.id = card.partner_id
                WHERE card.active AND card.program_id IN (%s) AND %s
                  AND (contact.commercial_partner_id <> contact.id
                       OR EXISTS (SELECT FROM loyalty_card older
                                   WHERE older.partner_id = card.partner_id AND older.program_id = card.program_id
                                     AND older.active AND older.id < card.id))
                ORDER BY card.id""",
            NOMINATIVE_PROGRAMS,
            condition,
        )
        cards = self.sudo().browse([id_ for (id_,) in self.env.execute_query(query)])
        if not cards:
            return
        accounts = self.sudo().search(
            Domain("partner_id", "in", cards.partner_id.commercial_partner_id.ids)
            & Domain("program_id", "in", cards.program_id.ids)
        )
        known = {(card.program_id, card.partner_id): card for card in accounts.sorted("id", reverse=True)}
        for card in cards:
            customer = card.partner_id.commercial_partner_id
            account = known.setdefault((card.program_id, customer), card)
            if account == card:
                card.partner_id = customer
            else:
                card._merge_into(account, self.env._("One account per customer"))
        cards._follow_owner()

    def _follow_owner(self):
        """Ledger and pending points of these cards are their owner's, that is of the account that took them over."""
        self.env.flush_all()
        for table in ("loyalty_ledger_entry", "loyalty_earning"):
            self.env.cr.execute(
                SQL(
                    """UPDATE %s kept SET partner_id = contact.commercial_partner_id
                         FROM loyalty_card card
                         LEFT JOIN loyalty_card account ON account.id = card.merged_into_id
                         JOIN res_partner contact ON contact.id = COALESCE(account.partner_id, card.partner_id)
                        WHERE kept.card_id = card.id AND card.id = ANY(%s)
                          AND kept.partner_id IS DISTINCT FROM contact.commercial_partner_id""",
                    SQL.identifier(table),
                    self.ids,
                )
            )
        self.env.invalidate_all(flush=False)

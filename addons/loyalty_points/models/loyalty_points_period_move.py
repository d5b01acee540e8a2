from odoo import Command, models

from .loyalty_points_value import ORIGINS


class LoyaltyPointsPeriod(models.Model):
    """The journal entry of a closing."""

    _inherit = "loyalty.points.period"

    def _post_move(self):
        """Post what the figures differ by from the closing before, on the first open day from the month's end on."""
        lines = self._prepare_move_lines()
        moves = self.env["account.move"].with_company(self.company_id)
        if not lines:
            return moves
        journal = self.company_id.loyalty_points_journal_id
        move = moves.create(
            {
                "move_type": "entry",
                "company_id": self.company_id.id,
                "journal_id": journal.id,
                "date": self.company_id._points_first_open_date(self.date_to, journal),
                "ref": self.env._("Points, %s", self.display_name),
                "narration": self._prepare_narration(),
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        move._post(soft=False)
        return move

    def _prepare_narration(self):
        """The last hashes of the seal: with the entry in the books nobody can make the whole ledger anew."""
        seals = self.env["loyalty.ledger.seal"]._last_hashes()
        return self.env._("Seal of the ledger: %s", ", ".join(seals)) if seals else False

    def _prepare_move_lines(self):
        """A pair of lines per program and reason: deferrals by origin, releases."""
        accounts, lines = self.company_id._points_accounts(), []
        revenue = self.company_id.loyalty_points_revenue_id
        labels = dict(self.env["loyalty.points.value"]._fields["origin"]._description_selection(self.env))
        for program, found in self.line_ids.grouped("program_id").items():
            for origin, _label in ORIGINS:
                amount = sum(found.filtered(lambda line, o=origin: line.origin == o).mapped("deferred_change"))
                name = self.env._("Points deferred, %(origin)s: %(program)s", origin=labels[origin],
                                  program=program.name)  # fmt: skip
                lines += self._prepare_pair(name, accounts[origin], amount)
            name = self.env._("Points redeemed and lapsed: %s", program.name)
            lines += self._prepare_pair(name, revenue, -sum(found.mapped("released_change")))
        return lines

    def _prepare_pair(self, name, account, amount):
        """Lines that debit `account` and credit the liability; nothing for an amount of zero."""
        amount = self.currency_id.round(amount)
        if self.currency_id.is_zero(amount):
            return []
        pair = ((account, amount), (self.company_id.loyalty_points_liability_id, -amount))
        return [
            {"account_id": booked.id, "name": name, "debit": max(value, 0), "credit": max(-value, 0)}
            for booked, value in pair
        ]

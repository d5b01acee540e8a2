from collections import namedtuple

from markupsafe import Markup
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount

from .loyalty_points_period import month_name

# What does not agree: a code, a sentence that says who, where and by how much, and where to look.
Difference = namedtuple("Difference", "code text model ids")
SHOWN = 20
TOLERANCE = 0.00001


class LoyaltyPointsCheck(models.AbstractModel):
    """Whether cards, ledger, closing, liability account and trial balance of a company agree, to the cent.

    Each check is one statement over the whole ledger and returns `Difference`s.
    """

    _name = "loyalty.points.check"
    _description = "Agreement of Points and Books"

    @api.model
    def _assert_agreement(self, company):
        """:raises UserError: naming every difference"""
        found = self._differences(company)
        if found:
            text = "\n".join(f"- {difference.text}" for difference in found[:SHOWN])
            raise UserError(
                self.env._(
                    "Points and books of %(company)s do not agree:\n%(differences)s",
                    company=company.name,
                    differences=text,
                )
            )

    @api.model
    def _differences(self, company, positions=None):
        """:param positions: what `_positions` says of the last closing, if known already"""
        period = self.env["loyalty.points.period"]._last_closed(company)
        self.env["loyalty.points.value"]._allow_memory()
        found = [*self._check_cards(company), *self._check_lots(company)]
        if period:
            positions = self._positions(period) if positions is None else positions
            found += [
                *self._check_closing(period, positions),
                *self._check_moves(period),
                *self._check_account(period),
            ]
        return found

    @api.model
    def _positions(self, period):
        """The figures of a closing computed anew, from the ledger as it was then and with the estimates of then."""
        estimates = {line.program_id.id: (line.rate, line.is_proportional) for line in period.line_ids}
        return period.line_ids._positions(period, period.last_entry_id, estimates)

    def _check_cards(self, company):
        """The balance of each card is the sum of its entries."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT c.id, c.points, COALESCE(e.points, 0)
                     FROM loyalty_card c
                     LEFT JOIN (SELECT card_id, SUM(points) AS points FROM loyalty_ledger_entry GROUP BY card_id) e
                            ON e.card_id = c.id
                    WHERE c.program_id IN (%s) AND ABS(c.points - COALESCE(e.points, 0)) > %s
                    ORDER BY c.id LIMIT %s""",
                self.env["loyalty.points.value"]._programs(company), TOLERANCE, SHOWN,
            )
        )  # fmt: skip
        cards = self.env["loyalty.card"].sudo().browse(row[0] for row in rows)
        for card, (_id, points, ledger) in zip(cards, rows, strict=True):
            text = self.env._(
                "%(member)s: the card %(card)s has %(points)s points, its ledger %(ledger)s: %(difference)s too many",
                member=card.partner_id.display_name or "-",
                card=card.code,
                points=f"{points:g}",
                ledger=f"{ledger:g}",
                difference=f"{points - ledger:g}",
            )
            yield Difference("card", text, "loyalty.card", card.ids)

    def _check_lots(self, company):
        """No lot gives more points than it has, and none gets back more than it gave."""
        rows = self.env.execute_query(
            SQL(
                """SELECT lot.id, lot.points, a.points
                     FROM (SELECT lot_id, SUM(points) AS points FROM loyalty_ledger_allocation GROUP BY lot_id) a
                     JOIN loyalty_ledger_entry lot ON lot.id = a.lot_id
                    WHERE lot.company_id = %s AND (a.points > lot.points + %s OR a.points < -%s)
                    ORDER BY lot.id LIMIT %s""",
                company.id, TOLERANCE, TOLERANCE, SHOWN,
            )
        )  # fmt: skip
        lots = self.env["loyalty.ledger.entry"].sudo().browse(row[0] for row in rows)
        for lot, (_id, points, used) in zip(lots, rows, strict=True):
            text = self.env._(
                "%(member)s: of the %(points)s points of entry %(entry)s, %(used)s were taken",
                member=lot.partner_id.display_name or "-",
                points=f"{points:g}",
                entry=lot.id,
                used=f"{used:g}",
            )
            yield Difference("lot", text, lot._name, lot.ids)

    def _check_closing(self, period, found):
        """The ledger, computed anew as of the closing, gives the figures that were closed."""
        lines = self.env["loyalty.points.period.line"].sudo()
        closed = {line._key(): line for line in period.line_ids}
        for key in sorted(closed.keys() | found.keys(), key=str):
            liability, line = found.get(key, {}).get("liability", 0.0), closed.get(key, lines)
            if not period.currency_id.is_zero(liability - (line.liability if line else 0.0)):
                program = self.env["loyalty.program"].sudo().browse(key[0])
                text = self.env._(
                    "%(program)s, points of %(month)s (%(origin)s): the ledger gives a liability of %(ledger)s, the "
                    "closing of %(closing)s %(closed)s",
                    program=program.name,
                    month=month_name(self.env, key[1]),
                    origin=dict(lines._fields["origin"]._description_selection(self.env))[key[2]],
                    ledger=self._money(period, liability),
                    closing=period.display_name,
                    closed=self._money(period, line.liability if line else 0.0),
                )
                yield Difference("closing", text, lines._name, line.ids if line else [])

    def _check_moves(self, period):
        """The entries of the closings are posted and add up to the liability of the last one."""
        moves, booked = self._closing_moves(period)
        for move in moves.filtered(lambda move: move.state != "posted"):
            text = self.env._("The journal entry %s of a closing is not posted any more", move.display_name)
            yield Difference("move", text, move._name, move.ids)
        if not period.currency_id.is_zero(booked - period.liability):
            text = self.env._(
                "Account %(account)s: the entries of the closings add up to %(booked)s, the liability is "
                "%(liability)s: "
                "%(difference)s",
                account=self._account_name(period),
                booked=self._money(period, booked),
                liability=self._money(period, period.liability),
                difference=self._money(period, booked - period.liability),
            )
            yield Difference("booked", text, moves._name, moves.ids)

    def _check_account(self, period):
        """In the trial balance stands what the closings have posted, and nothing else."""
        moves, _booked = self._closing_moves(period)
        lines = self._account_lines(period).filtered_domain([("move_id", "not in", moves.ids)])
        for line in lines[:SHOWN]:
            text = self.env._(
                "Account %(account)s: %(move)s of %(date)s by %(user)s is no closing of points: %(amount)s",
                account=self._account_name(period),
                move=line.move_id.name,
                date=line.date.isoformat(),
                user=line.create_uid.name,
                amount=self._money(period, -line.balance),
            )
            yield Difference("account", text, "account.move", line.move_id.ids)

    def _closing_moves(self, period):
        """Entries of all closings of the company, and what those that are posted add to the liability."""
        periods = period.sudo().search([("company_id", "=", period.company_id.id), ("state", "=", "closed")])
        lines = self._account_lines(period).filtered(lambda line: line.move_id in periods.move_id)
        return periods.move_id, -sum(lines.mapped("balance"))

    def _account_lines(self, period):
        """What is posted on the liability account."""
        return self.env["account.move.line"].sudo().search(
            [
                ("account_id", "=", period.liability_account_id.id),
                ("company_id", "=", period.company_id.id),
                ("parent_state", "=", "posted"),
            ]
        )  # fmt: skip

    def _account_name(self, period):
        account = period.liability_account_id.with_company(period.company_id)
        return f"{account.code} {account.name}"

    def _money(self, period, amount):
        return format_amount(self.env, amount, period.currency_id)

    @api.model
    def _cron_check(self):
        """Tell who closed last when points and books do not agree."""
        companies = self.env["res.company"]._customer_policy_companies()
        companies = companies.filtered(lambda company: company._points_is_accounted())
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            self.with_company(company)._report(company)
            self.env["ir.cron"]._commit_progress(1)

    def _report(self, company):
        found, period = self._differences(company), self.env["loyalty.points.period"]._last_closed(company)
        reminders = period.activity_search(["mail.mail_activity_data_warning"])
        if not found:
            reminders.unlink()
        elif period and not reminders:
            period.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=period.user_id.id,
                summary=self.env._("Points and books do not agree"),
                note=Markup("<br/>").join(difference.text for difference in found[:SHOWN]),
            )
        return found

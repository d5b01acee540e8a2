from datetime import datetime, time

import pytz
from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

# Rows of what expires next on the member page.
SHOWN = 6


class LoyaltyCard(models.Model):
    """The member page: what a member has, what expires when, where the tier stands."""

    _inherit = "loyalty.card"

    open_ids = fields.One2many(
        "loyalty.ledger.open", "card_id", "Points by Expiry", domain=[("points", ">", 0)], readonly=True
    )
    member_html = fields.Html("Summary", compute="_compute_member_html", sanitize=False)

    @api.depends("points", "points_owed", "program_id", "partner_id")
    @api.depends_context("lang", "company", "uid")
    def _compute_member_html(self):
        for card in self:
            values = card._member_summary() if card.id and card.is_in_scope else {}
            card.member_html = values and self.env["ir.qweb"]._render("loyalty_points.member_summary", values)

    def _member_summary(self):
        """What the member page, the portal and the statement show of a card. sudo: all that is read belongs to it, and
        who asks has shown to be its member or to have the member in scope."""
        self.ensure_one()
        # Days of the company, as its rules count them, wherever the reader is.
        card = self.sudo().with_context(tz=self._company().customer_policy_tz or "UTC")
        expiring = card._expiring()
        return {
            "card": card,
            "company": card._company(),
            "balance": card.points,
            "owed": card.points_owed,
            "owed_note": self.env._(
                "%s of returned goods are taken from the points earned next.", card._format_points(card.points_owed)
            ),
            "pending": card._pending(),
            "expiring": expiring[:SHOWN],
            "expires_later": sum(points for _day, points in expiring[SHOWN:]),
            "never": sum(item.points for item in card.open_ids if not item.expiration_date),
            "rewards": card._rewards(),
            "tier": card._tier_progress(),
            "format": card._format_points,
            "day": lambda moment: format_date(card.env, moment),
        }

    @api.model
    def _on_day(self, points, day):
        """“100 points on 31 March”, for the texts of the page."""
        return self.env._("%(points)s on %(day)s", points=points, day=format_date(self.env, day))

    def _company(self):
        """Whose rules count: the program's company, else the current one."""
        return (self.program_id.company_id or self.env.company).sudo()

    def _expiring(self):
        """[(last day, points)] of what can still be spent, soonest first."""
        lots = self.env["loyalty.ledger.open"].sudo()
        domain = [("card_id", "=", self.id), ("points", ">", 0), ("expiration_date", "!=", False)]
        return lots._read_group(domain, ["expiration_date:day"], ["points:sum"], order="expiration_date:day")

    def _pending(self):
        """[(day from which they can be spent, points)] of what is earned but not yet in the ledger."""
        earnings = self.env["loyalty.earning"].sudo()
        domain = [("card_id", "=", self.id), ("state", "=", "pending")]
        return earnings._read_group(domain, ["available_date:day"], ["points:sum"], order="available_date:day")

    def _tier_progress(self):
        """Where the member stands between two tiers, see the template; empty without tiers."""
        partner = self.partner_id.commercial_partner_id
        memberships_sudo = self.env["loyalty.tier.membership"].sudo()
        found = partner and memberships_sudo._get_progress(partner, self._company()).get(partner.id)
        if not found:
            return {}
        following, threshold = found["next_tier"], found["threshold"]
        names = {
            "missing": f"{found['needed']:,.0f}",
            "tier": following.name,
            "day": format_date(self.env, found["period_end"]),
        }
        if found["period_end"]:
            note = self.env._("%(missing)s to %(tier)s until %(day)s", **names)
        else:
            note = self.env._("%(missing)s to %(tier)s", **names)
        return {
            "name": found["tier"].name,
            "percent": min(100, max(0, 100 * found["collected"] / threshold)) if threshold else 0,
            "note": note if following else False,
        }

    def _rewards(self):
        """[(reward, whether the balance is enough)] of the program, without those for members of other tiers."""
        member, memberships_sudo = self.partner_id.commercial_partner_id, self.env["loyalty.tier.membership"].sudo()
        tier = memberships_sudo._get_current(member, self._company()).get(member.id, self.env["loyalty.tier"])
        rewards = self.program_id.reward_ids.filtered(lambda reward: not reward._loyalty_closed_to(tier))
        return [(reward, self.points >= reward.required_points) for reward in rewards.sorted("required_points")]

    # ------------------------------------------------------------ statement

    def _statement(self, date_from, date_to):
        """Movements of a time with the balance before, after each, and at the end; days of the company."""
        self.ensure_one()
        start, end = self._moment(date_from), self._moment(date_to + relativedelta(days=1))
        entries = self.env["loyalty.ledger.entry"].sudo()
        mine = Domain("card_id", "=", self.id)
        [(opening,)] = entries._read_group(mine & Domain("date", "<", start), [], ["points:sum"])
        found = entries.search(mine & Domain("date", ">=", start) & Domain("date", "<", end), order="date, id")
        balance, lines = opening or 0.0, []
        for entry in found:
            balance += entry.points
            lines.append({"entry": entry, "balance": balance, "title": entry._member_title()})
        sums = {"received": 0.0, "spent": 0.0}
        for entry in found:
            sums["received" if entry.points > 0 else "spent"] += entry.points
        return {"date_from": date_from, "date_to": date_to, "opening": opening or 0.0, "closing": balance,
                "lines": lines, **sums}  # fmt: skip

    def _moment(self, day):
        zone = pytz.timezone(self._company().customer_policy_tz or "UTC")
        return zone.localize(datetime.combine(day, time())).astimezone(pytz.UTC).replace(tzinfo=None)

    def _statement_days(self, data):
        """First and last day of a statement; the last twelve months unless `data` says otherwise."""
        today = self._company()._customer_policy_today()
        days = {}
        for name, default in (("date_from", today - relativedelta(months=12)), ("date_to", today)):
            try:
                days[name] = fields.Date.to_date(data.get(name)) or default
            except ValueError:
                days[name] = default
        return min(days.values()), max(days.values())

    def action_print_statement(self):
        self._check_scope()
        return self.env.ref("loyalty_points.statement_report").report_action(self)

    def _get_report_base_filename(self):
        return self.env._("Points of %s", self.partner_id.commercial_partner_id.name or self.code)

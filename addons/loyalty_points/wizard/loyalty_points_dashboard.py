from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..models.loyalty_points_period import month_name

MONTHS = 12
KINDS = ("issued", "redeemed", "lapsed")
# Days until points expire; what is later, and what never expires, come after.
BUCKETS = (30, 90, 180, 365)


class LoyaltyPointsDashboard(models.TransientModel):
    """How a program is doing: what was issued, redeemed and lost, what it owes, how old that is, who is active.

    The page is made on the server; every figure respects the record rules of its reader.
    """

    _name = "loyalty.points.dashboard"
    _description = "Points Dashboard"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    program_id = fields.Many2one(
        "loyalty.program", domain="[('program_type', '=', 'loyalty')]", help="Empty: all loyalty programs."
    )
    html = fields.Html(compute="_compute_html", sanitize=False)

    @api.depends("company_id")
    def _compute_display_name(self):
        for dashboard in self:
            dashboard.display_name = self.env._("Points Dashboard")

    @api.depends("company_id", "program_id")
    def _compute_html(self):
        for dashboard in self:
            values = dashboard._prepare_values()
            dashboard.html = self.env["ir.qweb"]._render("loyalty_points.dashboard", values)

    @api.model
    def action_open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Points Dashboard"),
            "res_model": self._name,
            "res_id": self.create({}).id,
            "views": [(False, "form")],
            "target": "current",
        }

    # ------------------------------------------------------------ figures

    def _prepare_values(self):
        months, members = self._months(), self._members()
        totals = {name: sum(month[name] for month in months) for name in KINDS}
        return {
            "months": months,
            "peak": max([month[name] for month in months for name in KINDS] + [1]),
            "totals": totals,
            "tiles": self._tiles(totals, members),
            "members": members,
            "ageing": self._ageing(),
            "tiers": self._tiers(),
            "liability": self._liability(),
            "currency": self.company_id.sudo().currency_id,
            "is_empty": not members["all"],
        }

    def _tiles(self, totals, members):
        """[(title, figure, style, note)] at the head of the page."""
        share = 100 * totals["redeemed"] / totals["issued"] if totals["issued"] else 0
        return [
            (self.env._("Issued, 12 months"), totals["issued"], "text-success", False),
            (self.env._("Redeemed, 12 months"), totals["redeemed"], "text-primary",
             self.env._("%s %% of what was issued", round(share))),
            (self.env._("Lapsed, 12 months"), totals["lapsed"], "text-warning", False),
            (self.env._("Outstanding"), members["points"], "",
             self.env._("held by %s members", f"{members['holding']:,}")),
            (self.env._("Active members"), members["active"], "",
             self.env._("of %s, in 12 months", f"{members['all']:,}")),
        ]  # fmt: skip

    def _entries(self):
        """The ledger entries that count here, as a query under the record rules of the reader."""
        return self.env["loyalty.ledger.entry"]._search(self._domain())

    def _domain(self):
        domain = Domain("company_id", "=", self.company_id.id) & Domain("program_id.program_type", "=", "loyalty")
        return domain & Domain("program_id", "=", self.program_id.id) if self.program_id else domain

    def _months(self):
        """Points of each of the last months by what became of them; what was taken or given back is set off."""
        company = self.company_id.sudo()
        first = company._customer_policy_today().replace(day=1) - relativedelta(months=MONTHS - 1)
        found = {first + relativedelta(months=n): dict.fromkeys(KINDS, 0.0) for n in range(MONTHS)}
        query = self._entries()
        alias = query.table
        month = SQL("date_trunc('month', %s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
                    SQL.identifier(alias, "date"), company.customer_policy_tz or "UTC")  # fmt: skip
        kind, points = SQL.identifier(alias, "entry_type"), SQL.identifier(alias, "points")
        query.add_where(SQL("%s >= %s", SQL.identifier(alias, "date"), first - relativedelta(days=1)))
        sums = query.subselect(
            SQL("%s AS month", month),
            SQL(
                """CASE WHEN %(kind)s IN ('redemption') OR %(kind)s = 'reversal' AND %(points)s > 0 THEN 'redeemed'
                        WHEN %(kind)s = 'expiry' OR %(kind)s = 'adjustment' AND %(points)s < 0 THEN 'lapsed'
                        WHEN %(kind)s IN ('accrual', 'adjustment', 'reversal') THEN 'issued' END AS kind""",
                kind=kind,
                points=points,
            ),
            SQL("%s AS points", points),
        )
        rows = self.env.execute_query(
            SQL("SELECT month, kind, SUM(points)::float FROM %s s WHERE kind IS NOT NULL GROUP BY 1, 2", sums)
        )
        for day, name, value in rows:
            if day in found:
                found[day][name] += value if name == "issued" else -value
        return [
            {"label": format_date(self.env, day, date_format="MMM"),
             "title": month_name(self.env, day),
             **{name: max(value, 0.0) for name, value in sums_.items()}}
            for day, sums_ in found.items()
        ]  # fmt: skip

    def _members(self):
        """Members: all, with a movement in the last twelve months, with points to spend; points that they hold. Who has
        accounts in several programs is one member, a card without a name is one of its own."""
        query = self._entries()
        since = self.company_id.sudo()._customer_policy_today() - relativedelta(months=MONTHS)
        columns = [
            SQL.identifier(query.table, name) for name in ("card_id", "partner_id", "date", "points", "entry_type")
        ]
        rows = query.subselect(*columns)
        [(everybody, active, holding, points)] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*), COUNT(*) FILTER (WHERE last >= %s), COUNT(*) FILTER (WHERE points > 0),
                          COALESCE(SUM(points), 0)::float
                     FROM (SELECT COALESCE(partner_id, -card_id), SUM(points) AS points,
                                  MAX(date) FILTER (WHERE entry_type IN ('accrual', 'redemption')) AS last
                             FROM %s e GROUP BY 1) member""",
                since,
                rows,
            )
        )
        return {"all": everybody, "active": active, "holding": holding, "points": points}

    def _ageing(self):
        """[(label, points, share)] by how soon the points expire."""
        lots = self.env["loyalty.ledger.open"]
        entry = self.env["loyalty.ledger.entry"]._search(self._domain())
        query = lots._search(Domain("points", ">", 0) & Domain("entry_id", "in", entry))
        columns = [SQL.identifier(query.table, name) for name in ("points", "expiration_date")]
        today = self.company_id.sudo()._customer_policy_today()
        rows = self.env.execute_query(
            SQL(
                """SELECT CASE WHEN expiration_date IS NULL THEN NULL
                               ELSE width_bucket(expiration_date - %s::date, %s::int[]) END, SUM(points)::float
                     FROM %s o GROUP BY 1""",
                today,
                [days + 1 for days in BUCKETS],
                query.subselect(*columns),
            )
        )
        found, total = dict(rows), sum(points for _bucket, points in rows) or 1
        labels = [self.env._("within %s days", days) for days in BUCKETS] + [self.env._("later")]
        ageing = [(label, found.get(number, 0.0)) for number, label in enumerate(labels)]
        ageing.append((self.env._("never"), found.get(None, 0.0)))
        return [(label, points, 100 * points / total) for label, points in ageing]

    def _tiers(self):
        """[(tier, members)], the best first, as far as the reader sees memberships."""
        memberships = self.env["loyalty.tier.membership"]
        if not memberships.has_access("read"):
            return []
        domain = [("company_id", "=", self.company_id.id), ("date_end", "=", False)]
        groups = memberships._read_group(domain, ["tier_id"], ["__count"])
        return [(tier.name, count) for tier, count in sorted(groups, key=lambda group: group[0].sequence)]

    def _liability(self):
        """The last closing, for who may read closings of this company."""
        periods = self.env["loyalty.points.period"]
        may_read = periods.has_access("read") and self.company_id in self.env.companies
        return periods._last_closed(self.company_id) if may_read else periods

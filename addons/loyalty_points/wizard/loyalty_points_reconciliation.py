from odoo import api, fields, models
from odoo.tools import format_datetime


class LoyaltyPointsReconciliation(models.TransientModel):
    """Ledger, closings, liability account and trial balance of a company side by side, as of now."""

    _name = "loyalty.points.reconciliation"
    _description = "Agreement of Points and Books"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    is_agreed = fields.Boolean(compute="_compute_html")
    html = fields.Html(compute="_compute_html", sanitize=False)

    @api.depends("company_id")
    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._("Points and Books: %s", report.company_id.name)

    @api.depends("company_id")
    def _compute_html(self):
        for report in self:
            values = report._prepare_values() if report.company_id in self.env.companies else {}
            report.is_agreed = not values.get("differences")
            report.html = self.env["ir.qweb"]._render("loyalty_points.reconciliation", values) if values else False

    def _prepare_values(self):
        """What the page and its print show. The checks work as sudo: who may read closings may know that they agree."""
        self.env["loyalty.points.period"].check_access("read")
        self.ensure_one()
        check_sudo = self.env["loyalty.points.check"].sudo()
        company_sudo = self.company_id.sudo()
        period_sudo = self.env["loyalty.points.period"]._last_closed(self.company_id)
        positions = check_sudo._positions(period_sudo) if period_sudo else None
        values = {
            "company": company_sudo,
            "currency": company_sudo.currency_id,
            "period": period_sudo,
            "is_configured": company_sudo._points_is_accounted(),
            "differences": check_sudo._differences(self.company_id, positions),
            "programs": self._sum_programs(period_sudo),
            "texts": self._texts(company_sudo, period_sudo),
            "rows": [],
            "total": {},
        }
        if period_sudo:
            values["rows"] = self._compare(check_sudo, period_sudo, positions)
            names = ("issued", "cancelled", "redeemed", "lapsed", "outstanding", "deferred", "released", "liability")
            values["total"] = {name: sum(row[name] for row in values["programs"]) for name in names}
        return values

    def _texts(self, company_sudo, period_sudo):
        names = {"company": company_sudo.name, "closing": period_sudo.display_name,
                 "now": format_datetime(self.env, fields.Datetime.now())}  # fmt: skip
        return {
            "missing": self.env._(
                "The points of %(company)s are not in its books yet. Accounts and the first month are set in the "
                "settings, Customer Policy, Points.", **names,
            ),
            "title": self.env._("Liability of %(company)s", **names),
            "foot": self.env._(
                "As of the closing of %(closing)s, checked on %(now)s. Points given with a sale are deferred by "
                "relative selling price; what nobody is expected to redeem becomes revenue with what is "
                "redeemed (IFRS 15 B39-B47).", **names,
            ),
        }  # fmt: skip

    def _sum_programs(self, period_sudo):
        names = ("issued", "cancelled", "redeemed", "lapsed", "outstanding", "deferred", "released", "liability")
        return [
            {"name": program.name, "rate": lines[:1].rate, **{name: sum(lines.mapped(name)) for name in names}}
            for program, lines in period_sudo.line_ids.grouped("program_id").items()
        ]

    def _compare(self, check_sudo, period_sudo, positions):
        """[(label, liability)] that must all be the same."""
        _moves, booked = check_sudo._closing_moves(period_sudo)
        trial = -sum(check_sudo._account_lines(period_sudo).mapped("balance"))
        account = check_sudo._account_name(period_sudo)
        return [
            (self.env._("Points ledger, computed anew"), sum(vals["liability"] for vals in positions.values())),
            (self.env._("Closing of %s", period_sudo.display_name), period_sudo.liability),
            (self.env._("Entries of the closings on account %s", account), booked),
            (self.env._("Trial balance, account %s", account), trial),
        ]

    def action_print(self):
        return self.env.ref("loyalty_points.reconciliation_report").report_action(self)

    def action_open_closings(self):
        return self.env["ir.actions.act_window"]._for_xml_id("loyalty_points.loyalty_points_period_action")

    @api.model
    def action_open(self):
        report = self.create({})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Points and Books"),
            "res_model": self._name,
            "res_id": report.id,
            "views": [(False, "form")],
            "target": "current",
        }

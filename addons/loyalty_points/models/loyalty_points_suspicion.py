from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from .loyalty_points_fraud_rule import KINDS

REVIEW_FIELDS = {"note"}


class LoyaltyPointsSuspicion(models.Model):
    """A member whose points somebody should look at: by which rule, and what was found.

    A member is on the list of a rule once; figures are kept up to date until somebody has looked.
    """

    _name = "loyalty.points.suspicion"
    _description = "Points to Review"
    _inherit = ["mail.thread"]
    _order = "state desc, date_last desc, id desc"

    partner_id = fields.Many2one("res.partner", "Member", required=True, readonly=True, index=True, ondelete="cascade")
    other_partner_id = fields.Many2one("res.partner", "Friend", readonly=True, ondelete="set null")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    rule_key = fields.Char(required=True, readonly=True)
    rule_name = fields.Char("Rule", readonly=True)
    clause = fields.Char("Clause as Cited", readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    times = fields.Integer(readonly=True)
    points = fields.Float(readonly=True)
    earned = fields.Float("Points Earned", readonly=True)
    date_first = fields.Datetime("First", readonly=True)
    date_last = fields.Datetime("Last", readonly=True)
    finding = fields.Char(compute="_compute_finding")
    state = fields.Selection(
        [("open", "To Review"), ("confirmed", "Confirmed"), ("dismissed", "Nothing Wrong")],
        required=True,
        readonly=True,
        default="open",
        tracking=True,
    )
    user_id = fields.Many2one("res.users", "Reviewed by", readonly=True)
    date_reviewed = fields.Datetime("Reviewed on", readonly=True)
    note = fields.Text("What Was Found")

    @api.depends("partner_id", "rule_name")
    def _compute_display_name(self):
        for suspicion in self:
            suspicion.display_name = f"{suspicion.partner_id.display_name}: {suspicion.rule_name}"

    @api.depends("kind", "times", "points", "earned", "date_first", "date_last")
    @api.depends_context("lang")
    def _compute_finding(self):
        for found in self:
            names = {
                "times": found.times,
                "points": f"{found.points:g}",
                "earned": f"{found.earned:g}",
                "first": format_date(self.env, found.date_first),
                "last": format_date(self.env, found.date_last),
            }
            found.finding = {
                "return_loop": self.env._(
                    "%(times)s purchases taken back from %(first)s to %(last)s: %(points)s of %(earned)s points",
                    **names,
                ),
                "velocity": self.env._("%(points)s points in %(times)s credits from %(first)s to %(last)s", **names),
                "self_referral": self.env._("%(times)s friends who share phone, e-mail or code", **names),
            }[found.kind]

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("This list is made by the rules of the customer policy."))
        return super().create(vals_list)

    def write(self, vals):
        allowed = {name: value for name, value in vals.items() if self.env.su or name in REVIEW_FIELDS}
        return super().write(allowed)

    # ------------------------------------------------------------ review

    def action_confirm(self):
        return self._review("confirmed")

    def action_dismiss(self):
        return self._review("dismissed")

    def _review(self, state):
        self.check_access("write")
        for found in self:
            if not (found.note or "").strip():
                raise UserError(self.env._("Please note what you have found out about %s.", found.partner_id.name))
        self.sudo().write({"state": state, "user_id": self.env.uid, "date_reviewed": fields.Datetime.now()})
        return True

    def action_open_ledger(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_points.loyalty_ledger_entry_action")
        return {**action, "domain": [("partner_id", "=", self.partner_id.id)], "context": {"create": False}}

    # ------------------------------------------------------------ the nightly look

    @api.model
    def _cron_look(self):
        companies = self.env["res.company"]._customer_policy_companies()
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            self._look(company)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _look(self, company):
        """Put whom the rules in force find on the list; who is there gets new figures. Twice changes nothing."""
        self.env.flush_all()
        for rule in self.env["loyalty.points.fraud.rule"]._in_force(company):
            found = SQL("(%s) f (partner_id, times, points, earned, date_first, date_last, other_partner_id)",
                        rule._find(company))  # fmt: skip
            figures = ("times", "points", "earned", "date_first", "date_last", "other_partner_id")
            self.env.cr.execute(self._update_open(company, rule, found, figures))
            self.env.cr.execute(self._insert_new(company, rule, found, figures))
        self.invalidate_model(flush=False)

    def _update_open(self, company, rule, found, figures):
        return SQL(
            """UPDATE loyalty_points_suspicion s SET %s FROM %s
                WHERE s.partner_id = f.partner_id AND s.company_id = %s AND s.rule_key = %s AND s.state = 'open'""",
            SQL(", ").join(SQL("%s = f.%s", SQL.identifier(name), SQL.identifier(name)) for name in figures),
            found,
            company.id,
            rule.stable_key,
        )

    def _insert_new(self, company, rule, found, figures):
        columns = SQL(", ").join(map(SQL.identifier, figures))
        return SQL(
            """INSERT INTO loyalty_points_suspicion
                      (partner_id, %(columns)s, company_id, rule_key, rule_name, clause, kind, state, create_uid,
                       write_uid, create_date, write_date)
               SELECT partner_id, %(columns)s, %(company)s, %(key)s, %(name)s, %(clause)s, %(kind)s, 'open', %(user)s,
                      %(user)s, %(now)s, %(now)s
                 FROM %(found)s
                WHERE NOT EXISTS (SELECT FROM loyalty_points_suspicion s
                                   WHERE s.partner_id = f.partner_id AND s.company_id = %(company)s
                                     AND s.rule_key = %(key)s AND s.state = 'open')""",
            columns=columns,
            company=company.id,
            key=rule.stable_key,
            name=rule.name,
            clause=rule.clause_id.display_name,
            kind=rule.kind,
            user=self.env.uid,
            now=fields.Datetime.now(),
            found=found,
        )

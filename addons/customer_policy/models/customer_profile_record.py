from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, split_every

from ..words import join_names
from .customer_fact import SOURCES

CONFIRMED = {"confirmed_date", "confirmed_user_id", "confirmed_source"}
BATCH = 200


class CustomerProfile(models.Model):
    """How complete the record of a customer is, and when it is to be checked again."""

    _inherit = "customer.profile"

    completeness = fields.Integer(
        readonly=True, aggregator="avg", help="Weighted share of the entry standard that the record meets, 0 to 100."
    )
    recheck_date = fields.Date(
        "Re-check Due", readonly=True, help="The last confirmation, or the creation, and the months of the grade."
    )
    confirmed_date = fields.Date("Confirmed On", readonly=True)
    confirmed_user_id = fields.Many2one("res.users", string="Confirmed By", readonly=True, ondelete="set null")
    confirmed_source = fields.Selection(SOURCES, readonly=True)
    gap_text = fields.Char("Missing", compute="_compute_gap_text")
    fact_table = fields.Html(compute="_compute_fact_table", sanitize=False)

    _recheck_idx = models.Index("(company_id, recheck_date)")

    @api.model
    def _entered_fields(self):
        return super()._entered_fields() | CONFIRMED

    def _entries_to_keep(self):
        """The latest confirmation counts."""
        latest = self.filtered("confirmed_date").sorted("confirmed_date", reverse=True)[:1]
        return super()._entries_to_keep() | {name: self._first_entry(latest, name) for name in CONFIRMED}

    @api.model
    def _metric_names(self):
        return [name for name in super()._metric_names() if name not in ("confirmed_date", "recheck_date")]

    @api.depends_context("lang")
    @api.depends("completeness")
    def _compute_gap_text(self):
        gaps = self.partner_id._customer_gaps()
        for profile in self:
            labels = [rule._get_label() for rule, _problem in gaps.get(profile.partner_id.id, [])]
            profile.gap_text = join_names(self.env, labels)

    def _compute_fact_table(self):
        for profile in self:
            rows = profile.partner_id._customer_fact_rows()
            profile.fact_table = self.env["ir.qweb"]._render("customer_policy.customer_fact_table", {"rows": rows})

    # ------------------------------------------------------------ completeness

    @api.model
    def _refresh_completeness(self, partner_ids):
        """Bring the completeness of some customers up to date at once, in every company where they are customers.

        A row that a run of the engine has locked is left to the next one: nobody waits for a run.
        """
        if not partner_ids:
            return
        companies = self.sudo()._read_group([("partner_id", "in", list(partner_ids))], ["company_id"])
        if not companies:
            return
        self.env.flush_all()
        for [company] in companies:
            rules = self.env["customer.entry.rule"]._in_force(company)
            self.env.cr.execute(
                SQL(
                    """UPDATE customer_profile profile SET completeness = fresh.completeness
                         FROM (SELECT p.id, %(completeness)s AS completeness FROM res_partner p
                                WHERE p.id = ANY(%(ids)s)) fresh
                        WHERE fresh.id = profile.partner_id AND profile.company_id = %(company)s
                          AND fresh.completeness IS DISTINCT FROM profile.completeness
                          AND profile.id IN (SELECT id FROM customer_profile
                                              WHERE partner_id = ANY(%(ids)s) AND company_id = %(company)s
                                                FOR NO KEY UPDATE SKIP LOCKED)""",
                    completeness=rules._completeness_sql(company),
                    ids=list(partner_ids),
                    company=company.id,
                )
            )
        self.invalidate_model(["completeness", "gap_text"])

    # ------------------------------------------------------------ re-check

    def action_confirm_record(self):
        """“I have looked at this record, it is right”: by who may change the contact."""
        partners = self.partner_id
        partners.check_access("write")
        self._confirm()

    def _confirm(self, source="entered"):
        """Store day and person of a confirmation; the callers check who asks. Open reminders are done with it."""
        profiles_sudo = self.sudo()
        for company, profiles in profiles_sudo.grouped("company_id").items():
            profiles.write(
                {
                    "confirmed_date": company._customer_policy_today(),
                    "confirmed_user_id": self.env.uid,
                    "confirmed_source": source,
                }
            )
        profiles_sudo._refresh_recheck()
        profiles_sudo._recheck_activities().unlink()

    def _refresh_recheck(self):
        """The next day on which these records are due."""
        self.flush_recordset()
        for company, profiles in self.grouped("company_id").items():
            rules = self.env["customer.recheck.rule"]._in_force(company)
            self.env.cr.execute(
                SQL(
                    """UPDATE customer_profile profile SET recheck_date = %s
                         FROM res_partner p WHERE p.id = profile.partner_id AND profile.id = ANY(%s)""",
                    rules._due_sql("profile", company._recheck_created_sql()),
                    profiles.ids,
                )
            )
        self.invalidate_recordset(["recheck_date"])

    def _recheck_activities(self):
        """Open reminders of these customers."""
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "res.partner"),
                    ("res_id", "in", self.partner_id.ids),
                    ("activity_type_id", "=", self.env.ref("customer_policy.mail_activity_type_recheck").id),
                ]
            )
        )

    @api.model
    def _cron_remind_recheck(self):
        """One open reminder per due customer, for who answers for it, within the figure of the policy."""
        commit = self.env["ir.cron"]._commit_progress
        due = self.sudo()
        for company in self.env["res.company"]._customer_policy_companies():
            due |= self.sudo()._find_to_remind(company)
        commit(remaining=len(due))
        for batch in split_every(BATCH, due.ids, self.sudo().browse):
            batch._remind_recheck()
            if not commit(len(batch)):
                break

    @api.model
    def _find_to_remind(self, company):
        """Due customers without an open reminder, and somebody to remind: the best grade and the largest revenue
        first, and nobody gets more open reminders than the policy says."""
        policy = self.env["customer.policy"]._get_in_force(company)
        if not policy:
            return self.browse()
        self.env.flush_all()
        open_reminder = SQL(
            """SELECT res_id, user_id FROM mail_activity
                WHERE active AND res_model = 'res.partner' AND activity_type_id = %s""",
            self.env.ref("customer_policy.mail_activity_type_recheck").id,
        )
        rows = self.env.execute_query(
            SQL(
                """WITH reminder AS (%(reminder)s),
                   due AS (
                       SELECT profile.id, responsible.user_id,
                              ROW_NUMBER() OVER (
                                  PARTITION BY responsible.user_id
                                  ORDER BY grade.sequence NULLS LAST, profile.revenue_12m DESC NULLS LAST,
                                           profile.recheck_date, profile.id) AS place
                         FROM customer_profile profile
                         JOIN res_partner partner ON partner.id = profile.partner_id
                        CROSS JOIN LATERAL (%(responsible)s) responsible
                    LEFT JOIN customer_grade grade ON grade.id = profile.grade_id
                        WHERE profile.company_id = %(company)s AND profile.recheck_date <= %(today)s
                          AND partner.active
                          AND NOT EXISTS (SELECT FROM reminder WHERE reminder.res_id = partner.id))
                   SELECT due.id FROM due
                    WHERE due.place + (SELECT COUNT(*) FROM reminder WHERE reminder.user_id = due.user_id) <= %(limit)s
                    ORDER BY due.user_id, due.place""",
                reminder=open_reminder,
                responsible=self._responsible_sql(policy),
                company=company.id,
                today=company._customer_policy_today(),
                limit=int(policy._get_parameter("recheck_open_limit")),
            )
        )
        return self.browse([profile_id for [profile_id] in rows])

    @api.model
    def _responsible_sql(self, policy):
        """`user_id` of who answers for the customer of the rows `profile` and `partner`: its salesperson, else the
        leader of that person's team, else the owner of the policy; nobody who has left."""
        return SQL(
            """SELECT person.id AS user_id
                 FROM (SELECT 1 AS rank, partner.user_id AS id
                        UNION ALL
                       SELECT 2, team.user_id
                         FROM crm_team_member member JOIN crm_team team ON team.id = member.crm_team_id
                        WHERE member.user_id = partner.user_id AND team.active
                          AND (team.company_id IS NULL OR team.company_id = profile.company_id)
                        UNION ALL
                       SELECT 3, %s) asked
                 JOIN res_users person ON person.id = asked.id AND person.active AND NOT person.share
                ORDER BY asked.rank, person.id LIMIT 1""",
            policy.owner_id.id or policy.author_id.id or None,
        )

    def _responsible_users(self):
        """{profile: user to remind}"""
        users = {}
        for company, profiles in self.grouped("company_id").items():
            policy = self.env["customer.policy"]._get_in_force(company)
            rows = self.env.execute_query(
                SQL(
                    """SELECT profile.id, responsible.user_id
                         FROM customer_profile profile JOIN res_partner partner ON partner.id = profile.partner_id
                        CROSS JOIN LATERAL (%s) responsible WHERE profile.id = ANY(%s)""",
                    self._responsible_sql(policy),
                    profiles.ids,
                )
            )
            users |= {self.browse(profile_id): self.env["res.users"].browse(user_id) for profile_id, user_id in rows}
        return users

    def _remind_recheck(self):
        """Create the reminders, in the language of who gets them and without a mail for each."""
        activity_type = self.env.ref("customer_policy.mail_activity_type_recheck")
        model_id = self.env["ir.model"]._get_id("res.partner")
        vals_list = []
        for profile, user in self._responsible_users().items():
            vals_list.append(
                {
                    "res_model_id": model_id,
                    "res_id": profile.partner_id.id,
                    "user_id": user.id,
                    "activity_type_id": activity_type.id,
                    "summary": self.with_context(lang=user.lang).env._("Check this customer's record and confirm it"),
                    "date_deadline": profile.company_id._customer_policy_today(),
                }
            )
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(vals_list)

    # ------------------------------------------------------------ buttons

    @api.model
    def action_new_customer(self):
        """Open the form of a new customer: it is checked against the entry standard when it is saved."""
        if not self.env["res.partner"].has_access("create"):
            raise AccessError(self.env._("You may not create contacts. Ask an administrator for the right to."))
        return self.env["ir.actions.act_window"]._for_xml_id("customer_policy.res_partner_action_new_customer")

    def action_open_facts(self):
        """Open “Where from” for this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Where from"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("customer_policy.customer_profile_view_form_facts").id, "form")],
            "target": "new",
        }

from odoo import api, models
from odoo.tools import SQL

BUYERS = {
    "buyers": SQL("f.first_purchase_date IS NOT NULL"),
    "prospects": SQL("f.first_purchase_date IS NULL"),
    "all": SQL("TRUE"),
}
# Days on which a regular survey that fell due while no job ran is still sent.
LATE_DAYS = 7


class CustomerSatisfactionTrigger(models.Model):
    """Occasions: what happened becomes a waiting invitation, one per rule and document, in one statement.

    Documents tell of themselves when something happens to them (`_on_event`), in the transaction in which it does:
    nothing is searched for afterwards, and imported history invites nobody. A bridge adds an event to `EVENTS` and
    defines `_occasions_<event>`.
    """

    _inherit = "customer.satisfaction.trigger"

    @api.model
    def _on_event(self, event, records):
        """Something has happened to these documents; rules in force plan invitations for it.

        sudo: who ships, books a payment or closes a case need not see surveys.
        """
        if not records:
            return
        triggers_sudo = self.sudo()
        for company in records.company_id:
            for rule in triggers_sudo._in_force(company).filtered(lambda rule: rule.event == event):
                mine = records.filtered(lambda record, company=company: record.company_id == company)
                rule._plan(company, getattr(rule, f"_occasions_{event}")(mine), mine._name)

    @api.model
    def _is_asked_about(self, case):
        """Whether a rule in force asks for an answer when this case is closed; grades are those of the case."""
        return any(
            rule.event == "complaint_closed"
            and rule.case_kind in (False, case.kind)
            and (not rule.grade_ids or case.grade_id in rule.grade_ids)
            for rule in self._in_force(case.company_id)
        )

    def _plan(self, company, occasions, model):
        """Insert the occasions that are not known yet; returns the ids of the new invitations.

        :param occasions: SELECT of (document id, contact, salesperson, team, product ids, day)
        :param model: of the documents, or None
        """
        self.ensure_one()
        self.env.flush_all()
        grades = SQL("f.grade_id = ANY(%s)", self.grade_ids.ids) if self.grade_ids else SQL("TRUE")
        rows = self.env.execute_query(
            SQL(
                """WITH occasion(res_id, contact_id, user_id, team_id, product_ids, day) AS (%(occasions)s),
                   planned AS (
                       INSERT INTO customer_satisfaction_invitation
                              (company_id, survey_id, trigger_id, trigger_key, document_key, event, channel, state,
                               res_model, res_id, contact_id, partner_id, grade_id, user_id, team_id, date_due,
                               access_token, create_uid, create_date, write_uid, write_date)
                       SELECT %(company)s, %(survey)s, %(rule)s, %(key)s, %(prefix)s || o.res_id, %(event)s,
                              %(channel)s, 'waiting', %(model)s, CASE WHEN %(model)s::text > '' THEN o.res_id END,
                              COALESCE(reached.id, o.contact_id), customer.id, f.grade_id,
                              COALESCE(o.user_id, customer.user_id),
                              COALESCE(o.team_id, salesperson.sale_team_id), o.day + %(delay)s,
                              REPLACE(gen_random_uuid()::text, '-', ''), 1, NOW() AT TIME ZONE 'UTC', 1,
                              NOW() AT TIME ZONE 'UTC'
                         FROM occasion o
                         JOIN res_partner contact ON contact.id = o.contact_id
                         JOIN res_partner customer ON customer.id = contact.commercial_partner_id
                         LEFT JOIN res_users salesperson ON salesperson.id = COALESCE(o.user_id, customer.user_id)
                         LEFT JOIN customer_profile f ON f.partner_id = customer.id AND f.company_id = %(company)s
                         LEFT JOIN LATERAL (
                              SELECT p.id FROM res_partner p
                               WHERE p.commercial_partner_id = customer.id AND p.active AND %(address)s IS NOT NULL
                               ORDER BY p.id <> contact.id, p.id <> customer.id, p.id LIMIT 1) reached ON TRUE
                        WHERE %(grades)s AND customer.partner_share
                           ON CONFLICT (trigger_key, document_key) DO NOTHING
                    RETURNING id, document_key)
                   SELECT p.id, o.product_ids
                     FROM planned p JOIN occasion o ON p.document_key = %(prefix)s || o.res_id""",
                occasions=occasions,
                company=company.id,
                survey=self.survey_id.id,
                rule=self.id,
                key=self.stable_key,
                prefix=f"{model or company.id}:",
                event=self.event,
                channel=self.channel,
                model=model,
                delay=self.delay_days,
                address=SQL("p.phone") if self.channel in ("phone", "sms") else SQL("p.email_normalized"),
                grades=grades,
            )
        )
        invitations = self.env["customer.satisfaction.invitation"].browse(row[0] for row in rows)
        invitations._keep_products({invitation_id: products for invitation_id, products in rows if products})
        return invitations

    # ------------------------------------------------------------ sources

    def _occasions_invoice_paid(self, invoices):
        today = invoices.company_id._customer_policy_today()
        return SQL(
            """SELECT m.id, m.partner_id, m.invoice_user_id, m.team_id,
                      (SELECT ARRAY_AGG(DISTINCT l.product_id) FROM account_move_line l
                        WHERE l.move_id = m.id AND l.product_id IS NOT NULL), %s::date
                 FROM account_move m WHERE m.id = ANY(%s) AND m.move_type = 'out_invoice'""",
            today,
            invoices.ids,
        )

    def _occasions_complaint_closed(self, cases):
        today = cases.company_id._customer_policy_today()
        kind = SQL("AND c.kind = %s", self.case_kind) if self.case_kind else SQL()
        return SQL(
            """SELECT c.id, c.contact_id, NULL::int4, NULL::int4,
                      CASE WHEN c.product_id IS NOT NULL THEN ARRAY[c.product_id] END, %s::date
                 FROM customer_complaint c WHERE c.id = ANY(%s) AND c.contact_id IS NOT NULL %s""",
            today,
            cases.ids,
            kind,
        )

    def _plan_regular(self, company):
        """Everybody once in each period of `months` months, spread over it by a hash of the customer: the same day of
        the period each time, no flood at its beginning. An occasion is (customer, period)."""
        self.ensure_one()
        today = company._customer_policy_today()
        month = (today.year * 12 + today.month - 1) // self.months * self.months
        start = today.replace(year=month // 12, month=month % 12 + 1, day=1)
        days = int(self.months * 30.4375)
        occasions = SQL(
            """SELECT f.partner_id::bigint * 10000 + %(period)s, f.partner_id, NULL::int4, NULL::int4, NULL::int4[],
                      place.day
                 FROM customer_profile f,
                      LATERAL (SELECT %(start)s::date
                                      + MOD(HASHINT8EXTENDED(f.partner_id, 0) & 2147483647, %(days)s)::int AS day) place
                WHERE f.company_id = %(company)s AND %(audience)s AND %(grades)s
                  AND place.day BETWEEN %(today)s::date - %(late)s AND %(today)s::date""",
            period=month % 10000,
            start=start,
            days=days,
            company=company.id,
            audience=BUYERS[self.audience],
            grades=SQL("f.grade_id = ANY(%s)", self.grade_ids.ids) if self.grade_ids else SQL("TRUE"),
            today=today,
            late=LATE_DAYS,
        )
        return self._plan(company, occasions, None)

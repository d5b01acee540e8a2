from contextlib import contextmanager

from odoo import api, fields, models
from odoo.tools import SQL

BATCH = 200
# Name of the advisory lock of who invites customers of a company.
LOCK = SQL("hashtext('customer.satisfaction.invitation')")
# Fixed, so that the sample drawn is the same whenever somebody looks.
SEED = 6
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}


class CustomerSatisfactionInvitation(models.Model):
    """Deciding and sending, batch by batch. Each batch is claimed, decided and committed with its mails: whoever comes
    at the same time or after a crash finds the rest. One job per company at a time, so that two batches never decide
    about the same customer without seeing each other."""

    _inherit = "customer.satisfaction.invitation"

    @api.model
    def _cron_invite(self):
        """Plan regular surveys, invite whom the limits allow, remind, close what was not answered."""
        for company in self.env["res.company"]._customer_policy_companies():
            with self.with_company(company)._alone(company) as invitations:
                if invitations is not None and not invitations._work_off(company):
                    self.env.ref("customer_satisfaction.ir_cron_invite")._trigger()
                    break

    def _work_off(self, company):
        """One company's turn; False when the time of the job is over."""
        # A new snapshot: what the job before has sent is seen.
        self.env["ir.cron"]._commit_progress()
        self._plan_all(company)
        self._respond_pending(company)
        for step in ("_decide", "_remind", "_expire"):
            while batch := self._claim(company, step):
                getattr(batch, step)()
                if not self.env["ir.cron"]._commit_progress(len(batch)):
                    return False
        return True

    @api.model
    @contextmanager
    def _alone(self, company):
        """This model while nobody else invites customers of `company`, whatever is committed meanwhile; None while
        somebody does."""
        [[locked]] = self.env.execute_query(SQL("SELECT pg_try_advisory_lock(%s, %s)", LOCK, company.id))
        if not locked:
            yield None
            return
        try:
            yield self
        except Exception:
            self.env.cr.rollback()
            raise
        finally:
            self.env.cr.execute(SQL("SELECT pg_advisory_unlock(%s, %s)", LOCK, company.id))

    @api.model
    def _lock_company(self, companies):
        """Whether nobody else invites customers of these companies; then nobody does until this transaction ends."""
        rows = [
            self.env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK, company.id))
            for company in companies
        ]
        return all(locked for [[locked]] in rows)

    @api.model
    def _plan_all(self, company):
        for rule in self.env["customer.satisfaction.trigger"]._in_force(company):
            if rule.event == "interval":
                rule._plan_regular(company)

    def _claim(self, company, step):
        """The next batch for a step, locked; what others have locked is left to them."""
        today, silent = company._customer_policy_today(), self._silent_channels(company)
        conditions = {
            "_decide": SQL(
                "state = 'waiting' AND trigger_key <> 'manual' AND date_due <= %s AND channel <> ALL(%s)", today, silent
            ),
            "_remind": SQL(
                """state = 'sent' AND channel = ANY(%s) AND date_reminded IS NULL AND date_expires > %s
                   AND EXISTS (SELECT FROM customer_satisfaction_trigger t
                                WHERE t.id = trigger_id AND t.reminder_days > 0
                                  AND date_sent < %s - MAKE_INTERVAL(days => t.reminder_days))""",
                [channel for channel in self._reminded_channels() if channel not in silent],
                today,
                fields.Datetime.now(),
            ),
            "_expire": SQL("state = 'sent' AND date_expires < %s", today),
        }
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM customer_satisfaction_invitation WHERE company_id = %s AND %s
                    ORDER BY date_due, id LIMIT %s FOR UPDATE SKIP LOCKED""",
                company.id,
                conditions[step],
                BATCH,
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _reminded_channels(self):
        """Hook: channels by which a reminder goes out."""
        return ["mail"]

    @api.model
    def _silent_channels(self, company):
        """Hook: channels that rules don't use at this hour; what is due waits."""
        return []

    # ------------------------------------------------------------ who is asked

    def _decide(self):
        """Invite those against whom nothing speaks; the others keep the reason."""
        for company, invitations in self.grouped("company_id").items():
            reasons = invitations._get_reasons(company)
            for reason in set(reasons.values()) - {None}:
                skipped = invitations.browse(key for key, found in reasons.items() if found == reason)
                skipped.write({"state": "skipped", "skip_reason": reason})
            invitations.browse(key for key, reason in reasons.items() if reason is None)._invite()

    def _get_reasons(self, company):
        """{id: reason not to ask, or None}: the first that applies. Of several occasions of a customer the one of the
        first rule counts; by hand, neither the sample nor the limits but the rest apply."""
        self.env.flush_all()
        limits = self.env["customer.satisfaction.limit"]._in_force(company)
        grade = SQL("i.grade_id")
        today = company._customer_policy_today()
        rows = self.env.execute_query(
            SQL(
                """SELECT id, CASE WHEN reason IS NULL AND ROW_NUMBER() OVER (
                              PARTITION BY partner_id, reason IS NULL ORDER BY sequence, date_due, id) > 1
                              THEN 'rest' ELSE reason END
                     FROM (SELECT i.id, i.partner_id, i.date_due, COALESCE(t.sequence, 0) AS sequence, CASE
                           WHEN NOT survey.active THEN 'survey_closed'
                           WHEN NOT contact.active THEN 'archived'
                           WHEN contact.satisfaction_opt_out OR customer.satisfaction_opt_out
                                OR EXISTS (SELECT FROM mail_blacklist b
                                            WHERE b.active AND b.email = contact.email_normalized) THEN 'opt_out'
                           WHEN i.channel = 'mail' AND contact.email_normalized IS NULL THEN 'no_address'
                           WHEN i.channel IN ('phone', 'sms') AND COALESCE(contact.phone, '') = '' THEN 'no_phone'
                           WHEN %(drawn)s * 100 >= %(share)s AND NOT %(by_hand)s THEN 'sample'
                           WHEN %(tenure)s > 0 AND NOT %(by_hand)s AND (f.first_purchase_date IS NULL
                                OR f.first_purchase_date > %(today)s::date - (%(tenure)s)::int) THEN 'tenure'
                           WHEN %(quiet)s AND NOT %(by_hand)s
                                AND EXISTS (SELECT FROM customer_complaint c
                                             WHERE c.partner_id = i.partner_id AND c.company_id = i.company_id
                                               AND c.state NOT IN ('resolved', 'follow_up', 'closed', 'cancelled'))
                                THEN 'open_case'
                           WHEN EXISTS (SELECT FROM customer_satisfaction_invitation s
                                         WHERE s.partner_id = i.partner_id AND s.company_id = i.company_id
                                           AND s.date_sent > %(now)s - MAKE_INTERVAL(days => (%(rest)s)::int))
                                THEN 'rest'
                           END AS reason
                      FROM customer_satisfaction_invitation i
                      JOIN survey_survey survey ON survey.id = i.survey_id
                      JOIN res_partner contact ON contact.id = i.contact_id
                      JOIN res_partner customer ON customer.id = i.partner_id
                      LEFT JOIN customer_satisfaction_trigger t ON t.id = i.trigger_id
                      LEFT JOIN customer_profile f ON f.partner_id = i.partner_id AND f.company_id = i.company_id
                     WHERE i.id = ANY(%(ids)s)) decided""",
                ids=self.ids,
                drawn=self._drawn("i"),
                by_hand=SQL("i.trigger_key = 'manual'"),
                share=limits._by_grade("share", grade),
                tenure=limits._by_grade("tenure_days", grade),
                quiet=limits._by_grade("not_with_open_case", grade),
                rest=limits._by_grade("rest_days", grade),
                today=today,
                now=fields.Datetime.now(),
            )
        )
        return dict(rows)

    @api.model
    def _drawn(self, alias):
        """SQL of a number of this occasion in [0, 1): uniform, independent of others, the same each time. An occasion
        is drawn where it is below the share of its stratum, so that strata with shares of their own need no list."""
        table = SQL.identifier(alias)
        return SQL(
            "((HASHTEXTEXTENDED(%s.trigger_key || %s.document_key, %s) & 9007199254740991) / 9007199254740992.0)",
            table,
            table,
            SEED,
        )

    # ------------------------------------------------------------ sending

    def _invite(self):
        """Open a questionnaire for each and hand it over by its channel."""
        if not self:
            return
        now = fields.Datetime.now()
        self._open_questionnaires(now)
        for (rule, channel), invitations in self.grouped(lambda i: (i.trigger_id, i.channel)).items():
            valid_days = rule.valid_days if rule else 30
            expires = fields.Date.add(invitations[0].company_id._customer_policy_today(), days=valid_days)
            invitations.write({"state": "sent", "date_sent": now, "date_expires": expires})
            invitations._hand_over(channel)

    def _hand_over(self, channel, *, is_reminder=False):
        """Hook: give these invitations to their contacts by a channel, or remind of them."""
        if channel == "mail":
            kind = "reminder" if is_reminder else "invitation"
            self._send_mails(f"customer_satisfaction.mail_template_{kind}")
        elif channel == "phone":
            self._schedule_calls()

    def _open_questionnaires(self, now):
        """One `survey.user_input` each, in as few statements as a batch needs."""
        inputs = self.env["survey.user_input"].sudo().with_context(**QUIET)
        languages = {code: lang.id for code, lang in self.env["res.lang"]._get_active_by("code").items()}
        vals_list = []
        for survey, invitations in self.grouped("survey_id").items():
            questions = survey.sudo()._prepare_user_input_predefined_questions()
            supported = set(survey.sudo()._get_supported_lang_codes())
            for invitation in invitations:
                contact = invitation.contact_id
                language = contact.lang if contact.lang in supported else False
                vals_list.append(
                    {
                        "survey_id": survey.id,
                        "satisfaction_invitation_id": invitation.id,
                        "partner_id": contact.id,
                        "email": contact.email,
                        "nickname": contact.name,
                        "lang_id": languages.get(language),
                        "predefined_question_ids": [fields.Command.set(questions.ids)],
                    }
                )
        return inputs.create(vals_list)

    def _send_mails(self, template_xmlid):
        """Into the queue of outgoing mail, in this transaction; headers say how to be spared."""
        template = self.env.ref(template_xmlid, raise_if_not_found=False)
        if template:
            mails = template.sudo().send_mail_batch(self.ids, email_layout_xmlid="mail.mail_notification_light")
            for mail in mails:
                link = self.browse(mail.res_id)._get_decline_url()
                mail.headers = repr(
                    {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
                )

    def _schedule_calls(self):
        """An activity each: for the salesperson, else for who has the fewest such calls among service staff."""
        load = self._open_calls()
        activity_type = self.env.ref("customer_satisfaction.mail_activity_type_survey_call")
        model = self.env["ir.model"]._get(self._name)
        vals_list = []
        for invitation in self:
            user = invitation._who_calls(load)
            load[user.id] = load.get(user.id, 0) + 1
            vals_list.append(
                {
                    "activity_type_id": activity_type.id,
                    "res_model_id": model.id,
                    "res_id": invitation.id,
                    "user_id": user.id,
                    "automated": True,
                    "summary": invitation.with_context(lang=user.lang).env._("Survey call"),
                    "date_deadline": fields.Date.add(invitation.company_id._customer_policy_today(), days=7),
                }
            )
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(vals_list)

    @api.model
    def _open_calls(self):
        """{user id: open survey calls}."""
        activity_type = self.env.ref("customer_satisfaction.mail_activity_type_survey_call")
        domain = [("activity_type_id", "=", activity_type.id)]
        groups = self.env["mail.activity"].sudo()._read_group(domain, ["user_id"], ["__count"])
        return {user.id: count for user, count in groups}

    def _who_calls(self, load):
        """Somebody who still works here."""
        self.ensure_one()
        if self.user_id.active and not self.user_id.share:
            return self.user_id
        for group in ("customer_policy.group_service", "customer_policy.group_customer_manager"):
            users = (
                self.env.ref(group)
                .sudo()
                .all_user_ids.filtered(
                    lambda user: user.active and not user.share and self.company_id in user.company_ids
                )
            )
            if users:
                return min(users, key=lambda user: (load.get(user.id, 0), user.id))
        return self.env.ref("base.user_admin")

    def _remind(self):
        self.write({"date_reminded": fields.Datetime.now()})
        wanted = self.filtered(lambda i: not i.contact_id.satisfaction_opt_out)
        for channel, invitations in wanted.grouped("channel").items():
            invitations._hand_over(channel, is_reminder=True)

    def _expire(self):
        self.write({"state": "expired"})
        self.activity_unlink(["customer_satisfaction.mail_activity_type_survey_call"])

    def _keep_products(self, products):
        """:param products: {invitation id: product ids}"""
        pairs = [(invitation_id, product_id) for invitation_id, ids in products.items() for product_id in ids]
        if pairs:
            field = self._fields["product_ids"]
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %s (%s, %s) SELECT * FROM UNNEST(%s::int4[], %s::int4[])",
                    SQL.identifier(field.relation),
                    SQL.identifier(field.column1),
                    SQL.identifier(field.column2),
                    [pair[0] for pair in pairs],
                    [pair[1] for pair in pairs],
                )
            )
            self.invalidate_recordset(["product_ids"], flush=False)

"""Who is asked, when, and why not."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tools import SQL

from .common import SatisfactionCommon


class TestInvitations(SatisfactionCommon):
    def close_case(self, contact=None, **values):
        case = self.new_case(contact, **values)
        case.action_log_reply()
        case.action_resolve()
        case.follow_up_result = "satisfied"
        case.action_close()
        return case

    def planned(self, record):
        domain = [("res_model", "=", record._name), ("res_id", "=", record.id)]
        return self.invitations.search(domain)

    def due(self, survey=None, contact=None, **values):
        """A waiting invitation, as a trigger leaves it."""
        values = {"trigger_key": "test", "event": "invoice_paid", "channel": "mail", **values}
        return self.invitations.create(
            {"contact_id": (contact or self.customer).id, "survey_id": (survey or self.nps).id,
             "company_id": self.company.id, **values}
        )  # fmt: skip

    def decide(self, *invitations):
        batch = self.invitations.union(*invitations)
        batch._decide()
        return [invitation.skip_reason or invitation.state for invitation in batch.sorted("id")]

    def new_limit(self, **values):
        """The limit of a published version of this company."""
        draft = self.draft()
        limit = self.env["customer.satisfaction.limit"].search([("policy_id", "=", draft.id), ("grade_id", "=", False)])
        limit.with_user(self.manager).write(values)
        self.publish(draft)

    # ------------------------------------------------------------ occasions

    def test_closed_case(self):
        case = self.close_case()
        [invitation] = self.planned(case)
        self.assertEqual(
            (invitation.state, invitation.survey_id, invitation.event), ("waiting", self.ces, "complaint_closed")
        )
        self.assertEqual((invitation.contact_id, invitation.partner_id), (self.customer, self.customer))
        self.assertEqual(invitation.date_due, self.today + timedelta(days=1))
        self.assertFalse(self.planned(self.close_case(kind="enquiry")), "the rule asks after complaints only")
        rating = self.env["rating.rating"].search([("res_model", "=", case._name), ("res_id", "=", case.id)])
        self.assertFalse(rating, "not asked twice about one case")
        case.action_reopen()
        case.action_log_reply()
        case.action_resolve()
        case.follow_up_result = "satisfied"
        case.action_close()
        self.assertEqual(len(self.planned(case)), 1, "one per case, however often it is closed")

    def test_paid_invoice(self):
        account = {
            "code": "TSAT1",
            "name": "Income",
            "account_type": "income",
            "company_ids": [Command.set(self.company.ids)],
        }
        income = self.env["account.account"].create(account)
        receivable = self.env["account.account"].create(
            {"code": "TSAT2", "name": "Receivable", "account_type": "asset_receivable", "reconcile": True,
             "company_ids": [Command.set(self.company.ids)]}
        )  # fmt: skip
        self.customer.with_company(self.company).property_account_receivable_id = receivable
        journal = self.env["account.journal"].create(
            {
                "name": "S",
                "code": "TSAT",
                "type": "sale",
                "company_id": self.company.id,
                "default_account_id": income.id,
            }
        )
        product = self.env["product.product"].create({"name": "Chip"})
        invoice = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.customer.id, "journal_id": journal.id,
             "company_id": self.company.id, "invoice_line_ids": [Command.create(
                 {"product_id": product.id, "price_unit": 100, "account_id": income.id, "tax_ids": False})]}
        )  # fmt: skip
        invoice.action_post()
        self.assertFalse(self.planned(invoice))
        payment = self.env["account.move"].create(
            {"journal_id": self.env["account.journal"].create(
                {"name": "G", "code": "TSATG", "type": "general", "company_id": self.company.id}).id,
             "company_id": self.company.id, "line_ids": [
                Command.create({"account_id": receivable.id, "partner_id": self.customer.id, "credit": 100}),
                Command.create({"account_id": income.id, "debit": 100})]}
        )  # fmt: skip
        payment.action_post()
        lines = (invoice | payment).line_ids.filtered(lambda line: line.account_id == receivable)
        lines.reconcile()
        [invitation] = self.planned(invoice)
        self.assertEqual((invitation.survey_id, invitation.product_ids), (self.csat, product))
        self.assertEqual(invitation.date_due, self.today + timedelta(days=3))
        lines.remove_move_reconcile()
        lines.reconcile()
        self.assertEqual(len(self.planned(invoice)), 1)

    def test_regular_survey_comes_once_in_each_period(self):
        """400 customers, every month: each once a period, spread over its days."""
        company = self.company
        rule = self.env.ref("customer_satisfaction.trigger_relationship")
        self.env.cr.execute(
            """UPDATE customer_satisfaction_trigger SET months = 1, audience = 'all' WHERE id = %s""", [rule.id]
        )
        self.env.cr.execute(
            "DELETE FROM customer_grade_customer_satisfaction_trigger_rel WHERE customer_satisfaction_trigger_id = %s",
            [rule.id],
        )
        rule.invalidate_recordset()
        partners = self.env["res.partner"].create(
            [{"name": f"C{number}", "is_company": True, "email": f"c{number}@example.com"} for number in range(400)]
        )
        self.env["customer.profile"].sudo().create([{"partner_id": p.id, "company_id": company.id} for p in partners])
        counts = []
        for day in range(1, 31):
            with self.at(day, 12):
                counts.append(len(rule._plan_regular(company)))
                self.assertEqual(len(rule._plan_regular(company)), 0, "planned already")
        found = self.invitations.search([("trigger_id", "=", rule.id), ("partner_id", "in", partners.ids)])
        self.assertEqual(len(found.partner_id), 400)
        self.assertEqual(len(found), 400)
        self.assertLess(max(counts[1:]), 40, "no flood")

    def test_a_retired_rule_plans_nothing_twice(self):
        """A new version asks by the same rule: what was planned by the old one is known."""
        case = self.close_case()
        self.publish(self.draft())
        self.triggers._on_event("complaint_closed", case)
        self.assertEqual(len(self.planned(case)), 1)

    def test_contact_with_an_address_is_asked(self):
        buyer = self.new_customer("No mail", is_company=False, parent_id=self.customer.id)
        case = self.close_case(buyer)
        self.assertEqual(self.planned(case).contact_id, self.customer, "the contact itself has no address")

    # ------------------------------------------------------------ limits

    def test_at_most_one_in_90_days(self):
        first = self.due()
        self.assertEqual(self.decide(first), ["sent"])
        second = self.due(self.csat)
        self.assertEqual(self.decide(second), ["rest"])
        first.date_sent = fields.Datetime.now() - timedelta(days=89)
        self.assertEqual(self.decide(self.due(self.csat)), ["rest"])
        first.date_sent = fields.Datetime.now() - timedelta(days=90, hours=1)
        self.assertEqual(self.decide(self.due(self.csat)), ["sent"])

    def test_two_contacts_of_one_customer_count_as_one(self):
        contacts = [
            self.new_customer(name, is_company=False, parent_id=self.customer.id, email=f"{name}@example.com")
            for name in ("one", "two")
        ]
        reasons = self.decide(*(self.due(contact=contact) for contact in contacts))
        self.assertEqual(reasons, ["sent", "rest"])

    def test_the_first_rule_wins(self):
        by_payment = self.due(self.csat, trigger_id=self.env.ref("customer_satisfaction.trigger_payment").id)
        by_case = self.due(self.ces, trigger_id=self.env.ref("customer_satisfaction.trigger_complaint").id)
        self.assertEqual(self.decide(by_payment, by_case), ["rest", "sent"])

    def test_reasons(self):
        silent = self.new_customer("No mail")
        unwilling = self.new_customer("Unwilling", email="unwilling@example.com", satisfaction_opt_out=True)
        of_unwilling = self.new_customer(
            "Of unwilling", parent_id=unwilling.id, is_company=False, email="x@example.com"
        )
        blocked = self.new_customer("Blocked", email="blocked@example.com")
        self.env["mail.blacklist"]._add("blocked@example.com")
        left = self.new_customer("Left", email="left@example.com")
        busy = self.new_customer("Busy", email="busy@example.com")
        self.new_case(busy)
        invitations = [self.due(contact=c) for c in (silent, unwilling, of_unwilling, blocked, left, busy)]
        invitations.append(self.due(contact=silent, channel="phone"))
        left.active = False
        self.assertEqual(
            self.decide(*invitations),
            ["no_address", "opt_out", "opt_out", "opt_out", "archived", "open_case", "no_phone"],
        )
        self.csat.active = False
        self.assertEqual(self.decide(self.due(self.csat)), ["survey_closed"])

    def test_tenure(self):
        self.new_limit(tenure_days=30)
        fresh, old = self.new_customer("Fresh", email="f@example.com"), self.new_customer("Old", email="o@example.com")
        self.buy(fresh, 10, days_ago=29)
        self.buy(old, 10, days_ago=30)
        self.run_all()
        self.assertEqual(
            self.decide(self.due(contact=fresh), self.due(contact=old), self.due()), ["tenure", "sent", "tenure"]
        )

    def test_sample_by_grade(self):
        """Shares of 20 % and 60 %: 2,000 occasions each lie within four standard errors, and rerun gives the same."""
        draft = self.draft()
        limits = self.env["customer.satisfaction.limit"]
        limits.search([("policy_id", "=", draft.id)]).with_user(self.manager).share = 20
        key_grade = self.env.ref("customer_policy.customer_grade_key")
        limits.with_user(self.manager).create(
            {"policy_id": draft.id, "clause_id": draft.clause_ids.filtered(lambda c: c.number == "6.1").id,
             "grade_id": key_grade.id, "share": 60}
        )  # fmt: skip
        self.publish(draft)
        self.env.cr.execute(
            SQL(
                """INSERT INTO res_partner (name, active, partner_share, commercial_partner_id, email_normalized, type,
                                            autopost_bills)
                   SELECT 'S' || n, TRUE, TRUE, 1, 's' || n || '@example.com', 'contact', 'ask'
                     FROM GENERATE_SERIES(1, 4000) n"""
            )
        )
        self.env.cr.execute(
            "UPDATE res_partner SET commercial_partner_id = id WHERE email_normalized ~ '^s[0-9]+@example.com$'"
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_satisfaction_invitation
                          (company_id, survey_id, trigger_key, document_key, channel, state, contact_id, partner_id,
                           grade_id, date_due, access_token)
                   SELECT %s, %s, 'sample', 'account.move:' || id, 'mail', 'waiting', id, id,
                          CASE WHEN id %% 2 = 0 THEN %s END, CURRENT_DATE, 'x'
                     FROM res_partner WHERE email_normalized ~ '^s[0-9]+@example.com$'""",
                self.company.id,
                self.nps.id,
                key_grade.id,
            )
        )
        sample = self.invitations.search([("trigger_key", "=", "sample")])
        reasons = sample._get_reasons(self.company)
        for grade, share in ((key_grade, 0.6), (key_grade.browse(), 0.2)):
            stratum = sample.filtered(lambda i, grade=grade: i.grade_id == grade)
            drawn = sum(reasons[i.id] is None for i in stratum) / len(stratum)
            self.assertAlmostEqual(drawn, share, delta=4 * (share * (1 - share) / len(stratum)) ** 0.5)
        self.assertEqual(sample._get_reasons(self.company), reasons)

    # ------------------------------------------------------------ sending

    def test_mail(self):
        self.customer.lang = "zh_CN"
        invitation = self.due()
        self.decide(invitation)
        mail = self.env["mail.mail"].search([("model", "=", invitation._name), ("res_id", "=", invitation.id)])
        self.assertEqual(mail.recipient_ids, self.customer)
        given = invitation.user_input_ids
        self.assertIn(given.access_token, mail.body_html)
        self.assertIn("no-more", mail.body_html)
        self.assertIn("List-Unsubscribe-Post", mail.headers)
        self.assertEqual(given.lang_id.code, "zh_CN")
        self.assertTrue(any("\u4e00" <= sign <= "\u9fff" for sign in mail.subject), mail.subject)
        self.assertEqual(invitation.date_expires, self.today + timedelta(days=30))

    def test_phone(self):
        """The call is planned for the salesperson; who has left is replaced by the least loaded of the service."""
        seller = self.new_user("seller", "customer_policy.group_customer_user")
        for staff, expected in ((seller, seller), (self.env["res.users"], None)):
            partner = self.new_customer(f"P{staff.id}", phone="+1 555 0100", user_id=staff.id)
            invitation = self.due(contact=partner, channel="phone")
            self.decide(invitation)
            caller = invitation.activity_ids.user_id
            self.assertTrue(
                caller.has_group("customer_policy.group_service") if expected is None else caller == expected
            )
        seller.active = False
        partner = self.new_customer("Orphan", phone="+1 555 0101")
        self.env.cr.execute("UPDATE res_partner SET user_id = %s WHERE id = %s", [seller.id, partner.id])
        partner.invalidate_recordset()
        invitation = self.due(contact=partner, channel="phone")
        self.decide(invitation)
        self.assertTrue(invitation.activity_ids.user_id.active)
        agent = invitation.with_user(self.service)
        self.assertIn(invitation.user_input_ids.access_token, agent.action_fill_in()["url"])
        self.fill_in(invitation, 8)
        self.assertEqual(invitation.answer_ids.channel, "phone")
        self.assertEqual(invitation.interviewer_id, self.service)
        self.assertFalse(invitation.activity_ids, "the call has been made")

    def test_by_hand(self):
        """Somebody asks one customer: no sample, no quiet time, but never twice in the time of rest."""
        self.new_case(self.customer)
        with Form(self.invitations.with_user(self.service)) as form:
            form.survey_id = self.nps
            form.contact_id = self.customer
            form.channel = "link"
        invitation = form.record
        invitation.action_send()
        self.assertEqual(invitation.state, "sent")
        self.assertIn(invitation.sudo().user_input_ids.access_token, invitation.link)
        self.assertTrue(invitation.qr_code)
        again = invitation.copy()
        again.action_send()
        self.assertEqual((again.state, again.skip_reason), ("skipped", "rest"))
        with self.assertRaisesRegex(UserError, "stays as it is"):
            invitation.channel = "mail"
        with self.assertRaises(AccessError):
            invitation.write({"state": "waiting"})
        with self.assertRaisesRegex(UserError, "Invitations stay"):
            invitation.with_user(self.manager).unlink()

    def test_job(self):
        """Due ones are sent, one reminder comes, what stays without an answer is closed; nothing happens twice."""
        waiting, later = self.due(), self.due(self.csat, self.strategic, date_due=self.today + timedelta(days=2))
        waiting.trigger_id = self.env.ref("customer_satisfaction.trigger_payment")
        self.run_job()
        self.assertEqual((waiting.state, later.state), ("sent", "waiting"))
        self.assertEqual(self.mails(waiting), 1)
        self.run_job()
        self.assertEqual(self.mails(waiting), 1)
        waiting.date_sent = fields.Datetime.now() - timedelta(days=8)
        self.run_job()
        self.run_job()
        self.assertEqual(self.mails(waiting), 2, "one reminder")
        waiting.date_expires = self.today - timedelta(days=1)
        self.run_job()
        self.assertEqual(waiting.state, "expired")

    def run_job(self):
        with self.enter_registry_test_mode():
            self.env.ref("customer_satisfaction.ir_cron_invite").with_env(self.env).method_direct_trigger()
        self.env.invalidate_all()

    def mails(self, invitation):
        return self.env["mail.mail"].search_count([("model", "=", invitation._name), ("res_id", "=", invitation.id)])

    def test_queries_do_not_grow_with_the_batch(self):
        """40 invitations may cost no more queries than 20 do, but for the mails' own chunks."""
        costs = []
        for size in (20, 40):
            partners = self.env["res.partner"].create(
                [{"name": f"Q{size}-{n}", "email": f"q{size}-{n}@example.com"} for n in range(size)]
            )
            batch = self.invitations.union(*(self.due(contact=partner) for partner in partners))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch._decide()
            self.env.flush_all()
            costs.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(batch.mapped("state")), {"sent"})
        self.assertLessEqual(costs[1], costs[0] + 5, costs)

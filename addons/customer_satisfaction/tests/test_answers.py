"""What a questionnaire becomes: answers that are written once, and figures of the profile."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import SatisfactionCommon


class TestAnswers(SatisfactionCommon):
    def test_answers_carry_the_circumstances_of_the_day(self):
        seller = self.new_user("seller", "customer_policy.group_customer_user")
        grade = self.grade(self.customer, "key")
        self.customer.user_id = seller
        contact = self.new_customer(
            "Ms Chen", is_company=False, parent_id=self.customer.id, email="chen@longhua.example"
        )
        invitation = self.invite(contact)
        self.customer.user_id = False
        self.grade(self.customer, "ordinary")
        answers = self.fill_in(invitation, 9, text="Good people", topics={"price": 2, "quality": 5})
        main = answers.filtered(lambda answer: answer.metric == "nps")
        self.assertEqual((main.score, main.nps_value, main.is_low), (9, 100, False))
        self.assertEqual((main.partner_id, main.contact_id), (self.customer, contact))
        self.assertEqual((main.grade_id, main.user_id), (grade, seller), "as they were when the customer was asked")
        by_topic = {a.topic_id.name: (a.metric, a.score, a.is_low) for a in answers if a.topic_id}
        self.assertEqual(by_topic, {"Price": ("csat", 2, True), "Product Quality": ("csat", 5, False)})
        [words] = answers.filtered(lambda answer: not answer.metric)
        self.assertEqual(words.text, "Good people")
        self.assertEqual((invitation.state, len(answers)), ("answered", 4))
        self.assertEqual(len(set(answers.mapped("given_key"))), 1)

    def test_zero_is_an_answer_and_nothing_is_none(self):
        self.answer(0)
        self.answer(10)
        self.env.cr.execute(
            """SELECT score, nps_value FROM customer_satisfaction_answer
                WHERE company_id = %s AND metric = 'nps' ORDER BY id""",
            [self.company.id],
        )
        self.assertEqual(self.env.cr.fetchall(), [(0, -100), (10, 100)])
        self.answer(4, survey=self.csat, text="Fine")
        self.env.cr.execute(
            "SELECT metric, score, nps_value FROM customer_satisfaction_answer WHERE survey_id = %s ORDER BY metric",
            [self.csat.id],
        )
        self.assertEqual(self.env.cr.fetchall(), [("csat", 4, None), (None, None, None)], "words have no score")

    def test_every_score_has_the_published_class(self):
        """Reichheld (2003): 9 and 10 promoters, 7 and 8 passives, 0 to 6 detractors."""
        values = [self.answers._measure(type("L", (), {"question_id": self.nps._main_question(), "value_scale": score,
                                                       "answer_type": "scale", "id": None}))["nps_value"]
                  for score in range(11)]  # fmt: skip
        self.assertEqual(values, [-100] * 7 + [0, 0, 100, 100])

    def test_done_twice_is_recorded_once(self):
        invitation = self.invite()
        self.fill_in(invitation, 8)
        invitation.user_input_ids.sudo()._mark_done()
        self.assertEqual(len(invitation.answer_ids), 1)
        line = invitation.answer_ids.sudo().line_id
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env.cr.execute(
                """INSERT INTO customer_satisfaction_answer
                          (date, company_id, survey_id, question_id, given_key, line_id)
                   SELECT date, company_id, survey_id, question_id, given_key, %s FROM customer_satisfaction_answer
                    WHERE line_id = %s""",
                [line.id, line.id],
            )

    def test_nobody_writes_answers(self):
        answer = self.answer(3)[:1]
        for user in (self.manager, self.service):
            for attempt in (lambda a: a.write({"score": 10}), lambda a: a.unlink(), lambda a: a.copy()):
                with self.assertRaises(AccessError):
                    attempt(answer.with_user(user))

    def test_public_link(self):
        """Somebody without an invitation: counted, of no customer; a customer who is logged in is known."""
        self.assertTrue(self.nps.satisfaction_link)
        self.assertTrue(self.nps.satisfaction_qr)
        self.assertFalse(self.csat.satisfaction_link, "for invited people only")
        portal = self.new_user("visitor", "").sudo()
        portal.group_ids = self.env.ref("base.group_portal")
        portal.partner_id.parent_id = self.customer
        for user, customer in ((self.env.ref("base.public_user"), False), (portal, self.customer)):
            given = self.nps.with_company(self.company)._create_answer(user=user)
            given._save_lines(self.nps._main_question(), "7")
            given._mark_done()
            answer = self.answers.search([("user_input_id", "=", given.id)])
            self.assertEqual((answer.partner_id.id, answer.channel), (customer and customer.id, "public"))

    def test_a_try_is_no_answer(self):
        given = self.nps._create_answer(user=self.env.user, test_entry=True)
        given._save_lines(self.nps._main_question(), "0")
        given._mark_done()
        self.assertFalse(self.answers.search([("user_input_id", "=", given.id)]))

    def test_profile(self):
        """Hand calculation on a scale from 0 to 100: NPS 6 → 60, CSAT 4 → 75, CES 7 → 100."""
        self.buy(self.customer, 100)
        self.scored("nps", [6], days_ago=20)
        self.scored("csat", [4], days_ago=200)
        self.scored("ces", [7], days_ago=10)
        self.scored("nps", [2, 4], days_ago=500)
        self.run_all()
        profile = self.profile(self.customer)
        self.assertEqual(profile.satisfaction_score, 100)
        self.assertEqual(profile.satisfaction_average, 78.3, "(60 + 75 + 100) / 3")
        self.assertEqual(profile.satisfaction_trend, 48.3, "less (20 + 40) / 2")
        self.assertEqual(profile.satisfaction_count_12m, 3)
        self.assertEqual(profile.last_satisfaction_date, self.today - timedelta(days=10))
        names = dict(self.env["customer.profile"]._metric_selection())
        self.assertIn("satisfaction_score", names)

    def test_profile_of_some_customers_equals_that_of_all(self):
        other = self.new_customer("Other")
        for partner in (self.customer, other):
            self.buy(partner, 100)
        self.run_all()
        invitation = self.invite()
        self.fill_in(invitation, 3)
        since = invitation.date_answered - timedelta(minutes=1)
        sources = self.env["customer.policy.run"]._changed_sources(self.company, since)
        self.assertEqual(self.env.execute_query(sources["satisfaction"]), [(self.customer.id,)])
        self.engine._run(self.company, self.customer.ids)
        part = self.profile(self.customer).read(["satisfaction_score", "satisfaction_count_12m"])
        self.run_all()
        self.profile(self.customer).invalidate_recordset()
        self.assertEqual(self.profile(self.customer).read(["satisfaction_score", "satisfaction_count_12m"]), part)
        self.assertFalse(self.profile(other).last_satisfaction_date)

    def test_questions_fit_their_metric(self):
        question = self.nps._main_question()
        with self.assertRaisesRegex(ValidationError, "from 0 to 10"):
            question.scale_max = 5
        with self.assertRaisesRegex(ValidationError, "from 1 to 7"):
            question.satisfaction_metric = "ces"

    def test_what_was_asked_stays(self):
        self.answer(3)
        with self.assertRaisesRegex(UserError, "archive it"):
            self.nps.with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "its results stay"):
            self.nps._main_question().with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "archive it"):
            self.csat.with_user(self.manager).unlink()
        self.nps.with_user(self.manager).action_archive()
        self.assertTrue(self.answers.search([("survey_id", "=", self.nps.id)]))

    def test_type_cannot_change_under_answers(self):
        """As another type, its answers would be open to all survey users."""
        designer = self.new_user("designer", "survey.group_survey_manager")
        self.answer(3)
        with self.assertRaisesRegex(UserError, "stays what it is"):
            self.nps.with_user(designer).survey_type = "custom"

    def test_deleted_contact(self):
        """The score stays, of nobody; the invitation goes."""
        person = self.new_customer("Somebody", is_company=False, email="somebody@example.com")
        answer = self.answer(9, contact=person)
        invitation = answer.invitation_id
        person.unlink()
        self.env.invalidate_all()
        self.assertFalse(invitation.exists())
        self.assertEqual((answer.score, answer.partner_id.id, answer.invitation_id.id), (9, False, False))

    def test_merged_customers(self):
        self.env.ref("base.group_system").user_ids |= self.env.user
        other = self.new_customer("Longhua Components Ltd", email="buyer2@longhua.example")
        self.answer(2, contact=other)
        self.answer(9)
        other.satisfaction_opt_out = True
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        with patch.object(type(wizard), "_log_merge_operation", lambda *_args: None):
            wizard._merge((self.customer | other).ids, self.customer)
        found = self.answers.search([("partner_id", "=", self.customer.id), ("metric", "=", "nps")])
        self.assertEqual(sorted(found.mapped("score")), [2, 9])
        self.assertEqual(self.invitations.search_count([("partner_id", "=", self.customer.id)]), 2)
        self.assertTrue(self.customer.satisfaction_opt_out, "who wanted none wants none")

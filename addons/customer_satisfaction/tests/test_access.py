"""Who sees which answer: it follows the customer; survey's own models show answers of customers to nobody."""

from odoo import Command
from odoo.exceptions import AccessError

from .common import SatisfactionCommon

OWN = ("customer.satisfaction.trigger", "customer.satisfaction.limit", "customer.satisfaction.response")
GIVEN = ("survey.user_input", "survey.user_input.line")


class TestAccess(SatisfactionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.new_user("own", "customer_policy.group_customer_user")
        cls.mate = cls.new_user("mate", "customer_policy.group_customer_user")
        cls.stranger = cls.new_user("stranger", "customer_policy.group_customer_user")
        cls.teamlead = cls.new_user("teamlead", "customer_policy.group_customer_team")
        cls.all_users = cls.new_user("all", "customer_policy.group_customer_all")
        cls.evaluator = cls.new_user("evaluator", "customer_policy.group_evaluation")
        cls.marketer = cls.new_user("marketer", "customer_policy.group_marketing")
        cls.accountant = cls.new_user("accountant", "account.group_account_invoice")
        cls.designer = cls.new_user("designer", "survey.group_survey_manager")
        cls.officer = cls.new_user("officer", "survey.group_survey_user,customer_policy.group_customer_user")
        cls.env["crm.team"].create(
            {"name": "T", "user_id": cls.teamlead.id, "member_ids": [Command.set((cls.own | cls.mate).ids)],
             "company_id": cls.company.id}
        )  # fmt: skip
        owners = {"own": cls.own, "mate": cls.mate, "stranger": cls.stranger, "nobody": cls.env["res.users"]}
        cls.found = {
            name: cls.answer(1, contact=cls.new_customer(f"Of {name}", user_id=user.id), text=f"Secret of {name}")
            for name, user in owners.items()
        }
        cls.everything = cls.answers.union(*cls.found.values())
        cls.env.flush_all()

    def names(self, answers):
        return {name for name, mine in self.found.items() if mine & answers.sudo()}

    def test_search_read_group_export(self):
        everybody = set(self.found)
        export = self.env.ref("base.group_allow_export")
        for user, expected in (
            (self.own, {"own", "nobody"}),
            (self.marketer, {"nobody"}),
            (self.officer, {"nobody"}),
            (self.teamlead, {"own", "mate", "nobody"}),
            (self.all_users, everybody),
            (self.evaluator, everybody),
            (self.service, everybody),
            (self.manager, everybody),
        ):
            user.group_ids += export
            answers = self.answers.with_user(user)
            domain = [("id", "in", self.everything.ids)]
            self.assertEqual(self.names(answers.search(domain)), expected, user.login)
            by_text = answers.search([("text", "ilike", "Secret")])
            self.assertEqual(self.names(by_text), expected, user.login)
            [(count,)] = answers._read_group(domain + [("metric", "=", "nps")], [], ["__count"])
            self.assertEqual(count, len(expected), user.login)
            invitations = self.invitations.with_user(user).search([("id", "in", self.everything.invitation_id.ids)])
            self.assertEqual(self.names(invitations.sudo().answer_ids), expected, user.login)
            for name in everybody - expected:
                answer = self.found[name].with_user(user)
                answer.invalidate_recordset()
                invitation = self.found[name].invitation_id.with_user(user)
                for attempt in (lambda a=answer: a.read(["text"]), lambda a=answer: a.export_data(["text"]),
                                lambda i=invitation: i.read(["answer_ids"]), lambda i=invitation: i.action_fill_in(),
                                lambda i=invitation: i.message_post(body="x")):  # fmt: skip
                    with self.assertRaises(AccessError, msg=(user.login, name)):
                        attempt()

    def test_without_a_role(self):
        for user in (self.accountant, self.designer):
            for model in ("customer.satisfaction.answer", "customer.satisfaction.invitation", *OWN):
                with self.assertRaises(AccessError, msg=(user.login, model)):
                    self.env[model].with_user(user).search([])

    def test_surveys_own_models_show_nothing(self):
        """Not to those who see the customers, not to who designs surveys, not to both in one person."""
        given = self.everything.sudo().user_input_id
        for user in (self.own, self.service, self.manager, self.accountant):
            for model in GIVEN:
                with self.assertRaises(AccessError, msg=(user.login, model)):
                    self.env[model].with_user(user).search([])
        both = self.new_user("both", "survey.group_survey_manager,customer_policy.group_customer_manager")
        for user in (self.designer, self.officer, both):
            self.assertFalse(
                self.env["survey.user_input"].with_user(user).search([("id", "in", given.ids)]), user.login
            )
            lines = self.env["survey.user_input.line"].with_user(user)
            self.assertFalse(lines.search([("user_input_id", "in", given.ids)]), user.login)
            self.assertFalse(self.nps.with_user(user).user_input_ids, user.login)
            question = self.nps._main_question().with_user(user)
            question.invalidate_recordset()
            self.assertFalse(question.user_input_line_ids, user.login)
            with self.assertRaises(AccessError):
                given[0].with_user(user).read(["email"])

    def test_tokens_are_hidden(self):
        """With the token of a questionnaire somebody could read it, or answer in the customer's name."""
        invitation = self.found["own"].invitation_id.with_user(self.own)
        for field in ("access_token", "user_input_ids"):
            with self.assertRaises(AccessError):
                invitation.read([field])
        self.assertFalse(invitation.link, "answered: nothing to hand over")

    def test_other_companies(self):
        other = self.env["res.company"].create({"name": "Outside"})
        outsider = self.new_user("outsider", "customer_policy.group_customer_manager")
        outsider.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        for model, ids in (("customer.satisfaction.answer", self.everything.ids),
                           ("customer.satisfaction.invitation", self.everything.invitation_id.ids)):  # fmt: skip
            records = self.env[model].with_user(outsider).with_context(allowed_company_ids=other.ids)
            self.assertFalse(records.search([("id", "in", ids)]))

    def test_rules_belong_to_managers(self):
        for model in OWN:
            with self.assertRaises(AccessError, msg=model):
                self.env[model].with_user(self.service).create({})

    def test_questionnaires_belong_to_managers(self):
        custom = self.env["survey.survey"].create({"title": "Other", "survey_type": "custom"})
        self.assertFalse(self.env["survey.survey"].with_user(self.manager).search([("id", "=", custom.id)]))
        self.nps.with_user(self.manager).title = "Ours"
        self.assertEqual(self.nps.with_user(self.own).title, "Ours")
        with self.assertRaises(AccessError):
            self.nps.with_user(self.own).title = "Mine"
        with self.assertRaises(AccessError):
            custom.with_user(self.manager).read(["title"])

    def test_nobody_invites_other_peoples_customers(self):
        values = {"contact_id": self.found["stranger"].contact_id.id, "survey_id": self.nps.id}
        with self.assertRaises(AccessError):
            self.invitations.with_user(self.own).create(values)

    def test_the_overview_shows_what_one_may_see(self):
        partner = self.found["own"].partner_id
        self.buy(partner, 10)
        self.run_all()
        page = self.env["customer.overview"].with_user(self.own).load(partner.id)
        self.assertEqual(next(b["value"] for b in page["buttons"] if b["name"] == "answers"), 2)
        self.assertIn("survey", [entry["kind"] for entry in page["timeline"]["entries"]])
        self.assertIn("satisfaction_score", [figure["name"] for figure in page["figures"]])
        self.assertEqual([block["kind"] for block in page["work"] if block["kind"] == "low_score"], ["low_score"])

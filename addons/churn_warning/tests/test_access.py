from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import ChurnCommon


class TestAccess(ChurnCommon):
    """Who sees what: roles, companies, portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls.rhythm("Mine", 30, 8, 84)
        cls.theirs = cls.rhythm("Theirs", 30, 8, 84, 90.0)
        cls.theirs.user_id = cls.other
        cls.unassigned = cls.rhythm("Nobody's", 30, 8, 84, 80.0)
        cls.unassigned.user_id = False
        cls.night()
        # No hold-outs but the one that is meant.
        cls.all = cls.warnings.sudo().search([])
        cls.all.filtered("is_holdout").write({"is_holdout": False, "state": "open"})

    def seen(self, user):
        return self.env["churn.warning"].with_user(user).with_company(self.company).search([]).partner_id

    def test_own_team_all(self):
        team_user = self.new_user("team", "customer_policy.group_customer_team")
        self.env["crm.team"].create({"name": "Team", "user_id": team_user.id, "company_id": self.company.id,
                                     "member_ids": [(4, self.other.id)]})  # fmt: skip
        everybody = self.new_user("all", "customer_policy.group_customer_all")
        self.assertEqual(self.seen(self.salesperson), self.mine | self.unassigned)
        self.assertEqual(self.seen(self.other), self.theirs | self.unassigned)
        self.assertEqual(self.seen(team_user), self.theirs | self.unassigned)
        self.assertEqual(self.seen(everybody), self.mine | self.theirs | self.unassigned)
        for group in ("service", "marketing"):
            self.assertEqual(self.seen(self.new_user(group, f"customer_policy.group_{group}")), self.unassigned)

    def test_hold_out_for_managers_and_evaluation(self):
        self.warning(self.mine).write({"is_holdout": True, "state": "holdout"})
        everybody = self.new_user("all", "customer_policy.group_customer_all")
        evaluation = self.new_user("evaluation", "customer_policy.group_evaluation")
        self.assertNotIn(self.mine, self.seen(everybody))
        self.assertIn(self.mine, self.seen(self.manager))
        self.assertIn(self.mine, self.seen(evaluation))
        with self.assertRaises(AccessError):
            self.warning(self.mine).with_user(evaluation).write({"note": "x"})
        dashboards = self.env["churn.dashboard"].with_company(self.company)
        self.assertIsNone(dashboards.with_user(everybody).load()["effect"])
        self.assertEqual(dashboards.with_user(evaluation).load()["effect"]["held_out"], 0)

    def test_every_way_shows_the_same(self):
        """List, groups, export and chatter of each role agree with what it may find; the hold-out is in none."""
        self.warning(self.theirs).write({"is_holdout": True, "state": "holdout"})
        for warning in self.all:
            warning.with_user(self.manager).message_post(body="Secret note")
        logins = {"own": "customer_user", "team": "customer_team", "all": "customer_all", "marketing": "marketing",
                  "service": "service", "steward": "data_steward"}  # fmt: skip
        for login, group in logins.items():
            user = self.new_user(f"way_{login}", f"customer_policy.group_{group},base.group_allow_export")
            warnings = self.env["churn.warning"].with_user(user).with_company(self.company)
            seen = warnings.search([])
            with self.subTest(role=login):
                self.assertFalse(seen.filtered("is_holdout"))
                groups = warnings.formatted_read_group([], ["state"], ["__count"])
                self.assertEqual(sum(row["__count"] for row in groups), len(seen))
                self.assertFalse(warnings.search_count([("is_holdout", "=", True)]))
                messages = self.env["mail.message"].with_user(user).search([("model", "=", "churn.warning")])
                self.assertLessEqual(set(messages.mapped("res_id")), set(seen.ids))
                for hidden in self.all.with_user(user) - seen:
                    for way in (
                        lambda one=hidden: one.read(["score"]),
                        lambda one=hidden: one.export_data(["partner_id", "score"]),
                        lambda one=hidden: one.message_post(body="x"),
                        lambda one=hidden: one.action_start(),
                        lambda one=hidden: one.action_snooze(),
                        lambda one=hidden: one.action_close(),
                        lambda one=hidden: one.write({"note": "x"}),
                    ):
                        with self.assertRaises(AccessError):
                            way()

    def test_dashboard_counts_own_only(self):
        page = self.env["churn.dashboard"].with_user(self.salesperson).with_company(self.company).load()
        self.assertEqual(page["open"]["count"], 2)
        total = sum(sum(grade["counts"].values()) for grade in page["grades"])
        self.assertEqual(total, 2)

    def test_other_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env, "stranger", "base.group_user,customer_policy.group_customer_manager", company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )  # fmt: skip
        self.models.sudo()._train(self.company)
        theirs = self.env(user=stranger, context={"allowed_company_ids": company.ids})
        self.assertFalse(theirs["churn.warning"].search([]))
        self.assertFalse(theirs["churn.model"].search([]))
        page = theirs["churn.dashboard"].load()
        self.assertEqual((page["open"]["count"], page["grades"], page["trend"]), (0, [], []))
        self.assertIsNone(theirs["churn.backtest"].load()["model"])

    def test_each_company_has_its_own_warning(self):
        company = self.env["res.company"].create({"name": "Second", "customer_policy_tz": "UTC"})
        for number in range(8):
            self.buy(self.mine, 100, 84 + 30 * number, company=company)
            self.buy(self.theirs, 100, 10 + 100 * number, company=company)
        self.run_all(company)
        warnings = self.env["churn.warning"].sudo().with_company(company)
        warnings._open_batch(company)
        self.assertEqual(len(warnings.search([("partner_id", "=", self.mine.id)])), 2)

    def test_without_a_role_and_portal(self):
        plain = self.new_user("plain", "")
        portal = new_test_user(self.env, "portal", "base.group_portal", company_id=self.company.id,
                               company_ids=[(6, 0, self.company.ids)])  # fmt: skip
        for user in (plain, portal):
            for model in ("churn.warning", "churn.model", "churn.rule", "churn.reason"):
                self.assertFalse(self.env[model].with_user(user).has_access("read"), (user.login, model))
            for model in ("churn.dashboard", "churn.backtest", "churn.retention"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).load()
        with self.assertRaises(AccessError):
            self.env["churn.backtest"].with_user(portal).action_train()

    def test_rules_are_the_manager_s(self):
        rules = self.env["churn.rule"].with_user(self.salesperson)
        self.assertTrue(rules.has_access("read"))
        self.assertFalse(rules.has_access("write"))

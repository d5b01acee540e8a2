"""From a churn warning to a customer who was won back, in a real browser, in English and in Chinese; then the overview,
the back-test and the retention page."""

import random
from datetime import timedelta
from itertools import accumulate

from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestChurnInBrowser(HttpCase):
    test_cursor_lock_timeout = 60  # seconds; by default 20, too few while another process keeps a core busy

    def setUp(self):
        super().setUp()
        self.company = self.env.company
        self.today = self.company._customer_policy_today()
        self.number = 0

    def buy(self, partner, days_ago, amount):
        self.number += 1
        return {
            "partner_id": partner.id,
            "company_id": self.company.id,
            "date": self.today - timedelta(days=days_ago),
            "amount": amount,
            "source": "tour",
            "reference": f"tour{self.number}",
        }

    def scene(self, lang):
        """A base that a back-test can be made of, and two customers who have fallen silent."""
        user = new_test_user(
            self.env,
            "tour_churn",
            groups="base.group_user,customer_policy.group_customer_manager",
            lang=lang,
            email="tour_churn@example.com",
        )
        rng, rows = random.Random(4), []
        partners = self.env["res.partner"].create(
            [{"name": f"Base {number}", "is_company": True, "user_id": self.env.uid} for number in range(240)]
        )
        for partner in partners:
            day, end = rng.uniform(300, 700), rng.choice([0, 0, rng.uniform(0, 500)])
            while day > end:
                rows.append(self.buy(partner, int(day), rng.uniform(1, 20)))
                day -= 1 + rng.expovariate(1 / 30)
        for name, amount in (("Tour Customer", 90_000), ("Tour Second", 60_000)):
            # Individuals are too few for a model here: the rules of the policy warn of them.
            partner = self.env["res.partner"].create({"name": name, "is_company": False, "user_id": user.id})
            gaps = (0, 30, 30, 60, 30, 30, 60, 30, 30)
            rows += [self.buy(partner, 84 + day, amount) for day in accumulate(gaps)]
        self.env["customer.external.sale"].create(rows)
        self.env["churn.model"].sudo()._train(self.company)
        self.env["customer.policy.engine"]._run(self.company)
        warnings = self.env["churn.warning"].sudo()
        warnings._open_batch(self.company)
        warnings.search([("partner_id.name", "like", "Tour")]).write({"is_holdout": False, "state": "open"})
        warnings.search([("partner_id.name", "not like", "Tour")]).unlink()

    def walk(self, lang):
        self.scene(lang)
        self.start_tour("/odoo/churn-warnings", "churn_warning_win_back", login="tour_churn", timeout=120)
        self.env.invalidate_all()
        warning = self.env["churn.warning"].search([("partner_id.name", "=", "Tour Customer")])
        self.assertEqual((warning.state, warning.outcome, warning.note), ("closed", "won_back", "Tour result"))
        self.assertEqual(warning.activity_ids.activity_type_id,
                         self.env.ref("churn_warning.mail_activity_type_follow_up"))  # fmt: skip
        for page in ("pages", "backtest", "retention"):
            path = {"pages": "churn", "backtest": "churn-backtest", "retention": "churn-retention"}[page]
            self.start_tour(f"/odoo/{path}", f"churn_warning_{page}", login="tour_churn", timeout=90)

    def test_in_english(self):
        self.walk("en_US")

    def test_in_chinese(self):
        self.walk("zh_CN")

from datetime import timedelta

from odoo.tests import tagged

from .common import ChurnCommon


@tagged("post_install", "-at_install")
class TestJobs(ChurnCommon):
    """The jobs as the scheduler calls them."""

    def test_jobs_by_the_scheduler(self):
        silent = self.rhythm("Silent", 30, 8, 84)
        self.run_all()
        with self.enter_registry_test_mode():
            self.env.ref("churn_warning.ir_cron_train").method_direct_trigger()
            self.env.ref("churn_warning.ir_cron_warn").method_direct_trigger()
            self.env.ref("churn_warning.ir_cron_warn").method_direct_trigger()
        self.assertEqual(self.warnings.sudo().search_count([("partner_id", "=", silent.id)]), 1)
        self.assertTrue(self.models.search([("company_id", "=", self.company.id)]))

    def test_cut_off_and_taken_up(self):
        """A job that dies after some warnings: the next one opens the others, none twice."""
        for number in range(6):
            self.rhythm(f"Silent {number}", 30, 8, 84)
        self.run_all()
        warnings = self.warnings.sudo()
        self.assertEqual(warnings._open_batch(self.company, limit=2), 2)
        self.assertEqual(warnings._open_batch(self.company), 4)
        self.assertEqual(warnings._open_batch(self.company), 0)
        self.assertEqual(len(warnings.search([]).partner_id), 6)

    def test_queries_do_not_grow_with_customers(self):
        """Finding the customers and choosing among them costs the same for 5 as for 100."""
        self.base(100)
        self.models.sudo()._train(self.company)
        self.run_all()
        figures = self.env["customer.policy.parameter"]._churn_figures(self.company)
        warnings = self.warnings.sudo()
        warnings._choose(self.company, figures)
        with self.assertQueryCount(30):
            self.env.invalidate_all()
            rows = [row for row, *_rest in warnings._choose(self.company, figures)]
        self.assertTrue(rows)
        counts = []
        for some in (rows[:1], rows):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            warnings._collect_facts(self.company, some)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_page_of_a_customer(self):
        """The 360° page tells risk and reasons, in at most 30 queries."""
        silent = self.rhythm("Silent", 30, 8, 84)
        self.night()
        overview = self.env["customer.overview"].with_user(self.salesperson).with_company(self.company)
        overview.load(silent.id)
        self.env.invalidate_all()
        self.env.flush_all()
        with self.assertQueryCount(30):
            page = overview.load(silent.id)
        self.assertIn("At Risk", [badge["label"] for badge in page["badges"]])
        action = next(action for action in page["next_actions"] if action["name"] == "churn")
        self.assertEqual(action["reason"], "No purchase for 84 days, usually every 30.")
        card = next(card for card in page["cards"] if card["name"] == "churn")
        self.assertEqual(card["rows"][0]["label"], "No purchase for 84 days, usually every 30.")
        self.assertIn("churn_open", [work["kind"] for work in page["work"]])

    def test_timeline_tells_the_end(self):
        silent = self.rhythm("Silent", 30, 8, 84)
        self.night()
        warning = self.warning(silent)
        warning._finish("lost", loss_reason=self.env.ref("churn_warning.reason_price"))
        overview = self.env["customer.overview"].with_user(self.salesperson).with_company(self.company)
        entries = overview.load_timeline(silent.id, ["churn"])["entries"]
        self.assertEqual([entry["title"] for entry in entries], ["Lost"])

    def test_effect_of_simulated_win_back(self):
        """200 contacted of whom 50 % return, 100 left alone of whom 20 % do: the page says about 30 % more."""
        partners = self.env["res.partner"].create([{"name": f"E{n}", "is_company": True} for n in range(300)])
        opened = self.today - timedelta(days=100)
        held = {partner: number >= 200 for number, partner in enumerate(partners)}
        vals = [
            {"partner_id": partner.id, "company_id": self.company.id, "date_opened": opened, "horizon_days": 90,
             "state": "closed", "outcome": "observed" if held[partner] else "faded", "is_holdout": held[partner],
             "holdout_share": 10, "date_closed": self.today,
             "return_date": number % 2 == 0 and opened if not held[partner] else number % 5 == 0 and opened,
             "return_revenue": 100 * (number % 2 == 0 if not held[partner] else number % 5 == 0)}
            for number, partner in enumerate(partners)
        ]  # fmt: skip
        self.warnings.sudo().create(vals)
        page = self.env["churn.dashboard"].with_user(self.manager).with_company(self.company).load()
        effect = page["effect"]
        self.assertEqual((effect["contacted"], effect["held_out"]), (200, 100))
        self.assertAlmostEqual(effect["share"][0], 101 / 202 - 21 / 102)
        self.assertAlmostEqual(effect["revenue"][0], 200 * (50 - 20))
        self.assertIn("works", effect["verdict"])

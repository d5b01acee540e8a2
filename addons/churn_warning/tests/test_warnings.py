from .common import ChurnCommon


class TestWarnings(ChurnCommon):
    def test_smoke(self):
        silent = self.rhythm("Silent", 30, 8, 84, 1000)
        steady = self.rhythm("Steady", 30, 8, 10)
        self.night()
        self.assertEqual(self.profile(silent).purchase_gap_ratio, 2.8)
        print(
            self.profile(silent).read(
                [
                    "churn_status",
                    "churn_horizon_days",
                    "churn_risk",
                    "purchase_change",
                    "revenue_change",
                    "loyalty_index_change",
                ]
            )
        )
        print(
            self.warning(silent).read(
                [
                    "state",
                    "score",
                    "level",
                    "reason_text",
                    "reasons",
                    "date_deadline",
                    "user_id",
                    "clause",
                    "value_at_risk",
                    "is_holdout",
                ]
            )
        )
        self.assertFalse(self.warning(steady))

    def test_base(self):
        import time

        self.base()
        t = time.time()
        m = self.models.sudo()._train(self.company)
        print(
            time.time() - t,
            m.read(["chosen", "refusal", "horizon_days", "auc", "auc_margin", "rule_auc", "drift", "intervals"]),
        )
        for s in m.result["scores"].values():
            print(s["name"], s["auc"], s["margin"], s["lead"], s["lift"], s["precision"])
        print(self.env["churn.backtest"].with_company(self.company).load()["model"]["verdict"])
        print(self.night())
        for w in self.warnings.sudo().search([]):
            print(w.partner_id.name, w.score, w.value_at_risk, w.state, w._tell())
        self.env["customer.insight.model"]
        self.models.sudo()._watch(self.company)
        print(m.drift)
        print(self.env["churn.dashboard"].with_company(self.company).load())
        print(str(self.env["churn.retention"].with_company(self.company).load())[:600])

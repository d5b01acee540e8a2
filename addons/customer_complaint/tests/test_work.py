"""Where the work is done: service standard, remedies in Odoo's own apps, 8D, and the Pareto report."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .common import ComplaintCommon


class TestStandard(ComplaintCommon):
    def test_shown_on_the_case(self):
        case = self.new_case()
        self.assertEqual(case.standard_id, self.env.ref("customer_complaint.standard_complaint"))
        self.assertIn("Thank the customer", case.standard_text)
        self.assertEqual(case.standard_clause, "5.5 Closing")
        self.assertEqual(case.checklist_text, "0 of 4")
        with Form(case.with_user(self.service)) as form:
            form.done_step_ids.add(case.standard_id.step_ids[0])
        self.assertEqual(case.checklist_text, "1 of 4")
        case.kind = "enquiry"
        self.assertEqual((case.standard_id.name, case.checklist_text), ("Enquiries", "0 of 2"))
        case.kind = "praise"
        self.assertFalse(case.standard_id or case.standard_text or case.checklist_text)

    def test_a_new_version_keeps_the_ticks(self):
        case = self.new_case()
        case.done_step_ids = case.standard_id.step_ids[:2]
        begun = case.standard_id
        draft = self.default_policy.with_user(self.manager)._draft_version()
        copied = draft.complaint_standard_ids.filtered(lambda rule: rule.stable_key == begun.stable_key)
        self.assertEqual(copied.step_ids.mapped("name"), begun.step_ids.mapped("name"))
        self.assertEqual(case.with_user(self.service)._keep_standard(copied), begun)

    def test_not_set_by_clients(self):
        with self.assertRaises(AccessError):
            self.new_case().standard_id = False

    def test_sentence(self):
        sentences = self.env.ref("customer_complaint.clause_5_5")._get_rule_sentences()
        self.assertTrue(any("The cause is found, not only the symptom" in line for line in sentences), sentences)


class TestRemedies(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Pump", "list_price": 80})
        cls.service.group_ids += cls.env.ref("sales_team.group_sale_salesman_all_leads")
        cls.service.group_ids += cls.env.ref("account.group_account_invoice")
        cls.receivable, cls.income = (
            cls.env["account.account"].create(
                {"name": f"C {kind}", "code": code, "account_type": kind, "company_ids": [Command.set(cls.company.ids)]}
            )
            for kind, code in (("asset_receivable", "C1"), ("income", "C2"))
        )
        cls.journal = cls.env["account.journal"].create(
            {"name": "C", "code": "CSL", "type": "sale", "company_id": cls.company.id}
        )
        cls.env["ir.default"].set(
            "res.partner", "property_account_receivable_id", cls.receivable.id, company_id=cls.company.id
        )

    def invoice(self):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice", "partner_id": self.customer.id, "journal_id": self.journal.id,
                "company_id": self.company.id, "invoice_date": self.today,
                "invoice_line_ids": [
                    Command.create({"name": "x", "product_id": self.product.id, "account_id": self.income.id,
                                    "quantity": 2, "price_unit": 80, "tax_ids": False})
                ],
            }
        )  # fmt: skip
        move.action_post()
        return move

    def test_credit_note(self):
        move = self.invoice()
        case = self.new_case(move_id=move.id)
        action = case.action_credit_note()
        wizard = self.env[action["res_model"]].with_user(self.service).with_context(**action["context"])
        wizard = wizard.create({"journal_id": self.journal.id})
        note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        self.assertEqual((note.complaint_id, note.reversed_entry_id), (case, move))
        self.assertEqual((case.credit_count, case.credit_amount), (1, 0))
        note.action_post()
        case.invalidate_recordset()
        self.assertEqual(case.credit_amount, 160)
        self.assertEqual(case.action_open_credits()["res_id"], note.id)
        self.assertFalse(move.complaint_id)

    def test_credit_note_needs_an_invoice(self):
        with self.assertRaisesRegex(UserError, "posted invoice"):
            self.new_case().action_credit_note()

    def test_replacement(self):
        case = self.new_case(product_id=self.product.id)
        order = self.env["sale.order"].browse(case.action_replacement()["res_id"])
        self.assertEqual((order.partner_id, order.origin, order.amount_total), (self.customer, case.name, 0))
        self.assertEqual(order.order_line.product_id, self.product)
        self.assertEqual((case.replacement_count, case.replacement_ids), (1, order))
        order.action_cancel()
        case.invalidate_recordset()
        self.assertEqual(case.replacement_count, 0)

    def test_rights_are_those_of_the_apps(self):
        case = self.new_case(user=self.colleague, product_id=self.product.id)
        with self.assertRaises(AccessError):
            case.action_replacement()


class TestInvestigation(ComplaintCommon):
    def test_five_whys_and_what_the_team_wants_to_know(self):
        """Whys in their order, the remedy that is sought, tags, and properties that the team defines."""
        self.team.case_properties_definition = [{"name": "shift", "string": "Shift", "type": "char"}]
        tag = self.env["customer.complaint.tag"].create({"name": "Press"})
        case = self.new_case(remedy="replacement", team_id=self.team.id, tag_ids=[Command.set(tag.ids)])
        case.case_properties = {"shift": "night"}
        answers = ["The part cracked", "It was too thin", "The mould was worn", "Nobody measured it", "No plan asks"]
        case.why_ids = [
            Command.create({"answer": answer, "sequence": 5 - place}) for place, answer in enumerate(answers)
        ]
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(case.why_ids.mapped("answer"), answers[::-1])
        self.assertEqual(dict(case.case_properties), {"shift": "night"})
        self.assertEqual((case.remedy, case.tag_ids), ("replacement", tag))
        found = self.env["customer.complaint"].search([("case_properties.shift", "=", "night")])
        self.assertEqual(found, case)


class TestDisciplines(ComplaintCommon):
    def test_8d_plan(self):
        with self.at(2, 10):
            case = self.new_case(impact="3", urgency="3")
        self.assertTrue(case.needs_action)
        case.action_start_8d()
        plan = {action.kind: action.date_deadline for action in case.action_ids}
        self.assertEqual(
            plan,
            {"containment": date(2026, 3, 4), "analysis": date(2026, 3, 16), "corrective": date(2026, 3, 16),
             "preventive": date(2026, 5, 1)},
        )  # fmt: skip
        case.action_start_8d()
        self.assertEqual(len(case.action_ids), 4)
        self.assertFalse(self.new_case().needs_action)

    def test_improvement_from_a_case(self):
        cause = self.env["customer.complaint.cause"].create({"name": "Packing"})
        case = self.new_case(cause_id=cause.id)
        seller = self.new_user("proposer", "customer_policy.group_customer_user")
        form = Form(self.env["customer.improvement"].with_user(seller).with_context(
            **case.action_propose_improvement()["context"]))  # fmt: skip
        improvement = form.save()
        self.assertEqual((improvement.cause_id, improvement.complaint_ids.ids), (cause, case.ids))
        other = self.env["customer.improvement"].create({"name": "Other", "company_id": self.company.id})
        with self.assertRaises(AccessError):
            other.with_user(seller).name = "Mine now"

    def test_effect_within_chance(self):
        improvement = self.env["customer.improvement"].new({})
        # 20 of 100 to 15 of 100: 1.96 * sqrt(.2*.8/100 + .15*.85/100) = 10.5 points; 200 of 1,000 to 100 of 1,000: 3.1
        self.assertEqual(improvement._effect_in_words(20, 100, 15, 100),
                         "20.0 % (n = 100) → 15.0 % (n = 100), no detectable change")  # fmt: skip
        self.assertEqual(improvement._effect_in_words(200, 1000, 100, 1000),
                         "20.0 % (n = 1000) → 10.0 % (n = 1000), change -10.0 ± 3.1")  # fmt: skip


class TestRates(ComplaintCommon):
    def test_on_time_rate(self):
        """Three answered, one of them late: 67 %; what is not answered does not count."""
        cases = self.env["customer.complaint"]
        for hours in (10, 11, 16):
            with self.at(2, 9):
                case = self.new_case(self.strategic)
            with self.at(2, hours):
                case.action_log_reply()
            cases |= case
        cases |= self.new_case(self.strategic)
        [(rate,)] = cases._read_group([("id", "in", cases.ids)], [], ["reply_on_time:avg"])
        self.assertAlmostEqual(rate, 66.7, 1)


class TestPareto(ComplaintCommon):
    def rows(self, dimension, user=None, kind="complaint"):
        self.env.flush_all()
        report = self.env["customer.complaint.pareto"].with_user(user or self.manager)
        return report.search([("dimension", "=", dimension), ("kind", "=", kind)])

    def test_vital_few(self):
        """Six, three and one of ten, none without a cause: 60 %, 90 %, 100 %; the first two reach 80 %."""
        self.env["customer.complaint"].sudo().search([("company_id", "=", self.company.id)]).action_cancel()
        causes = self.env["customer.complaint.cause"].create([{"name": name} for name in ("Packing", "Wear", "Dust")])
        for cause, count in zip(causes, (6, 3, 1), strict=True):
            for _case in range(count):
                self.new_case(cause_id=cause.id, cost=10)
        self.new_case(kind="enquiry")
        self.new_case(cause_id=causes[2].id).sudo().action_cancel()
        rows = self.rows("cause")
        self.assertEqual(rows.mapped("label"), ["Packing", "Wear", "Dust"])
        self.assertEqual(rows.mapped("count"), [6, 3, 1])
        self.assertEqual(rows.mapped("cost"), [60, 30, 10])
        self.assertEqual([round(row.cumulative) for row in rows], [60, 90, 100])
        self.assertEqual(rows.mapped("is_vital"), [True, True, False])
        self.assertEqual(self.rows("product", kind="enquiry").count, 1)
        found = self.env["customer.complaint"].with_user(self.manager).search(rows[1].action_open_cases()["domain"])
        self.assertEqual(len(found), 3)

    def test_of_the_cases_that_one_sees(self):
        self.new_case(self.new_customer("Hidden", user_id=self.manager.id))
        seller = self.new_user("seller", "customer_policy.group_customer_user")
        seen = self.env["customer.complaint"].with_user(seller).search_count([("kind", "=", "complaint")])
        self.assertEqual(sum(self.rows("type", seller).mapped("count")), seen)

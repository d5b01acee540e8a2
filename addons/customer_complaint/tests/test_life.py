"""From receipt to closure: numbers, routes, replies with approval, the guard, reopening, metrics."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .common import ComplaintCommon


class TestFrame(ComplaintCommon):
    def test_chapter(self):
        clauses = self.default_policy.clause_ids.filtered(lambda clause: clause.number.startswith("5"))
        self.assertEqual(clauses.mapped("number"), ["5", "5.1", "5.2", "5.3", "5.4", "5.5"])
        self.assertEqual(set(clauses[1:].mapped("coverage")), {"enforced"})
        self.assertFalse(self.default_policy._get_problems())

    def test_sentences(self):
        sentences = self.env.ref("customer_complaint.clause_5_3")._get_rule_sentences()
        self.assertTrue(
            any(line.startswith("Complaints of strategic customers (Complaint and Strategic): ")
                and "First Reply within 2 working hours" in line for line in sentences),
            sentences,
        )  # fmt: skip
        ladder = self.env.ref("customer_complaint.clause_5_4")._get_rule_sentences()
        self.assertIn("Reminder: 1 working hours before the deadline, Responsible", ladder)

    def test_severity_matrix(self):
        for impact, urgency, severity in (("1", "1", "1"), ("2", "2", "2"), ("3", "2", "3"), ("3", "3", "4")):
            self.assertEqual(self.new_case(impact=impact, urgency=urgency).severity, severity)

    def test_numbers(self):
        cases = self.new_case() | self.new_case()
        self.assertEqual(len(set(cases.mapped("name"))), 2)
        self.assertRegex(cases[0].name, r"^C\d{4}-\d{5}$")
        self.assertEqual(len(set(cases.mapped("access_token"))), 2)

    def test_contact_and_customer(self):
        buyer = self.new_customer("Ms Li", is_company=False, parent_id=self.strategic.id, email="li@example.com")
        case = self.new_case(buyer)
        self.assertEqual((case.contact_id, case.partner_id), (buyer, self.strategic))
        self.assertEqual((case.grade_id.code, case.email_from), ("strategic", "li@example.com"))

    def test_form_of_the_agent(self):
        form = Form(self.env["customer.complaint"].with_user(self.service))
        form.subject, form.contact_id, form.channel = "Rings, no answer", self.strategic, "phone"
        case = form.save()
        self.assertEqual((case.state, case.email_from), ("new", "boss@strategic.example"))
        self.assertTrue(case.deadline_reply)

    def test_similar(self):
        first = self.new_case()
        second = self.new_case()
        self.assertEqual(second.similar_ids, first)
        first._transition({"stage_id": self.env.ref("customer_complaint.stage_cancelled").id})
        second.invalidate_recordset()
        self.assertFalse(second.similar_ids)

    def test_stages_keep_their_meaning(self):
        self.new_case()
        stages = self.env["customer.complaint.stage"]
        with self.assertRaisesRegex(UserError, "Keep one stage"):
            stages._of_state("waiting").unlink()
        with self.assertRaisesRegex(UserError, "its status can't change"):
            stages._of_state("new").state = "closed"
        laboratory = stages.create({"name": "In the laboratory", "state": "investigating", "sequence": 35})
        case = self.new_case()
        case.stage_id = laboratory
        with self.assertRaisesRegex(UserError, "“In the laboratory”: cases stand in this stage .1."):
            laboratory.unlink()
        case.action_wait()
        laboratory.unlink()
        self.assertEqual(case.state, "waiting")


class TestRouting(ComplaintCommon):
    def route(self, **values):
        return self.new_case(**values).team_id.name

    def test_by_type_and_grade(self):
        technical = self.env.ref("customer_complaint.type_technical")
        quality = self.env.ref("customer_complaint.type_quality")
        self.assertEqual(self.route(type_id=technical.id), "Technical Support")
        self.assertEqual(self.route(type_id=quality.id), "After-Sales")
        self.assertEqual(self.route(), "Customer Service")
        self.assertEqual(self.new_case(self.strategic, type_id=technical.id).team_id.name, "Strategic Customers")

    def test_each_kind_has_its_route(self):
        quality = self.env.ref("customer_complaint.type_quality").id
        technical = self.env.ref("customer_complaint.type_technical").id
        for kind, type_id, team in (
            ("complaint", False, "Customer Service"),
            ("complaint", quality, "After-Sales"),
            ("enquiry", False, "Customer Service"),
            ("enquiry", technical, "Technical Support"),
            ("service", False, "After-Sales"),
            ("service", technical, "Technical Support"),
            ("suggestion", quality, "Customer Service"),
            ("praise", technical, "Customer Service"),
        ):
            with self.subTest(kind=kind, type=type_id):
                self.assertEqual(self.route(kind=kind, type_id=type_id), team)
        strategic = [self.new_case(self.strategic, kind=kind).team_id.name for kind in ("enquiry", "praise")]
        self.assertEqual(strategic, ["Strategic Customers"] * 2)
        self.assertFalse(any("never applies" in line for line in self.default_policy._get_warnings()))

    def test_least_open_work(self):
        self.staff(self.team, self.service, self.colleague)
        users = [self.new_case().user_id for _case in range(4)]
        self.assertEqual(users, [self.service, self.colleague] * 2)
        cases = self.env["customer.complaint"].search([("user_id", "=", self.colleague.id)])
        for case in cases:
            case.action_log_reply()
            case.action_resolve()
        self.assertEqual(self.new_case().user_id, self.colleague)

    def test_balance_within_a_batch(self):
        self.staff(self.team, self.service, self.colleague)
        values = {"contact_id": self.customer.id, "company_id": self.company.id}
        cases = self.env["customer.complaint"].create([{**values, "subject": str(n)} for n in range(10)])
        self.assertEqual(len(cases.filtered(lambda case: case.user_id == self.service)), 5)

    def test_skill_and_capacity(self):
        billing = self.env.ref("customer_complaint.type_billing")
        self.staff(self.team, self.service, self.colleague)
        self.team.member_ids[1].type_ids = [Command.set(billing.ids)]
        self.assertEqual(self.new_case(type_id=billing.id).user_id, self.colleague)
        self.assertEqual(self.new_case().user_id, self.service)
        self.team.member_ids[0].capacity = 1
        self.assertFalse(self.new_case().user_id)

    def test_nobody_there(self):
        self.team.member_ids.unlink()
        case = self.new_case()
        self.assertEqual((case.team_id, case.user_id.id), (self.team, False))
        warnings = self.env["customer.complaint.route"]._in_force(self.company)._get_warnings()
        self.assertTrue(any("Customer Service" in warning for warning in warnings))


class TestLife(ComplaintCommon):
    def reply(self, case, user=None, body="<p>We send a new one.</p>"):
        replies = self.env["customer.complaint.reply"].with_user(user or self.service)
        return replies.create({"complaint_id": case.id, "subject": "Answer", "body": body})

    def test_closing_needs_reply_and_follow_up(self):
        with self.at(2, 10):
            case = self.new_case()
            with self.assertRaisesRegex(
                UserError, r"clause 5\.5\)[\s\S]*Reply to the customer[\s\S]*whether it helped"
            ):
                case.action_close()
        with self.at(2, 11):
            self.reply(case).action_send()
            case.action_resolve()
            with self.assertRaisesRegex(UserError, "whether it helped"):
                case.action_close()
        self.assertEqual(case.activity_ids.filtered(lambda a: "Follow-up" in a.summary).date_deadline.day, 5)
        with self.at(5, 9):
            case.follow_up_result = "satisfied"
            self.assertEqual(case.follow_up_user_id, self.service)
            self.assertFalse(case.activity_ids.filtered(lambda a: "Follow-up" in (a.summary or "")))
            case.action_close()
        self.assertEqual(case.state, "closed")

    def test_dragging_a_card_is_checked_too(self):
        case = self.new_case()
        with self.assertRaisesRegex(UserError, "can't be closed yet"):
            case.stage_id = self.env.ref("customer_complaint.stage_closed")

    def test_reply_reaches_the_customer(self):
        case = self.new_case()
        reply = self.reply(case)
        reply.action_send()
        message = case.message_ids.filtered(lambda m: "new one" in (m.body or ""))
        self.assertEqual(message.partner_ids, self.customer)
        self.assertEqual((reply.state, bool(case.date_replied)), ("sent", True))
        with self.assertRaises(UserError):
            reply.body = "other"
        with self.assertRaises(UserError):
            reply.unlink()

    def test_reply_to_an_unknown_sender(self):
        case = self.env["customer.complaint"].create(
            {"subject": "?", "email_from": "someone@example.net", "company_id": self.company.id}
        )
        self.reply(case).action_send()
        mail = self.env["mail.mail"].search([("model", "=", case._name), ("res_id", "=", case.id)])
        self.assertIn("someone@example.net", mail.mapped("email_to"))

    def test_reply_without_an_address(self):
        case = self.new_case(self.new_customer("No Mail"))
        with self.assertRaisesRegex(UserError, "no mail address"):
            self.reply(case).action_send()
        case.action_log_reply()
        self.assertTrue(case.date_replied)

    def test_critical_replies_are_approved(self):
        case = self.new_case(impact="3", urgency="3")
        reply = self.reply(case)
        reply.action_send()
        self.assertEqual((reply.state, bool(case.date_replied)), ("approval", False))
        for user, error in ((self.service, "team leader or a manager"), (self.colleague, "team leader or a manager")):
            with self.assertRaisesRegex(UserError, error):
                reply.with_user(user).action_approve()
        with self.assertRaises(AccessError):
            reply.with_user(self.service).write({"state": "sent"})
        own = self.reply(case, self.manager)
        own.action_send()
        with self.assertRaisesRegex(UserError, "somebody else"):
            own.with_user(self.manager).action_approve()
        reply.with_user(self.leader).action_approve()
        self.assertEqual((reply.state, reply.approver_id, bool(case.date_replied)), ("sent", self.leader, True))

    def test_who_wrote_last_does_not_approve(self):
        case = self.new_case(impact="3", urgency="3")
        reply = self.reply(case)
        reply.with_user(self.leader).body = "<p>Quite another text</p>"
        reply.action_send()
        with self.assertRaisesRegex(UserError, "somebody else"):
            reply.with_user(self.leader).action_approve()
        reply.with_user(self.manager).action_approve()
        self.assertEqual((reply.author_id, reply.approver_id), (self.leader, self.manager))

    def test_approval_is_not_avoided_by_phone(self):
        case = self.new_case(impact="3", urgency="3")
        with self.assertRaisesRegex(UserError, "asks for an approval"):
            case.action_log_reply()
        case.with_user(self.leader).action_log_reply()
        self.assertTrue(case.date_replied)

    def test_follow_up_taken_back(self):
        case = self.new_case()
        case.action_log_reply()
        case.action_resolve()
        case.follow_up_result = "satisfied"
        case.follow_up_result = False
        with self.assertRaisesRegex(UserError, "whether it helped"):
            case.action_close()

    def test_reopening_keeps_history_and_asks_again(self):
        with self.at(2, 10):
            case = self.new_case()
            case.action_log_reply()
            case.action_resolve()
            case.follow_up_result = "satisfied"
            case.action_close()
        with self.at(10, 10):
            case.action_reopen()
        self.assertEqual((case.state, case.round), ("investigating", 1))
        self.assertFalse(case.date_resolved or case.date_closed or case.follow_up_result)
        self.assertTrue(case.date_replied)
        self.assertTrue(any("Resolved before" in (message.body or "") for message in case.message_ids))
        with self.at(11, 10):
            case.action_resolve()
            with self.assertRaisesRegex(UserError, "Reply to the customer"):
                case.action_close()

    def test_nothing_is_deleted_but_what_was_no_case(self):
        case = self.new_case().with_user(self.manager)
        with self.assertRaisesRegex(AccessError, "stays registered"):
            case.unlink()
        case.action_cancel()
        case.unlink()

    def test_rating_after_closing(self):
        case = self.new_case(kind="enquiry")  # after complaints other addons send a questionnaire instead
        case.action_log_reply()
        case.action_resolve()
        case.follow_up_result = "satisfied"
        case.action_close()
        rating = self.env["rating.rating"].search([("res_model", "=", case._name), ("res_id", "=", case.id)])
        self.assertEqual(rating.partner_id, self.customer)
        case.sudo().rating_apply(5, rating=rating, feedback="Fine")
        self.assertEqual(case.rating_last_value, 5)

    def test_metrics(self):
        for partner in (self.customer, self.strategic):
            self.buy(partner, 100)
        late = self.new_case()
        self.env.flush_all()
        self.env.cr.execute("UPDATE customer_complaint SET date_received = date_received - INTERVAL '40 days' "
                            "WHERE id = %s", [late.id])  # fmt: skip
        late.invalidate_recordset()
        late._update_clock()
        late.action_log_reply()
        self.new_case(kind="enquiry")
        dropped = self.new_case()
        dropped.action_cancel()
        self.run_all()
        profile = self.profile(self.customer)
        self.assertEqual(
            (profile.complaint_open_count, profile.complaint_count_12m, profile.complaint_late_count_12m), (2, 1, 1)
        )
        self.assertEqual((self.today - profile.last_complaint_date).days, 40)
        self.assertEqual(self.profile(self.strategic).complaint_open_count, 0)
        self.assertIn("complaint_count_12m", self.env["customer.profile"]._metric_names())
        self.new_case()
        self.engine._run(self.company, self.customer.ids)
        self.assertEqual(self.profile(self.customer).complaint_open_count, 3)
        since = self.env.cr.now().replace(year=2020)
        self.env.flush_all()
        changed = self.env.execute_query(
            self.env["customer.policy.run"]._changed_sources(self.company, since)["complaint"]
        )
        self.assertIn((self.customer.id,), changed)

    def test_from_an_order(self):
        product = self.env["product.product"].create({"name": "Pump"})
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "order_line": [Command.create({"product_id": product.id})]}
        )
        action = order.action_new_complaint()
        form = Form(self.env["customer.complaint"].with_context(**action["context"]))
        form.subject = "Leaks"
        case = form.save()
        self.assertEqual((case.contact_id, case.sale_order_id, case.product_id), (self.customer, order, product))
        self.assertEqual(self.customer.complaint_count, 1)

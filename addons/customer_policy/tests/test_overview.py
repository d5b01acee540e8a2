"""The 360° page: what it says, to whom, and at what cost."""

from datetime import datetime, timedelta

from odoo import Command, fields
from odoo.exceptions import MissingError, UserError

from .common import CustomerPolicyCommon


class OverviewCommon(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.overview = cls.env["customer.overview"]
        cls.product = cls.env["product.product"].create({"name": "Wafer", "default_code": "W1"})
        cls.category = cls.env["product.category"].create({"name": "Chemicals"})
        cls.receivable, cls.income = (
            cls.env["account.account"].create(
                {"name": f"O {kind}", "code": code, "account_type": kind, "company_ids": [Command.set(cls.company.ids)]}
            )
            for kind, code in (("asset_receivable", "O1"), ("income", "O2"))
        )
        cls.journal = cls.env["account.journal"].create(
            {"name": "O", "code": "OV", "type": "sale", "company_id": cls.company.id}
        )
        cls.env["ir.default"].set(
            "res.partner", "property_account_receivable_id", cls.receivable.id, company_id=cls.company.id
        )
        # Sees everything: customers, orders, invoices.
        cls.reader = cls.new_user(
            "reader360", "customer_policy.group_customer_manager,sales_team.group_sale_salesman_all_leads"
        )

    def page(self, partner, user=None):
        user = user or self.reader
        return self.overview.with_user(user).load(partner.id)

    def entries(self, partner, user=None, **arguments):
        return self.overview.with_user(user or self.reader).load_timeline(partner.id, **arguments)["entries"]

    def invoice(self, partner, amount, days_ago, due_days=30, move_type="out_invoice", user=None):
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": partner.id,
                "journal_id": self.journal.id,
                "company_id": self.company.id,
                "invoice_user_id": user.id if user else False,
                "invoice_date": self.today - timedelta(days=days_ago),
                "invoice_date_due": self.today - timedelta(days=days_ago - due_days),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "x", "account_id": self.income.id, "quantity": 1, "price_unit": amount,
                         "product_id": self.product.id, "tax_ids": False}
                    )
                ],
            }
        )  # fmt: skip
        move.action_post()
        return move


class TestOverview(OverviewCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.new_customer("Overview Ltd", user_id=cls.manager.id, email="o@example.com")
        cls.person = cls.env["res.partner"].create(
            {"name": "Li Na", "parent_id": cls.customer.id, "function": "Buyer",
             "customer_role_ids": [Command.link(cls.env.ref("customer_policy.customer_contact_role_buyer").id)]}
        )  # fmt: skip

    def test_a_customer_without_history(self):
        self.customer.action_mark_customer()
        page = self.page(self.customer)
        self.assertEqual(page["partner"]["name"], "Overview Ltd")
        self.assertEqual(len(page["chart"]), 24)
        self.assertFalse(any(month["amount"] for month in page["chart"]))
        self.assertEqual((page["products"], page["work"], page["timeline"]["next"]), ([], [], None))
        self.assertEqual({entry["kind"] for entry in page["timeline"]["entries"]} - {"grade"}, set())

    def test_figures_are_those_of_the_profile(self):
        self.buy(self.customer, 250, 10)
        self.buy(self.customer, 750, 400)
        log = {"company_id": self.company.id, "kind": "full", "state": "done", "date_start": datetime(2026, 5, 4, 3, 2)}
        self.engine._run(self.company, log=self.env["customer.policy.run"].create(log))
        page = self.page(self.customer)
        figures = {figure["name"]: figure["value"] for figure in page["figures"]}
        self.assertEqual(figures["revenue_12m"], 250)
        self.assertEqual(figures["revenue_total"], 1000)
        self.assertEqual(figures["last_purchase_date"], (self.today - timedelta(days=10)).isoformat())
        self.assertEqual({badge["name"] for badge in page["badges"]}, {"grade", "lifecycle_stage", "rfm_segment"})
        self.assertEqual(page["as_of"], "2026-05-04 03:02:00")

    def test_chart_by_month(self):
        start = self.today.replace(day=1)
        self.buy(self.customer, 100, (self.today - start).days)
        self.buy(self.customer, 50, (self.today - start).days + 1)
        self.buy(self.customer, -20, (self.today - start).days + 1)
        self.buy(self.customer, 999, 800)
        chart = self.page(self.customer)["chart"]
        self.assertEqual(chart[-1], {"month": start.isoformat(), "amount": 100})
        self.assertEqual(chart[-2]["amount"], 30)
        self.assertEqual(sum(month["amount"] for month in chart), 130)

    def test_products(self):
        for amount, days, quantity in ((100, 5, 2), (60, 5, 1), (40, 50, 1), (-40, 2, -1)):
            self.buy(self.customer, amount, days, product_id=self.product.id, quantity=quantity)
        self.buy(self.customer, 500, 90, category_id=self.category.id, quantity=3)
        self.buy(self.customer, 7, 91, description="Old goods")
        products = self.page(self.customer)["products"]
        self.assertEqual([row["name"] for row in products], ["Chemicals", "Wafer", "Old goods"])
        wafer = products[1]
        # Returned 2 days ago, bought on two days, the last 5 days ago.
        self.assertEqual((wafer["times"], wafer["quantity"], wafer["amount"], wafer["code"]), (2, 3, 160, "W1"))
        self.assertEqual(wafer["last_date"], (self.today - timedelta(days=5)).isoformat())

    def test_timeline_has_all_kinds(self):
        self.make_history(self.customer)
        entries = self.entries(self.customer)
        dates = [entry["date"] for entry in entries]
        self.assertEqual(dates, sorted(dates, reverse=True))
        kinds = {entry["kind"] for entry in entries}
        expected = {"order", "invoice", "external", "lead", "mail", "call", "meeting", "activity", "note", "grade"}
        self.assertEqual(kinds, expected)
        # Other addons bring kinds of their own.
        self.assertLessEqual(kinds | {"visit", "contact"}, set(self.env["customer.timeline"]._kinds()))
        for kind in expected:
            found = self.entries(self.customer, kinds=[kind])
            self.assertEqual({entry["kind"] for entry in found}, {kind})

    def test_timeline_entries(self):
        self.make_history(self.customer)
        by_kind = {entry["kind"]: entry for entry in self.entries(self.customer)}
        self.assertEqual(by_kind["mail"]["title"], "Your offer")
        self.assertEqual(by_kind["mail"]["user"], "Li Na")
        self.assertEqual(by_kind["mail"]["open"], ["res.partner", self.person.id])
        self.assertIn("likes green tea", by_kind["note"]["title"])
        self.assertEqual(by_kind["external"]["amount"], 300)
        self.assertEqual(by_kind["invoice"]["status"], "Invoice")
        self.assertTrue(by_kind["order"]["status"])

    def make_history(self, customer):
        """One document of each kind, through the ways that people make them."""
        person = customer.child_ids[:1] or customer
        self.buy(customer, 100, 3, order="A")
        self.buy(customer, 200, 3, order="A")
        self.invoice(customer, 400, 60)
        order = self.env["sale.order"].create({"partner_id": person.id, "company_id": self.company.id})
        self.env["crm.lead"].create(
            {"name": "New line", "type": "opportunity", "partner_id": person.id, "company_id": self.company.id}
        )
        person.message_post(
            body="We accept.",
            subject="Your offer",
            message_type="email",
            author_id=person.id,
            subtype_xmlid="mail.mt_comment",
        )
        customer.message_post(body="Mr Wang likes green tea", message_type="comment", subtype_xmlid="mail.mt_note")
        for name in ("mail_activity_data_call", "mail_activity_data_meeting", "mail_activity_data_todo"):
            customer.activity_schedule(f"mail.{name}", user_id=self.reader.id).action_feedback("done")
        self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": fields.Datetime.now() - timedelta(days=1),
                "stop": fields.Datetime.now() - timedelta(hours=23),
                "partner_ids": [Command.link(person.id)],
            }
        )
        self.run_all()
        self.env.flush_all()
        return order

    def test_paging_loses_and_repeats_nothing(self):
        for position in range(75):
            self.buy(self.customer, position + 1, position // 10)
        self.env.flush_all()
        seen, after, timeline = [], None, self.overview.with_user(self.reader)
        while True:
            page = timeline.load_timeline(self.customer.id, ["external"], after)
            seen += page["entries"]
            after = page["next"]
            if not after:
                break
            self.assertEqual(len(page["entries"]), 30)
        self.assertEqual(len(seen), 75)
        self.assertEqual(sorted(entry["amount"] for entry in seen), list(range(1, 76)))
        self.assertEqual([e["date"] for e in seen], sorted((e["date"] for e in seen), reverse=True))

    def test_bad_arguments(self):
        timeline = self.overview.with_user(self.reader)
        for cursor in (["x", "y", "z"], [1, 2], "abc", ["2020-01-01", "m", "1; DROP TABLE res_partner"]):
            with self.assertRaises(UserError):
                timeline.load_timeline(self.customer.id, None, cursor)
        self.assertEqual(timeline.load_timeline(self.customer.id, ["no such kind"])["entries"], [])
        self.assertEqual(timeline.load_timeline(self.customer.id, [])["entries"], [])
        with self.assertRaises(MissingError):
            timeline.load(self.env["res.partner"].search([], order="id desc", limit=1).id + 1000)

    def test_time_is_the_readers(self):
        self.reader.tz = "Asia/Shanghai"
        message = self.customer.message_post(body="late", message_type="comment", subtype_xmlid="mail.mt_note")
        message.date = datetime(2026, 1, 31, 20, 30)
        self.env.flush_all()
        [entry] = self.entries(self.customer, kinds=["note"])
        self.assertEqual(entry["date"], "2026-02-01T04:30:00")

    def test_contacts_and_preferences(self):
        self.customer.write(
            {
                "customer_preferred_channel": "wechat",
                "customer_hour_from": 9.5,
                "customer_hour_to": 11,
                "customer_background": "Family firm",
                "customer_brand_ids": [Command.create({"name": "Acme"})],
            }
        )
        page = self.page(self.person)
        self.assertEqual(page["partner"]["id"], self.customer.id)
        [person] = page["contacts"]
        self.assertEqual((person["name"], [role["label"] for role in person["roles"]]), ("Li Na", ["Buyer"]))
        card = next(card for card in page["cards"] if card["name"] == "preferences")
        self.assertEqual(card["text"], "Family firm")
        self.assertEqual([row["value"] for row in card["rows"][:2]], ["WeChat", "9:30 – 11:00"])
        self.assertEqual(card["rows"][2]["tags"][0]["label"], "Acme")

    def test_those_with_a_role_come_first(self):
        """Of 100 contacts the decision maker is shown, whatever the alphabet says."""
        people = self.env["res.partner"].create(
            [{"name": f"P{i:02}", "parent_id": self.customer.id} for i in range(98)]
        )
        boss = self.env["res.partner"].create({"name": "Zz Boss", "parent_id": self.customer.id})
        boss.customer_role_ids = self.env.ref("customer_policy.customer_contact_role_decision_maker")
        people.customer_interest_ids = self.env["customer.interest"].create({"name": "Theirs"})
        page = self.page(self.customer)
        self.assertEqual([person["name"] for person in page["contacts"][:3]], ["Li Na", "Zz Boss", "P00"])
        self.assertEqual((len(page["contacts"]), page["more_contacts"]["count"]), (12, 88))
        action = page["more_contacts"]["action"]
        self.assertEqual(self.env["res.partner"].search_count(action["domain"]), 100)
        card = next(card for card in page["cards"] if card["name"] == "preferences")
        self.assertNotIn("Theirs", str(card["rows"]))
        self.assertIsNone(self.page(self.new_customer("Small"))["more_contacts"])

    def test_best_hours(self):
        for hours in ((11, 9), (-1, 5), (9, 25), (9, 9), (9, 0)):
            with self.assertRaises(UserError, msg=hours):
                self.customer.write({"customer_hour_from": hours[0], "customer_hour_to": hours[1]})

    def test_payment_methods(self):
        bank = self.env["account.journal"].create(
            {"name": "Bank O", "code": "BKO", "type": "bank", "company_id": self.company.id}
        )
        line = bank.inbound_payment_method_line_ids[:1]
        line.payment_account_id = self.receivable
        for _number in range(2):
            payment = self.env["account.payment"].create(
                {"partner_id": self.customer.id, "payment_type": "inbound", "partner_type": "customer", "amount": 5,
                 "journal_id": bank.id,
                 "payment_method_line_id": line.id, "company_id": self.company.id}
            )  # fmt: skip
            payment.action_post()
        self.customer.action_mark_customer()
        card = next(card for card in self.page(self.customer)["cards"] if card["name"] == "payments")
        self.assertIn(f"{line.name} (2×)", [row["value"] for row in card["rows"]])

    # ------------------------------------------------------------ what to do next

    def actions(self, user=None):
        return {action["name"]: action for action in self.page(self.customer, user)["next_actions"]}

    def test_contacts_that_were_written_down(self):
        """A visit stands in the timeline of who may see the customer, with Odoo's own calls and meetings."""
        kinds = {"visit": "visit", "call": "call", "message": "contact"}
        self.env["customer.interaction"].create(
            [
                {"partner_id": partner.id, "kind": kind, "subject": f"About {kind}", "date": datetime(2026, 1, 5, 9)}
                for partner, kind in zip((self.customer, self.person, self.customer), kinds, strict=True)
            ]
        )
        found = {entry["title"]: entry["kind"] for entry in self.entries(self.customer, kinds=[*kinds.values()])}
        self.assertEqual(found, {f"About {kind}": shown for kind, shown in kinds.items()})

    def test_next_recheck(self):
        self.customer.action_mark_customer()
        self.assertNotIn("recheck", self.actions())
        self.profile(self.customer).sudo().recheck_date = self.today
        self.assertEqual(self.actions()["recheck"]["priority"], 50)

    def test_next_overdue(self):
        self.invoice(self.customer, 120, 60)
        self.invoice(self.customer, 80, 45)
        self.invoice(self.customer, 55, 5)
        self.run_all()
        page = self.page(self.customer)
        [overdue] = [group for group in page["work"] if group["kind"] == "overdue"]
        self.assertEqual((overdue["count"], overdue["amount"]), (2, 200))
        self.assertEqual(page["next_actions"][0]["name"], "overdue")
        self.assertIn("200", page["next_actions"][0]["reason"])

    def test_next_overdue_without_the_right_to_invoices(self):
        """Who has no access to invoices learns the amount from the profile, as in the list of customers."""
        self.invoice(self.customer, 120, 60)
        self.run_all()
        viewer = self.new_user("viewer360", "customer_policy.group_customer_all")
        self.assertFalse(self.env["account.move"].with_user(viewer).has_access("read"))
        page = self.page(self.customer, viewer)
        self.assertNotIn("overdue", [group["kind"] for group in page["work"]])
        self.assertIn("120", page["next_actions"][0]["reason"])
        self.assertEqual(page["timeline"]["entries"][-1]["open"], None)

    def test_next_quotation(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id, "company_id": self.company.id})
        for days, expected in ((-1, "Renew"), (7, "Follow up"), (8, None)):
            order.validity_date = self.today + timedelta(days=days)
            self.env.flush_all()
            found = self.actions().get("quotation")
            self.assertEqual(bool(found), bool(expected), days)
            if expected:
                self.assertIn(expected, found["text"])

    def test_next_activity(self):
        self.customer.activity_schedule(
            "mail.mail_activity_data_todo",
            self.today - timedelta(days=3),
            summary="Send samples",
            user_id=self.reader.id,
        )
        self.env.flush_all()
        self.assertEqual(self.actions()["activity"]["text"], "Send samples")

    def test_next_silent(self):
        self.buy(self.customer, 100, 200)
        self.run_all()
        self.assertEqual(self.profile(self.customer).lifecycle_stage, "dormant")
        self.assertIn("silent", self.actions())
        for days, expected in ((59, False), (60, True)):
            self.profile(self.customer).sudo().last_contact_date = self.today - timedelta(days=days)
            self.assertEqual("silent" in self.actions(), expected, days)

    # ------------------------------------------------------------ cost

    def test_queries_do_not_depend_on_history(self):
        quiet = self.new_customer("Quiet")
        quiet.action_mark_customer()
        busy = self.customer
        for _round in range(3):
            self.make_history(busy)
        holding = self.new_customer("Busy Holding")
        busy.customer_holding_id = holding
        interests = self.env["customer.interest"].create([{"name": f"I{i}"} for i in range(3)])
        busy.customer_interest_ids = interests
        self.env["res.partner"].create([{"name": f"P{i}", "parent_id": busy.id} for i in range(20)])
        for position in range(60):
            self.buy(busy, 10, position * 10, order=f"B{position}")
        self.run_all()
        seller = self.new_user("seller360", "sales_team.group_sale_salesman_all_leads")
        for user in (self.reader, seller):
            for partner in (quiet, busy):
                self.page(partner, user)
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.page(partner, user)
                self.assertLessEqual(self.env.cr.sql_log_count - before, 30, (user.login, partner.name))

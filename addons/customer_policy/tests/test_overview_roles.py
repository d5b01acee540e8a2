"""The 360° page shows to each role what the documents' own rules show, and no more."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .test_overview import OverviewCommon
from .test_roles import RolesCommon


class TestOverviewRoles(RolesCommon, OverviewCommon):
    def load(self, name, user):
        return self.page(self.customers[name], user)

    def test_without_a_role(self):
        portal = new_test_user(self.env, "portal360", groups="base.group_portal")
        for user in (self.accountant, portal):
            for call in ("load", "load_timeline"):
                with self.assertRaises(AccessError, msg=(user.login, call)):
                    getattr(self.overview.with_user(user), call)(self.customers["own"].id)

    def test_figures_follow_the_profile(self):
        for user, expected in self.expected.items():
            for name in self.customers:
                page = self.load(name, user)
                visible = name in expected
                self.assertEqual(bool(page["figures"]), visible, (user.login, name))
                self.assertEqual(bool(page["products"]), visible, (user.login, name))
                self.assertEqual(any(month["amount"] for month in page["chart"]), visible)
                self.assertEqual(bool(page["timeline"]["entries"]), visible, (user.login, name))
                self.assertEqual("payments" in [card["name"] for card in page["cards"]], visible)
                self.assertEqual(bool(page["badges"]), visible)

    def test_hidden_contacts(self):
        self.company.sudo().customer_policy_own_only = True
        with self.assertRaises(AccessError):
            self.load("stranger", self.own)
        with self.assertRaises(AccessError):
            self.overview.with_user(self.own).load_timeline(self.customers["stranger"].id)

    def test_documents_by_their_own_rules(self):
        """An entry is shown to whom the document is: orders by the rules of sales, mails by their document's."""
        customer = self.customers["nobody"]
        seller = self.new_user("orders", "sales_team.group_sale_salesman")
        orders = self.env["sale.order"].create(
            [
                {"partner_id": customer.id, "company_id": self.company.id, "user_id": user.id}
                for user in (seller, self.mate)
            ]
        )
        for order in orders:
            order.message_post(body=f"About {order.name}", message_type="comment", subtype_xmlid="mail.mt_comment")
            order.activity_schedule("mail.mail_activity_data_todo", user_id=self.mate.id, summary=order.name)
        self.env.flush_all()
        page = self.page(customer, seller)
        seen = [entry["id"] for entry in page["timeline"]["entries"] if entry["kind"] == "order"]
        self.assertEqual(seen, orders[0].ids)
        self.assertEqual(orders.with_user(seller).search([("id", "in", orders.ids)]), orders[0])
        mails = [entry["title"] for entry in page["timeline"]["entries"] if entry["kind"] == "mail"]
        self.assertEqual(mails, [f"About {orders[0].name}"])
        work = {group["kind"]: [entry["title"] for entry in group["entries"]] for group in page["work"]}
        self.assertEqual(work["activity"], [orders[0].name])
        self.assertEqual(work["quotation"], [orders[0].name])
        buttons = {button["name"]: button["value"] for button in page["buttons"]}
        self.assertEqual(buttons["orders"], 1)

    def test_messages_agree_with_core(self):
        """The timeline shows of the customer's documents the messages that core's own check lets through."""
        customer = self.customers["nobody"]
        order = self.env["sale.order"].create(
            {"partner_id": customer.id, "company_id": self.company.id, "user_id": self.mate.id}
        )
        for record in (customer, order):
            record.message_post(body="hello", message_type="comment", subtype_xmlid="mail.mt_comment")
            record.message_post(body="internal", message_type="comment", subtype_xmlid="mail.mt_note")
        self.env.flush_all()
        domain = [("message_type", "=", "comment")]
        domain += ["|", "&", ("model", "=", "sale.order"), ("res_id", "in", order.ids)]
        domain += ["&", ("model", "=", "res.partner"), ("res_id", "in", customer.ids)]
        for user in (self.own, self.mate, self.all_users, self.new_user("s1", "sales_team.group_sale_salesman")):
            entries = self.entries(customer, user, kinds=["mail", "note"])
            core = self.env["mail.message"].with_user(user).search(domain)
            self.assertEqual({entry["id"] for entry in entries}, set(core.ids), user.login)

    def test_private_meetings(self):
        customer = self.customers["nobody"]
        for privacy in ("private", "public"):
            self.env["calendar.event"].with_user(self.mate).create(
                {
                    "name": f"{privacy} talk",
                    "privacy": privacy,
                    "start": fields.Datetime.now() - timedelta(days=1),
                    "stop": fields.Datetime.now(),
                    "partner_ids": [Command.link(customer.id), Command.link(self.mate.partner_id.id)],
                }
            )
        self.env.flush_all()
        seen = {
            user: {e["title"] for e in self.entries(customer, user, kinds=["meeting"])}
            for user in (self.own, self.mate)
        }
        self.assertEqual(seen[self.own], {"public talk"})
        self.assertEqual(seen[self.mate], {"public talk", "private talk"})

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Other 360"})
        customer = self.customers["own"]
        self.buy(customer, 4321, 1, company=other)
        self.run_all(other)
        page = self.page(customer, self.all_users)
        amounts = [entry["amount"] for entry in page["timeline"]["entries"]]
        self.assertNotIn(4321, amounts)
        self.assertNotIn(4321, [row["amount"] for row in page["products"]])

    def test_preferences_need_the_role_and_the_contact(self):
        seller = self.new_user("prefers", "sales_team.group_sale_salesman,base.group_partner_manager")
        customer = self.customers["nobody"].with_user(seller)
        customer.write(
            {"customer_preferred_channel": "phone", "customer_brand_ids": [Command.create({"name": "Zeta"})]}
        )
        self.assertEqual(customer.customer_brand_ids.name, "Zeta")
        for user in (self.accountant, new_test_user(self.env, "portal361", groups="base.group_portal")):
            with self.assertRaises(AccessError):
                self.customers["nobody"].with_user(user).read(["customer_background"])

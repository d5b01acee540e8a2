"""Each role opens everything its menus offer, as the web client does, and nothing of what it must not see comes out."""

from ast import literal_eval
from datetime import date

from freezegun import freeze_time
from lxml import etree
from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .books import JANUARY, BooksCommon

ROLES = {
    "own": "customer_policy.group_customer_user",
    "team": "customer_policy.group_customer_team",
    "everybody": "customer_policy.group_customer_all",
    "manager": "customer_policy.group_customer_manager",
    "steward": "customer_policy.group_data_steward",
    "marketing": "customer_policy.group_marketing",
    "service": "customer_policy.group_service",
    "evaluation": "customer_policy.group_evaluation",
    "salesman": "sales_team.group_sale_salesman",
    "sales_manager": "sales_team.group_sale_manager",
    "accountant": "account.group_account_invoice",
    "auditor": "account.group_account_readonly",
}
# Who sees the points of one's own customers only.
NARROW = ("own", "team", "salesman")
SECRET = "Kestrel Holdings"
X2MANY = ("one2many", "many2many")


def specification(node, fields_info, models):
    """What the web client asks for to show this view: its fields, and those of the lists in it."""
    result = {}
    for element in node:
        if element.tag != "field":
            result |= specification(element, fields_info, models)
            continue
        info = fields_info.get(element.get("name"))
        if not info:
            continue
        spec = {}
        if info["type"] in ("many2one", "reference"):
            spec = {"fields": {"display_name": {}}}
        elif info["type"] in X2MANY:
            related = models.get(info["relation"], {}).get("fields", {})
            spec = {"fields": specification(element, related, models) or {"display_name": {}}, "limit": 40}
        result[element.get("name")] = spec
    return result


class RoleScreensCommon(BooksCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {name: cls.new_user(f"lps_{name}", group) for name, group in ROLES.items()}
        cls.users["plain"] = cls.new_user("lps_plain", "")
        for user in cls.users.values():
            user.group_ids += cls.env.ref("base.group_allow_export")
        cls.mine = cls.new_customer("Ordinary Customer")
        cls.stranger = cls.new_customer(SECRET, user_id=cls.new_user("lps_colleague", "").id)
        cls.cards = {partner: cls.fill(partner) for partner in (cls.mine, cls.stranger)}
        limits, _horizon = cls.env["loyalty.ledger.seal"]._last_lines()
        for kind, last in limits.items():
            while cls.env["loyalty.ledger.seal"]._seal_block(kind, last):
                pass
        cls.period = cls.close(JANUARY)
        cls.env["loyalty.points.suspicion"]._look(cls.company)
        cls.env["loyalty.tier.membership"].sudo()._review(cls.company, (cls.mine | cls.stranger).ids)
        cls.buy(cls.mine, 100)
        cls.buy(cls.stranger, 100)
        cls.run_all()
        cls.env.flush_all()

    @classmethod
    def fill(cls, partner):
        """A little of everything that a member can have."""
        card, today = cls.new_card(partner=partner), fields.Date.today()
        for day in (5, 10, 15):
            lot = cls.sell(card, 1_000, 900, date(2026, 1, day))
            cls.post(card, -900, "reversal", origin_entry_id=lot.id, lots={lot.id: 900}, **cls.on(date(2026, 1, day)))
        for _time in range(3):
            lot = cls.post(card, 900)
            cls.post(card, -900, "reversal", origin_entry_id=lot.id, lots={lot.id: 900})
        cls.sell(card, 1_000, 1_500, date(2026, 1, 20))
        cls.post(card, -10, **cls.on(date(2026, 1, 21)))
        cls.env["loyalty.points.adjustment"].create({"card_id": card.id, "points": 5, "reason": "Test"})
        cls.env["loyalty.earning"].sudo()._grant(
            [{"company_id": cls.company.id, "program_id": cls.program.id, "card_id": card.id, "partner_id": partner.id,
              "kind": "birthday", "key": f"birthday:{partner.id}", "points": 100, "day": today,
              "available_date": today, "inputs": {}}]
        )  # fmt: skip
        return card

    def menus(self, user):
        """Actions of this addon that the user's menus lead to."""
        menus = self.env["ir.ui.menu"].with_user(user)
        visible = menus.browse(menus._visible_menu_ids()).sudo()
        own = self.env["ir.model.data"].sudo().search([("module", "=", "loyalty_points"), ("model", "=", "ir.ui.menu")])
        return (visible & visible.browse(own.mapped("res_id"))).filtered("action")

    def open(self, user, action):
        """Everything that the screens of an action ask for; returns what came out, as text."""
        model = self.env[action.res_model].with_user(user).with_context(lang="en_US")
        views = [(view.view_id.id, view.view_mode) for view in action.view_ids]
        views = views or [(False, mode) for mode in action.view_mode.split(",")]
        found = model.get_views([*views, (action.search_view_id.id, "search")], {"toolbar": True})
        info = found["models"][action.res_model]["fields"]
        domain, shown = literal_eval(action.domain or "[]"), []
        for kind, view in found["views"].items():
            spec = specification(etree.fromstring(view["arch"]), info, found["models"])
            if kind in ("list", "kanban"):
                shown.append(model.web_search_read(domain, spec, limit=80))
            elif kind == "form":
                shown.append(model.search(domain, limit=5).web_read(spec))
            elif kind in ("pivot", "graph"):
                groups = [name for name in spec if info[name]["type"] in ("many2one", "selection")]
                shown.append(model.formatted_read_group(domain, groups, ["__count"]))
        shown.append(model.search(domain, limit=80).export_data(["display_name"]))
        return str(shown)


@tagged("post_install", "-at_install")
class TestRoleScreens(RoleScreensCommon):
    def test_every_menu_of_every_role(self):
        opened = {}
        for name, user in self.users.items():
            for menu in self.menus(user):
                with self.subTest(role=name, menu=menu.complete_name):
                    if menu.action._name == "ir.actions.server":
                        text = self.open_page(user, menu.action)
                    else:
                        text = self.open(user, menu.action)
                    opened.setdefault(name, []).append(menu.action.res_model if "res_model" in menu.action else "")
                    if name in NARROW:
                        self.assertNotIn(SECRET, text)
        self.assertFalse(opened.get("plain"))
        self.assertIn("loyalty.card", opened["own"])
        self.assertIn("loyalty.points.period", opened["accountant"])
        self.assertIn("loyalty.points.period", opened["auditor"])
        self.assertNotIn("loyalty.points.period", opened["everybody"])
        self.assertNotIn("loyalty.points.suspicion", opened["service"])

    def open_page(self, user, action):
        """A page that the server makes."""
        opened = action.with_user(user).run()
        return str(self.env[opened["res_model"]].with_user(user).browse(opened["res_id"]).read())

    def test_wide_roles_see_everybody(self):
        """The counterpart: the name is there to be found."""
        action = self.env.ref("loyalty_points.loyalty_card_action_member")
        for name in ("everybody", "manager", "steward", "marketing", "service", "evaluation"):
            self.assertIn(SECRET, self.open(self.users[name], action), name)

    def test_nothing_without_a_role(self):
        """By name, over the API."""
        models = [name for name in self.env.registry if name.startswith(("loyalty.ledger.", "loyalty.points.",
                  "loyalty.tier", "loyalty.earning", "loyalty.balance.")) and not self.env[name]._abstract]  # fmt: skip
        self.assertGreater(len(models), 20)
        portal = new_test_user(self.env, "lps_portal", groups="base.group_portal")
        public = self.env.ref("base.public_user")
        for user in (self.users["plain"], portal, public):
            for model in models:
                for operation in ("read", "write", "create", "unlink"):
                    self.assertFalse(self.env[model].with_user(user).has_access(operation), (user.login, model))

    def test_contacts_of_one_company(self):
        """They read each other's names and addresses over the API, but not a colleague's birthday."""
        portal = new_test_user(self.env, "lps_portal", groups="base.group_portal")
        portal.partner_id.parent_id = self.mine
        colleague = self.env["res.partner"].create(
            {"name": "Colleague", "parent_id": self.mine.id, "loyalty_birthday": "1990-05-05"}
        )
        self.mine.loyalty_referrer_id = self.stranger
        self.assertEqual(colleague.with_user(portal).read(["name"])[0]["name"], "Colleague")
        for partner, field in ((colleague, "loyalty_birthday"), (self.mine, "loyalty_referrer_id")):
            with self.assertRaises(AccessError):
                partner.with_user(portal).read([field])
            with self.assertRaises(AccessError):
                partner.with_user(portal).search([(field, "!=", False)])

    def test_cards_of_colleagues_customers(self):
        """Salespeople may sell with any card; what happened on it is for whose customer it is."""
        card = self.cards[self.stranger]
        for name in NARROW:
            seen = card.with_user(self.users[name])
            self.assertFalse(seen.is_in_scope)
            self.assertFalse(seen.member_html)
            self.assertFalse(seen.ledger_entry_ids | seen.open_ids.entry_id)
            with self.assertRaises(AccessError):
                seen.action_print_statement()
            with self.assertRaises(AccessError):
                self.env["ir.actions.report"].with_user(self.users[name])._render_qweb_html(
                    "loyalty_points.statement", card.ids
                )
            mine = self.cards[self.mine].with_user(self.users[name])
            self.assertIn("1595", mine.member_html)
            self.assertEqual(mine.search([("is_in_scope", "=", False), ("program_id", "=", self.program.id)]), card)
        wizard = self.env["loyalty.card.update.balance"].with_user(self.users["salesman"])
        dialog = wizard.create({"card_id": card.id, "old_balance": 1595, "new_balance": 1600, "description": "x"})
        with self.assertRaises(AccessError):
            dialog.action_update_card_point()
        with self.assertRaises(AccessError):
            self.cards[self.mine].with_user(self.users["plain"]).read(["member_html"])

    def test_books_are_for_accountants_and_managers(self):
        for name, user in self.users.items():
            may = name in ("accountant", "auditor", "manager")
            for model in ("loyalty.points.period", "loyalty.points.period.line", "loyalty.points.value",
                          "loyalty.ledger.seal"):  # fmt: skip
                self.assertEqual(self.env[model].with_user(user).has_access("read"), may, (name, model))
            may_close = name == "accountant"
            self.assertEqual(self.period.with_user(user).has_access("write"), may_close, name)
            report = self.env["loyalty.points.reconciliation"].with_user(user)
            self.assertEqual(report.has_access("create"), may, name)
            if not may:
                with self.assertRaises(AccessError):
                    report.action_open()

    def test_books_of_other_companies(self):
        """Naming a company in a page of the server opens nothing."""
        second = self.env["res.company"].create({"name": "Second"})
        self.env.user.company_ids |= second
        self.set_up_books(second)
        self.program.company_id = False
        self.post(self.new_card(partner=self.new_customer("Another")), 321, "adjustment", company_id=second.id,
                  **self.on(date(2026, 1, 10)))  # fmt: skip
        with freeze_time("2026-06-15"):
            period = self.periods.with_company(second).create({"company_id": second.id, "date_from": JANUARY})
            period.action_close()
        amount = f"{period.liability:.2f}"
        for name in ("manager", "accountant"):
            user = self.users[name]
            report = self.env["loyalty.points.reconciliation"].with_user(user).create({"company_id": second.id})
            self.assertNotIn(amount, str(report.html), name)
        page = self.env["loyalty.points.dashboard"].with_user(self.users["manager"]).create({"company_id": second.id})
        self.assertNotIn(amount, page.html)
        self.assertNotIn("321", page.html)

    def test_chatter_of_closings_and_reviews(self):
        for record, readers in (
            (self.period, ("accountant", "auditor", "manager")),
            (self.env["loyalty.points.suspicion"].search([], limit=1), ("marketing", "evaluation", "manager")),
        ):
            self.assertTrue(record)
            message = record.message_post(body="Internal")
            for name, user in self.users.items():
                found = self.env["mail.message"].with_user(user).search([("id", "=", message.id)])
                self.assertEqual(bool(found), name in readers, (name, record))


@tagged("post_install", "-at_install")
class TestRoleRoutes(RoleScreensCommon, HttpCase):
    @mute_logger("odoo.http")
    def test_portal(self):
        """A colleague of the same company sees the account, another customer's contact does not."""
        for login, partner in (("lps_contact", self.mine), ("lps_other", self.stranger)):
            user = new_test_user(self.env, login, groups="base.group_portal")
            user.partner_id.parent_id = partner
        mine, theirs = self.cards[self.mine], self.cards[self.stranger]
        self.authenticate("lps_contact", "lps_contact")
        self.assertIn("1595", self.url_open(f"/my/points/{mine.id}").text)
        for path in ("", "/page/1", "/statement?report_type=html", "/statement?report_type=pdf"):
            self.assertEqual(self.url_open(f"/my/points/{theirs.id}{path}").status_code, 404, path)
        for path in (f"/report/html/loyalty_points.statement/{mine.id}",
                     f"/report/html/loyalty_points.statement/{theirs.id}", "/loyalty_points/ledger.csv"):  # fmt: skip
            self.assertNotIn("1595", self.url_open(path).text, path)

    def test_exports(self):
        """The sealed ledger goes to who answers for the books."""
        for name, user in self.users.items():
            self.authenticate(user.login, user.login)
            status = self.url_open("/loyalty_points/ledger.csv").status_code
            self.assertEqual(status, 200 if name in ("accountant", "auditor", "manager") else 404, name)

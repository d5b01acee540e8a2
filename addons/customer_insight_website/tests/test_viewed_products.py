"""Looks at products count with both consents, and leave no trace without them."""

import json
from datetime import datetime, timedelta

from odoo import Command
from odoo.addons.customer_insight.tests.products_common import ProductsCommon
from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

CONSENT = "website_view_consent"


@tagged("post_install", "-at_install")
class TestViewedProducts(ProductsCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([], limit=1)
        cls.website.write({"company_id": cls.company.id, "cookies_bar": True})
        cls.portal = new_test_user(
            cls.env, "viewer", groups="base.group_portal", company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )  # fmt: skip
        cls.customer = cls.new_customer("Viewing Customer")
        cls.person = cls.portal.partner_id
        cls.person.parent_id = cls.customer
        cls.purchase(cls.customer, cls.board, 20)
        cls.run_all()
        cls.views = cls.env["customer.product.view"]

    def setUp(self):
        super().setUp()
        self.authenticate("viewer", "viewer")

    def answer_cookies(self, optional):
        answer = {"required": True, "optional": optional}
        self.opener.cookies["website_cookies_bar"] = json.dumps(answer, separators=(",", ":"))

    def look(self, product):
        """What the page of a product sends."""
        answer = self.url_open(
            "/shop/products/recently_viewed_update",
            data=json.dumps({"params": {"product_id": product.id}}),
            headers={"Content-Type": "application/json"},
        )
        self.assertNotIn("error", answer.json())
        self.env.invalidate_all()

    def note(self, product, days_ago=0, partner=None, company=None):
        """As if it had been looked at on another day."""
        return self.views.create(
            {"company_id": (company or self.company).id, "partner_id": (partner or self.person).id,
             "product_id": product.id, "date": self.today - timedelta(days=days_ago)}
        )  # fmt: skip

    def found(self, product=None, **options):
        """The suggestion of a product, the chip, because somebody looked at it; None if it is not."""
        rows = self.suggested(self.customer, **options)
        return next((r for r in rows if r["product"] == (product or self.chip) and r["kind"] == "viewed"), None)

    def post(self, **data):
        return self.url_open(
            "/my/customer-record/viewed-products", data={"csrf_token": Request.csrf_token(self), **data}
        )

    # ------------------------------------------------------------ consent

    def test_nothing_without_consent(self):
        """Core keeps its own list of recently viewed products; the suite keeps and reads nothing."""
        self.answer_cookies(True)
        self.look(self.chip)
        tracks = self.env["website.track"].search([("product_id", "=", self.chip.id)])
        self.assertEqual(tracks.visitor_id.partner_id, self.person)
        self.assertFalse(self.views.search([]))
        self.assertFalse(self.found())
        self.person[CONSENT] = True
        self.assertFalse(self.found(), "a consent does not reach back")

    def test_nothing_without_cookies(self):
        self.person[CONSENT] = True
        self.look(self.chip)  # not answered yet
        self.answer_cookies(False)
        self.look(self.cable)
        self.assertFalse(self.views.search([]))

    def test_both_consents(self):
        """Once a day, however often; each day adds a tenth."""
        self.person[CONSENT] = True
        self.answer_cookies(True)
        self.look(self.chip)
        self.look(self.chip)
        view = self.views.search([])
        self.assertEqual(
            (view.partner_id, view.product_id, view.company_id, view.date),
            (self.person, self.chip, self.company, self.today),
        )
        row = self.found()
        self.assertEqual(row["count"], 1)
        self.assertAlmostEqual(row["score"], 0.1)
        self.assertIn("Looked at on the website 1 ×, last on", row["reason"])
        self.note(self.chip, days_ago=3)
        self.note(self.chip, partner=self.new_contact())
        self.assertAlmostEqual(self.found()["score"], 0.3)

    def new_contact(self, agreed=True):
        return self.env["res.partner"].create({"name": "Colleague", "parent_id": self.customer.id, CONSENT: agreed})

    def test_without_a_cookies_bar(self):
        """Core takes a website without the bar for one that asks by other means; the person's consent is needed."""
        self.website.cookies_bar = False
        self.look(self.chip)
        self.assertFalse(self.views.search([]))
        self.person[CONSENT] = True
        self.look(self.chip)
        self.assertTrue(self.found())

    def test_anonymous_visitors(self):
        """Nor does what somebody looked at before logging in count afterwards."""
        self.person[CONSENT] = True
        self.authenticate(None, None)
        self.answer_cookies(True)
        self.look(self.chip)
        self.authenticate("viewer", "viewer")
        self.assertFalse(self.views.search([]))

    def test_withdrawal_in_the_portal(self):
        self.answer_cookies(True)
        self.post(agree="1")
        self.env.invalidate_all()
        self.assertEqual((self.person[CONSENT], self.person.website_view_consent_source), (True, "portal"))
        self.assertLess(datetime.now() - self.person.website_view_consent_date, timedelta(minutes=5))
        self.look(self.chip)
        self.assertTrue(self.found())
        page = self.url_open("/my/customer-record").text
        self.assertIn("Chip", page)
        self.post()
        self.env.invalidate_all()
        self.assertFalse(self.person[CONSENT])
        self.assertTrue(self.person.website_view_consent_date, "when it was withdrawn")
        self.assertFalse(self.views.search([]))
        self.assertFalse(self.found())
        self.look(self.chip)
        self.assertFalse(self.views.search([]))

    def test_only_of_oneself(self):
        """No other person's consent, and only with a token of the session."""
        colleague = self.new_contact(agreed=False)
        self.post(agree="1", partner_id=colleague.id, id=colleague.id)
        self.env.invalidate_all()
        self.assertEqual((self.person[CONSENT], colleague[CONSENT], self.customer[CONSENT]), (True, False, False))
        self.note(self.case, partner=self.new_contact())
        page = self.url_open("/my/customer-record").text
        self.assertIn("o_viewed_products", page)
        self.assertNotIn(self.case.display_name, page, "of a colleague")
        with mute_logger("odoo.http"):
            answer = self.url_open("/my/customer-record/viewed-products", data={"agree": "1"})
        self.assertEqual(answer.status_code, 400)

    def test_a_consent_that_went_another_way(self):
        """Deleted by other means, it has no effect from then on, and the daily clean-up deletes what was noted."""
        self.person[CONSENT] = True
        self.note(self.chip)
        self.assertTrue(self.found())
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET website_view_consent = NULL WHERE id = %s", [self.person.id])
        self.env.invalidate_all()
        self.assertFalse(self.found())
        self.views._gc_views()
        self.assertFalse(self.views.search([]))

    def test_date_and_source_are_not_forged(self):
        past = datetime(2020, 1, 1)
        forged = {CONSENT: True, "website_view_consent_date": past, "website_view_consent_source": "portal"}
        contact = self.env["res.partner"].create({"name": "A", **forged})
        imported = self.env["res.partner"].with_context(import_file=True).create({"name": "B", CONSENT: True})
        self.person.write(forged)
        for record, source in ((contact, "staff"), (self.person, "staff"), (imported, "import")):
            self.assertEqual(record.website_view_consent_source, source)
            self.assertGreater(record.website_view_consent_date, past)
        date = self.person.website_view_consent_date
        self.person.write({"website_view_consent_date": past, CONSENT: True})
        self.assertEqual(self.person.website_view_consent_date, date, "nothing has changed")
        self.assertFalse(self.person.copy()[CONSENT])

    def test_merging_keeps_the_latest_answer(self):
        """A withdrawal is no less an answer than a consent."""
        wizard = self.env["base.partner.merge.automatic.wizard"]
        for latest in (False, True):
            kept, gone = (self.env["res.partner"].create({"name": "Twin", "is_company": False}) for _n in range(2))
            for contact, agreed, day in ((kept, True, 1), (gone, not latest, 1), (gone, latest, 2)):
                contact[CONSENT] = agreed
                contact._write_view_consent({CONSENT: agreed, "website_view_consent_date": datetime(2026, 1, day)})
            self.note(self.chip, partner=kept)
            wizard._merge((kept | gone).ids, kept)
            self.env.invalidate_all()
            self.assertEqual(kept[CONSENT], latest)
            self.assertEqual(kept.website_view_consent_date, datetime(2026, 1, 2))
            self.assertEqual(self.views.search_count([("partner_id", "=", kept.id)]), int(latest))

    # ------------------------------------------------------------ effect

    def test_figures_of_the_policy(self):
        draft = self.draft()
        clause = draft.clause_ids.filtered(lambda clause: clause.number == "7.8")
        self.assertEqual(clause.parent_id.number, "7")
        figures = draft.parameter_ids.filtered(lambda figure: figure.clause_id == clause)
        values = {"suggestion_view_days": 10, "suggestion_view_weight": 0.4}
        for figure in figures:
            figure.value = values[figure.key]
        self.publish(draft)
        self.person[CONSENT] = True
        self.note(self.chip, days_ago=10)
        self.note(self.cable, days_ago=9)
        self.assertFalse(self.found())
        self.assertAlmostEqual(self.found(self.cable)["score"], 0.4)
        self.views._gc_views()
        self.assertEqual(self.views.search([]).product_id, self.cable)
        figures = self.draft().parameter_ids
        for key, value in (("suggestion_view_days", 0), ("suggestion_view_weight", 1.5)):
            figure = figures.filtered(lambda figure, key=key: figure.key == key)
            figure.value = value
            self.assertTrue(figure._get_problems(), key)

    def test_adds_to_what_speaks_for_a_product(self):
        self.boards_with_chips()
        self.find()
        self.use("pair", "usual")
        [before] = [row for row in self.suggested(self.customer) if row["product"] == self.chip]
        self.person[CONSENT] = True
        self.note(self.chip)
        row = self.found()
        self.assertAlmostEqual(row["score"], min(before["score"] + 0.1, 1))
        self.assertIn(before["reason"], row["reason"])

    def test_ends_with_the_purchase(self):
        self.person[CONSENT] = True
        self.note(self.chip, days_ago=5)
        self.purchase(self.customer, self.chip, 3)
        self.assertFalse(self.found())

    def test_other_companies(self):
        """What was looked at in the shop of one company raises nothing in another."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids |= other
        self.person[CONSENT] = True
        self.note(self.chip, company=other)
        self.assertFalse(self.found())
        self.assertEqual(self.views.with_user(self.manager).search_count([]), 0)
        self.note(self.chip)
        self.assertEqual(self.views.with_user(self.manager).search_count([]), 1)

    # ------------------------------------------------------------ who sees it

    def test_nobody_reads_it_by_accident(self):
        self.note(self.chip)
        users = [self.portal, self.env.ref("base.public_user")]
        for group in ("", "customer_policy.group_customer_all", "customer_policy.group_marketing"):
            users.append(self.new_user(f"reader_{group[-9:]}", group))
        for user in users:
            with self.assertRaises(AccessError):
                self.views.with_user(user).search([])
        for user in users[:3]:
            partners = self.env["res.partner"].with_user(user)
            self.assertFalse(partners._has_field_access(partners._fields[CONSENT], "read"))
        manager = self.views.with_user(self.manager)
        self.assertTrue(manager.search([]))
        with self.assertRaises(AccessError):
            manager.create({"product_id": self.chip.id, "partner_id": self.person.id, "company_id": self.company.id,
                            "date": self.today})  # fmt: skip

    def test_quotation_for_somebody_elses_customer(self):
        """Who may not see the customer learns nothing of what it looks at."""
        sales = "customer_policy.group_customer_user,sales_team.group_sale_salesman"
        anna, ben = self.new_user("anna", sales), self.new_user("ben", sales)
        self.customer.user_id = ben
        self.person[CONSENT] = True
        self.note(self.chip)
        self.run_all()
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "user_id": anna.id, "company_id": self.company.id}
        )
        kinds = {row["kind"] for row in order.with_user(anna).get_customer_suggestions()["add"]}
        self.assertNotIn("viewed", kinds)
        order.user_id = ben
        kinds = {row["kind"] for row in order.with_user(ben).get_customer_suggestions()["add"]}
        self.assertIn("viewed", kinds)

    def test_customer_page(self):
        self.person[CONSENT] = True
        self.note(self.chip)
        overview = self.env["customer.overview"].with_user(self.manager).load(self.customer.id)
        [card] = [card for card in overview["cards"] if card["name"] == "suggestions"]
        [row] = [row for row in card["rows"] if "Chip" in row["label"]]
        self.assertEqual(row["tags"][0]["label"], "Looked at")

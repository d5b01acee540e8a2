from datetime import timedelta

from odoo import Command
from odoo.addons.churn_warning.tests.common import ChurnCommon
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestOffer(ChurnCommon):
    """A playbook offers ten percent off by a coupon that is valid for three weeks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As Odoo's own, without its printed report.
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Come Back",
                "model_id": cls.env.ref("loyalty.model_loyalty_card").id,
                "subject": "Come back",
                "use_default_to": True,
                "body_html": "<p>Your code: <t t-out='object.code' /></p>",
            }
        )
        cls.program = cls.new_program("Come Back")
        draft = cls.policy.with_user(cls.manager)._draft_version()
        cls.offer_of(draft).write({"coupon_program_id": cls.program.id, "coupon_days": 21})
        cls.policy = cls.publish(draft)
        cls.silent = cls.rhythm("Silent", 30, 8, 84, 1000, email="silent@example.com")
        cls.night()
        cls.warning_record = cls.warning(cls.silent)
        cls.warning_record.write({"is_holdout": False, "state": "open", "grade_id": False})

    @classmethod
    def offer_of(cls, policy):
        """The step “Offer” of the playbook for all others."""
        playbook = policy.churn_playbook_ids.filtered(lambda p: p.stable_key == "churn_warning.playbook_others")
        return playbook.step_ids.filtered(lambda step: step.kind == "offer")

    @classmethod
    def new_program(cls, name, **values):
        return cls.env["loyalty.program"].create(
            {
                "name": name,
                "program_type": "coupons",
                "applies_on": "current",
                "trigger": "with_code",
                "company_id": cls.company.id,
                "reward_ids": [Command.create({"reward_type": "discount", "discount": 10, "required_points": 1})],
                "communication_plan_ids": [Command.create({"trigger": "create", "mail_template_id": cls.template.id})],
                **values,
            }
        )

    def begin(self, user=None):
        self.warning_record.with_user(user or self.salesperson).action_start()
        return self.warning_record.offer_ids

    def send(self, offer, user=None, **values):
        action = offer.with_user(user or self.salesperson).action_send()
        wizards = self.env["churn.offer.send"].with_user(user or self.salesperson).with_context(**action["context"])
        form = Form(wizards)
        for name, value in values.items():
            form[name] = value
        form.save().action_confirm()

    def coupons(self):
        return self.env["loyalty.card"].sudo().search([("program_id", "=", self.program.id)])

    def mails(self):
        return self.env["mail.mail"].sudo().search([("recipient_ids", "=", self.silent.id)])

    # ------------------------------------------------------------ the way of an offer

    def test_planned_first_and_nothing_sent(self):
        """The offer is due two days after the beginning, as the step says; nobody has sent a coupon before."""
        offer = self.begin()
        self.assertEqual((offer.state, offer.program_id, offer.days), ("planned", self.program, 21))
        self.assertEqual(offer.planned_date, self.today + timedelta(days=2))
        self.assertEqual(offer.activity_id.summary, "Offer for what was usually bought")
        self.assertFalse(self.coupons())
        self.assertFalse(self.mails())

    def test_sent_on_a_click(self):
        offer = self.begin()
        activities = self.warning_record.activity_ids
        self.send(offer)
        coupon = self.coupons()
        self.assertEqual((coupon.partner_id, coupon.points), (self.silent, 1))
        self.assertEqual(coupon.expiration_date, self.today + timedelta(days=21))
        self.assertEqual((offer.state, offer.coupon_id, offer.user_id), ("sent", coupon, self.salesperson))
        mail = self.mails()
        self.assertEqual(len(mail), 1)
        self.assertIn(coupon.code, mail.body_html)
        self.assertEqual(len(activities.filtered("active")), len(activities) - 1)
        self.assertFalse(offer.activity_id.active)
        self.assertIn(coupon.code, "".join(self.warning_record.message_ids.mapped("body")))

    def test_on_the_timeline(self):
        self.send(self.begin())
        overview = self.env["customer.overview"].with_user(self.salesperson).with_company(self.company)
        entries = overview.load_timeline(self.silent.id, ["churn_offer"])["entries"]
        self.assertEqual([entry["title"] for entry in entries], ["Come Back"])

    def test_once_for_a_step(self):
        """Neither a second click nor a second beginning makes a second coupon."""
        offer = self.begin()
        self.send(offer)
        with self.assertRaises(UserError):
            self.send(offer)
        self.warning_record.write({"state": "open"})
        self.begin()
        self.assertEqual(len(self.warning_record.offer_ids), 1)
        self.assertEqual(len(self.coupons()), 1)

    def test_by_telephone(self):
        """Without a mail address the coupon is made, and the code stands on the warning."""
        self.silent.email = False
        offer = self.begin()
        self.send(offer)
        self.assertFalse(offer.is_mailed)
        self.assertEqual(offer.code, self.coupons().code)
        self.assertFalse(self.mails())

    def test_who_refuses_mails_gets_none(self):
        self.env["mail.blacklist"].sudo()._add("silent@example.com")
        offer = self.begin()
        wizard = (
            self.env["churn.offer.send"].with_user(self.salesperson).create({"offer_id": offer.id, "is_mailed": True})
        )
        self.assertEqual(wizard.obstacle, "refused")
        with self.assertRaises(UserError):
            wizard.action_confirm()
        self.assertFalse(self.coupons())
        self.send(offer)
        self.assertFalse(self.mails())

    def test_no_longer_than_the_program(self):
        self.program.date_to = self.today + timedelta(days=5)
        offer = self.begin()
        self.send(offer)
        self.assertEqual(offer.valid_until, self.today + timedelta(days=5))
        self.assertEqual(offer.state, "sent")

    def test_ended_program_is_refused(self):
        offer = self.begin()
        self.program.date_to = self.today - timedelta(days=1)
        with self.assertRaises(UserError):
            offer.with_user(self.salesperson).action_send()
        self.assertFalse(self.coupons())

    # ------------------------------------------------------------ what came of it

    def test_redeemed_by_an_order(self):
        """The coupon takes 10 % off an order of 500; the warning says that it was redeemed, and a cancelled order that
        it was not."""
        offer = self.begin()
        self.send(offer)
        product = self.env["product.product"].create({"name": "Tea", "list_price": 500, "taxes_id": [Command.clear()]})
        order = self.env["sale.order"].create(
            {"partner_id": self.silent.id, "company_id": self.company.id,
             "order_line": [Command.create({"product_id": product.id})]}
        )  # fmt: skip
        status = order._try_apply_code(offer.code)
        self.assertNotIn("error", status)
        order._apply_program_reward(self.program.reward_ids, offer.coupon_id)
        self.assertEqual(order.amount_total, 450)
        redeemed = [("is_offer_redeemed", "=", True)]
        self.assertFalse(self.warnings.sudo().search(redeemed))
        order.action_confirm()
        self.assertEqual(offer.state, "redeemed")
        self.assertTrue(self.warning_record.is_offer_redeemed)
        self.assertEqual(self.warnings.sudo().search(redeemed), self.warning_record)
        self.assertNotIn(self.warning_record, self.warnings.sudo().search([("is_offer_redeemed", "=", False)]))
        order._action_cancel()
        self.assertEqual(offer.state, "sent")

    def test_expired_unused(self):
        offer = self.begin()
        self.send(offer)
        offer.coupon_id.sudo().expiration_date = self.today - timedelta(days=1)
        self.assertEqual(offer.state, "expired")

    # ------------------------------------------------------------ who may

    def test_the_hold_out_gets_nothing(self):
        offer = self.begin()
        self.warning_record.write({"state": "holdout", "is_holdout": True})
        with self.assertRaises(UserError):
            offer.with_user(self.manager).action_send()
        with self.assertRaises(AccessError):
            offer.with_user(self.salesperson).action_send()
        self.assertFalse(self.coupons())

    def test_closed_is_closed(self):
        offer = self.begin()
        self.warning_record._finish("false_alarm", note="On holiday")
        with self.assertRaises(UserError):
            offer.with_user(self.salesperson).action_send()

    def test_only_who_works_on_the_warning(self):
        """The person responsible sends without any right on coupon programs; others, portal and evaluation don't."""
        offer = self.begin()
        self.assertFalse(self.env["loyalty.card"].with_user(self.salesperson).has_access("create"))
        evaluation = self.new_user("evaluation", "customer_policy.group_evaluation")
        portal = new_test_user(self.env, "portal", "base.group_portal", company_id=self.company.id,
                               company_ids=[Command.set(self.company.ids)])  # fmt: skip
        for user in (self.other, evaluation, portal):
            with self.assertRaises(AccessError):
                offer.with_user(user).action_send()
            with self.assertRaises(AccessError):
                self.env["churn.offer.send"].with_user(user).create({"offer_id": offer.id}).action_confirm()
        self.assertFalse(self.coupons())
        self.assertEqual(self.env["churn.offer"].with_user(evaluation).search([]), offer)
        self.assertFalse(self.env["churn.offer"].with_user(self.other).search([]))
        self.send(offer, self.manager)
        self.assertTrue(self.coupons())

    def test_nobody_forges(self):
        self.begin()
        for user in (self.salesperson, self.manager):
            offers = self.env["churn.offer"].with_user(user)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(offers.has_access(operation))

    def test_the_wizard_tells_nothing_of_others(self):
        offer = self.begin()
        with self.assertRaises(AccessError):
            Form(self.env["churn.offer.send"].with_user(self.other).with_context(default_offer_id=offer.id))

    # ------------------------------------------------------------ the policy

    def test_what_cannot_be_is_refused(self):
        draft = self.policy.with_user(self.manager)._draft_version()
        step = self.offer_of(draft)
        call = step.playbook_id.step_ids.filtered(lambda one: one.kind == "call")
        members = self.env["loyalty.program"].create({"name": "Members", "program_type": "loyalty"})
        for record, values in (
            (call, {"coupon_program_id": self.program.id}),
            (step, {"coupon_program_id": members.id}),
            (step, {"coupon_days": 0}),
            (step, {"coupon_days": 366}),
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError), self.env.cr.savepoint():
                record.write(values)
        self.program.action_archive()
        self.assertIn("archived", " ".join(step._get_problems()))

    def test_program_of_another_company(self):
        """It offers nothing to the customers of this one, and the version says so."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids |= elsewhere
        program = self.new_program("Theirs", company_id=elsewhere.id)
        draft = self.policy.with_user(self.manager)._draft_version()
        step = self.offer_of(draft)
        step.coupon_program_id = program
        self.assertIn("Elsewhere", " ".join(step._get_warnings()))
        self.publish(draft)
        self.assertFalse(self.begin())

    def test_copied_with_the_version(self):
        draft = self.policy.with_user(self.manager)._draft_version()
        step = self.offer_of(draft)
        self.assertEqual((step.coupon_program_id, step.coupon_days), (self.program, 21))

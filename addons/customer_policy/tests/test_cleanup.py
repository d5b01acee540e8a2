"""Clean-up runs over an existing base, their corrections, and merging."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_duplicates import CODE, NAME, OTHER_CODE, DuplicatesCommon


class CleanupCommon(DuplicatesCommon):
    def clean_up(self, limit=2000):
        """A run as the job does it, batch by batch."""
        run = self.env["customer.cleanup.run"].with_user(self.steward)._request(self.company).sudo()
        while run.state in ("waiting", "running"):
            run._work(limit)
        self.env.invalidate_all()
        return run

    def corrections(self, partner, state="proposed"):
        return self.env["customer.cleanup.correction"].search([("partner_id", "=", partner.id), ("state", "=", state)])


@tagged("post_install", "-at_install")
class TestRun(CleanupCommon):
    def test_existing_base(self):
        """Contacts that were there before their keys: found like those that are entered."""
        second, third = self.enter("深圳華新電子"), self.enter("Unlike", vat=CODE)
        expected = {(self.known, second): "probable", (self.known, third): "certain"}
        self.env.cr.execute("DELETE FROM customer_match_key; DELETE FROM customer_duplicate")
        run = self.clean_up(limit=7)
        self.assertEqual(run.state, "done")
        pairs = self.duplicates.search([("partner_id", "=", self.known.id)])
        self.assertEqual({(p.partner_id, p.other_id): p.level for p in pairs}, expected)
        self.assertEqual(pairs.group_partner_id, self.known)
        self.assertGreaterEqual(run.pair_count, 2)
        self.assertGreaterEqual(run.group_count, 1)

    def test_run_again_changes_nothing(self):
        self.enter("深圳華新電子")
        self.clean_up()
        before = self.duplicates.search([]).read(["partner_id", "other_id", "level", "evidence", "write_date"])
        self.clean_up()
        self.assertEqual(self.duplicates.search([]).read(list(before[0])), before)

    def test_same_as_on_entry(self):
        """The search over the whole base and the one for a single customer agree."""
        for name in ("华新电子", "Huaxin Electronics Ltd", "深圳华星电子", "Hauxin Electronics Ltd", NAME):
            self.enter(name, phone="0755-8888 1234")
        before = {(p.partner_id, p.other_id, p.level, str(p.evidence)) for p in self.duplicates.search([])}
        self.assertGreater(len(before), 6)
        self.clean_up()
        self.assertEqual(
            {(p.partner_id, p.other_id, p.level, str(p.evidence)) for p in self.duplicates.search([])}, before
        )

    def test_killed_and_run_again(self):
        run = self.env["customer.cleanup.run"]._request(self.company)
        run._work(3)
        self.assertEqual((run.state, run.contact_count), ("running", 3))
        self.assertEqual(self.env["customer.cleanup.run"]._request(self.company), run)
        while run.state == "running":
            run._work(500)
        total = (
            self.env["res.partner"]
            .with_context(active_test=False)
            .search_count([("company_id", "in", [self.company.id, False])])
        )
        self.assertEqual(run.contact_count, total)

    def test_job(self):
        with self.enter_registry_test_mode():
            run = self.env["customer.cleanup.run"]._request(self.company)
            self.env.ref("customer_policy.ir_cron_cleanup").method_direct_trigger()
            self.assertEqual(run.state, "done")

    def test_failure_is_told(self):
        run = self.env["customer.cleanup.run"]._request(self.company)
        with (
            self.enter_registry_test_mode(),
            mute_logger("odoo.addons.customer_policy.models.customer_cleanup_run"),
            patch.object(type(run), "_look_at", side_effect=ValueError("boom")),
        ):
            self.env.ref("customer_policy.ir_cron_cleanup").method_direct_trigger()
        run.invalidate_recordset()
        self.assertEqual((run.state, run.error), ("failed", "boom"))

    def test_not_the_same_is_not_proposed_again(self):
        second = self.enter("深圳華新電子")
        pair = self.pairs(second)[self.known].with_user(self.steward)
        action = pair.action_not_same()
        wizard = self.env[action["res_model"]].with_user(self.steward).with_context(**action["context"])
        wizard.create({"reason": "Two shops"}).action_confirm()
        self.assertEqual((pair.state, pair.reason, pair.user_id), ("not_same", "Two shops", self.steward))
        second.phone = self.known.phone
        self.settle()
        self.clean_up()
        self.assertFalse(self.pairs(second))
        with self.assertRaisesRegex(UserError, "already decided"):
            pair.action_merge()
        pair.action_reopen()
        self.assertEqual(self.pairs(second)[self.known].state, "open")

    def test_who_may(self):
        runs = self.env["customer.cleanup.run"]
        self.assertTrue(runs.with_user(self.steward).action_start())
        seller = self.new_user("noclean", "sales_team.group_sale_salesman_all_leads")
        with self.assertRaises(AccessError):
            runs.with_user(seller).action_start()
        with self.assertRaises(AccessError):
            self.env["customer.cleanup.correction"].with_user(seller).search([])


@tagged("post_install", "-at_install")
class TestCorrections(CleanupCommon):
    def setUp(self):
        super().setUp()
        self.messy = self.enter(
            "\u3000东方 机械有限公司",
            phone="13800138000",
            email="Info@East.Example",
            company_registry=OTHER_CODE[:-1] + "9",
        )
        self.clean_up()

    def test_proposed(self):
        found = {c.field_name: (c.new_value, c.reason) for c in self.corrections(self.messy)}
        self.assertEqual(
            found,
            {
                "name": ("东方机械有限公司", "writing"),
                "phone": ("+86 138 0013 8000", "phone"),
                "email": ("info@east.example", "email"),
                "company_registry": (False, "check_digit"),
            },
        )
        self.clean_up()
        self.assertEqual(len(self.corrections(self.messy)), 4)

    def test_accept_and_undo(self):
        found = self.corrections(self.messy).with_user(self.steward)
        contexts = []
        write = type(self.messy).write

        def spy(records, vals):
            contexts.append(records.env.context.get("customer_fact_source"))
            return write(records, vals)

        self.patch(type(self.messy), "write", spy)
        found.action_accept()
        self.assertEqual(set(contexts), {"cleanup"})
        self.assertEqual((self.messy.name, self.messy.email), ("东方机械有限公司", "info@east.example"))
        self.assertEqual(self.corrections(self.messy).reason, "check_digit", "nobody knows the right digit")
        accepted = self.corrections(self.messy, "accepted").with_user(self.steward)
        self.assertEqual(accepted.user_id, self.steward)
        self.messy.name = "东方机械制造有限公司"
        with self.assertRaisesRegex(UserError, "东方机械制造"):
            accepted.action_undo()
        self.assertEqual(self.messy.email, "info@east.example", "undone as a whole or not at all")
        accepted.filtered(lambda c: c.field_name != "name").action_undo()
        self.assertEqual((self.messy.email, self.messy.phone), ("Info@East.Example", "13800138000"))
        self.assertEqual(set(self.corrections(self.messy, "undone").mapped("field_name")), {"email", "phone"})

    def accepted(self, corrections):
        """Writes of contacts and queries that accepting costs."""
        writes, write = [], type(self.messy).write

        def spy(records, vals):
            if records.env.context.get("customer_fact_source") == "cleanup":
                writes.append(records.id)
            return write(records, vals)

        self.env.flush_all()
        self.env.invalidate_all()
        with patch.object(type(self.messy), "write", spy):
            before = self.env.cr.sql_log_count
            corrections.with_user(self.steward).action_accept()
            self.env.flush_all()
        return writes, self.env.cr.sql_log_count - before

    def many(self, number, **values):
        values = {"name": " Stray ", "street": " S  1", "city": " C", **values}
        partners = self.env["res.partner"].create([dict(values) for _n in range(number)])
        self.clean_up()
        return self.env["customer.cleanup.correction"].search([("partner_id", "in", partners.ids)])

    def test_one_write_per_contact(self):
        one, all_three = self.many(20, street="S", city="C"), self.many(20)
        self.assertEqual((len(one), len(all_three)), (20, 60))
        self.accepted(self.many(1))
        writes, queries = self.accepted(all_three)
        self.assertEqual(sorted(writes), sorted(all_three.partner_id.ids))
        self.assertEqual(set(all_three.mapped("state")), {"accepted"})
        self.assertLessEqual(queries, self.accepted(one)[1] + 2 * 20, "three values cost hardly more than one")
        self.assertLessEqual(queries, 12 * 20)

    def test_one_bad_value_keeps_the_others(self):
        found = self.many(1)
        write, message = type(self.messy).write, "No such city"

        def refusing(records, vals):
            if "city" in vals:
                raise UserError(message)
            return write(records, vals)

        with patch.object(type(self.messy), "write", refusing):
            found.with_user(self.steward).action_accept()
        states = {correction.field_name: (correction.state, correction.error) for correction in found}
        self.assertEqual(
            states,
            {"name": ("accepted", False), "street": ("accepted", False), "city": ("proposed", message)},
        )

    def test_many_in_the_background(self):
        found = self.many(70).with_user(self.steward)
        self.assertEqual(len(found), 210)
        found[-1].sudo().partner_id.city = "Meanwhile"
        action = found.action_accept()
        self.assertIn("210", action["params"]["message"])
        self.assertEqual(set(found.mapped("state")), {"queued"})
        self.clean_up()
        self.assertFalse(found.search([("partner_id", "in", found.partner_id.ids), ("state", "=", "proposed")]) - found)
        commits = []
        left = self.env["customer.cleanup.correction"]._accept_queued(
            lambda count, remaining: commits.append((count, remaining)) or True
        )
        self.assertEqual((left, commits), (True, [(200, 10), (10, 0)]))
        self.env.invalidate_all()
        self.assertEqual(found.mapped("state").count("accepted"), 209)
        self.assertEqual(found.mapped("state").count("outdated"), 1)
        self.assertEqual(found.user_id, self.steward)
        self.assertEqual(set(found.partner_id.mapped("name")), {"Stray"})

    def test_background_job(self):
        found = self.many(70).with_user(self.steward)
        found.action_accept()
        with self.enter_registry_test_mode():
            self.env.ref("customer_policy.ir_cron_cleanup").method_direct_trigger()
        found.invalidate_recordset()
        self.assertEqual(set(found.mapped("state")), {"accepted"})

    def test_role_lost_before_the_job(self):
        found = self.many(70)
        found.with_user(self.steward).action_accept()
        self.steward.group_ids -= self.env.ref("customer_policy.group_data_steward")
        with (
            self.enter_registry_test_mode(),
            mute_logger("odoo.addons.customer_policy.models.customer_cleanup_correction"),
        ):
            self.env.ref("customer_policy.ir_cron_cleanup").method_direct_trigger()
        found.invalidate_recordset()
        self.assertEqual(set(found.mapped("state")), {"proposed"})
        self.assertIn("stewards", found[0].error)

    def test_changed_meanwhile(self):
        found = self.corrections(self.messy).filtered(lambda c: c.field_name == "email").with_user(self.steward)
        self.messy.email = "new@east.example"
        found.action_accept()
        self.assertEqual((found.state, self.messy.email), ("outdated", "new@east.example"))

    def test_left_as_it_is(self):
        found = self.corrections(self.messy).filtered(lambda c: c.field_name == "email").with_user(self.steward)
        found.action_keep()
        self.clean_up()
        self.assertNotIn("email", self.corrections(self.messy).mapped("field_name"))
        self.messy.email = "Other@East.Example"
        self.clean_up()
        self.assertIn("email", self.corrections(self.messy).mapped("field_name"))

    def test_constant_queries(self):
        def cost(ids):
            run = self.env["customer.cleanup.run"]._request(self.company)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            run._look_at(ids)
            return self.env.cr.sql_log_count - before

        ids = self.env["res.partner"].create([{"name": f" Stray {n} "} for n in range(60)]).ids
        cost(ids[:1])
        self.assertLessEqual(cost(ids), cost(ids[:5]) + 1)


@tagged("post_install", "-at_install")
class TestMerge(CleanupCommon):
    def test_merge_keeps_everything(self):
        second = self.enter("深圳華新電子", phone="0755-8888 1234")
        third = self.enter("Third", phone="0755-8888 1234")
        apart = self.enter("Huaxin Electronics Ltd", duplicate_reason="Of another family")
        self.assertIn(second, self.pairs(apart, "not_same"))
        contact = self.new_customer("李雷", is_company=False, parent_id=second.id, email="lilei@second.example")
        self.buy(second, 500, 3)
        self.buy(self.known, 300, 5)
        self.run_all()
        override = self.env["customer.grade.override"].create(
            {"partner_id": second.id, "company_id": self.company.id, "reason": "Won from a competitor",
             "grade_id": self.env.ref("customer_policy.customer_grade_strategic").id}
        )  # fmt: skip
        override.with_user(self.manager).action_approve()
        history = self.env["customer.grade.history"].search([("partner_id", "=", second.id)])
        self.assertTrue(history)
        pair = self.pairs(second)[self.known].with_user(self.steward)
        pair.action_keep_first()
        self.settle()
        self.env.invalidate_all()

        self.assertFalse(second.exists())
        self.assertEqual(contact.parent_id, self.known)
        sales = self.env["customer.external.sale"].search([("partner_id", "=", self.known.id)])
        self.assertEqual(sum(sales.mapped("amount")), 800)
        self.assertEqual(self.profile(self.known).revenue_total, 800)
        self.assertEqual((override.partner_id, override.state), (self.known, "approved"))
        self.assertEqual(history.partner_id, self.known)
        merged = self.duplicates.search([("state", "=", "merged"), ("partner_id", "=", self.known.id)])
        self.assertEqual((merged.merged_name, merged.user_id), ("深圳華新電子", self.steward))
        self.assertIn(apart, self.pairs(self.known, "not_same"))
        self.assertNotIn(apart, self.pairs(self.known))
        self.assertEqual(self.pairs(third)[self.known].level, "possible")
        found = self.enter("Someone", email="lilei@second.example")
        self.assertIn(self.known, self.pairs(found), "the keys of the merged customer's contacts lead to the kept one")
        self.assertFalse(self.env["customer.match.key"].search([("partner_id", "=", second.id)]))

    def test_keep_the_newer_one(self):
        second = self.enter("深圳華新電子", phone="0755-8888 1234")
        self.pairs(second)[self.known].with_user(self.steward).action_keep_second()
        self.assertFalse(self.known.exists())
        self.assertEqual(second.vat, CODE, "what only the other one had is taken over")

    def test_whole_groups(self):
        others = [self.enter(f"深圳華新電子 {n}", vat=CODE) for n in range(5)]
        pairs = self.duplicates.search([("group_partner_id", "=", self.known.id)]).with_user(self.steward)
        self.assertEqual(len(pairs), 15)
        pairs.action_merge()
        self.assertTrue(self.known.exists())
        self.assertFalse(any(other.exists() for other in others))

    def test_merged_by_somebody_else(self):
        second = self.enter("深圳華新電子")
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [(6, 0, (self.known | second).ids)], "dst_partner_id": self.known.id, "state": "selection"}
        )
        pair = self.pairs(second)[self.known].with_user(self.steward)
        pair.action_merge()
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "already decided"):
            pair.action_merge()
        with self.assertRaisesRegex(UserError, "meanwhile"):
            wizard.action_merge()

    def test_core_wizard(self):
        """Merging by Odoo's own wizard keeps the decisions, too."""
        second, third = self.enter("深圳華新電子"), self.enter("深圳市华新电子")
        self.pairs(third)[self.known]._decide_not_same("x")
        self.env["base.partner.merge.automatic.wizard"]._merge((second | third).ids, second, extra_checks=False)
        self.settle()
        self.assertEqual(self.pairs(self.known, "not_same")[second].reason, "x")
        self.assertFalse(self.pairs(self.known))

    def test_comparison(self):
        second = self.enter("深圳華新電子", phone="0755-8888 9999")
        html = self.pairs(second)[self.known].comparison
        for value in (NAME, "深圳華新電子", "0755-8888 1234", "0755-8888 9999"):
            self.assertIn(value, html)

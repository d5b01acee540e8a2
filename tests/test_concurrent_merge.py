"""Two people merging the same customers at the same time: real transactions on a database of their own."""

from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tools import mute_logger

from .test_concurrency import environment, in_threads, registry  # noqa: F401


def test_merged_once(registry):  # noqa: F811
    with registry.cursor() as cr:
        env = environment(cr)
        values = {"name": "Twice Entered Trading Ltd", "is_company": True, "phone": "+49 30 9018200"}
        partners = env["res.partner"].create([dict(values), dict(values)])
        cr.commit()
        pair = env["customer.duplicate"].search([("partner_id", "in", partners.ids)])
        assert pair.level == "certain"
        pair_id = pair.id

    def merge():
        with registry.cursor() as cr:
            env = environment(cr)

            def work():
                pair = env["customer.duplicate"].browse(pair_id)
                pair.action_merge()
                env.cr.flush()

            with mute_logger("odoo.sql_db", "odoo.service.model"):
                retrying(work, env)

    results = in_threads(merge, merge)
    assert sorted(type(result) for result in results if result is not None) == [UserError], results
    assert "decid" in str(next(result for result in results if result is not None))
    with registry.cursor() as cr:
        env = environment(cr)
        assert len(env["res.partner"].browse(partners.ids).exists()) == 1
        merged = env["customer.duplicate"].search([("partner_id", "in", partners.ids)])
        assert [pair.state for pair in merged] == ["merged"]

"""Two people entering the same new customer at the same time where a rule refuses it: real transactions."""

import threading

from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tools import mute_logger

from .test_concurrency import environment, in_threads, registry  # noqa: F401

VALUES = {"name": "Entered by Both Ltd", "is_company": True, "phone": "+49 30 9018211"}


def test_one_is_refused(registry):  # noqa: F811
    with registry.cursor() as cr:
        env = environment(cr)
        groups = [env.ref("base.group_partner_manager").id, env.ref("customer_policy.group_customer_manager").id]
        users = [
            env["res.users"].create({"name": name, "login": name, "group_ids": [(4, group) for group in groups]})
            for name in ("enters", "enters_too")
        ]
        draft = env["customer.policy"]._get_default()._draft_version()
        draft.match_rule_ids.filtered(lambda rule: rule.level == "certain").action = "refuse"
        draft.action_submit()
        draft.with_user(users[0]).action_approve()
        uids = [user.id for user in users]
    both_have_looked = threading.Barrier(2)

    def enter(uid):
        def call():
            attempts = []
            with registry.cursor() as cr:
                env = environment(cr, uid)

                def work():
                    env["res.partner"].search_count([("name", "=", VALUES["name"])])
                    if not attempts:
                        both_have_looked.wait()
                    attempts.append(1)
                    return env["res.partner"].create(dict(VALUES)).id

                return retrying(work, env)

        return call

    with mute_logger("odoo.sql_db", "odoo.service.model"):
        results = in_threads(*map(enter, uids))
    assert sorted(type(result).__name__ for result in results) == ["UserError", "int"], results
    assert "looks like" in str(next(result for result in results if isinstance(result, UserError)))
    with registry.cursor() as cr:
        assert environment(cr)["res.partner"].search_count([("name", "=", VALUES["name"])]) == 1

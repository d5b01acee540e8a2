"""Two people hand out the same win-back offer, or begin the same win-back, at the same time."""

from odoo import Command
from odoo.exceptions import UserError

from .test_concurrency import environment, registry  # noqa: F401
from .test_concurrent_points import in_threads, retried


def scene(env, state="working"):
    """A warning, and the offer of its playbook that nobody has handed out yet; ids."""
    program = env["loyalty.program"].create(
        {
            "name": "Come Back",
            "program_type": "coupons",
            "applies_on": "current",
            "trigger": "with_code",
            "reward_ids": [Command.create({"reward_type": "discount", "discount": 10, "required_points": 1})],
        }
    )
    partner = env["res.partner"].create({"name": "Silent", "is_company": True})
    company, today = env.company, env.company._customer_policy_today()
    warning = env["churn.warning"].create(
        {"partner_id": partner.id, "company_id": company.id, "date_opened": today, "state": state}
    )
    offer = env["churn.offer"].create(
        {"warning_id": warning.id, "step_key": "test", "program_id": program.id, "days": 10, "planned_date": today}
    )
    return warning.id, offer.id, program.id


def test_one_coupon_for_two_clicks(registry):  # noqa: F811
    with registry.cursor() as cr:
        _warning, offer_id, program_id = scene(environment(cr))
    results = in_threads(
        *[retried(registry, lambda env: env["churn.offer"].browse(offer_id)._hand_out(False)) for _click in range(2)]
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "UserError"], results
    assert isinstance(next(filter(None, results)), UserError)
    with registry.cursor() as cr:
        assert environment(cr)["loyalty.card"].search_count([("program_id", "=", program_id)]) == 1


def test_steps_once_for_two_beginnings(registry):  # noqa: F811
    with registry.cursor() as cr:
        warning_id, _offer, _program = scene(environment(cr), state="open")
    results = in_threads(
        *[retried(registry, lambda env: env["churn.warning"].browse(warning_id).action_start()) for _click in range(2)]
    )
    assert not [result for result in results if isinstance(result, Exception)], results
    with registry.cursor() as cr:
        warning = environment(cr)["churn.warning"].browse(warning_id)
        assert len(warning.activity_ids) == len(warning.playbook_id.step_ids) > 0

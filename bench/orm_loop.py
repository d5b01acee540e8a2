"""The same grading as add-ons usually do it: customer by customer through the ORM."""

from bisect import bisect_right
from datetime import timedelta

from .report import result
from .scene import company_of, timed

SAMPLE = 1000
CLASSES = 10


def bench_orm_loop(scene, _options):
    """A sample of the customers in a loop, scaled up to all of them; for the ratio only."""
    engine = scene.first_run_seconds
    with scene.environment() as env:
        partners = env["res.partner"].search([("customer_rank", ">", 0)])
        partners = partners[:: max(1, len(partners) // SAMPLE)][:SAMPLE]
        env.invalidate_all()
        seconds, _none = timed(lambda: _grade(env, partners))
    loop = seconds * scene.customers / len(partners)
    return result(
        "policy.orm_loop",
        round(loop / engine, 1),
        None,
        "x engine",
        scene.on,
        sample=len(partners),
        sample_seconds=round(seconds, 2),
        loop_seconds=round(loop, 1),
        engine_seconds=round(engine, 2),
    )


def _grade(env, partners):
    """Revenue of 12 months by search and sum, its decile in Python, the grade written on the partner."""
    since = company_of(env)._customer_policy_today() - timedelta(days=365)
    moves = env["account.move"]
    revenue = {}
    for partner in partners:
        domain = [("partner_id", "child_of", partner.id), ("state", "=", "posted"), ("invoice_date", ">", since)]
        invoices = moves.search([*domain, ("move_type", "in", ("out_invoice", "out_refund"))])
        revenue[partner] = sum(invoices.mapped("amount_untaxed_signed"))
    ordered = sorted(revenue.values())
    cuts = [ordered[len(ordered) * step // CLASSES] for step in range(1, CLASSES)]
    for partner in partners:
        partner.ref = f"Grade {1 + bisect_right(cuts, revenue[partner])}"
        env.flush_all()

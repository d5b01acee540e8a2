"""Invitations under real concurrency: two jobs at once, a job that is killed, a person and a job."""

from datetime import date

from odoo.tools import SQL, mute_logger
from psycopg2 import OperationalError

from .test_concurrency import environment, in_threads, registry  # noqa: F401

CUSTOMERS, BATCH = 60, 7
MODEL = "customer.satisfaction.invitation"


def plan(env, prefix):
    """Two waiting invitations each for some customers; returns their ids."""
    partners = env["res.partner"].create(
        [{"name": f"{prefix}{n}", "is_company": True, "email": f"{prefix}{n}@example.com"} for n in range(CUSTOMERS)]
    )
    survey = env.ref("customer_satisfaction.survey_payment")
    vals = [
        {"contact_id": partner.id, "survey_id": survey.id, "company_id": env.company.id, "trigger_key": "test",
         "document_key": f"{prefix}{partner.id}-{number}", "event": "invoice_paid", "date_due": date(2026, 1, 1)}
        for partner in partners for number in range(2)
    ]  # fmt: skip
    return env[MODEL].create(vals).ids


def work(registry, company_id, *, die_after=None):  # noqa: F811
    """A job as the scheduler runs it, with small batches; returns how many invitations it sent."""
    sent = 0
    with registry.cursor() as cr:
        env = environment(cr)
        company = env["res.company"].browse(company_id)
        with env[MODEL]._alone(company) as invitations:
            if invitations is None:
                return None
            cr.commit()
            while batch := invitations._claim(company, "_decide")[:BATCH]:
                batch._decide()
                if die_after is not None and sent >= die_after:
                    env.flush_all()
                    raise RuntimeError("killed")
                cr.commit()
                sent += len(batch)
    return sent


def counts(registry, ids):  # noqa: F811
    """(customers, sent invitations, mails) of these invitations."""
    with registry.cursor() as cr:
        return environment(cr).execute_query(
            SQL(
                """SELECT COUNT(DISTINCT partner_id), COUNT(*) FILTER (WHERE state = 'sent'),
                          (SELECT COUNT(*) FROM mail_mail m JOIN mail_message g ON g.id = m.mail_message_id
                            WHERE g.model = %s AND g.res_id = ANY(%s))
                     FROM customer_satisfaction_invitation WHERE id = ANY(%s)""",
                MODEL,
                ids,
                ids,
            )
        )[0]


def test_two_jobs_at_once_send_nothing_twice(registry):  # noqa: F811
    with registry.cursor() as cr:
        env = environment(cr)
        ids, company_id = plan(env, "twice"), env.company.id
    results = in_threads(*[lambda: work(registry, company_id)] * 3)
    assert not [result for result in results if isinstance(result, Exception)], results
    assert None in results or results.count(0) == 2, "one of them works, the others leave or find nothing"
    work(registry, company_id)
    assert counts(registry, ids) == (CUSTOMERS, CUSTOMERS, CUSTOMERS), "one invitation, one mail per customer"


def test_a_killed_job_is_simply_run_again(registry):  # noqa: F811
    with registry.cursor() as cr:
        env = environment(cr)
        ids, company_id = plan(env, "killed"), env.company.id
    [result] = in_threads(lambda: work(registry, company_id, die_after=20))
    assert isinstance(result, RuntimeError)
    _customers, sent, mails = counts(registry, ids)
    assert 0 < sent == mails < CUSTOMERS, "what was committed stays, the batch in work is undone"
    assert work(registry, company_id) > 0
    assert counts(registry, ids) == (CUSTOMERS, CUSTOMERS, CUSTOMERS)


def test_the_same_event_twice_at_once(registry):  # noqa: F811
    """Two transactions plan the same occasion: one invitation."""
    with registry.cursor() as cr:
        env = environment(cr)
        partner = env["res.partner"].create({"name": "Once", "email": "once@example.com"})
        case = env["customer.complaint"].create({"subject": "x", "contact_id": partner.id})
        case_id = case.id

    def happen():
        with registry.cursor() as cr:
            env = environment(cr)
            env["customer.satisfaction.trigger"]._on_event(
                "complaint_closed", env["customer.complaint"].browse(case_id)
            )

    with mute_logger("odoo.sql_db"):
        results = in_threads(happen, happen)
    # The second one may meet the first: such a request is retried by the server.
    assert all(result is None or isinstance(result, OperationalError) for result in results), results
    with registry.cursor() as cr:
        found = environment(cr)[MODEL].search_count(
            [("res_model", "=", "customer.complaint"), ("res_id", "=", case_id)]
        )
    assert found == 1

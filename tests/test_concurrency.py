"""Two people, or a person and a job, at the same time: real transactions on a database of their own."""

import os
import threading

import odoo
import pytest
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger
from psycopg2 import OperationalError

from tools import databases, postgres

DATABASE = f"concurrency_{os.getpid()}"


@pytest.fixture(scope="module")
def registry():
    """A registry on a clone, outside the transactions of the test framework."""
    postgres.clone(databases.SUITE, DATABASE)
    db_filter = odoo.tools.config["dbfilter"]
    odoo.tools.config["test_enable"] = False
    yield odoo.modules.registry.Registry(DATABASE)
    odoo.tools.config["dbfilter"] = db_filter
    odoo.modules.registry.Registry.delete(DATABASE)
    odoo.sql_db.close_db(DATABASE)
    postgres.drop(DATABASE)
    assert get_db_name() != DATABASE


def environment(cr, uid=odoo.api.SUPERUSER_ID):
    return odoo.api.Environment(cr, uid, {})


def in_threads(*calls):
    """Run calls at the same time; returns their results or exceptions, in order."""
    results = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def work(position, call):
        barrier.wait()
        try:
            results[position] = call()
        except Exception as error:
            results[position] = error

    threads = [threading.Thread(target=work, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "a deadlock"
    return results


def test_published_twice_at_once(registry):
    """Two managers approve the same version, then two different ones: one version is in force, each is told."""
    with registry.cursor() as cr:
        env = environment(cr)
        managers = [
            env["res.users"].create(
                {"name": name, "login": name, "group_ids": [(4, env.ref("customer_policy.group_customer_manager").id)]}
            )
            for name in ("one", "two")
        ]
        uids = [manager.id for manager in managers]
        drafts = [env["customer.policy"]._get_default()._draft_version() for _i in range(3)]
        for draft in drafts:
            draft.action_submit()
        ids = [draft.id for draft in drafts]

    def approve(uid, policy_id):
        def call():
            with registry.cursor() as cr:
                env = environment(cr, uid)
                retrying(lambda: env["customer.policy"].browse(policy_id).action_approve(), env)
            return "approved"

        return call

    with mute_logger("odoo.sql_db", "odoo.service.model"):
        same = in_threads(approve(uids[0], ids[0]), approve(uids[1], ids[0]))
        different = in_threads(approve(uids[0], ids[1]), approve(uids[1], ids[2]))
    assert sorted(str(type(result).__name__) for result in same) == ["UserError", "str"], same
    assert all(result == "approved" or isinstance(result, UserError) for result in different), different
    with registry.cursor() as cr:
        in_force = environment(cr)["customer.policy"].search([("state", "=", "in_force")])
        assert len(in_force) == 1
        assert in_force.id in ids[1:]


def test_a_run_while_somebody_edits(registry):
    """Estimates entered during full runs are neither lost nor do they break the runs."""
    with registry.cursor() as cr:
        env = environment(cr)
        partners = env["res.partner"].create([{"name": f"C{i}", "is_company": True} for i in range(50)])
        partners.action_mark_customer()
        company_id = env.company.id
        ids = env["customer.profile"].search([("partner_id", "in", partners.ids)]).ids

    def run():
        for _repetition in range(5):
            with registry.cursor() as cr:
                env = environment(cr)
                retrying(lambda env=env: env["customer.policy.engine"]._run(env["res.company"].browse(company_id)), env)

    def edit():
        for position, profile_id in enumerate(ids):
            with registry.cursor() as cr:
                env = environment(cr)
                profile = env["customer.profile"].browse(profile_id)
                retrying(lambda p=profile, v=position: p.write({"potential_estimate": 100 + v}), env)

    with mute_logger("odoo.sql_db", "odoo.service.model"):
        results = in_threads(run, edit)
    assert results == [None, None], results
    with registry.cursor() as cr:
        env = environment(cr)
        env["customer.policy.engine"]._run(env.company)
        profiles = env["customer.profile"].browse(ids)
        assert profiles.mapped("potential_estimate") == [100.0 + position for position in range(len(ids))]
        assert profiles.mapped("potential_value") == profiles.mapped("potential_estimate")


def test_one_job_of_a_company_at_a_time(registry):
    with registry.cursor() as first, registry.cursor() as second:
        one, other = (environment(cr)["customer.policy.engine"] for cr in (first, second))
        with one._alone(one.env.company):
            first.rollback()  # as after a conflict: nobody steps in between
            assert not other._try_lock(other.env.company)
        assert other._try_lock(other.env.company)


def test_runs_of_a_company_wait_for_each_other(registry):
    """The night's run meets that of the last changes: it waits, and is neither lost nor reported as failed."""
    with registry.cursor() as cr:
        run_id = environment(cr)["customer.policy.run"]._request(environment(cr).company).id

    def work():
        with registry.cursor() as cr:
            environment(cr)["customer.policy.run"].browse(run_id)._execute()

    thread = threading.Thread(target=work)
    with registry.cursor() as other:
        env = environment(other)
        assert env["customer.policy.engine"]._try_lock(env.company)
        thread.start()
        thread.join(1)
        assert thread.is_alive(), "it waits"
    thread.join(60)
    with registry.cursor() as cr:
        run = environment(cr)["customer.policy.run"].browse(run_id)
        assert (run.state, run.error) == ("done", False)


def test_two_halves_of_a_circle_of_holdings(registry):
    """One sets A under B while the other sets B under A: one of them is told, and no circle is left."""
    with registry.cursor() as cr:
        partners = environment(cr)["res.partner"].create([{"name": name, "is_company": True} for name in "ABC"])
        partners[2].customer_holding_id = partners[1]
        ids = partners.ids

    def place(member_id, holding_id):
        def call():
            with registry.cursor() as cr:
                env = environment(cr)
                partner = env["res.partner"].browse(member_id)
                retrying(lambda: partner.write({"customer_holding_id": holding_id}), env)
            return "placed"

        return call

    with mute_logger("odoo.sql_db", "odoo.service.model"):
        for _repetition in range(5):
            with registry.cursor() as cr:
                environment(cr)["res.partner"].browse(ids[:2]).write({"customer_holding_id": False})
            results = in_threads(place(ids[0], ids[2]), place(ids[1], ids[0]))
            assert sorted(type(result).__name__ for result in results) == ["ValidationError", "str"], results


def test_a_holding_that_another_transaction_places(registry):
    """The second one has looked before the first has committed: it is made to look again."""
    with registry.cursor() as cr:
        partners = environment(cr)["res.partner"].create([{"name": name, "is_company": True} for name in "AB"])
        ids = partners.ids
    with registry.cursor() as first, registry.cursor() as second:
        for cr in (first, second):
            cr.execute("SELECT 1 FROM res_partner WHERE id = ANY(%s)", [ids])
        environment(first)["res.partner"].browse(ids[0]).customer_holding_id = ids[1]
        environment(first).flush_all()
        first.commit()
        with mute_logger("odoo.sql_db"), pytest.raises(OperationalError):
            environment(second)["res.partner"].browse(ids[1]).customer_holding_id = ids[0]
            environment(second).flush_all()
        second.rollback()

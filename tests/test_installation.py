"""Installing and removing addons on real databases: the contract of the suite's chapters, and a clean departure."""

import json
import subprocess

import pytest

from tools import databases, layout, odoo, postgres

ADDON = "customer_policy_test"
PRELUDE = """
import json, sys
modules = lambda *names: env["ir.module.module"].search([("name", "in", names)])
policy = env["customer.policy"] if "customer.policy" in env else None
def answer(**values):
    print("ANSWER " + json.dumps(values))
"""

RULES = """
in_force = policy._get_in_force(env.company)
answer(
    clauses=len(in_force.clause_ids.filtered(lambda c: c.number == "77.1")),
    days=in_force._get_rules("customer.test.rule").mapped("days"),
)
"""


@pytest.fixture
def database(request):
    name = f"install_{request.node.name}"[:60]
    postgres.clone(databases.SUITE, name)
    yield name
    postgres.drop(name)


def shell(database, script):
    """Run a script in Odoo's shell on a database; returns what it passed to `answer`."""
    config = odoo.configuration("installation", extra_addons=[layout.TEST_ADDONS], log_level="warn")
    command = odoo.command("shell", "-c", config, "-d", database, "--no-http", "--shell-interface=python")
    done = subprocess.run(
        [str(part) for part in command], input=PRELUDE + script, capture_output=True, text=True, env=odoo._environment()
    )
    output = done.stdout + done.stderr
    assert "Traceback" not in output, output[-3000:]
    answers = [line.removeprefix("ANSWER ") for line in done.stdout.splitlines() if line.startswith("ANSWER ")]
    return json.loads(answers[-1]) if answers else {}


def install(database, *options):
    config = odoo.configuration("installation", extra_addons=[layout.TEST_ADDONS])
    odoo.manage(database, *options, log=database, config=config)


def test_chapter_of_a_later_addon_joins_the_untouched_default(database):
    install(database, "-i", ADDON)
    found = shell(
        database,
        """
in_force = policy._get_in_force(env.company)
partner = env["res.partner"].create({"name": "12345678", "is_company": True})
partner.action_mark_customer()
env.cr.commit()
answer(
    default=in_force == policy._get_default(),
    days=in_force._get_rules("customer.test.rule").mapped("days"),
    coverage=in_force.clause_ids.filtered(lambda c: c.number == "77.1").coverage,
    drafts=policy.search_count([("state", "=", "draft")]),
    metric=partner.customer_profile_ids.test_name_length,
    selectable="test_name_length" in dict(env["customer.profile"]._metric_selection()),
)
""",
    )
    assert found == {
        "default": True, "days": [5], "coverage": "enforced", "drafts": 0, "metric": 8, "selectable": True,
    }  # fmt: skip
    shell(database, f'modules("{ADDON}").button_immediate_uninstall()')
    found = shell(
        database,
        """
clause = env["customer.policy.clause"].search([("number", "=", "77.1")])
run = env["customer.policy.engine"]._run(env.company)
answer(text=clause.text, model="customer.test.rule" in env, customers=run.counts["customers"],
       column="test_name_length" in env["customer.profile"]._fields)
""",
    )
    assert found == {"text": "We promise within days.", "model": False, "customers": 1, "column": False}
    install(database, "-i", ADDON)
    assert shell(database, RULES) == {"clauses": 1, "days": [5]}, "it comes back as if it had never left"


def test_chapter_of_a_later_addon_is_proposed_to_a_published_policy(database):
    shell(
        database,
        """
env.company.customer_policy_four_eyes = False
draft = policy._get_default()._draft_version()
draft.action_submit()
draft.action_approve()
env.cr.commit()
""",
    )
    install(database, "-i", ADDON)
    found = shell(
        database,
        """
in_force = policy._get_in_force(env.company)
[draft] = policy.search([("state", "=", "draft")])
before = in_force._get_rules("customer.test.rule").mapped("days")
chapter = draft.clause_ids.filtered(lambda c: c.number == "77.1")
env["customer.test.rule"].search([("policy_id", "=", draft.id)]).days = 9
draft.action_submit()
draft.action_approve()
answer(
    own=in_force != policy._get_default(),
    numbers=in_force.clause_ids.filtered(lambda c: c.number.startswith("77")).mapped("number"),
    before=before,
    proposed=chapter.text,
    told=len(draft.activity_ids),
    after=policy._get_in_force(env.company)._get_rules("customer.test.rule").mapped("days"),
)
""",
    )
    assert found == {
        "own": True, "numbers": [], "before": [5], "proposed": "We promise within days.", "told": 1, "after": [9],
    }  # fmt: skip


def test_a_new_release_proposes_its_changes(database):
    """An update runs the addon's end- script: a draft, while what is in force stays."""
    install(database, "-i", ADDON)
    postgres.query(database, f"UPDATE ir_module_module SET latest_version = '19.0.0.9.0' WHERE name = '{ADDON}'")
    install(database, "-u", ADDON)
    found = shell(
        database,
        """
[draft] = policy.search([("state", "=", "draft")])
days = lambda version: env["customer.test.rule"].search([("policy_id", "=", version.id)]).mapped("days")
answer(
    in_force=days(policy._get_in_force(env.company)), proposed=days(draft), release=draft.release,
    told=draft.activity_ids.user_id.login, summary=draft.change_summary,
    rules=len(draft.scheme_ids.criterion_ids) == len(policy._get_default().scheme_ids.criterion_ids),
)
""",
    )
    assert found == {
        "in_force": [5], "proposed": [7], "release": f"{ADDON} 19.0.1.0.0", "told": "admin",
        "summary": "Rules: 1 changed", "rules": True,
    }  # fmt: skip


def test_uninstalling_leaves_a_working_database(database):
    shell(
        database,
        """
partner = env["res.partner"].create({"name": "Stays"})
partner.action_mark_customer()
env.cr.commit()
modules("customer_policy").button_immediate_uninstall()
""",
    )
    tables = postgres.query(database, "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname ~ '^customer_'")
    columns = postgres.query(
        database,
        "SELECT count(*) FROM information_schema.columns WHERE table_name IN ('res_partner', 'res_company') "
        "AND column_name LIKE 'customer\\_%' AND column_name <> 'customer_rank'",
    )
    left = postgres.query(database, "SELECT count(*) FROM ir_model_data WHERE module = 'customer_policy'")
    groups = postgres.query(
        database, "SELECT count(*) FROM res_groups g WHERE g.name ->> 'en_US' IN ('Own Customers', 'Data Steward')"
    )
    indexes = postgres.query(
        database, "SELECT count(*) FROM pg_indexes WHERE indexname LIKE '%customer%' AND tablename NOT LIKE 'customer%'"
    )
    assert (tables, columns, left, groups) == ("0", "0", "0", "0")
    assert indexes == postgres.query(
        databases.CORE,
        "SELECT count(*) FROM pg_indexes WHERE indexname LIKE '%customer%' AND tablename NOT LIKE 'customer%'",
    )
    found = shell(
        database,
        """
partner = env["res.partner"].search([("name", "=", "Stays")])
partner.get_views([(False, "form"), (False, "list"), (False, "search")])
order = env["sale.order"].create({"partner_id": partner.id})
answer(order=order.partner_id.name, jobs=env["ir.cron"].search_count([("name", "ilike", "customer policy")]))
""",
    )
    assert found == {"order": "Stays", "jobs": 0}
    install(database, "-i", "customer_policy")


def test_complaints_leave_a_working_database(database):
    """With their bridges, and with cases, a reply and a quotation behind them; the clauses stay as text."""
    shell(
        database,
        """
partner = env["res.partner"].create({"name": "Stays", "email": "stays@example.com"})
case = env["customer.complaint"].create({"subject": "x", "contact_id": partner.id})
case.action_replacement()
env["customer.complaint.reply"].create({"complaint_id": case.id, "subject": "y", "body": "z"}).action_send()
env.cr.commit()
modules("customer_complaint").button_immediate_uninstall()
""",
    )
    tables = postgres.query(
        database, "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname ~ '^customer_(complaint|improvement)'"
    )
    columns = postgres.query(
        database, "SELECT count(*) FROM information_schema.columns WHERE column_name ~ '^complaint_'"
    )
    left = postgres.query(database, "SELECT count(*) FROM ir_model_data WHERE module ~ '^customer_complaint'")
    assert (tables, columns, left) == ("0", "0", "0")
    found = shell(
        database,
        """
partner = env["res.partner"].search([("name", "=", "Stays")])
order = env["sale.order"].search([("partner_id", "=", partner.id)])
for record in (partner, order, env["account.move"], env["customer.profile"], env["customer.policy"]):
    record.get_views([(False, "form"), (False, "list"), (False, "search")])
clauses = policy._get_in_force(env.company).clause_ids.filtered(lambda c: c.number.startswith("5."))
answer(orders=len(order), clauses=len(clauses), timeline=bool(env["customer.overview"].load(partner.id)["timeline"]))
""",
    )
    assert found == {"orders": 1, "clauses": 5, "timeline": True}


def test_satisfaction_leaves_a_working_database(database):
    """With an open questionnaire, an answer, a case and an improvement behind it; nobody may read what was answered."""
    shell(
        database,
        """
partner = env["res.partner"].create({"name": "Stays", "email": "stays@example.com"})
survey = env.ref("customer_satisfaction.survey_relationship")
own = survey.copy({"title": "Ours", "survey_type": "customer_satisfaction"})
for asked, contact in ((survey, partner), (own, partner.copy())):
    invitation = env["customer.satisfaction.invitation"].create(
        {"contact_id": contact.id, "survey_id": asked.id, "channel": "link"})
    invitation.action_send()
    given = invitation.user_input_ids
    given._save_lines(asked._main_question(), "2")
    given._mark_done()
env["customer.improvement"].create({"name": "x", "satisfaction_answer_ids": [(6, 0, invitation.answer_ids.ids)]})
env.cr.commit()
modules("customer_satisfaction").button_immediate_uninstall()
""",
    )
    tables = postgres.query(
        database, "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname ~ '^customer_satisfaction'"
    )
    columns = postgres.query(
        database, "SELECT count(*) FROM information_schema.columns WHERE column_name ~ '^satisfaction_'"
    )
    left = postgres.query(database, "SELECT count(*) FROM ir_model_data WHERE module ~ '^customer_satisfaction'")
    given = postgres.query(database, "SELECT count(*) FROM survey_user_input")
    assert (tables, columns, left, given) == ("0", "0", "0", "0")
    found = shell(
        database,
        """
partner = env["res.partner"].search([("name", "=", "Stays")])
for record in (partner, env["customer.complaint"], env["survey.survey"], env["customer.profile"], policy):
    record.get_views([(False, "form"), (False, "list"), (False, "search")])
clauses = policy._get_in_force(env.company).clause_ids.filtered(lambda c: c.number.startswith("6."))
run = env["customer.policy.engine"]._run(env.company)
cases = env["customer.complaint"].search_count([("partner_id", "=", partner.id)])
answer(clauses=len(clauses), cases=cases, run=bool(run))
""",
    )
    assert found == {"clauses": 4, "cases": 1, "run": True}


PREDICTIONS = """
from datetime import timedelta
today = env.company._customer_policy_today()
partners = env["res.partner"].create([{"name": f"Stays {n}", "is_company": True} for n in range(40)])
category = env["product.category"].create({"name": "Stays"})
products = env["product.product"].create([{"name": f"Stays {n}", "categ_id": category.id} for n in range(2)])
env["customer.external.sale"].create([
    {"partner_id": partner.id, "date": today - timedelta(days=days), "amount": 100, "quantity": 1,
     "product_id": product.id, "source": "test", "reference": f"{partner.id}/{product.id}/{days}"}
    for partner in partners for product in products for days in (400, 300, 200, 120)])
company = env.company
env["customer.insight.model"].create({"company_id": company.id})._fit()
env["customer.suggestion.evaluation"]._refresh_all(company, force=True)
env["customer.product.rhythm"]._refresh(company)
env["customer.demand.series"]._list(company)
env["customer.demand.series"].search([])._forecast()
env["customer.product.view"].create(
    {"company_id": company.id, "partner_id": partners[0].id, "product_id": products[0].id, "date": today})
env["churn.model"]._train(company)
env["customer.policy.engine"]._run(company)
env["churn.warning"]._open_batch(company)
answer(warnings=env["churn.warning"].search_count([]), pairs=env["customer.product.popularity"].search_count([]),
       months=env["customer.demand.month"].search_count([]), source=partners[0].customer_profile_ids.insight_source)
env.cr.commit()
"""

# What is left of an addon that went: views, pages, jobs and a full run as if it had never been there.
WITHOUT = """
partner = env["res.partner"].search([("name", "=", "Stays 0")])
records = ("res.partner", "sale.order", "account.move", "product.template", "product.product", "customer.profile",
           "customer.policy", "customer.policy.clause", "loyalty.program", "loyalty.card", "pos.order", "website")
for name in records:
    if name in env:
        env[name].get_views([(False, "form"), (False, "list"), (False, "search")])
for action in env["ir.actions.act_window"].search([("res_model", "=like", "customer.%")]):
    action.res_model in env and env[action.res_model].get_views([(False, "list")])
run = env["customer.policy.engine"]._run(env.company)
again = env["customer.policy.engine"]._run(env.company)
order = env["sale.order"].create({"partner_id": partner.id, "order_line": [(0, 0, {"product_id":
    env["product.product"].search([("name", "=", "Stays 0")]).id})]})
order.action_confirm()
orphans = env["ir.cron"].with_context(active_test=False).search([]).filtered(lambda job: job.model_id.model not in env)
answer(
    customers=run.counts["customers"] >= 40, written=again.counts["updated"], confirmed=order.state == "sale",
    page=bool(env["customer.overview"].load(partner.id)["cards"]), orphans=len(orphans),
    clauses=sorted({c.number[0] for c in policy._get_in_force(env.company).clause_ids if c.number[0] in "78"}),
)
"""
WORKS = {"customers": True, "written": 0, "confirmed": True, "page": True, "orphans": 0, "clauses": ["7", "8"]}


def left_behind(database, tables, columns, modules):
    """How many tables, columns and external ids with such names a database has."""
    return tuple(
        postgres.query(database, query)
        for query in (
            f"SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname ~ '^({tables})'",
            f"SELECT count(*) FROM information_schema.columns WHERE column_name ~ '^({columns})' "
            "AND table_schema = 'public'",
            f"SELECT count(*) FROM ir_model_data WHERE module ~ '^({modules})'",
        )
    )


def test_predictions_and_points_leave_a_working_database(database):
    """Churn warnings, predictions and points go one after the other, each with its bridges and with data behind it."""
    found = shell(database, PREDICTIONS)
    assert found["warnings"] and found["pairs"] and found["months"] and found["source"]
    shell(
        database,
        """
program = env["loyalty.program"].create({"name": "Stays", "program_type": "loyalty", "applies_on": "both",
    "trigger": "auto", "portal_point_name": "Points", "rule_ids": [(0, 0, {"reward_point_mode": "money"})]})
card = env["loyalty.card"].create({"program_id": program.id,
    "partner_id": env["res.partner"].search([("name", "=", "Stays 0")]).id})
env["loyalty.card"]._post_entries([{"card_id": card.id, "entry_type": "accrual", "points": 70, "reason": "Test"}])
env.cr.commit()
modules("churn_warning").button_immediate_uninstall()
""",
    )
    assert left_behind(database, "churn_", "churn_|purchase_gap_ratio", "churn_warning") == ("0", "0", "0")
    assert shell(database, WITHOUT) == WORKS
    shell(database, 'modules("customer_insight").button_immediate_uninstall()')
    tables = "customer_(insight|product_|suggestion|demand)"
    columns = "insight_|probability_alive|clv_12m|expected_purchases_12m|website_view_consent"
    assert left_behind(database, tables, columns, "customer_insight") == ("0", "0", "0")
    assert shell(database, WITHOUT) == WORKS
    shell(database, 'modules("loyalty_points").button_immediate_uninstall()')
    tables = "loyalty_(points|ledger|earning|tier|balance)"
    assert left_behind(database, tables, "loyalty_(points|tier|redemption)", "loyalty_points") == ("0", "0", "0")
    assert shell(database, WITHOUT) == WORKS
    assert postgres.query(database, "SELECT points FROM loyalty_card WHERE points > 0") == "70"


@pytest.mark.nightly
def test_a_bridge_is_never_needed():
    """customer_policy alone; the point of sale comes and brings the bridge; both go again."""
    name = "install_alone"
    postgres.clone(databases.core_of("customer_policy"), name)
    report = """
run = env["customer.policy.engine"]._run(env.company)
installed = modules("point_of_sale", "customer_policy_pos").filtered(lambda m: m.state == "installed").mapped("name")
answer(sources=sorted(env["customer.transaction"]._sources()), installed=sorted(installed), steps=len(run.seconds) > 3)
"""
    without = {"sources": ["external", "invoice"], "installed": [], "steps": True}
    try:
        install(name, "-i", "customer_policy")
        assert shell(name, report) == without
        install(name, "-i", "point_of_sale")
        assert shell(name, report) == {
            "sources": ["external", "invoice", "pos"],
            "installed": ["customer_policy_pos", "point_of_sale"],
            "steps": True,
        }
        shell(name, 'modules("point_of_sale").button_immediate_uninstall()')
        assert shell(name, report) == without
    finally:
        postgres.drop(name)

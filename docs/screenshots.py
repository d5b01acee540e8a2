"""Takes the pictures of docs/ from the running demo, each in English and in Chinese.

./dev screenshots [NAME...]
"""

import io
import shutil
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.sync_api import Error, sync_playwright

from tools.console import say

IMAGES = Path(__file__).parent / "images"
WIDE, TALL, PHONE = (1400, 860), (1400, 1240), (390, 844)
# As root and without a network of its own Chromium needs these.
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# {language: {role: login}}
LOGINS = {
    "en": {
        "manager": "manager",
        "sales": "sales",
        "steward": "steward",
        "service": "service",
        "portal": "client",
        "accountant": "accountant",
    },
    "zh": {
        "manager": "zhuguan",
        "sales": "xiaoshou",
        "steward": "zhuguan",
        "service": "fuwu",
        "portal": "kehu",
        "accountant": "kuaiji",
    },
}
LIST, FORM, KANBAN = ".o_list_view .o_data_row", ".o_form_view .o_form_sheet", ".o_kanban_view .o_kanban_record"


@dataclass
class Shot:
    """One picture: who looks, where, what to wait for and what to do there first."""

    role: str
    open: object
    ready: str
    size: tuple = WIDE
    then: object = None


class Session:
    """A logged-in browser page with short cuts into the web client."""

    def __init__(self, browser, address, login, size):
        self.address = address
        self.is_chinese = login in LOGINS["zh"].values()
        # The portal speaks the browser's language.
        locale = "zh-CN" if self.is_chinese else "en-US"
        viewport = {"width": size[0], "height": size[1]}
        self.context = browser.new_context(viewport=viewport, has_touch=size == PHONE, locale=locale)
        self.page = self.context.new_page()
        self.page.goto(f"{address}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", login)
        self.page.click(".oe_login_form button[type=submit]")
        self.page.wait_for_selector(".o_main_navbar, .o_portal_wrap", timeout=60_000)

    def path(self, path):
        self.page.goto(f"{self.address}/odoo/{path}")

    def action(self, xmlid, view=None, **context):
        """Open an action as a menu does, with `search_default_...` and the like in its context."""
        self.page.goto(f"{self.address}/odoo/customers-graded")
        self.page.wait_for_selector(".o_action_manager .o_view_controller")
        options = {"clearBreadcrumbs": True, "additionalContext": context, **({"viewType": view} if view else {})}
        script = "([xmlid, options]) => odoo.__WOWL_DEBUG__.root.env.services.action.doAction(xmlid, options)"
        self.page.evaluate(script, [xmlid, options])

    def find(self, model, domain, order="id"):
        """Id of the first record that fits."""
        arguments = {"model": model, "method": "search", "args": [domain], "kwargs": {"order": order, "limit": 1}}
        answer = self.page.request.post(
            f"{self.address}/web/dataset/call_kw/{model}/search", data={"jsonrpc": "2.0", "params": arguments}
        ).json()
        if not answer.get("result"):
            raise LookupError(f"{model}: no record fits {domain}")
        return answer["result"][0]

    def tab(self, name):
        self.page.click(f".o_notebook .nav-link[name={name}]")

    def save(self, path):
        self.page.mouse.move(5, 5)
        self.page.wait_for_timeout(900)
        picture = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


def record(model, domain, path, order="id"):
    """Opens the first record that fits in the action with this path."""
    return lambda session: session.path(f"{path}/{session.find(model, domain, order)}")


def customer(model, domain, path, order):
    """Opens a customer with an English name for English readers, with a Chinese one for Chinese readers."""
    return lambda session: record(model, domain, path, f"{order} {'desc' if session.is_chinese else 'asc'}")(session)


COMPANY = [("partner_id.is_company", "=", True)]
KEY_COMPANY = [*COMPANY, ("grade_id.code", "=", "key"), ("overdue_amount", ">", 0), ("below_since", "=", False)]
CONTACT = [("is_company", "=", True), ("child_ids", "!=", False)]
OVERRIDDEN = [("override_id", "!=", False)]
IN_FORCE = [("state", "=", "in_force")]
POLICY = record("customer.policy", IN_FORCE, "customer-policy")
QUOTATION = [("partner_id.customer_grade_id.code", "in", ["strategic", "key", "ordinary"])]
FULL_RUN = [("state", "=", "done"), ("kind", "=", "full")]


def case(*domain):
    """Opens a case of a customer who reads the reader's language."""

    def open_case(session):
        language = "zh_CN" if session.is_chinese else "en_US"
        record("customer.complaint", [("partner_id.lang", "=", language), *domain], "cases", "severity desc, id")(
            session
        )

    return open_case


def low_invitation(session):
    language = "zh_CN" if session.is_chinese else "en_US"
    domain = [("case_id", "!=", False), ("contact_id.lang", "=", language), ("answer_ids.text", "!=", False)]
    session.path(f"survey-invitations/{session.find('customer.satisfaction.invitation', domain)}")


def questionnaire(session):
    domain = [("survey_type", "=", "customer_satisfaction"), ("access_mode", "=", "public")]
    session.path(f"customer-questionnaires/{session.find('survey.survey', domain)}")


def portal_surveys(session):
    session.page.goto(f"{session.address}/my/surveys")


def portal_points(session):
    session.page.goto(f"{session.address}/my/points")


def member(session):
    """A company that reads the reader's language."""
    language = "zh_CN" if session.is_chinese else "en_US"
    domain = [("partner_id.lang", "=", language), ("partner_id.is_company", "=", True), ("points", ">", 500),
              ("program_id.name", "=", "Member Points")]  # fmt: skip
    session.path(f"points-members/{session.find('loyalty.card', domain)}")


def closing(session):
    newest = session.find("loyalty.points.period", [("state", "=", "closed")], "date_from desc, number desc")
    session.path(f"points-closings/{newest}")


def policy_tab(name):
    return Shot("manager", POLICY, FORM, then=lambda session: session.tab(name))


def dialog(tab, tab_of_dialog=None):
    def then(session):
        session.tab(tab)
        in_dialog(session)
        if tab_of_dialog:
            session.page.click(f".modal .o_notebook .nav-link[name={tab_of_dialog}]")

    return Shot("manager", POLICY, FORM, TALL, then)


def by_xmlid(name):
    return lambda session: session.action(f"customer_policy.{name}")


def graded(session):
    session.action("customer_policy.customer_profile_action")


def print_policy(session):
    session.page.locator(".o_statusbar_buttons button", has_text="打印" if session.is_chinese else "Print").click()
    session.page.frame_locator("iframe").locator(".page h1").wait_for()


def contacts_by_grade(session):
    defaults = {"search_default_customers_graded": 1, "search_default_group_customer_grade": 1}
    session.action("contacts.action_contacts", "list", **defaults)


def open_first_group(session):
    session.page.click(".o_list_view .o_group_header >> nth=0")
    session.page.wait_for_selector(LIST)


def large_contact(session):
    """Opens a large customer that orders and owes, with a name in the reader's language."""
    language = "zh_CN" if session.is_chinese else "en_US"
    graded = ("customer_grade_id.code", "in", ["strategic", "key"])
    late = ("customer_profile_id.overdue_amount", ">", 0)
    domain = [*CONTACT, graded, late, ("lang", "=", language), ("customer_lifecycle_stage", "=", "loyal")]
    session.path(f"contacts/{session.find('res.partner', domain, 'name')}")


def overview(session):
    """The 360° page of the open contact."""
    press(session, "action_open_customer_overview")
    session.page.wait_for_selector(".o_customer_overview .o_customer_chart")


def press(session, name):
    """A button above the form; on a phone they fold into a menu."""
    button, more = session.page.locator(f"button[name={name}]:visible"), session.page.locator(".o_button_more:visible")
    button.or_(more).first.wait_for()
    for _attempt in range(5):  # a form that is still drawn closes its menus again
        if button.count():
            break
        more.first.click()
        session.page.wait_for_timeout(1000)
    button.first.click()


def with_preferences(session):
    language = "zh_CN" if session.is_chinese else "en_US"
    domain = [*CONTACT, ("customer_background", "!=", False), ("customer_profile_id", "!=", False)]
    domain += [("lang", "=", language)]
    session.path(f"contacts/{session.find('res.partner', domain)}")


def preferences(session):
    press(session, "action_open_customer_preferences")
    session.page.wait_for_selector(".modal .o_field_widget")


def first_record(session):
    session.page.click(".o_data_row >> nth=0 >> .o_data_cell >> nth=1")
    session.page.wait_for_selector(FORM)


def portal_record(session):
    session.page.goto(f"{session.address}/my/customer-record")


def in_dialog(session):
    """Opens the first rule of the tab as people do, by a click on its row."""
    session.page.click(".o_notebook .tab-pane.active .o_data_row >> nth=0 >> td:nth-child(2)")
    session.page.wait_for_selector(".modal .o_form_view .o_field_widget")


SHOTS = {
    "customers": Shot("sales", graded, LIST),
    "customers-cards": Shot("sales", lambda s: s.action("customer_policy.customer_profile_action", "kanban"), KANBAN),
    "customer": Shot("sales", customer("customer.profile", KEY_COMPANY, "customers-graded", "partner_id"), FORM, TALL),
    "customer-overridden": Shot("manager", record("customer.profile", OVERRIDDEN, "customers-graded"), FORM, TALL),
    "contact": Shot("sales", large_contact, FORM),
    "customer-360": Shot("sales", large_contact, FORM, TALL, overview),
    "customer-360-phone": Shot("sales", large_contact, FORM, PHONE, overview),
    "preferences": Shot("sales", with_preferences, FORM, then=preferences),
    "incomplete-records": Shot("sales", by_xmlid("customer_profile_action_incomplete"), LIST),
    "rfm-map": Shot("manager", by_xmlid("customer_rfm_map_action"), ".o_rfm_map .o_rfm_value"),
    "duplicates": Shot("steward", by_xmlid("customer_duplicate_action"), LIST),
    "duplicates-compared": Shot("steward", by_xmlid("customer_duplicate_action"), LIST, then=first_record),
    "corrections": Shot("steward", by_xmlid("customer_cleanup_correction_action"), LIST),
    "import-guide": Shot("steward", by_xmlid("customer_history_guide_action_open"), FORM, TALL),
    "policy-records": policy_tab("records"),
    "portal-record": Shot("portal", portal_record, ".o_portal_wrap"),
    "contacts-by-grade": Shot("manager", contacts_by_grade, ".o_list_view .o_group_header", then=open_first_group),
    "policy": policy_tab("clauses"),
    "policy-grading": policy_tab("grading"),
    "policy-rfm": policy_tab("rfm"),
    "policy-lifecycle": policy_tab("lifecycle"),
    "scheme": dialog("grading"),
    "scheme-grades": dialog("grading", "levels"),
    "rfm-scheme": dialog("rfm"),
    "run": Shot("manager", record("customer.policy.run", FULL_RUN, "customer-policy-runs", "id desc"), FORM),
    "external-sales": Shot("steward", lambda session: session.path("external-sales"), LIST),
    "transactions": Shot("sales", lambda session: session.path("customer-transactions"), LIST),
    "grade-changes": Shot("manager", lambda session: session.path("customer-grade-changes"), LIST),
    "grade-overrides": Shot("manager", lambda session: session.path("customer-grade-overrides"), LIST),
    "policy-printed": Shot("manager", POLICY, FORM, then=print_policy),
    "quotation": Shot("sales", record("sale.order", QUOTATION, "sales"), FORM),
    "cases": Shot("service", lambda session: session.path("cases"), KANBAN),
    "case": Shot("service", case(("state", "=", "investigating")), FORM, TALL),
    "case-solution": Shot(
        "service",
        case(("state", "=", "closed"), ("kind", "=", "complaint")),
        FORM,
        TALL,
        lambda session: session.tab("cause"),
    ),
    "case-pareto": Shot("manager", lambda session: session.path("case-pareto"), LIST),
    "improvement": Shot("service", record("customer.improvement", [("state", "=", "watch")], "improvements"), FORM),
    "policy-cases": policy_tab("complaint"),
    "satisfaction": Shot("manager", lambda session: session.path("satisfaction"), ".o_satisfaction_group", TALL),
    "satisfaction-phone": Shot("manager", lambda session: session.path("satisfaction"), ".o_satisfaction_group", PHONE),
    "survey-invitation": Shot("service", low_invitation, FORM, TALL),
    "survey-invitations": Shot("service", lambda session: session.path("survey-invitations"), LIST),
    "survey-calls": Shot("service", lambda session: session.path("survey-calls"), LIST),
    "survey-answers": Shot("service", lambda session: session.path("survey-answers"), LIST),
    "questionnaire": Shot("manager", questionnaire, FORM),
    "policy-satisfaction": policy_tab("satisfaction"),
    "portal-surveys": Shot("portal", portal_surveys, ".o_portal_wrap"),
    "points-dashboard": Shot("manager", lambda session: session.path("points"), ".o_points_dashboard"),
    "points-members": Shot("manager", lambda session: session.path("points-members"), LIST),
    "points-member": Shot("manager", member, ".o_points_member", TALL),
    "points-review": Shot("manager", lambda session: session.path("points-review"), LIST),
    "points-seal": Shot("manager", lambda session: session.path("points-seal"), LIST),
    "points-books": Shot("accountant", lambda session: session.path("points-books"), ".o_points_compared"),
    "points-closing": Shot("accountant", closing, FORM, TALL),
    "portal-points": Shot("portal", portal_points, ".o_points_member", TALL),
    "churn": Shot("manager", lambda session: session.path("churn"), ".o_churn", TALL),
    "churn-warnings": Shot("sales", lambda session: session.path("churn-warnings"), KANBAN),
    "churn-warning": Shot("sales", record("churn.warning", [("state", "=", "open")], "churn-warnings"), FORM),
    "churn-backtest": Shot("manager", lambda session: session.path("churn-backtest"), ".o_churn_verdict", TALL),
    "churn-retention": Shot("manager", lambda session: session.path("churn-retention"), ".o_churn"),
    "purchase-model": Shot("manager", record("customer.insight.model", [], "customer-purchase-model"), FORM, TALL),
    "lifetime-value": Shot("manager", lambda session: session.path("customer-lifetime-value"), LIST),
    "reorders": Shot("sales", lambda session: session.path("reorders-due"), LIST),
    "demand": Shot("manager", lambda session: session.path("customer-demand"), LIST),
    "cases-phone": Shot("service", lambda session: session.path("cases"), KANBAN, PHONE),
    "case-phone": Shot("service", case(("state", "=", "investigating")), FORM, PHONE),
    "customers-phone": Shot("sales", graded, KANBAN, PHONE),
    "contact-phone": Shot("sales", large_contact, FORM, PHONE),
}


def take(session, name, shot, language):
    shot.open(session)
    session.page.wait_for_selector(shot.ready, timeout=30_000)
    if shot.then:
        shot.then(session)
    path = IMAGES / f"{name}.{language}.png"
    session.save(path)
    say(f"  {path.name} {path.stat().st_size // 1024} kB")


def main(address, *names):
    """Take the named pictures, else all; returns how many failed."""
    IMAGES.mkdir(exist_ok=True)
    failed, sessions = 0, {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        for name, language in product(names or SHOTS, LOGINS):
            shot = SHOTS[name]
            key = LOGINS[language][shot.role], shot.size
            try:
                sessions[key] = sessions.get(key) or Session(browser, address, *key)
                take(sessions[key], name, shot, language)
            except (Error, LookupError) as error:
                failed += 1
                say(f"✗ {name}.{language}: {str(error).splitlines()[0]}")
        browser.close()
    return failed


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)

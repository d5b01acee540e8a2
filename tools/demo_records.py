"""The demo's customer records: provinces, groups of companies, roles, preferences, visits, and a mess to clean up."""

from datetime import datetime, time, timedelta

from odoo import Command

from tools import demo_names
from tools.demo_logins import PORTAL_LOGINS

TOPICS = (("prices of next year", "明年的价格"), ("delivery dates", "交货期"), ("a new site", "新办公地点"))
BACKGROUNDS = (
    "Bought from a competitor until last year; quality of the surface decides.\nOffers go to two people.",
    "去年起改由总部统一采购，付款须经财务确认。\n老板喜欢直接沟通。",
)


class Records:
    """Part of the `Filler` of demo_data.py."""

    def add_records(self):
        """What salespeople know of the companies, before the first grades."""
        for city, code in demo_names.CHINESE_PROVINCES.items():
            cities = self.env["res.partner"].search([("city", "=", city), ("parent_id", "=", False)])
            cities.state_id = self.env.ref(f"base.state_cn_{code}")
        groups = self._add_groups()
        self._add_preferences()
        return f"{groups} companies in groups, {self._add_visits()} visits and calls"

    def _is_chinese(self, partner):
        return partner.lang == "zh_CN"

    def _add_groups(self):
        """Two holdings, each above three of the companies."""
        members = 0
        for name, chinese in (("Harbor Industries Holding", False), ("华东实业集团", True)):
            companies = [partner for partner in self.companies if self._is_chinese(partner) == chinese]
            holding, *owned = self.rng.sample(companies, 4)
            holding.name = name
            for company in owned:
                company.customer_holding_id = holding
            members += len(owned)
        return members

    def _add_preferences(self):
        roles = self.env["customer.contact.role"].search([])
        interests = self.env["customer.interest"].create([{"name": name} for name in ("Golf", "茶", "Hiking", "摄影")])
        for partner in self.companies:
            contact = partner.child_ids[:1]
            contact.customer_role_ids = roles.browse(self.rng.sample(roles.ids, self.rng.randint(1, 2)))
            if self.rng.random() < 0.5:
                partner.write(
                    {
                        "customer_preferred_channel": "wechat" if self._is_chinese(partner) else "phone",
                        "customer_hour_from": 9,
                        "customer_hour_to": self.rng.choice([11.5, 12, 17]),
                        "customer_interest_ids": [(6, 0, self.rng.sample(interests.ids, 1))],
                        "customer_background": BACKGROUNDS[self._is_chinese(partner)],
                    }
                )

    def add_portal_users(self):
        """A contact person per language who sees the record of their company in the portal."""
        for login, language in PORTAL_LOGINS.items():
            companies = [partner for partner in self.companies if partner.lang == language]
            person = next(partner.child_ids for partner in companies if partner.child_ids)[0]
            self.env["res.users"].create(
                {
                    "partner_id": person.id,
                    "name": person.name,
                    "login": login,
                    "password": login,
                    "lang": language,
                    "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                }
            )
        return f"{len(PORTAL_LOGINS)} logins"

    def _add_visits(self):
        vals = []
        for partner in self.companies:
            for _visit in range(self.rng.randint(0, 3)):
                day = self.today - timedelta(days=self.rng.randint(3, 300))
                topic = self.rng.choice(TOPICS)[self._is_chinese(partner)]
                vals.append(
                    {
                        "partner_id": partner.id,
                        "contact_id": partner.child_ids[:1].id,
                        "date": datetime.combine(day, time(self.rng.randint(17, 23))),
                        "kind": self.rng.choice(["visit", "call", "call"]),
                        "subject": topic[0].upper() + topic[1:],
                        "user_id": (partner.user_id or self.users["teamlead"]).id,
                    }
                )
        return len(self.env["customer.interaction"].create(vals))

    def add_mess(self):
        """Some companies entered a second time, and a clean-up run that finds them."""
        again = []
        for partner in self.rng.sample(list(self.companies), 6):
            name = f"{partner.name.upper()}, Inc."
            if self._is_chinese(partner):
                name = partner.name.removesuffix("有限公司")
            again.append(
                {
                    "name": name,
                    "is_company": True,
                    "city": partner.city,
                    "country_id": partner.country_id.id,
                    "email": partner.email,
                    "phone": "202 555 0100 " if not self._is_chinese(partner) else "０21 6288 1234",
                    "customer_rank": 1,
                }
            )
        self.env["res.partner"].create(again)
        run = self.env["customer.cleanup.run"]._request(self.company)
        while run.state in ("waiting", "running"):
            run.sudo()._work()
            self.env.cr.commit()
        pairs = self.env["customer.duplicate"].search_count([("state", "=", "open")])
        corrections = self.env["customer.cleanup.correction"].search_count([])
        return f"run {run.state}, {pairs} pairs that look alike, {corrections} corrections"

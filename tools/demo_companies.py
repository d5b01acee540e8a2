"""The demo's companies: contacts, invoices, payments, quotations, opportunities, calls. All of it is invented."""

from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from odoo import Command

from tools import demo_names
from tools.demo_products import COST

# How companies buy: (share of the 60, days between orders, months since the first and since the last one).
PATTERNS = {
    "steady": (0.50, (18, 55), 18, 0),
    "new": (0.08, (15, 40), 5, 0),
    "once": (0.08, (400, 400), 1, 0),
    "fading": (0.14, (20, 45), 18, 7),
    "lost": (0.10, (25, 60), 18, 13),
    "none": (0.10, (0, 0), 0, 0),
}


class Companies:
    """Part of the `Filler` of demo_data.py."""

    def add_companies(self):
        industries = self.env["res.partner.industry"].search([])
        partners = self.env["res.partner"].create(
            [
                {
                    "name": row["name"],
                    "is_company": True,
                    "email": f"office{number}@example.com",
                    # Every seventh record has a gap.
                    "phone": number % 7 != 6 and demo_names.phone(row["country"], row["city"], number),
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
        products = self._products()
        # Some products of Odoo's own demo cost more than they sell for: who buys them would be worth less than nothing.
        for product in products.filtered(lambda product: product.standard_price >= product.list_price):
            product.standard_price = round(product.list_price * COST, 2)
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
        products = self._products()
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

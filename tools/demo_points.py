"""The demo's loyalty program: members with two years of lots, redemptions, expiry, tiers, returns; and its books."""

import io
from collections import defaultdict
from datetime import date, datetime, time, timedelta

import pandas
from dateutil.relativedelta import relativedelta
from odoo import Command
from odoo.tools import SQL

MEMBERS = 900
WELCOME = 50
ENTRY_COLUMNS = (
    "id", "card_id", "program_id", "partner_id", "company_id", "entry_type", "date", "points", "qualifying_points",
    "owed_points", "is_lot", "expiration_date", "move_id", "reason", "user_id", "clause", "origin_entry_id",
)  # fmt: skip


class Member:
    """One account: what is posted, in the order of time, and what its lots have left."""

    def __init__(self, card, partner_id):
        self.card, self.partner_id = card, partner_id
        self.lots, self.rows, self.taken = [], [], []

    @property
    def balance(self):
        return sum(lot["left"] for lot in self.lots)

    def post(self, kind, day, points, reason, **values):
        row = {"kind": kind, "day": day, "points": points, "reason": reason, "expires": None, "left": 0, **values}
        self.rows.append(row)
        if points > 0:
            row["left"] = points
            self.lots.append(row)
        return row

    def spend(self, kind, day, points, reason, lots=None, **values):
        row = self.post(kind, day, -points, reason, **values)
        for lot in lots or sorted(self.lots, key=lambda lot: lot["expires"] or date.max):
            part = min(points, lot["left"])
            if part:
                lot["left"] -= part
                points -= part
                self.taken.append((row, lot, part))
        return row

    def expire(self, day):
        for lot in self.lots:
            if lot["left"] and lot["expires"] and lot["expires"] < day:
                last = lot["expires"] + timedelta(days=1)
                self.spend("expiry", last, lot["left"], "Expired 失效", lots=[lot], origin=lot)


class Points:
    """Part of the `Filler` of demo_data.py."""

    def add_points(self):
        self.program = self._add_program()
        members = [*self._household_members(), *self._company_members()]
        self._return_again_and_again(members[7])
        self._store_points(members)
        self.env["loyalty.tier.membership"].sudo()._review(self.company)
        self._add_pending()
        self._seal_points()
        closed = self._close_points()
        self.env["loyalty.points.suspicion"]._look(self.company)
        self.env.flush_all()
        entries = sum(len(member.rows) for member in members)
        return f"{len(members):,} members, {entries:,} entries, {closed} months closed"

    def _add_program(self):
        cup = self.env["product.product"].create({"name": "Travel Mug", "list_price": 20, "taxes_id": False})
        cup.with_context(lang="zh_CN").name = "随行杯"
        program = self.env["loyalty.program"].create(
            {
                "name": "Member Points",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "portal_visible": True,
                "portal_point_name": "Points",
                "company_id": self.company.id,
                "rule_ids": [Command.create({"reward_point_mode": "money", "reward_point_amount": 1})],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount_mode": "per_point",
                            "discount": 0.02,
                            "required_points": 200,
                        }
                    ),
                    Command.create({"reward_type": "product", "reward_product_id": cup.id, "required_points": 1000}),
                ],
            }
        )
        program.action_follow_policy()
        chinese = program.with_context(lang="zh_CN")
        chinese.name, chinese.portal_point_name = "会员积分", "积分"
        for reward, text in zip(chinese.reward_ids, ("每积分抵扣 $ 0.02", "免费商品：随行杯"), strict=True):
            reward.description = text
        return program

    def _new_cards(self, partner_ids):
        cards = self.env["loyalty.card"].with_context(loyalty_no_mail=True).create(
            [{"program_id": self.program.id, "partner_id": partner_id, "points": 0} for partner_id in partner_ids]
        )  # fmt: skip
        return [Member(card, partner_id) for card, partner_id in zip(cards, partner_ids, strict=True)]

    def _household_members(self):
        """A lot per month of purchases; most spend a part now and then. Welcome points of long ago have expired."""
        rng, lines = self.rng, self.lines
        numbers = sorted(self.households)[:MEMBERS]
        months = lines["date"].map(lambda day: day.replace(day=1))
        sums = lines.assign(month=months).groupby(["household_id", "month"])["amount"].sum()
        bought = defaultdict(list)
        for (number, month), amount in sums.items():
            bought[number].append((month, amount))
        members = self._new_cards([self.households[number] for number in numbers])
        for number, member in zip(numbers, members, strict=True):
            joined = self.today - relativedelta(months=15, days=-rng.randint(0, 27))
            member.post("accrual", joined, WELCOME, "Welcome 入会礼", expires=self._last_day(joined))
            keen = rng.random()
            for month, amount in bought[number]:
                member.expire(month)
                day = min(month + timedelta(days=27), self.today)
                points = int(amount)
                if points:
                    member.post("accrual", day, points, "Store purchases 门店消费", expires=self._last_day(day))
                if keen > 0.35 and member.balance >= 200 and rng.random() < keen * 0.5:
                    part = 100 * rng.randint(1, int(member.balance // 100))
                    member.spend("redemption", min(day + timedelta(days=1), self.today), part, "Discount 抵扣")
            member.expire(self.today)
        return members

    def _company_members(self):
        """A lot per paid invoice, which it names."""
        rng = self.rng
        invoices = self.env["account.move"].search(
            [("move_type", "=", "out_invoice"), ("payment_state", "in", ("paid", "in_payment")),
             ("partner_id", "in", [partner.id for partner in self.companies])], order="invoice_date, id",
        )  # fmt: skip
        by_partner = invoices.grouped("partner_id")
        members = self._new_cards([partner.id for partner in by_partner])
        for member, (_partner, found) in zip(members, by_partner.items(), strict=True):
            for invoice in found:
                day, points = invoice.invoice_date, int(invoice.amount_untaxed_signed)
                member.expire(day)
                member.post("accrual", day, points, invoice.name, expires=self._last_day(day), move=invoice)
                if member.balance >= 1000 and rng.random() < 0.35:
                    part = 500 * rng.randint(1, max(1, int(member.balance // 1000)))
                    member.spend("redemption", min(day + timedelta(days=3), self.today), part, "Discount 抵扣")
            member.expire(self.today)
        return members

    def _return_again_and_again(self, member):
        for days in (40, 25, 12):
            day = self.today - timedelta(days=days)
            lot = member.post("accrual", day, 900, "Store purchases 门店消费", expires=self._last_day(day))
            member.spend("reversal", day + timedelta(days=4), 900, "Returned 退货", lots=[lot], origin=lot)

    def _last_day(self, day):
        """As clause 8.2 says: at the end of the month in which points become 12 months old."""
        return day + relativedelta(months=13, day=1, days=-1)

    def _store_points(self, members):
        """COPY: posting forty thousand entries of the past one after the other takes minutes."""
        self.env.flush_all()
        self.env.cr.execute("SELECT COALESCE(MAX(id), 0) FROM loyalty_ledger_entry")
        number = self.env.cr.fetchone()[0]
        posted = [(row["day"], place, row, member) for place, member in enumerate(members) for row in member.rows]
        posted.sort(key=lambda item: item[:2])
        for _day, _place, row, _member in posted:
            number += 1
            row["id"] = number
        self._copy("loyalty_ledger_entry", ENTRY_COLUMNS, [self._entry_row(row, member) for *_o, row, member in posted])
        taken = [(row["id"], lot["id"], part) for member in members for row, lot, part in member.taken]
        self._copy("loyalty_ledger_allocation", ("entry_id", "lot_id", "points"), taken)
        left = [(lot["id"], member.card.id, lot["left"], lot["expires"])
                for member in members for lot in member.lots if lot["left"]]  # fmt: skip
        self._copy("loyalty_ledger_open", ("entry_id", "card_id", "points", "expiration_date"), left)
        self.env.cr.execute("SELECT setval('loyalty_ledger_entry_id_seq', %s)", [number])
        self.env.cr.execute(
            """UPDATE loyalty_card card SET points = entry.points
                 FROM (SELECT card_id, SUM(points) AS points FROM loyalty_ledger_entry GROUP BY card_id) entry
                WHERE entry.card_id = card.id"""
        )
        self.env.cr.execute("ANALYZE loyalty_ledger_entry, loyalty_ledger_allocation, loyalty_ledger_open")
        self.env.invalidate_all()

    def _entry_row(self, row, member):
        clause = {"expiry": "8.2", "reversal": "8.3", "accrual": "8.1"}.get(row["kind"])
        moment = datetime.combine(row["day"], time(17))
        qualifying = row["points"] if row["kind"] in ("accrual", "reversal") else 0
        return (
            row["id"], member.card.id, self.program.id, member.partner_id, self.company.id, row["kind"], moment,
            row["points"], qualifying, 0, row["points"] > 0, row["expires"],
            row["move"].id if row.get("move") else None, row["reason"], self.env.uid, clause,
            row["origin"]["id"] if row.get("origin") else None,
        )  # fmt: skip

    def _copy(self, table, columns, rows):
        text = io.StringIO()
        frame = pandas.DataFrame(rows, columns=columns)
        for name in [name for name in columns if name.endswith("_id")]:
            frame[name] = frame[name].astype("Int64")
        frame.to_csv(text, index=False, header=False)
        text.seek(0)
        self.env.cr.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT csv)", text)

    def _add_pending(self):
        """Points of the newest purchases wait for the end of the time for returns."""
        cards = self.env["loyalty.card"].search([("program_id", "=", self.program.id)])
        companies = cards.filtered(lambda card: card.partner_id.is_company)
        self.env["loyalty.earning"].sudo().create(
            [
                {
                    "company_id": self.company.id, "program_id": self.program.id, "card_id": card.id,
                    "partner_id": card.partner_id.id, "kind": "purchase", "key": f"demo:{card.id}",
                    "base_unit": "amount", "base": points, "rate": 1, "points_uncapped": points, "points": points,
                    "qualifying_points": points, "day": self.today - timedelta(days=2),
                    "available_date": self.today + timedelta(days=12),
                }
                for card in companies
                for points in [50 * self.rng.randint(2, 30)]
            ]
        )  # fmt: skip

    def _seal_points(self):
        seals = self.env["loyalty.ledger.seal"]
        limits, _horizon = seals._last_lines()
        for kind, last in limits.items():
            while seals._seal_block(kind, last):
                pass

    def _close_points(self):
        """Accounts of the points, and a closing for each month that is over since a year ago."""
        company, accounts = self.company, self.env["account.account"]
        kinds = {
            "liability": ("217500", "Points to Be Redeemed", "应付会员积分", "liability_current"),
            "revenue": ("409500", "Points Deferred and Released", "积分递延收入", "income"),
            "expense": ("609500", "Points Granted", "积分赠送费用", "expense"),
        }
        for name, (code, english, chinese, kind) in kinds.items():
            account = accounts.create({"code": code, "name": english, "account_type": kind})
            account.with_context(lang="zh_CN").name = chinese
            company[f"loyalty_points_{name}_id"] = account
        journal = self.env["account.journal"].create({"name": "Points 积分", "code": "PTS", "type": "general"})
        company.loyalty_points_journal_id = journal
        company.loyalty_points_start = self.today.replace(day=1) - relativedelta(months=12)
        closed = 0
        while draft := self.env["loyalty.points.period"]._prepare_draft(company):
            if draft.date_to >= self.today:
                break
            draft._close(self.users["accountant"])
            closed += 1
        self.env.cr.execute(SQL("ANALYZE loyalty_points_value"))
        return closed

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.earning_math import NOISE, round_points
from ..scope import Settling, current

# Earnings released in one go.
BATCH = 5000


class LoyaltyEarning(models.Model):
    """From what was worked out to points: caps, pending period, ledger.

    Cards are claimed by an update of their row before anything is summed up: of two transactions that earn for the same
    member at the same time, the second is repeated (REPEATABLE READ) and sees what the first has given.
    """

    _inherit = "loyalty.earning"

    @api.model
    def _grant(self, vals_list):
        """Write earnings (values of this model without state), within the caps; post those that are not pending.

        Keys that are known already are left out, so that the same occasion never earns twice.

        :param vals_list: in the order in which caps are used up; negative rows name their `origin_id`
        :return: the new earnings, as sudo
        """
        if not vals_list:
            return self.sudo()
        self_sudo = self.sudo()  # who pays, ships or answers need not see points
        self_sudo._claim([vals["card_id"] for vals in vals_list])
        known = set(self_sudo.search([("key", "in", [vals["key"] for vals in vals_list])]).mapped("key"))
        fresh = [vals for vals in vals_list if vals["key"] not in known]
        returns = [vals for vals in fresh if vals.get("origin_id")]
        given = [vals for vals in fresh if not vals.get("origin_id")]
        # What comes back makes room first.
        earnings = self_sudo.create([self._complete(vals) for vals in returns])
        self_sudo._apply_caps(given)
        earnings |= self_sudo.create([self._complete(vals) for vals in given])
        earnings._cancel_settled()
        earnings.filtered(lambda earning: earning.available_date <= earning._today())._release()
        return earnings

    @api.model
    def _claim(self, card_ids):
        """Make these cards ours until the end of the transaction, in an order that knows no deadlock."""
        cards, ids = self.env["loyalty.card"], list(set(card_ids))
        cards.flush_model()
        cards._lock(SQL("id = ANY(%s)", ids))
        self.env.cr.execute(SQL("UPDATE loyalty_card SET active = active WHERE id = ANY(%s)", ids))

    def _complete(self, vals):
        """Values for `create`; `qualifying_rate` becomes the points that count for the tier."""
        vals = dict(vals)
        rate, points = vals.pop("qualifying_rate", 1.0), vals["points"]
        qualifying = round_points(points * rate, "half_up", 2)
        return {"points_uncapped": points, **vals, "qualifying_points": qualifying, "state": "pending"}

    def _today(self):
        return self.company_id._customer_policy_today()

    # ------------------------------------------------------------ caps

    @api.model
    def _apply_caps(self, vals_list):
        """Cut `points` of these values to what the caps in force leave; `inputs` names the caps that cut."""
        rules, used = self.env["loyalty.points.cap.rule"], {}
        for vals in vals_list:
            company = self.env["res.company"].browse(vals["company_id"])
            program = self.env["loyalty.program"].browse(vals["program_id"])
            grade = vals.pop("grade", self.env["customer.grade"])
            vals["points_uncapped"] = vals["points"]
            caps = rules._in_force(company).filtered(
                lambda cap, vals=vals, grade=grade, program=program: cap._applies_to(vals["kind"], grade, program)
            )
            for cap in caps:
                if cap not in used:
                    used[cap] = self._used(cap, vals_list)
                room = max(0.0, cap.points - used[cap][vals["card_id"], self._cap_place(cap, vals)])
                if vals["points"] > room:
                    vals["points"] = room
                    cut = {"name": cap.display_name, "key": cap.stable_key, "points": room}
                    vals["inputs"] = {**vals["inputs"], "caps": [*vals["inputs"].get("caps", []), cut]}
            for cap in caps:
                used[cap][vals["card_id"], self._cap_place(cap, vals)] += vals["points"]

    @api.model
    def _cap_place(self, cap, vals):
        """What a cap counts together: the order, the day, the month, or everything of a member; as text."""
        if cap.scope == "order":
            return f"order,{vals['order_id']}" if vals.get("order_id") else f"{vals['res_model']},{vals['res_id']}"
        return {"day": f"{vals['day']:%Y-%m-%d}", "month": f"{vals['day']:%Y-%m}"}.get(cap.scope, "")

    @api.model
    def _used(self, cap, vals_list):
        """{(card, place): points} that count against a cap so far; a return counts where its origin does."""
        place = {
            "order": SQL("COALESCE('order,' || e.order_id, e.res_model || ',' || e.res_id)"),
            "day": SQL("TO_CHAR(COALESCE(o.day, e.day), 'YYYY-MM-DD')"),
            "month": SQL("TO_CHAR(COALESCE(o.day, e.day), 'YYYY-MM')"),
            "member": SQL("''"),
        }[cap.scope]
        kinds = {"all": SQL("TRUE"), "purchase": SQL("e.kind = 'purchase'"), "behaviour": SQL("e.kind <> 'purchase'")}
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT e.card_id, %(place)s, SUM(e.points) FROM loyalty_earning e
                     LEFT JOIN loyalty_earning o ON o.id = e.origin_id
                    WHERE e.card_id = ANY(%(cards)s) AND %(place)s = ANY(%(places)s) AND %(kind)s GROUP BY 1, 2""",
                place=place,
                cards=list({vals["card_id"] for vals in vals_list}),
                places=list({self._cap_place(cap, vals) for vals in vals_list}),
                kind=kinds[cap.covers],
            )
        )
        return defaultdict(float, {(card_id, where): points for card_id, where, points in rows})

    # ------------------------------------------------------------ pending, ledger

    def _cancel_settled(self):
        """Lines whose pending points are all taken back never reach the ledger."""
        returns = self.filtered("origin_id")
        if not returns:
            return
        groups = {(row.line_model, row.line_id, row.loyalty_rule_id.id, row.rule_key) for row in returns}
        domain = Domain("card_id", "in", returns.card_id.ids) & Domain("line_id", "in", returns.mapped("line_id"))
        rows = self.search(domain & Domain("state", "!=", "cancelled"))
        by_group = defaultdict(self.browse)
        for row in rows:
            by_group[row.line_model, row.line_id, row.loyalty_rule_id.id, row.rule_key] |= row
        for group in groups:
            rows = by_group[group]
            if rows and set(rows.mapped("state")) == {"pending"} and abs(sum(rows.mapped("points"))) < NOISE:
                rows.write({"state": "cancelled"})

    def _release(self):
        """Post pending earnings to the ledger; nothing happens to others."""
        scope, earnings = current(self.env), self.sudo().filtered(lambda earning: earning.state == "pending")
        if isinstance(scope, Settling):
            scope.later.append(earnings)  # balances are provisional now
            return self.browse()
        posted = earnings.filtered(lambda earning: earning.points or earning.qualifying_points)
        moved = posted.origin_id.entry_id._get_transferred()
        entries = posted.card_id._post_entries([earning._prepare_entry(moved) for earning in posted])
        posted._link_entries(entries)
        (earnings - posted).write({"state": "available"})
        for company, mine in posted.grouped("company_id").items():
            self.env["loyalty.tier.membership"]._review(company, mine.partner_id.ids)
        return posted

    def _link_entries(self, entries):
        """Remember which entry each earning has become; one statement for all."""
        if not self:
            return
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_earning e SET state = 'available', entry_id = entry.id
                     FROM loyalty_ledger_entry entry
                    WHERE e.id = ANY(%s) AND entry.id = ANY(%s) AND entry.idempotency_key = 'earning:' || e.id""",
                self.ids,
                entries.ids,
            )
        )
        self.invalidate_recordset(["state", "entry_id"])

    def _prepare_entry(self, moved):
        """A return takes from the lot that its origin has become, as far as that has points left.

        :param moved: {lot: [lot that took over points of it]}
        """
        self.ensure_one()
        is_return, lot = bool(self.origin_id), self.origin_id.entry_id
        # What the ledger holds of a sales order is settled by the order itself; these points are not its own.
        document = ("loyalty.earning", self.id) if self.res_model == "sale.order" else (self.res_model, self.res_id)
        return {
            # Of merged customers: the account that took the old one over.
            "card_id": self.card_id._surviving().id,
            "company_id": self.company_id.id,
            "entry_type": "reversal" if is_return else "accrual",
            "points": self.points,
            "qualifying_points": self.qualifying_points,
            "expiration_date": not is_return and self._expiration_date(),
            "order_model": document[0],
            "order_id": document[1],
            "order_line_id": self.line_model == "sale.order.line" and self.line_id,
            "move_id": self.res_model == "account.move" and self.res_id,
            "clause_id": self.clause_id.id,
            "reason": self._prepare_reason(),
            "inputs": {"earning": self.id, "arithmetic": self.explanation, **(self.inputs or {})},
            "origin_entry_id": lot.id,
            "lots": dict.fromkeys([lot.id, *moved[lot.id]], -self.points) if lot and self.points < 0 else None,
            "idempotency_key": f"earning:{self.id}",
        }

    def _expiration_date(self):
        rules = self.env["loyalty.points.expiry.rule"]
        return rules._expiration_date(self.program_id, self.company_id, self._today())

    def _prepare_reason(self):
        """Kept in the language of the company, as everybody reads it."""
        earning = self.with_context(lang=self.company_id.partner_id.lang or self.env.lang)
        kinds = dict(self._fields["kind"]._description_selection(earning.env))
        return f"{kinds[self.kind]} {earning.document_name or ''}".strip()

    @api.model
    def _release_due(self, company, limit=BATCH):
        """Release what a new day of a company makes available; returns whether some is left."""
        today = company._customer_policy_today()
        domain = [("state", "=", "pending"), ("company_id", "=", company.id), ("available_date", "<=", today)]
        due = self.sudo().search(domain, order="available_date, id", limit=limit)
        due._release()
        return len(due) == limit

    @api.model
    def _get_pending(self, cards):
        """{card id: points that are still pending}"""
        groups = self._read_group(
            [("card_id", "in", cards.ids), ("state", "=", "pending")], ["card_id"], ["points:sum"]
        )
        return {card.id: points for card, points in groups}

    @api.model
    def _available_from(self, rule, day):
        return fields.Date.add(day, days=rule.pending_days)

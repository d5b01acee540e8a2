from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from ..engine.earning_math import (
    NOISE,
    combine,
    gross_since_zero,
    remaining_points,
    round_points,
    spread,
    target_base,
)
from ..scope import Settling, current

UNITS = {"money": "amount", "unit": "quantity", "order": "order"}


class LoyaltyEarning(models.Model):
    """Points for purchases, settled instead of counted by events.

    For each line and rule it is asked what should have earned points by now (what the program's moment has reached,
    less what was credited) and what has; the difference becomes an earning. So an invoice that is paid, a payment that
    is taken back, a credit note, a changed or cancelled order and a returned delivery all come here, in any order, and a
    second call finds nothing to do. What was given keeps the rules of its day; a return takes back in proportion.
    """

    _inherit = "loyalty.earning"

    @api.model
    def _settle(self, documents):
        """Bring the earnings of these documents (invoices or orders) up to date; returns the new ones.

        sudo: who confirms, ships or books a payment need not see points.
        """
        scope, created = current(self.env), self.sudo()
        if isinstance(scope, Settling):
            # Orders are in between two states, and balances provisional.
            scope.later.append(documents)
            return created
        for company, mine in documents.sudo().grouped("company_id").items():
            created |= self.sudo().with_company(company)._settle_company(company, mine)
        return created

    @api.model
    def _settle_company(self, company, documents):
        existing = self._existing(documents)
        programs = self.env["loyalty.program"]._get_policy_programs(company, documents._loyalty_moments())
        kept = {row.program_id for groups in existing.values() for row in groups.values()}
        programs |= self.env["loyalty.program"].union(*kept)
        if not programs:
            return self
        sheets = [sheet for sheet in documents._loyalty_sheets() if sheet.partner]
        context = EarningContext(self.env, company, programs, sheets)
        vals_list = []
        for sheet in sheets:
            rows = existing.get(sheet.document.id, {})
            for program in programs:
                vals_list += self._settle_program(context, sheet, program, rows)
        return self._grant(vals_list + self._settle_referrals(sheets))

    @api.model
    def _settle_referrals(self, sheets):
        """Points for a referral go back when nothing is left of the invoice that earned them."""
        none = self.browse()
        void = [
            sheet.document.id
            for sheet in sheets
            if sheet.document._name == "account.move"
            and not any(self._target(sheet, "in_payment", p, "amount", 1.0, none) for p in sheet.positions)
        ]
        if not void:
            return []
        domain = Domain("kind", "=", "referral") & Domain("res_model", "=", "account.move")
        rows = self.search(domain & Domain("res_id", "in", void))
        rule = self.env["loyalty.points.earning.rule"]
        groups = rows.grouped(lambda row: row.origin_id or row).values()
        return [vals for mine in groups for vals in self._take_back(rule, 0.0, mine)]

    @api.model
    def _existing(self, documents):
        """{document id: {group: its earnings, oldest first}}; a group is a rule of a program and a line."""
        domain = Domain("res_model", "=", documents._name) & Domain("res_id", "in", documents.ids)
        found = defaultdict(lambda: defaultdict(self.browse))
        for row in self.search(domain & Domain("kind", "=", "purchase"), order="id"):
            found[row.res_id][row.key.rsplit(":", 1)[0]] |= row
        return found

    def _settle_program(self, context, sheet, program, existing):
        """Values of the earnings that one program lacks for one document; what is taken back comes first."""
        policy_rule, moment = context.rule(program), context.moment(program)
        given, returns = [], []
        for rule, positions in context.granting_rules(sheet, program, policy_rule).items():
            unit, drafts = UNITS[rule.reward_point_mode], []
            for position in positions:
                rows = existing.get(self._group(rule, sheet, position), self.browse())
                added = self._target(sheet, moment, position, unit, self._rate(context, sheet, program, rows), rows)
                added -= sum(rows.mapped("base"))
                # A rule that has come to count in something else leaves what it has given as it is.
                if added > NOISE and rows[:1].base_unit in (False, unit):
                    drafts.append(self._draft(context, sheet, program, rule, position, rows, added))
            given += self._round(policy_rule, drafts)
        by_line = {position.line.id: position for position in sheet.positions}
        for rows in existing.values():
            if rows.program_id == program:
                rate = self._rate(context, sheet, program, rows)
                position = by_line.get(rows[:1].line_id)
                target = self._target(sheet, moment, position, rows[:1].base_unit, rate, rows)
                returns += self._take_back(policy_rule, target, rows)
        return returns + given

    @api.model
    def _group(self, rule, sheet, position):
        """What earns by a rule: a line, or the document where points are given per order."""
        place = sheet.document if rule.reward_point_mode == "order" else position.line
        return f"purchase:{rule.id}:{place._name},{place.id}"

    @api.model
    def _rate(self, context, sheet, program, rows):
        """Of the document's currency into the program's; that of the first earning holds for all that follow."""
        return (rows[:1].inputs or {}).get("currency_rate") or context.currency_rate(sheet, program)

    @api.model
    def _target(self, sheet, moment, position, unit, rate, rows):
        """Amount, quantity or part of the order that should have earned by now."""
        if unit == "order":
            return self._target_order(sheet, moment)
        if position is None:
            return 0.0
        scale = rate if unit == "amount" else 1.0
        reached = position.figure(unit) * position.share_reached.get(moment, 0.0) * scale
        gross = gross_since_zero(rows.mapped("base")) if sheet.counts_returns else None
        return round(target_base(reached, position.credited(unit) * scale, gross), 4)

    @api.model
    def _target_order(self, sheet, moment):
        """Part of the document, by amount; of one without an amount, all or nothing."""
        total = sum(position.amount for position in sheet.positions)
        if total <= NOISE:
            return float(any(position.share_reached.get(moment) for position in sheet.positions))
        none = self.browse()
        parts = [self._target(sheet, moment, p, "amount", 1.0, none) for p in sheet.positions]
        return round(min(1.0, sum(parts) / total), 4)

    @api.model
    def _draft(self, context, sheet, program, rule, position, rows, base):
        policy_rule, factors = context.rule(program), context.multipliers(sheet, program, position)
        factor = combine([item["factor"] for item in factors], policy_rule.combination)
        group = self._group(rule, sheet, position)
        model, line_id = group.rsplit(":", 1)[1].split(",")
        return {
            "company_id": context.company.id,
            "program_id": program.id,
            "card_id": context.card(sheet.partner, program).id,
            "partner_id": sheet.partner.id,
            "kind": "purchase",
            "key": f"{group}:{len(rows)}",
            "rule_model": policy_rule._name,
            "rule_key": policy_rule.stable_key,
            "clause_id": policy_rule.clause_id.id,
            "clause": policy_rule.clause_id.display_name,
            "loyalty_rule_id": rule.id,
            "res_model": sheet.document._name,
            "res_id": sheet.document.id,
            "line_model": model,
            "line_id": int(line_id),
            "order_id": position.order.id,
            "base_unit": UNITS[rule.reward_point_mode],
            "base": base,
            "rate": rule.reward_point_amount,
            "factor": factor,
            "points": base * rule.reward_point_amount * factor,
            "day": context.today,
            "available_date": self._available_from(policy_rule, context.today),
            "inputs": {
                "multipliers": factors,
                "currency": program.currency_id.name,
                "currency_rate": context.currency_rate(sheet, program),
            },
            "qualifying_rate": policy_rule.qualifying_rate,
            "grade": context.grade(sheet.partner),
        }

    @api.model
    def _next_key(self, origin, number):
        group = origin.key.rsplit(":", 1)[0] if origin.kind == "purchase" else origin.key
        return f"{group}:{number}"

    @api.model
    def _round(self, policy_rule, drafts):
        parts = spread([vals["points"] for vals in drafts], policy_rule.rounding, policy_rule.digits)
        return [{**vals, "points": part} for vals, part in zip(drafts, parts, strict=True)]

    def _take_back(self, policy_rule, target, rows):
        """The return that a group of earnings lacks, as a list of one or none.

        What is pending stays so together with its return; what can be spent is taken back at once.
        """
        net, points = sum(rows.mapped("base")), sum(rows.mapped("points"))
        if net - target <= NOISE:
            return []
        stays = remaining_points(points, net, target, policy_rule.rounding or "half_up", policy_rule.digits)
        origin = rows.filtered(lambda row: row.base > 0)[-1:]
        same = ("kind", "rule_model", "rule_key", "clause", "res_model", "res_id", "line_model", "line_id")
        links = ("company_id", "program_id", "card_id", "partner_id", "clause_id", "loyalty_rule_id", "order_id")
        return [
            {
                **{name: origin[name].id for name in links},
                **{name: origin[name] for name in (*same, "base_unit", "rate", "factor", "available_date")},
                "key": self._next_key(origin, len(rows)),
                "origin_id": origin.id,
                "base": target - net,
                "points": stays - points,
                "qualifying_rate": sum(rows.mapped("qualifying_points")) / points if points else 0.0,
                "day": origin._today(),
                "inputs": {"of": net, "points": points, "stays": stays},
            }
        ]


class EarningContext:
    """What settling a batch of documents reads once: rules, members, grades, tiers, products, cards."""

    def __init__(self, env, company, programs, sheets):
        self.env, self.company, self.programs = env, company, programs
        self.today = company._customer_policy_today()
        self.sheets = sheets
        self._rules = {p: env["loyalty.points.earning.rule"]._for_program(p, company) for p in programs}
        partners = env["res.partner"].union(*(sheet.partner for sheet in sheets))
        profiles = env["customer.profile"].search_fetch(
            [("partner_id", "in", partners.ids), ("company_id", "=", company.id)], ["partner_id", "grade_id"]
        )
        self._grades = {profile.partner_id.id: profile.grade_id for profile in profiles}
        self._levels = env["loyalty.tier.membership"]._get_levels(partners, company)
        self._cards = env["loyalty.card"]._get_member_cards(partners, programs)
        products = env["product.product"].union(*(p.product for sheet in sheets for p in sheet.positions))
        self._valid = programs._get_valid_products(products)
        rules = env["loyalty.points.multiplier.rule"]._in_force(company)
        self._multipliers = {rule: rule._products(products) for rule in rules}
        self._issued = self._orders_issued_by_odoo()
        self._elsewhere = self._earned_elsewhere()

    def rule(self, program):
        return self._rules.get(program) or self.env["loyalty.points.earning.rule"]

    def moment(self, program):
        """Which figure of a position says how far the program's moment has come."""
        in_transit = program.earning_moment == "payment" and self.rule(program).counts_in_payment
        return "in_payment" if in_transit else program.earning_moment

    def currency_rate(self, sheet, program):
        date = sheet.date or self.today
        return self.env["res.currency"]._get_conversion_rate(sheet.currency, program.currency_id, self.company, date)

    def grade(self, partner):
        return self._grades.get(partner.id, self.env["customer.grade"])

    def card(self, partner, program):
        """The member's card, made with the first points."""
        key = (partner.id, program.id)
        if key not in self._cards:
            self._cards[key] = self.env["loyalty.card"]._get_account(program, partner)
        return self._cards[key]

    def multipliers(self, sheet, program, position):
        """Those that apply, with names as of today: [{"name", "factor", "key"}]."""
        grade = self.grade(sheet.partner)
        rules = self.env["loyalty.points.multiplier.rule"].union(*self._multipliers) if self._multipliers else []
        found = [
            {"name": rule.name, "factor": rule.factor, "key": rule.stable_key}
            for rule in (rules._applying(program, grade, self.today) if rules else [])
            if position.product in self._multipliers[rule]
        ]
        level = self._levels.get(sheet.partner.id)
        if level and level.multiplier != 1.0:
            found.append({"name": level.tier_id.name, "factor": level.multiplier, "key": level.stable_key})
        return found

    def granting_rules(self, sheet, program, policy_rule):
        """{rule of the program: positions} that this document may earn points by; none where it is not eligible."""
        if not policy_rule or not self._is_eligible(sheet, program):
            return {}
        found = {}
        for rule in program.rule_ids:
            if rule.mode == "with_code" and rule not in sheet.orders.code_enabled_rule_ids:
                continue
            positions = [p for p in sheet.positions if p.product in self._valid.get(rule, ()) and p.quantity > 0]
            if not positions or not self._meets_minimum(rule, positions, self.currency_rate(sheet, program)):
                continue
            positions = [p for p in positions if not self._excluded(p, program, sheet.document)]
            if rule.reward_point_mode == "order":
                positions = positions[:1] if not self._counted(rule, sheet) else []
            found[rule] = positions
        return found

    def _is_eligible(self, sheet, program):
        """Core's conditions on the program, asked of the document's own day; an expired card earns nothing."""
        date = sheet.date or self.today
        card = self._cards.get((sheet.partner.id, program.id))
        return (
            program.active
            and program.earning_moment in sheet.document._loyalty_moments()
            and (not program.date_from or program.date_from <= date)
            and (not program.date_to or date <= program.date_to)
            and (not program.pricelist_ids or sheet.pricelist in program.pricelist_ids)
            and not sheet.partner.is_public
            and not (card and card.expiration_date and card.expiration_date < self.today)
        )

    def _meets_minimum(self, rule, positions, rate):
        amount = rate * sum(p.amount if rule.minimum_amount_tax_mode == "incl" else p.untaxed for p in positions)
        return (
            sum(p.quantity for p in positions) >= rule.minimum_qty
            and round_points(amount, "half_up", 4) >= rule.minimum_amount
        )

    def _excluded(self, position, program, document):
        """Whether the line's order has earned by other ways: Odoo's own at its confirmation, or another moment."""
        order = position.order
        return bool(order) and (
            (order.id, program.id) in self._issued
            or any(name != document._name for name in self._elsewhere.get((order.id, program.id), ()))
        )

    def _counted(self, rule, sheet):
        """Whether another document of the same order has got the points that this rule gives per order."""
        places = self._per_order.get(rule.id, set())
        document = (sheet.document._name, sheet.document.id)
        return any(order.id in {o for o, *place in places if tuple(place) != document} for order in sheet.orders)

    def _orders(self):
        return self.env["sale.order"].union(*(sheet.orders for sheet in self.sheets))

    def _orders_issued_by_odoo(self):
        """{(order, program)} confirmed while the program had Odoo's own moment: their points were given then."""
        points = self.env["sale.order.coupon.points"].search(
            [
                ("order_id", "in", self._orders().ids),
                ("coupon_id.program_id", "in", self.programs.ids),
                ("points", ">", 0),
                ("order_id.state", "=", "sale"),
            ]
        )
        return {(row.order_id.id, row.coupon_id.program_id.id) for row in points}

    def _earned_elsewhere(self):
        """{(order, program): models of the documents that it has earned by}."""
        rows = self.env["loyalty.earning"].search_fetch(
            [("order_id", "in", self._orders().ids), ("kind", "=", "purchase"), ("state", "!=", "cancelled")],
            ["order_id", "program_id", "res_model", "res_id", "base_unit", "loyalty_rule_id"],
        )
        found, self._per_order = defaultdict(set), defaultdict(set)
        for row in rows:
            found[row.order_id.id, row.program_id.id].add(row.res_model)
            if row.base_unit == "order":
                self._per_order[row.loyalty_rule_id.id].add((row.order_id.id, row.res_model, row.res_id))
        return found

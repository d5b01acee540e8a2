from odoo import api, models
from odoo.tools import SQL

from ..engine.earning_math import round_points

# Days on which an occasion is still honoured when no job ran on its day.
LATE_DAYS = 7


class LoyaltyPointsBehaviourRule(models.Model):
    """Occasions become points. An occasion is known by its key and earns once, however often it is reported."""

    _inherit = "loyalty.points.behaviour.rule"

    @api.model
    def _reward(self, company, behaviour, occasions, inputs=None):
        """Points for occasions of one kind.

        :param occasions: list of (member, key, document or None, side: `points` or `friend_points`)
        :return: the new earnings, as sudo
        """
        earnings = self.env["loyalty.earning"].sudo()
        rules = self._of(behaviour, company)
        members = self.env["res.partner"].sudo().union(*(occasion[0] for occasion in occasions)).commercial_partner_id
        profiles = (
            self.env["customer.profile"]
            .sudo()
            .search_fetch(
                [("partner_id", "in", members.ids), ("company_id", "=", company.id)], ["partner_id", "grade_id"]
            )
        )
        grades = {profile.partner_id.id: profile.grade_id for profile in profiles}
        vals_list = []
        for rule in rules:
            vals_list += rule._prepare_occasions(company, occasions, grades, inputs or {})
        return earnings._grant(vals_list)

    def _prepare_occasions(self, company, occasions, grades, inputs):
        """Values of the earnings that this rule gives for occasions; members without an account get one."""
        program, today, due = self._get_program(company), company._customer_policy_today(), []
        for member, key, document, side in occasions if program else []:
            member = member.sudo().commercial_partner_id
            grade = grades.get(member.id, self.env["customer.grade"])
            if self[side] and not member.is_public and (not self.grade_ids or grade in self.grade_ids):
                due.append((member, key, document, side, grade))
        members = self.env["res.partner"].sudo().union(*(occasion[0] for occasion in due))
        accounts = self.env["loyalty.card"]._get_accounts(program, members) if due else self.env["loyalty.card"]
        cards = accounts.grouped(lambda card: card.partner_id.commercial_partner_id)
        vals_list = []
        for member, key, document, side, grade in due:
            card = cards[member][:1]
            if not card.expiration_date or card.expiration_date >= today:
                vals = self._prepare_earning(company, program, card, member, key, document, self[side])
                vals_list.append({**vals, "grade": grade, "inputs": inputs})
        return vals_list

    def _prepare_earning(self, company, program, card, member, key, document, points):
        today = company._customer_policy_today()
        return {
            "company_id": company.id,
            "program_id": program.id,
            "card_id": card.id,
            "partner_id": member.id,
            "kind": self.behaviour,
            # The same occasion earns once by a rule, also across the versions of the policy.
            "key": f"{self.behaviour}:{company.id}:{self.stable_key}:{key}",
            "rule_model": self._name,
            "rule_key": self.stable_key,
            "clause_id": self.clause_id.id,
            "clause": self.clause_id.display_name,
            "res_model": document._name if document else False,
            "res_id": document.id if document else False,
            "base_unit": "occasion",
            "base": 1.0,
            "rate": points,
            "points": round_points(points, "half_up", 2),
            "day": today,
            "available_date": self.env["loyalty.earning"]._available_from(self, today),
            "qualifying_rate": self.qualifying_rate,
        }

    # ------------------------------------------------------------ days

    @api.model
    def _reward_days(self, company):
        """Birthdays and anniversaries of today, and of the last days on which no job ran."""
        for behaviour, query in (("birthday", self._birthdays(company)), ("anniversary", self._anniversaries(company))):
            if self._of(behaviour, company):
                self.env.flush_all()
                rows = self.env.execute_query(query)
                partners = self.env["res.partner"].sudo().browse([partner_id for partner_id, _day in rows])
                occasions = [
                    (p, f"{p.id}:{day.year}", p, "points") for p, (_id, day) in zip(partners, rows, strict=True)
                ]
                self._reward(company, behaviour, occasions)

    @api.model
    def _recurring(self, date, today):
        """SQL: the last day up to today on which `date` recurs; 29 February is 28 February in other years.

        Years are added to the date itself: PostgreSQL then keeps the 29th wherever there is one.
        """
        years = SQL("EXTRACT(YEAR FROM %s::date)::int - EXTRACT(YEAR FROM %s)::int", today, date)
        this_year = SQL("(%s + MAKE_INTERVAL(years => %s))::date", date, years)
        last_year = SQL("(%s + MAKE_INTERVAL(years => %s - 1))::date", date, years)
        return SQL("CASE WHEN %(t)s <= %(d)s::date THEN %(t)s ELSE %(l)s END", t=this_year, d=today, l=last_year)

    @api.model
    def _birthdays(self, company):
        """SELECT of persons who are members themselves: points of a company's contact would be the company's."""
        today = company._customer_policy_today()
        return SQL(
            """SELECT id, day FROM (
                   SELECT p.id, %(day)s AS day, p.loyalty_birthday AS born FROM res_partner p
                     JOIN customer_profile f ON f.partner_id = p.id AND f.company_id = %(company)s
                    WHERE p.active AND NOT p.is_company AND p.loyalty_birthday < %(today)s::date) person
                WHERE day > born AND day > %(today)s::date - %(late)s ORDER BY id""",
            day=self._recurring(SQL("p.loyalty_birthday"), today),
            company=company.id,
            today=today,
            late=LATE_DAYS,
        )

    @api.model
    def _anniversaries(self, company):
        today = company._customer_policy_today()
        return SQL(
            """SELECT id, day FROM (
                   SELECT p.id, %(day)s AS day, f.first_purchase_date AS first FROM customer_profile f
                     JOIN res_partner p ON p.id = f.partner_id AND p.active
                    WHERE f.company_id = %(company)s AND f.first_purchase_date < %(today)s::date) customer
                WHERE day > first AND day > %(today)s::date - %(late)s ORDER BY id""",
            day=self._recurring(SQL("f.first_purchase_date"), today),
            company=company.id,
            today=today,
            late=LATE_DAYS,
        )

    # ------------------------------------------------------------ referral

    @api.model
    def _on_invoices_paid(self, invoices):
        """The first paid invoice of somebody who was referred credits both sides; a later one finds it done."""
        for company, mine in invoices.sudo().grouped("company_id").items():
            referred = mine.filtered(
                lambda move: move.commercial_partner_id.loyalty_referrer_id and move.amount_total > 0
            )
            if not referred or not self._of("referral", company):
                continue
            before = self._paid_before(company, referred)
            occasions = []
            for move in referred.sorted("id"):
                friend = move.commercial_partner_id
                if friend.id not in before:
                    referrer = friend.loyalty_referrer_id
                    occasions.append((referrer, f"{friend.id}:referrer", move, "points"))
                    occasions.append((friend, f"{friend.id}:friend", move, "friend_points"))
            self._reward(company, "referral", occasions)

    @api.model
    def _paid_before(self, company, invoices):
        """Ids of those customers of these invoices who had paid others before."""
        groups = (
            self.env["account.move"]
            .sudo()
            ._read_group(
                [
                    ("commercial_partner_id", "in", invoices.commercial_partner_id.ids),
                    ("company_id", "=", company.id),
                    ("move_type", "=", "out_invoice"),
                    ("state", "=", "posted"),
                    ("payment_state", "in", ("paid", "in_payment")),
                    ("amount_total", ">", 0),
                    ("id", "not in", invoices.ids),
                ],
                ["commercial_partner_id"],
            )
        )
        return {partner.id for [partner] in groups}

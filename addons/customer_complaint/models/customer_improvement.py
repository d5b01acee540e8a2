from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, email_normalize, is_html_empty

STATES = [
    ("proposed", "Proposed"),
    ("progress", "In Progress"),
    ("watch", "Effect Is Watched"),
    ("done", "Done"),
    ("dropped", "Dropped"),
]


class CustomerImprovement(models.Model):
    """A problem that several customers share, what is done about it, and whether it helped.

    The effect is the share of cases with this cause (and product) among all cases, in as many days before the measure
    as after it, always with n. Customers who raised it are told.
    """

    _name = "customer.improvement"
    _description = "Improvement"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state, date_deadline, id desc"

    name = fields.Char("Problem", required=True, tracking=True)
    description = fields.Html()
    measure = fields.Text(tracking=True)
    cause_id = fields.Many2one("customer.complaint.cause", index=True)
    product_id = fields.Many2one("product.product")
    complaint_ids = fields.Many2many("customer.complaint", string="Raised In")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Owner", default=lambda self: self.env.user, domain=[("share", "=", False)])
    date_deadline = fields.Date("Due")
    cost = fields.Monetary()
    state = fields.Selection(STATES, "Status", default="proposed", required=True, tracking=True, index=True)
    date_done = fields.Date("Measure Taken On", tracking=True)
    days = fields.Integer("Days Compared", default=90, help="Before the measure and after it.")
    count_before = fields.Integer("Cases Before", compute="_compute_effect")
    total_before = fields.Integer("Of All Before (n)", compute="_compute_effect")
    count_after = fields.Integer("Cases After", compute="_compute_effect")
    total_after = fields.Integer("Of All After (n)", compute="_compute_effect")
    effect_text = fields.Char("Effect", compute="_compute_effect")
    notice = fields.Html("Notice to the Customers", help="Sent to those who raised it, each on their own case.")
    date_notified = fields.Datetime("Customers Told On", readonly=True, copy=False)

    @api.depends("cause_id", "product_id", "date_done", "days", "company_id")
    def _compute_effect(self):
        """A page of the register takes as many statements as a single one."""
        figures = self._count_effects()
        for improvement in self:
            before, n_before, after, n_after = row = figures.get(improvement.id, (0, 0, 0, 0))
            improvement.count_before, improvement.total_before = before, n_before
            improvement.count_after, improvement.total_after = after, n_after
            if n_before and n_after:
                improvement.effect_text = improvement._effect_in_words(*row)
            else:
                improvement.effect_text = improvement._why_no_effect()

    def _why_no_effect(self):
        """What it takes to compare."""
        if not self.date_done or not self.cause_id:
            return self.env._("Name the cause and the day of the measure.")
        return self.env._("No cases to compare yet.")

    def _effect_in_words(self, before, n_before, after, n_after):
        """Both shares with n; a difference within its 95 % interval (Wald) is no detectable change."""
        p, q = before / n_before, after / n_after
        margin = 1.96 * (p * (1 - p) / n_before + q * (1 - q) / n_after) ** 0.5
        values = {"before": f"{100 * p:.1f}", "n_before": n_before, "after": f"{100 * q:.1f}", "n_after": n_after,
                  "change": f"{100 * (q - p):+.1f}", "margin": f"{100 * margin:.1f}"}  # fmt: skip
        shares = self.env._("%(before)s %% (n = %(n_before)s) → %(after)s %% (n = %(n_after)s)", **values)
        if abs(q - p) <= margin:
            return self.env._("%s, no detectable change", shares)
        return self.env._("%(shares)s, change %(change)s ± %(margin)s", shares=shares, **values)

    def _count_effects(self):
        """{id: (cases with the cause before, all before, with the cause after, all after)}, counts of all customers."""
        cases = SQL(
            """SELECT c.company_id, c.date_received AS date, cause.parent_path, c.product_id
                 FROM customer_complaint c LEFT JOIN customer_complaint_cause cause ON cause.id = c.cause_id
                WHERE c.state <> 'cancelled'"""
        )
        mine = SQL(
            """starts_with(c.parent_path, wanted.about)
               AND (wanted.product_id IS NULL OR c.product_id = wanted.product_id)"""
        )
        self.env["customer.complaint"].flush_model(["state", "date_received", "cause_id", "product_id", "company_id"])
        self.env["customer.complaint.cause"].flush_model(["parent_path"])
        about = self.filtered("cause_id")
        return about._compare(cases, about=lambda improvement: improvement.cause_id._origin.parent_path, mine=mine)

    def _compare(self, rows, about, mine, counts=None):
        """Count in one statement, for all of these whose measure has been taken, the days before and after it.

        :param rows: SELECT of company_id, date and what the conditions ask for
        :param about: function of an improvement: what it is about, as text
        :param mine: condition on a row `c` and an improvement `wanted` (about, product_id): this is what is meant
        :param counts: likewise: this is one of all; None: every row is
        """
        taken = self.filtered("date_done")
        if not taken:
            return {}
        wanted = [
            SQL("(%s, %s, %s::date, %s, %s::text, %s::int)",
                place, i.company_id.id, i.date_done, i.days, about(i), i.product_id._origin.id or None)
            for place, i in enumerate(taken)
        ]  # fmt: skip
        found = self.env.execute_query(
            SQL(
                """SELECT wanted.place,
                          COUNT(*) FILTER (WHERE %(before)s AND %(mine)s), COUNT(*) FILTER (WHERE %(before)s),
                          COUNT(*) FILTER (WHERE NOT %(before)s AND %(mine)s), COUNT(*) FILTER (WHERE NOT %(before)s)
                     FROM (VALUES %(wanted)s) wanted(place, company_id, day, days, about, product_id)
                     JOIN (%(rows)s) c ON c.company_id = wanted.company_id
                      AND c.date >= wanted.day - wanted.days AND c.date < wanted.day + wanted.days AND %(counts)s
                    GROUP BY wanted.place""",
                wanted=SQL(", ").join(wanted),
                before=SQL("c.date < wanted.day"),
                mine=mine,
                counts=counts or SQL("TRUE"),
                rows=rows,
            )
        )
        return {taken[place].id: tuple(counts) for place, *counts in found}

    def action_start(self):
        self.write({"state": "progress"})

    def action_take_measure(self):
        """The measure is in place: watch the effect from today on."""
        for improvement in self:
            if not improvement.measure:
                raise UserError(self.env._("Write down the measure first."))
            today = improvement.company_id._customer_policy_today()
            improvement.write({"state": "watch", "date_done": improvement.date_done or today})

    def action_done(self):
        self.write({"state": "done"})

    def action_drop(self):
        self.write({"state": "dropped"})

    def action_add_cases(self):
        """All cases of this cause (and product) that the user may see."""
        for improvement in self.filtered("cause_id"):
            domain = [("cause_id", "child_of", improvement.cause_id.id), ("company_id", "=", improvement.company_id.id)]
            if improvement.product_id:
                domain.append(("product_id", "=", improvement.product_id.id))
            improvement.complaint_ids |= self.env["customer.complaint"].search(domain)

    def action_notify(self):
        """Tell each customer who raised it, once, on their own case: nobody learns of the others."""
        self.ensure_one()
        self.check_access("write")
        if is_html_empty(self.notice):
            raise UserError(self.env._("Write the notice to the customers first."))
        if self.date_notified:
            raise UserError(self.env._("The customers have been told already."))
        cases = self.sudo().complaint_ids.sudo(False)
        if cases != cases._filtered_access("read"):
            raise UserError(
                self.env._("It was also raised by customers whom you don't see: ask customer service to tell them.")
            )
        told = set()
        for case in cases.filtered(lambda case: case.state != "cancelled" and case._has_address()):
            customer = case.contact_id.id or email_normalize(case.email_from) or case.email_from
            if customer not in told:
                words = case.with_context(lang=case.contact_id.lang or self.env.lang).env
                case._send_to_customer(self.notice, words._("%s: what we have changed", case.name))
                told.add(customer)
        self.sudo().date_notified = fields.Datetime.now()

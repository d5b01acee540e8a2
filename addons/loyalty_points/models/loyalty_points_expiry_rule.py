from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import ValidationError

METHODS = [
    ("never", "Never"),
    ("days", "After Days"),
    ("month_end", "At the End of the Month, After Months"),
    ("year_end", "At the End of the Year, After Years"),
    ("inactivity", "After Months Without Activity"),
]
LIMITS = {"never": (0, 0), "days": (1, 36500), "month_end": (0, 1200), "year_end": (0, 100), "inactivity": (1, 1200)}


class LoyaltyPointsExpiryRule(models.Model):
    """Until when points can be spent. The expiration date of a lot is its last day."""

    _name = "loyalty.points.expiry.rule"
    _description = "Points Expiry"
    _inherit = ["customer.policy.rule", "loyalty.points.program.mixin"]

    method = fields.Selection(METHODS, "Points Expire", required=True, default="month_end")
    number = fields.Integer("Days, Months, Years", default=12)
    notice_days = fields.Integer("Notice Before (Days)", default=30, help="One mail per member. 0: none.")

    @api.depends("method", "number")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = rule._get_sentence()

    @api.constrains("method", "number", "notice_days")
    def _check_figures(self):
        for rule in self:
            low, high = LIMITS[rule.method]
            if rule.method != "never" and not low <= rule.number <= high:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s”: from %(low)s to %(high)s, please.", rule=rule.display_name, low=low, high=high
                    )
                )
            if not 0 <= rule.notice_days <= 365:
                raise ValidationError(self.env._("“%s”: a notice from 0 to 365 days before.", rule.display_name))

    def _get_sentence(self):
        self.ensure_one()
        number = self.number
        return {
            "never": self.env._("points never expire"),
            "days": self.env._("points expire after %s days", number),
            "month_end": self.env._("points expire at the end of the month, %s months after they were earned", number),
            "year_end": self.env._("points expire at the end of the year, %s years after they were earned", number),
            "inactivity": self.env._("points expire after %s months without activity", number),
        }.get(self.method, "")

    @api.model
    def _expiration_date(self, program, company, day):
        """Last day of points earned on `day`; False when they have none (also where inactivity decides)."""
        return self._for_program(program, company)._last_day(day)

    def _last_day(self, day):
        """Months are counted from the day itself: 12 months after 29 February end on 28 February, the month's end."""
        if self.method == "days":
            return day + relativedelta(days=self.number)
        if self.method == "month_end":
            return day + relativedelta(months=self.number) + relativedelta(day=31)
        if self.method == "year_end":
            return day + relativedelta(years=self.number, month=12, day=31)
        return False

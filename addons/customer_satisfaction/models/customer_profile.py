from odoo import fields, models


class CustomerProfile(models.Model):
    _inherit = "customer.profile"

    satisfaction_score = fields.Float(
        "Satisfaction, Last",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Last NPS, CSAT or CES answer, the lowest possible as 0 and the highest as 100. Ask also for the date of "
        "the last answer: without one this counts as 0.",
    )
    satisfaction_average = fields.Float(
        "Satisfaction, Average",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Of the answers of 12 months, 0 to 100.",
    )
    satisfaction_trend = fields.Float(
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Average of the last 12 months less that of the 12 months before; 0 without answers in both.",
    )
    satisfaction_count_12m = fields.Integer("Survey Answers, 12 Months", readonly=True)
    last_satisfaction_date = fields.Date("Last Survey Answer", readonly=True)

from odoo import fields, models

FIGURES = [
    ("suggestion_history_days", "Suggestions: days of purchases that are looked at"),
    ("suggestion_half_life_days", "Suggestions: days after which a purchase weighs half"),
    ("suggestion_prior", "Suggestions: own purchases that everybody's purchases weigh as much as"),
    ("suggestion_pause_days", "Suggestions: days after a purchase without the same product"),
    ("suggestion_pause_share", "Suggestions: part of the customer's usual interval without the same product, 0 to 1"),
    ("suggestion_fresh_days", "Suggestions: days without a product until it counts as new to the customer"),
    ("suggestion_count", "Suggestions: products per customer or quotation"),
    ("suggestion_enquiry_days", "Enquiries: days that a quotation or opportunity raises a product"),
    ("suggestion_enquiry_weight", "Enquiries: what each adds to the score of a product, 0 to 1"),
    ("suggestion_min_margin", "Suggestions: margin on the price, at least; 0.1 for 10 %, 0 for any"),
    ("suggestion_upsell_increase", "Up-sell: price of a higher variant, at most; 0.5 for 50 % more"),
    ("pair_min_together", "Bought together: purchases of both products, at least"),
    ("pair_min_customers", "Bought together: customers who bought both, at least"),
    ("pair_false_share", "Bought together: false pairs among those kept, at most; 0.05 for 5 %"),
    ("pair_per_product", "Bought together: pairs kept per product"),
    ("pair_purchase_limit", "Bought together: products in a purchase, at most; larger ones are left out"),
    ("pair_customer_limit", "Bought together: latest purchases of one customer that count"),
    ("pair_refresh_days", "Bought together: days between two searches"),
    ("reorder_min_times", "Reorder: purchases of a product that make a rhythm, at least"),
    ("reorder_give_up", "Reorder: intervals without it after which it is given up"),
    ("demand_history_months", "Demand: months of history, at most"),
    ("demand_min_months", "Demand: months of history, at least"),
    ("demand_horizon_months", "Demand: months ahead"),
    ("demand_level", "Demand: share of months that the interval holds, 0.8 for 80 %"),
]
# What a figure may be, lowest and highest. The longest of ten years of days and of months.
DAYS, MONTHS = 3650, 120
RANGES = {
    "suggestion_history_days": (1, DAYS),
    "suggestion_half_life_days": (1, DAYS),
    "suggestion_prior": (0.01, 1000),
    "suggestion_pause_days": (0, DAYS),
    "suggestion_pause_share": (0, 1),
    "suggestion_fresh_days": (0, DAYS),
    "suggestion_count": (1, 40),
    "suggestion_enquiry_days": (0, DAYS),
    "suggestion_enquiry_weight": (0, 1),
    "suggestion_min_margin": (0, 1),
    "suggestion_upsell_increase": (0, 10),
    "pair_min_together": (1, 1_000_000),
    "pair_min_customers": (1, 1_000_000),
    "pair_false_share": (0, 0.5),
    "pair_per_product": (1, 1000),
    "pair_purchase_limit": (2, 10_000),
    "pair_customer_limit": (1, 100_000),
    "pair_refresh_days": (1, 365),
    "reorder_min_times": (2, 1000),
    "reorder_give_up": (1, 100),
    "demand_history_months": (1, MONTHS),
    "demand_min_months": (1, MONTHS),
    "demand_horizon_months": (1, 36),
    "demand_level": (0.5, 0.99),
}


class CustomerPolicyParameter(models.Model):
    _inherit = "customer.policy.parameter"

    key = fields.Selection(selection_add=FIGURES, ondelete={key: "cascade" for key, _label in FIGURES})

    def _ranges(self):
        return super()._ranges() | RANGES

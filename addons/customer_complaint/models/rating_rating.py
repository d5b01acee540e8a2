from odoo import api, fields, models


class RatingRating(models.Model):
    """Ratings of cases are seen by who sees the case: record rules need a relation that they can follow."""

    _inherit = "rating.rating"

    complaint_id = fields.Many2one(
        "customer.complaint",
        "Case",
        compute="_compute_complaint_id",
        store=True,
        index="btree_not_null",
        ondelete="cascade",
    )

    @api.depends("res_model", "res_id")
    def _compute_complaint_id(self):
        for rating in self:
            rating.complaint_id = rating.res_id if rating.res_model == "customer.complaint" else False

from odoo import api, models


class RatingRating(models.Model):
    """A rating that a customer has given is an occasion."""

    _inherit = "rating.rating"

    @api.model_create_multi
    def create(self, vals_list):
        ratings = super().create(vals_list)
        ratings._reward_reviews()
        return ratings

    def write(self, vals):
        result = super().write(vals)
        if vals.get("consumed") or vals.get("rating"):
            self._reward_reviews()
        return result

    def _reward_reviews(self):
        """Once per customer and document. Of customers only, whatever they say; sudo: they have no right on points."""
        given = self.sudo().filtered(lambda rating: rating.consumed and rating.rating and rating.partner_id)
        if not given:
            return
        profiles = self.env["customer.profile"].sudo().search(
            [("partner_id", "in", given.partner_id.commercial_partner_id.ids)]
        )  # fmt: skip
        customers = {(profile.partner_id, profile.company_id) for profile in profiles}
        for rating in given:
            member, company = rating.partner_id.commercial_partner_id, rating._loyalty_company()
            if (member, company) in customers:
                key = f"{rating.res_model}:{rating.res_id}:{member.id}"
                self.env["loyalty.points.behaviour.rule"]._reward(company, "review", [(member, key, rating, "points")])

    def _loyalty_company(self):
        """That of what was rated; of a product of all companies, the website's or the reader's."""
        record = self.env[self.res_model].browse(self.res_id) if self.res_model in self.env else None
        has_company = record is not None and "company_id" in record._fields and record.exists()
        return (has_company and record.company_id) or self.env.company

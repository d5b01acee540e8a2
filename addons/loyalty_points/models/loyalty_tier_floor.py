from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class LoyaltyTierFloor(models.Model):
    """The lowest tier that a member has by decision of the company, whatever was collected."""

    _name = "loyalty.tier.floor"
    _description = "Lowest Tier by Hand"
    _order = "date_end desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Member", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    tier_id = fields.Many2one("loyalty.tier", required=True, ondelete="restrict")
    reason = fields.Char(required=True)
    date_end = fields.Date("Until", help="This day included. Empty: without end.")
    user_id = fields.Many2one("res.users", "Set By", readonly=True, default=lambda self: self.env.user)

    @api.constrains("partner_id", "reason", "date_end")
    def _check_floor(self):
        for floor in self:
            if floor.partner_id != floor.partner_id.commercial_partner_id:
                raise ValidationError(self.env._("Members are customers, not their contacts: choose “%s”.",
                                                 floor.partner_id.commercial_partner_id.name))  # fmt: skip
            if not (floor.reason or "").strip():
                raise ValidationError(self.env._("Say why this member gets the tier."))

    @api.model_create_multi
    def create(self, vals_list):
        floors = super().create([{**vals, "user_id": self.env.uid} for vals in vals_list])
        floors._review_members()
        return floors

    def write(self, vals):
        before = [(floor.company_id, floor.partner_id.id) for floor in self]
        result = super().write({**vals, "user_id": self.env.uid})
        self._review_members(before)
        return result

    def unlink(self):
        before = [(floor.company_id, floor.partner_id.id) for floor in self]
        result = super().unlink()
        self._review_members(before)
        return result

    def _review_members(self, more=()):
        """Decide anew; a tier that rests on a floor is no longer safe when that is changed or gone."""
        members = {*more, *((floor.company_id, floor.partner_id.id) for floor in self.exists())}
        for company in {company for company, _partner in members}:
            partner_ids = [partner_id for owner, partner_id in members if owner == company]
            self._unsettle(company, partner_ids)
            self.env["loyalty.tier.membership"]._review(company, partner_ids)

    def _unsettle(self, company, partner_ids):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_tier_membership SET review_date = NULL
                    WHERE company_id = %s AND partner_id = ANY(%s) AND date_end IS NULL AND reason = 'floor'""",
                company.id,
                partner_ids,
            )
        )

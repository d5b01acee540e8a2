from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

# Who sees the points of all members, as the record rules of the ledger say it.
EVERYBODY = (
    "customer_policy.group_customer_all",
    "customer_policy.group_marketing",
    "customer_policy.group_service",
    "customer_policy.group_evaluation",
)


class LoyaltyCard(models.Model):
    """Whose customer a member is decides who reads what happened on the account.

    Odoo lets salespeople read all cards, because they sell with them: balance and code. The pages that tell more
    (member page, statement, adjustments) follow the record rules of the ledger.
    """

    _inherit = "loyalty.card"

    is_in_scope = fields.Boolean("Mine to See", compute="_compute_is_in_scope", search="_search_is_in_scope")

    @api.depends("partner_id.user_id")
    @api.depends_context("uid")
    def _compute_is_in_scope(self):
        visible = self.sudo().filtered_domain(self._scope_domain())
        for card in self:
            card.is_in_scope = card in visible

    def _search_is_in_scope(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        domain = self._scope_domain()
        parts = [domain if wanted else ~domain for wanted in set(value)]
        return Domain.OR(parts) if operator == "in" else ~Domain.OR(parts)

    @api.model
    def _scope_domain(self):
        user = self.env.user
        if self.env.su or any(user.has_group(group) for group in EVERYBODY):
            return Domain.TRUE
        if not user.has_group("customer_policy.group_customer_user"):
            return Domain.FALSE
        team = user.has_group("customer_policy.group_customer_team")
        salespeople = (user.customer_team_user_ids if team else user).ids
        return Domain("partner_id", "!=", False) & Domain("partner_id.user_id", "in", [*salespeople, False])

    def _check_scope(self):
        """:raises AccessError: the reader may not see what happened on these accounts"""
        if not all(self.mapped("is_in_scope")):
            raise AccessError(self.env._("These are the points of other people's customers."))

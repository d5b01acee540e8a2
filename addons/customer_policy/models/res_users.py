from odoo import api, fields, models

# Their work needs every partner, whatever the sales policy says.
UNRESTRICTED_GROUPS = (
    "customer_policy.group_customer_all",
    "account.group_account_readonly",
    "account.group_account_invoice",
    "purchase.group_purchase_user",
    "hr.group_hr_user",
    "stock.group_stock_user",
    "base.group_system",
)


class ResUsers(models.Model):
    _inherit = "res.users"

    customer_team_user_ids = fields.Many2many(
        "res.users",
        compute="_compute_customer_team_user_ids",
        string="Colleagues in Sales Teams",
        help="Members of the sales teams that the user leads or belongs to, the user included.",
    )

    @api.depends("crm_team_ids.member_ids")
    def _compute_customer_team_user_ids(self):
        led = self.env["crm.team"].sudo()._read_group([("user_id", "in", self.ids)], ["user_id"], ["id:recordset"])
        teams_by_leader = dict(led)
        for user in self:
            teams = user.sudo().crm_team_ids | teams_by_leader.get(user, self.env["crm.team"].sudo())
            user.customer_team_user_ids = teams.member_ids | user

    def _customer_sees_all(self):
        """Whether no customer is hidden from this user."""
        self.ensure_one()
        return any(self.has_group(group) for group in UNRESTRICTED_GROUPS)

    @api.private
    def customer_partner_domain(self):
        """Domain of the record rule on contacts: what “salespeople see only their own customers” leaves to this user.

        Not hidden are contacts that are no customers, one's own, colleagues, companies and vendors.
        """
        self.ensure_one()
        # All companies of the user: the selection of the moment must not open what the policy closes.
        restricted = any(self.sudo().company_ids.mapped("customer_policy_own_only"))
        salesperson = self.has_group("sales_team.group_sale_salesman") or self.has_group(
            "customer_policy.group_customer_user"
        )
        if not restricted or not salesperson or self._customer_sees_all():
            return [(1, "=", 1)]
        scope = self.customer_team_user_ids.ids if self.has_group("customer_policy.group_customer_team") else self.ids
        return [
            "|", "|", "|", "|", "|",
            ("commercial_partner_id.user_id", "in", scope),
            ("commercial_partner_id.user_id", "=", False),
            ("partner_share", "=", False),
            ("id", "=", self.partner_id.id),
            ("supplier_rank", ">", 0),
            ("is_customer_record", "=", False),
        ]  # fmt: skip

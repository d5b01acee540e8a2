from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .res_partner import USER

GROUP_FIGURES = {
    "customer_group_revenue_12m": "revenue_12m",
    "customer_group_revenue_total": "revenue_total",
    "customer_group_overdue_amount": "overdue_amount",
    "customer_group_purchase_count": "purchase_count",
}


class ResPartner(models.Model):
    """Groups of companies: a holding stands above commercial partners, in as many levels as there are.

    The figures of a group are sums over the profiles, in the current company, that the user may see. They are
    the same on every company of the group.
    """

    _inherit = "res.partner"

    customer_holding_id = fields.Many2one(
        "res.partner",
        string="Holding",
        index="btree_not_null",
        ondelete="set null",
        domain="[('is_company', '=', True), ('id', '!=', id)]",
        groups=USER,
        help="The company that this one belongs to.",
    )
    customer_group_ids = fields.One2many(
        "res.partner",
        "customer_holding_id",
        string="Companies of the Group",
        context={"active_test": False},
        groups=USER,
    )
    customer_group_size = fields.Integer(
        "Companies of the Group You May See", compute="_compute_customer_group", groups=USER
    )
    customer_group_revenue_12m = fields.Monetary(
        "Revenue of the Group, 12 Months", compute="_compute_customer_group", groups=USER
    )
    customer_group_revenue_total = fields.Monetary(
        "Revenue of the Group", compute="_compute_customer_group", groups=USER
    )
    customer_group_overdue_amount = fields.Monetary(
        "Overdue of the Group", compute="_compute_customer_group", groups=USER
    )
    customer_group_purchase_count = fields.Integer(
        "Purchases of the Group", compute="_compute_customer_group", groups=USER
    )

    @api.depends("customer_holding_id", "customer_group_ids", "commercial_partner_id")
    @api.depends_context("uid", "company")
    def _compute_customer_group(self):
        """Sums over the visible profiles of each group; nothing for companies that belong to none."""
        groups = self._customer_groups()
        profiles = self._visible_profiles()
        rows = {}
        if groups and profiles is not None:
            found = profiles.search_fetch(
                [("partner_id", "in", list(set().union(*groups.values()))), ("company_id", "=", self.env.company.id)],
                ["partner_id", *GROUP_FIGURES.values()],
            )
            rows = {profile.partner_id.id: profile for profile in found}
        for partner in self:
            visible = [rows[id_] for id_ in groups.get(partner.commercial_partner_id.id, ()) if id_ in rows]
            partner.customer_group_size = len(visible)
            for name, metric in GROUP_FIGURES.items():
                partner[name] = sum(profile[metric] for profile in visible)

    def _customer_groups(self):
        """{commercial partner id: ids of all companies of its group, archived ones too}, for those in a group.

        Without record rules: for use in queries that apply them.
        """
        self.env["res.partner"].flush_model(["customer_holding_id", "commercial_partner_id"])
        # UNION, not UNION ALL: ends even if something wrote a cycle past the ORM.
        query = SQL(
            """WITH RECURSIVE above(member_id, id, holding_id) AS (
                   SELECT id, id, customer_holding_id FROM res_partner WHERE id = ANY(%s)
                    UNION
                   SELECT above.member_id, holding.id, holding.customer_holding_id
                     FROM above JOIN res_partner holding ON holding.id = above.holding_id
               ), tree(root_id, id) AS (
                   SELECT id, id FROM above WHERE holding_id IS NULL
                    UNION
                   SELECT tree.root_id, member.id
                     FROM tree JOIN res_partner member ON member.customer_holding_id = tree.id
               )
               SELECT above.member_id, tree.id
                 FROM above JOIN tree ON tree.root_id = above.id
                WHERE above.holding_id IS NULL""",
            self.commercial_partner_id.ids,
        )
        groups = defaultdict(set)
        for member_id, company_id in self.env.execute_query(query):
            groups[member_id].add(company_id)
        return {member_id: ids for member_id, ids in groups.items() if len(ids) > 1}

    @api.constrains("customer_holding_id", "parent_id", "is_company")
    def _check_customer_holding(self):
        """Groups consist of commercial partners and have no cycle, counting a contact's company as above it."""
        # sudo: who moves a contact may lack a customer role.
        placed_sudo = self.sudo().filtered(lambda partner: partner.parent_id or partner.customer_holding_id)
        if not placed_sudo:
            return
        contacts_sudo = placed_sudo.filtered(lambda partner: partner.commercial_partner_id != partner)
        for partner in placed_sudo.filtered("customer_holding_id"):
            partner._check_customer_holding_level()
        members = contacts_sudo.with_context(active_test=False).customer_group_ids
        if members:
            raise ValidationError(
                self.env._("%s is a holding and can't become a contact.", members[0].customer_holding_id.name)
            )
        placed_sudo._check_customer_holding_cycle()

    def _check_customer_holding_level(self):
        """Holding and member are both commercial partners."""
        holding, commercial = self.customer_holding_id, self.commercial_partner_id
        if commercial != self:
            raise ValidationError(
                self.env._(
                    "%(contact)s is a contact of %(company)s: give the holding to the company.",
                    contact=self.name,
                    company=commercial.name,
                )
            )
        if holding.commercial_partner_id != holding:
            raise ValidationError(
                self.env._(
                    "%(contact)s is a contact of %(company)s and can't be a holding: choose the company.",
                    contact=holding.name,
                    company=holding.commercial_partner_id.name,
                )
            )

    def _check_customer_holding_cycle(self):
        """Whoever changes the chain meanwhile is waited for, and then made to try again: both changes together could
        close a circle that neither of them sees."""
        self.env["res.partner"].flush_model(["customer_holding_id", "parent_id"])
        above = SQL(
            """WITH RECURSIVE above(start_id, id) AS (
                   SELECT id, UNNEST(ARRAY[parent_id, customer_holding_id]) FROM res_partner WHERE id = ANY(%s)
                    UNION
                   SELECT above.start_id, UNNEST(ARRAY[partner.parent_id, partner.customer_holding_id])
                     FROM above JOIN res_partner partner ON partner.id = above.id
               )""",
            self.ids,
        )
        if self.filtered("is_company"):  # nobody stands above a person's company because of the person
            self.env.execute_query(
                SQL(
                    """%s SELECT id FROM res_partner WHERE id IN (SELECT id FROM above)
                        ORDER BY id FOR NO KEY UPDATE""",
                    above,
                )
            )
        query = SQL("%s SELECT start_id FROM above WHERE id = start_id LIMIT 1", above)
        for [partner_id] in self.env.execute_query(query):
            raise ValidationError(
                self.env._("%s would be above itself in its group of companies.", self.browse(partner_id).name)
            )

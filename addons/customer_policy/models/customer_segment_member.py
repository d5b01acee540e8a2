from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

# Ids of memberships by rule are made of two ids; no version history has a million segment rules.
RULE_IDS = 1 << 20
# Operators of a search for segments; core derives the others from them.
SEGMENT_OPERATORS = ("in", "any", "any!", "child_of", "parent_of")


class CustomerSegmentMember(models.Model):
    """Who is in which segment and why: by hand, or by a rule of the policy of a company.

    By hand beats rules: a rule's answer counts unless the customer has that segment by hand, or in an exclusive
    dimension any segment. This is decided here, when somebody looks: taking away what was given by hand brings the
    rule's answer back at once.
    """

    _name = "customer.segment.member"
    _description = "Segment Member"
    _auto = False
    _order = "dimension_id, segment_id, partner_id, id"
    _rec_name = "segment_id"
    _depends = {
        "customer.segment.assignment": ["partner_id", "segment_id", "dimension_id", "is_exclusive", "user_id", "date"]
        + ["reason"],
        "customer.classification": ["partner_id", "company_id", "rule_ids"],
        "customer.segment.rule": ["segment_id"],
        "customer.segment": ["dimension_id", "active"],
    }

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    segment_id = fields.Many2one("customer.segment", readonly=True)
    dimension_id = fields.Many2one("customer.dimension", readonly=True)
    origin = fields.Selection([("hand", "By Hand"), ("rule", "By Rule")], readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, help="Whose policy has the rule; by hand for all.")
    rule_id = fields.Many2one("customer.segment.rule", readonly=True)
    clause_id = fields.Many2one(related="rule_id.clause_id")
    condition = fields.Char(related="rule_id.condition", related_sudo=False)
    user_id = fields.Many2one("res.users", string="Assigned By", readonly=True)
    date = fields.Datetime("Assigned On", readonly=True)
    reason = fields.Char(readonly=True)
    explanation = fields.Char("Why", compute="_compute_explanation")

    @property
    def _table_query(self):
        return SQL(
            """SELECT given.id::bigint * 2 AS id, given.partner_id, given.segment_id, given.dimension_id,
                      'hand' AS origin, NULL::int AS company_id, NULL::int AS rule_id, given.user_id, given.date,
                      given.reason
                 FROM customer_segment_assignment given
                 JOIN customer_segment segment ON segment.id = given.segment_id AND segment.active
            UNION ALL
               SELECT (classification.id::bigint * %(rule_ids)s + rule.id) * 2 + 1, classification.partner_id,
                      rule.segment_id, segment.dimension_id, 'rule', classification.company_id, rule.id, NULL::int,
                      NULL::timestamp, NULL
                 FROM customer_classification classification
           CROSS JOIN LATERAL UNNEST(classification.rule_ids) AS fits (rule_id)
                 JOIN customer_segment_rule rule ON rule.id = fits.rule_id
                 JOIN customer_segment segment ON segment.id = rule.segment_id AND segment.active
                WHERE NOT EXISTS (SELECT FROM customer_segment_assignment given
                                   WHERE given.partner_id = classification.partner_id
                                     AND given.segment_id = rule.segment_id)
                  AND NOT EXISTS (SELECT FROM customer_segment_assignment given
                                   WHERE given.partner_id = classification.partner_id
                                     AND given.dimension_id = segment.dimension_id AND given.is_exclusive)""",
            rule_ids=RULE_IDS,
        )

    @api.depends("origin")
    @api.depends_context("lang", "uid")
    def _compute_explanation(self):
        for member in self:
            if member.origin == "rule":
                member.explanation = self.env._(
                    "Clause %(clause)s: %(condition)s",
                    clause=member.clause_id.display_name,
                    condition=member.condition,
                )
                continue
            names = {"user": member.user_id.sudo().name, "date": format_date(self.env, member.date)}
            if member.reason:
                member.explanation = self.env._("%(user)s, %(date)s: %(reason)s", **names, reason=member.reason)
            else:
                member.explanation = self.env._("%(user)s, %(date)s", **names)

    @api.model
    def _window_domain(self, domain=Domain.TRUE):
        """The memberships that count in the current company: by hand, and by the rules of its policy.

        Another company's rules may say otherwise of the same customer; nobody's answer replaces anybody else's.
        """
        here = [self.env.company.id, False]
        return Domain(domain) & Domain("company_id", "in", here) & Domain("dimension_id.company_id", "in", here)

    @api.model
    def _visible(self):
        """This model where the user may read it, else None."""
        return self if self.has_access("read") else None

    @api.model
    def _subselect(self, domain, *names):
        """SQL of the visible memberships that meet `domain`, in parentheses."""
        return self._search(domain).subselect(*(SQL.identifier(self._table, name) for name in names))

    @api.model
    def _segments_of(self, partner_ids):
        """{commercial partner id: {segment id: whether it is by hand}} as far as the user may see it."""
        found = {partner_id: {} for partner_id in partner_ids}
        if self._visible() is not None and found:
            domain = self._window_domain([("partner_id", "in", list(found))])
            for member in self.search_fetch(domain, ["partner_id", "segment_id", "origin"]):
                found[member.partner_id.id][member.segment_id.id] = member.origin == "hand"
        return found

    @api.model
    def _forget(self, partners):
        """What was read of these customers' segments holds no longer."""
        self.invalidate_model()
        partners.invalidate_model(["customer_segment_ids"])
        self.env["customer.profile"].invalidate_model(["customer_segment_ids", "missing_dimension_ids"])

    def action_open_partner(self):
        self.ensure_one()
        return self.partner_id._get_records_action()

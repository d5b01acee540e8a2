from odoo import api, fields, models
from odoo.tools import SQL

from .customer_complaint_rule import KINDS

DIMENSIONS = [("cause", "Cause"), ("type", "Type"), ("product", "Product")]
COLUMNS = {"cause": "cause_id", "type": "type_id", "product": "product_id"}


class CustomerComplaintPareto(models.Model):
    """The vital few: causes, types and products of the cases of twelve months, the most frequent first, with their
    share and the share of all up to there (Juran's Pareto principle; 80 % is the usual cut).

    What has none named comes last. Counted over the cases that the reader may see. A row's id is its cause, type or
    product and a residue per dimension and kind.
    """

    _name = "customer.complaint.pareto"
    _description = "Causes of Cases (Pareto)"
    _auto = False
    _order = "dimension, kind, rank, id"
    _rec_name = "label"
    _depends = {
        "customer.complaint": [
            "kind", "state", "cause_id", "type_id", "product_id", "cost", "company_id", "date_received"
        ],
    }  # fmt: skip

    company_id = fields.Many2one("res.company", readonly=True)
    dimension = fields.Selection(DIMENSIONS, "By", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    cause_id = fields.Many2one("customer.complaint.cause", readonly=True)
    type_id = fields.Many2one("customer.complaint.type", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    label = fields.Char("What", compute="_compute_label")
    rank = fields.Integer(readonly=True, aggregator=None)
    count = fields.Integer("Cases", readonly=True)
    cost = fields.Monetary(readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    share = fields.Float("Share (%)", readonly=True, aggregator=None)
    cumulative = fields.Float("Running (%)", readonly=True, aggregator=None)
    is_vital = fields.Boolean("Among the Vital Few", readonly=True, help="The fewest that together make up 80 %.")

    @api.depends("cause_id", "type_id", "product_id", "dimension")
    def _compute_label(self):
        for row in self:
            row.label = row[COLUMNS[row.dimension]].display_name or self.env._("Not named")

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(self._select_dimension(name) for name in COLUMNS)

    def _select_dimension(self, dimension):
        cases = self.env["customer.complaint"]
        query = cases._search([
            ("state", "!=", "cancelled"), ("company_id", "=", self.env.company.id),
            ("date_received", ">=", fields.Date.add(self.env.company._customer_policy_today(), years=-1)),
        ])  # fmt: skip
        column = SQL.identifier(COLUMNS[dimension])
        position = list(COLUMNS).index(dimension) * len(KINDS)
        kinds = SQL("ARRAY_POSITION(%s, kind::text) - 1", [kind for kind, _label in KINDS])
        others = SQL(", ").join(
            SQL("%s AS %s", column if name == dimension else SQL("NULL::int4"), SQL.identifier(field))
            for name, field in COLUMNS.items()
        )
        return SQL(
            """SELECT COALESCE(%(column)s, 0)::bigint * 64 + %(position)s + %(kinds)s AS id,
                      %(company)s AS company_id, %(dimension)s AS dimension, kind, %(others)s, rank, count, cost,
                      100.0 * count / total AS share, 100.0 * running / total AS cumulative,
                      running - count < 0.8 * total AND %(column)s IS NOT NULL AS is_vital
                 FROM (SELECT kind, %(column)s, COUNT(*) AS count, SUM(cost) AS cost,
                              SUM(COUNT(*)) OVER (PARTITION BY kind) AS total,
                              SUM(COUNT(*)) OVER placed AS running, ROW_NUMBER() OVER placed AS rank
                         FROM customer_complaint
                        WHERE id IN %(cases)s
                        GROUP BY kind, %(column)s
                       WINDOW placed AS (PARTITION BY kind ORDER BY %(column)s IS NULL, COUNT(*) DESC, %(column)s))
                      counted""",
            column=column,
            position=position,
            kinds=kinds,
            company=self.env.company.id,
            dimension=dimension,
            others=others,
            cases=query.subselect(),
        )

    def action_open_cases(self):
        """The cases behind a row."""
        self.ensure_one()
        field = COLUMNS[self.dimension]
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_complaint.customer_complaint_action")
        since = fields.Date.add(self.env.company._customer_policy_today(), years=-1)
        domain = [("kind", "=", self.kind), (field, "=", self[field].id), ("state", "!=", "cancelled"),
                  ("company_id", "=", self.company_id.id), ("date_received", ">=", since)]  # fmt: skip
        return {**action, "name": self.label, "domain": domain, "context": {},
                "views": [(False, "list"), (False, "form")]}  # fmt: skip

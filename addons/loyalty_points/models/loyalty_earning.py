from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

KINDS = [
    ("purchase", "Purchase"),
    ("birthday", "Birthday"),
    ("anniversary", "Anniversary"),
    ("referral", "Referral"),
    ("other", "Other Occasion"),
]
STATES = [("pending", "Pending"), ("available", "Available"), ("cancelled", "Cancelled")]
BASES = [("amount", "Amount"), ("quantity", "Quantity"), ("order", "Order"), ("occasion", "Occasion")]
# Whose rules an earning may cite.
RULES = ("loyalty.points.multiplier.rule", "loyalty.points.tier.level", "loyalty.points.cap.rule")
FIGURES = ("base", "rate", "factor", "points_uncapped", "points")


class LoyaltyEarning(models.Model):
    """Why a member got points: rule, clause, what they were given for, and the arithmetic.

    One row per rule and line of a document, or per occasion of a behaviour (`key` is unique). Rows are written by the
    software alone and never changed but for their state. A return is a row of its own with negative points that names
    what it takes back (`origin_id`), so that the sum of the rows of a line is always what its purchase has earned.
    Pending rows are not in the ledger yet.
    """

    _name = "loyalty.earning"
    _description = "Earned Points"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    program_id = fields.Many2one("loyalty.program", required=True, readonly=True, index=True, ondelete="restrict")
    card_id = fields.Many2one("loyalty.card", required=True, readonly=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one("res.partner", "Member", readonly=True, index=True, ondelete="set null")
    kind = fields.Selection(KINDS, "For", required=True, readonly=True)
    key = fields.Char(required=True, readonly=True, help="What happened, told apart: it earns points once.")
    rule_model = fields.Char(readonly=True)
    rule_key = fields.Char(readonly=True, help="Stable key of the rule of the policy.")
    clause_id = fields.Many2one("customer.policy.clause", readonly=True, ondelete="set null")
    clause = fields.Char("Clause as Cited", readonly=True)
    loyalty_rule_id = fields.Many2one("loyalty.rule", "Rule of the Program", readonly=True, ondelete="set null")
    res_model = fields.Char("Model of the Document", readonly=True)
    res_id = fields.Many2oneReference("Document", model_field="res_model", readonly=True)
    line_model = fields.Char(readonly=True)
    line_id = fields.Many2oneReference(model_field="line_model", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True, index="btree_not_null", ondelete="set null")
    base_unit = fields.Selection(BASES, "Given For", required=True, readonly=True, default="occasion")
    base = fields.Float("Amount or Quantity", readonly=True, digits=(16, 4), aggregator=None)
    rate = fields.Float("Points per Unit", readonly=True, digits=(16, 4), aggregator=None)
    factor = fields.Float("Multiplier", readonly=True, digits=(16, 4), default=1.0, aggregator=None)
    points_uncapped = fields.Float("Points Before Caps", readonly=True, digits=(16, 2), min_display_digits=0)
    points = fields.Float(readonly=True, digits=(16, 2), min_display_digits=0)
    qualifying_points = fields.Float(readonly=True, digits=(16, 2), min_display_digits=0)
    state = fields.Selection(STATES, required=True, readonly=True, default="pending", index=True)
    day = fields.Date(required=True, readonly=True, help="Day of the company's policy on which they were earned.")
    available_date = fields.Date("Available From", required=True, readonly=True)
    entry_id = fields.Many2one("loyalty.ledger.entry", "Ledger Entry", readonly=True, index="btree_not_null")
    origin_id = fields.Many2one("loyalty.earning", "Takes Back", readonly=True, index="btree_not_null")
    inputs = fields.Json(readonly=True, help="Multipliers that applied, caps that cut, reason of a return.")
    explanation = fields.Char(compute="_compute_explanation")
    document_name = fields.Char(compute="_compute_document_name")

    _key_unique = models.UniqueIndex("(key)", "This has earned its points already.")
    _line_idx = models.Index("(line_model, line_id) WHERE line_id IS NOT NULL")
    _document_idx = models.Index("(res_model, res_id)")
    _due_idx = models.Index("(available_date) WHERE state = 'pending'")

    @api.depends("kind", "points")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for earning in self:
            earning.display_name = f"{kinds.get(earning.kind, '')}: {self._figure(earning.points)}"

    @api.depends("res_model", "res_id")
    def _compute_document_name(self):
        """Names of documents that the reader may open."""
        for model, rows in self.grouped("res_model").items():
            found = {}
            if model in self.env:
                records = self.env[model].browse(rows.mapped("res_id")).exists()
                found = {record.id: record.display_name for record in records._filtered_access("read")}
            for row in rows:
                row.document_name = found.get(row.res_id, False)

    @api.depends("inputs", *FIGURES)
    @api.depends_context("lang")
    def _compute_explanation(self):
        names = self._names_of_rules()
        for earning in self:
            earning.explanation = earning._explain(names)

    def _names_of_rules(self):
        """{stable key: name in the reader's language} of the multipliers and caps that earnings cite; sudo, as names
        only are read. A rule that has gone keeps the name that it had."""
        parts = [(row.inputs or {}).get(part, ()) for row in self for part in ("multipliers", "caps")]
        cited = list({item["key"] for items in parts for item in items})
        names = {}
        for model in RULES if cited else ():
            rules = self.env[model].sudo().with_context(active_test=False).search([("stable_key", "in", cited)])
            names |= {rule.stable_key: rule.display_name for rule in rules}
        return names

    def _explain(self, rule_names):
        """The arithmetic in one line: 250 × 1 × 1.5 (Gold) = 375; cap “Per Day”: 300."""
        self.ensure_one()
        inputs = self.inputs or {}
        if self.origin_id:
            return self.env._("%(points)s: %(base)s of %(of)s taken back", points=self._figure(self.points),
                              base=self._figure(-self.base), of=self._figure(inputs.get("of") or 0))  # fmt: skip
        text = " × ".join(self._figure(self[name]) for name in ("base", "rate"))
        if inputs.get("multipliers"):
            names = format_list(
                self.env, [f"{rule_names.get(m['key'], m['name'])} {m['factor']:g}" for m in inputs["multipliers"]]
            )
            text += f" × {self._figure(self.factor)} ({names})"
        text += f" = {self._figure(self.points_uncapped)}"
        for cap in inputs.get("caps") or []:
            text += self.env._("; cap “%(name)s”: %(points)s", name=rule_names.get(cap["key"], cap["name"]),
                               points=self._figure(cap["points"]))  # fmt: skip
        return text

    def _figure(self, value):
        return f"{round(value, 4):,.4f}".rstrip("0").rstrip(".")

    # ------------------------------------------------------------ who may write

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(
                self.env._("Earned points are kept by the software alone. Correct a balance by an adjustment.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su or vals.keys() - {"state", "entry_id"}:
            raise UserError(self.env._("Earned points can't be changed. Correct a balance by an adjustment."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Earned points can't be deleted. Correct a balance by an adjustment."))

    def action_open_document(self):
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)._get_records_action() if self.res_model else False

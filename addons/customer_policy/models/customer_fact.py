from odoo import api, fields, models
from odoo.tools import SQL

SOURCES = [
    ("entered", "Entered"),
    ("import", "Imported"),
    ("api", "Interface"),
    ("portal", "Customer (Portal)"),
    ("website", "Website"),
    ("cleanup", "Clean-up"),
    ("other", "Software"),
]


class CustomerFact(models.Model):
    """Where a value of a customer's record comes from: one row per customer and field that an entry rule asks for."""

    _name = "customer.fact"
    _description = "Where a Fact Comes From"
    _order = "partner_id, field_name"
    _rec_name = "field_name"
    _log_access = False

    partner_id = fields.Many2one("res.partner", string="Customer", required=True, readonly=True, ondelete="cascade")
    field_name = fields.Char("Technical Name", required=True, readonly=True)
    label = fields.Char("Fact", compute="_compute_label")
    source = fields.Selection(SOURCES, required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, ondelete="set null")

    _partner_field_unique = models.UniqueIndex("(partner_id, field_name)")

    @api.depends("field_name")
    @api.depends_context("lang")
    def _compute_label(self):
        partner_fields = self.env["res.partner"]._fields
        for fact in self:
            field = partner_fields.get(fact.field_name)
            fact.label = field._description_string(self.env) if field else fact.field_name

    @api.model
    def _record(self, changed, source):
        """Note source, day and user of what has been entered, in one statement.

        :param changed: [(partner id, field name)]
        """
        if not changed:
            return
        partner_ids, names = zip(*sorted(set(changed)), strict=True)
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_fact (partner_id, field_name, source, date, user_id)
                   SELECT fact.partner_id, fact.field_name, %s, %s, %s
                     FROM UNNEST(%s::int[], %s::text[]) fact (partner_id, field_name)
              ON CONFLICT (partner_id, field_name) DO UPDATE
                      SET source = EXCLUDED.source, date = EXCLUDED.date, user_id = EXCLUDED.user_id""",
                source,
                fields.Datetime.now(),
                self.env.uid,
                list(partner_ids),
                list(names),
            )
        )
        self.invalidate_model()

from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

KINDS = [
    ("call", "Call"),
    ("visit", "Visit"),
    ("meeting", "Meeting"),
    ("mail", "Mail"),
    ("message", "Message"),
    ("other", "Other"),
]
DIRECTIONS = [("in", "From the Customer"), ("out", "To the Customer")]


class CustomerInteraction(models.Model):
    """A contact with a customer: written down by hand, or imported from where it was kept before.

    `source` and `reference` identify an imported one; without a reference its own content does.
    """

    _name = "customer.interaction"
    _description = "Contact With a Customer"
    _inherit = "customer.import.mixin"
    _order = "date desc, id desc"
    _rec_name = "subject"

    partner_id = fields.Many2one("res.partner", string="Customer", required=True, index=True, ondelete="cascade")
    contact_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="set null",
        domain="[('commercial_partner_id', '=', commercial_partner_id), ('id', '!=', partner_id)]",
        help="With whom, where it is a person of the customer.",
    )
    commercial_partner_id = fields.Many2one(related="partner_id.commercial_partner_id")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    kind = fields.Selection(KINDS, required=True, default="call")
    direction = fields.Selection(DIRECTIONS, default="out")
    subject = fields.Char(required=True)
    body = fields.Text("Notes")
    user_id = fields.Many2one(
        "res.users", string="Salesperson", default=lambda self: self.env.user, index="btree_not_null"
    )
    source = fields.Char(required=True, default="manual", help="The system that the entry comes from.")
    reference = fields.Char(copy=False, help="Identifies the entry in its source.")

    _reference_unique = models.UniqueIndex(
        "(company_id, source, reference) WHERE reference IS NOT NULL",
        "This source and reference have been imported already.",
    )
    _write_date_idx = models.Index("(write_date)")

    @api.constrains("date")
    def _check_date(self):
        now = fields.Datetime.now()
        for interaction in self:
            if interaction.date > now:
                raise ValidationError(
                    self.env._("“%s” lies in the future: plan an activity or a meeting instead.", interaction.subject)
                )

    @api.constrains("partner_id", "contact_id")
    def _check_contact(self):
        for interaction in self:
            contact = interaction.contact_id
            if contact and contact.commercial_partner_id != interaction.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is no contact of %(customer)s.",
                        contact=contact.display_name,
                        customer=interaction.partner_id.display_name,
                    )
                )

    @api.model
    def _complete_import(self, values):
        """Rows of a spreadsheet seldom have a number: their own content says whether they are known.

        The contacts stand in the reference by themselves, so that it can follow when they are merged.
        """
        if values.get("reference"):
            return
        content = [values.get(name) for name in ("date", "kind", "direction", "subject", "body")]
        digest = sha256(repr(content).encode()).hexdigest()[:20]
        values["reference"] = f"row-{values.get('partner_id') or 0}-{values.get('contact_id') or 0}-{digest}"

    @api.model
    def _follow_merge(self, sources, target):
        """Let references made of content name the remaining contact, so that its file is known when it comes again.

        Before the rows move. Of two entries with the same content one keeps the reference that it has.

        :param sources: ids of the contacts that are merged into the one with the id `target`
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """WITH row AS (
                        SELECT id, company_id, source, 'row-' || CASE WHEN customer IN %(sources)s THEN %(target)s
                                                                      ELSE customer END
                               || '-' || CASE WHEN contact IN %(sources)s THEN %(target)s ELSE contact END
                               || '-' || SPLIT_PART(reference, '-', 4) AS reference
                          FROM (SELECT *, SPLIT_PART(reference, '-', 2) AS customer,
                                       SPLIT_PART(reference, '-', 3) AS contact
                                  FROM customer_interaction
                                 WHERE (partner_id IN %(ids)s OR contact_id IN %(ids)s)
                                   AND reference ~ '^row-[0-9]+-[0-9]+-[0-9a-f]{20}$') known
                         WHERE customer IN %(sources)s OR contact IN %(sources)s)
                   UPDATE customer_interaction entry SET reference = row.reference
                     FROM (SELECT DISTINCT ON (company_id, source, reference) * FROM row
                            ORDER BY company_id, source, reference, id) row
                    WHERE entry.id = row.id
                      AND NOT EXISTS (SELECT FROM customer_interaction other
                                       WHERE (other.company_id, other.source, other.reference)
                                           = (row.company_id, row.source, row.reference))""",
                sources=tuple(map(str, sources)),
                ids=tuple(sources),
                target=str(target),
            )
        )
        self.invalidate_model(["reference"], flush=False)

    @api.model
    def get_import_templates(self):
        return self.env["customer.history.guide"]._import_template("interactions")

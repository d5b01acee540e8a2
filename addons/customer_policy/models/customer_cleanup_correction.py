from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_list

STATES = [
    ("proposed", "Proposed"),
    ("accepted", "Accepted"),
    ("kept", "Left as It Is"),
    ("undone", "Undone"),
    ("outdated", "Outdated"),
]
REASONS = [
    ("writing", "Stray spaces or full-width characters"),
    ("phone", "International format"),
    ("email", "Lower case"),
    ("code", "Without separators"),
    ("check_digit", "Wrong check digit"),
]


class CustomerCleanupCorrection(models.Model):
    """A value of a contact that should be written otherwise: proposed by a run, accepted by people, with the value
    before. Without a new value only a person can tell what is right."""

    _name = "customer.cleanup.correction"
    _description = "Proposed Correction"
    _order = "state, reason, partner_id, id"
    _rec_name = "partner_id"

    run_id = fields.Many2one("customer.cleanup.run", readonly=True, index=True, ondelete="set null")
    partner_id = fields.Many2one("res.partner", string="Contact", required=True, readonly=True, ondelete="cascade")
    field_name = fields.Char("Technical Name", required=True, readonly=True)
    field_label = fields.Char("Field", compute="_compute_field_label")
    old_value = fields.Char("Now", readonly=True)
    new_value = fields.Char("Better", readonly=True)
    reason = fields.Selection(REASONS, required=True, readonly=True)
    state = fields.Selection(STATES, default="proposed", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    date = fields.Datetime("Decided on", readonly=True)
    error = fields.Char("Could Not Be Written", readonly=True)

    _one_proposed = models.UniqueIndex("(partner_id, field_name) WHERE state = 'proposed'")
    _partner_idx = models.Index("(partner_id)")

    @api.depends("field_name")
    @api.depends_context("lang")
    def _compute_field_label(self):
        partner_fields = self.env["res.partner"]._fields
        for correction in self:
            field = partner_fields.get(correction.field_name)
            correction.field_label = field._description_string(self.env) if field else correction.field_name

    @api.model
    def _propose(self, run, partner_ids, proposals):
        """Make the proposals for these contacts what the run found; returns how many there are.

        What somebody decided to leave as it is is not proposed again as long as it has that value.

        :param proposals: [(contact id, field, old value, new value or None, reason)]
        """
        columns = [list(column) for column in zip(*proposals, strict=True)] or [[]] * 5
        self.env.cr.execute(
            SQL(
                """WITH found AS (
                        SELECT * FROM UNNEST(%(partners)s::int[], %(fields)s::text[], %(olds)s::text[],
                                             %(news)s::text[], %(reasons)s::text[])
                                      AS f(partner, field, old, new, reason)
                         WHERE NOT EXISTS (SELECT FROM customer_cleanup_correction kept
                                            WHERE kept.partner_id = f.partner AND kept.field_name = f.field
                                              AND kept.state = 'kept' AND kept.old_value = f.old)),
                   gone AS (
                        DELETE FROM customer_cleanup_correction c
                         WHERE c.state = 'proposed' AND c.partner_id = ANY(%(ids)s)
                           AND (c.partner_id, c.field_name) NOT IN (SELECT partner, field FROM found))
                   INSERT INTO customer_cleanup_correction AS c
                          (run_id, partner_id, field_name, old_value, new_value, reason, state,
                           create_uid, create_date, write_uid, write_date)
                   SELECT %(run)s, partner, field, old, new, reason, 'proposed', %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM found
              ON CONFLICT (partner_id, field_name) WHERE state = 'proposed' DO UPDATE
                      SET run_id = EXCLUDED.run_id, old_value = EXCLUDED.old_value, new_value = EXCLUDED.new_value,
                          reason = EXCLUDED.reason""",
                partners=columns[0],
                fields=columns[1],
                olds=columns[2],
                news=columns[3],
                reasons=columns[4],
                ids=list(partner_ids),
                run=run.id,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.invalidate_model()
        return self.env.cr.rowcount

    # ------------------------------------------------------------ decided by people

    def action_accept(self):
        """Write the better values; what has changed meanwhile is left alone and marked as outdated."""
        self._check_steward()
        corrections = self.filtered(lambda c: c.state == "proposed" and c.new_value)
        corrections.partner_id.check_access("write")
        for correction in corrections:
            correction.sudo()._settle(*correction._write_value(correction.old_value, correction.new_value, "accepted"))

    def action_undo(self):
        """Write the values before; refused as a whole where somebody has changed one since."""
        self._check_steward()
        corrections = self.filtered(lambda c: c.state == "accepted")
        corrections.partner_id.check_access("write")
        changed = corrections.filtered(lambda c: (c.partner_id[c.field_name] or "") != c.new_value)
        if changed:
            raise UserError(
                self.env._(
                    "Changed by somebody since, so it can't be undone: %s",
                    format_list(self.env, [f"{c.partner_id.display_name} ({c.field_label})" for c in changed[:10]]),
                )
            )
        for correction in corrections:
            correction.sudo()._settle(*correction._write_value(correction.new_value, correction.old_value, "undone"))

    def action_keep(self):
        """Leave values as they are; they are not proposed again."""
        self._check_steward()
        for correction in self.filtered(lambda c: c.state == "proposed"):
            correction.sudo()._settle("kept", False)

    def _write_value(self, expected, value, state):
        """Write one value where the expected one stands; returns (state, error)."""
        self.ensure_one()
        if (self.partner_id[self.field_name] or "") != expected:
            return "outdated", False
        try:
            with self.env.cr.savepoint():
                self.partner_id.with_context(customer_fact_source="cleanup").write({self.field_name: value})
        except (UserError, ValidationError) as error:
            return self.state, str(error)
        return state, False

    def _settle(self, state, error):
        self.write({"state": state, "error": error, "user_id": self.env.uid, "date": fields.Datetime.now()})

    def _check_steward(self):
        if not any(
            self.env.user.has_group(f"customer_policy.group_{name}") for name in ("data_steward", "customer_manager")
        ):
            raise AccessError(self.env._("Only data stewards decide about corrections."))

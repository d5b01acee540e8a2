import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_list

_logger = logging.getLogger(__name__)

STATES = [
    ("proposed", "Proposed"),
    ("queued", "Being Written"),
    ("accepted", "Accepted"),
    ("kept", "Left as It Is"),
    ("undone", "Undone"),
    ("outdated", "Outdated"),
]
# Corrections written at once; more of them are written in the background, as many per transaction.
AT_ONCE = 200
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

        What somebody decided to leave as it is is not proposed again as long as it has that value, nor what is just
        being written.

        :param proposals: [(contact id, field, old value, new value or None, reason)]
        """
        self.flush_model(["state", "old_value"])
        columns = [list(column) for column in zip(*proposals, strict=True)] or [[]] * 5
        self.env.cr.execute(
            SQL(
                """WITH found AS (
                        SELECT * FROM UNNEST(%(partners)s::int[], %(fields)s::text[], %(olds)s::text[],
                                             %(news)s::text[], %(reasons)s::text[])
                                      AS f(partner, field, old, new, reason)
                         WHERE NOT EXISTS (SELECT FROM customer_cleanup_correction kept
                                            WHERE kept.partner_id = f.partner AND kept.field_name = f.field
                                              AND kept.state IN ('kept', 'queued') AND kept.old_value = f.old)),
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
        """Write the better values; what has changed meanwhile is left alone and marked as outdated. Many corrections
        are written in the background."""
        self._check_steward()
        corrections = self.filtered(lambda c: c.state == "proposed" and c.new_value)
        corrections.partner_id.check_access("write")
        if len(corrections) > AT_ONCE:
            return corrections._accept_later()
        corrections._accept()
        return None

    def _accept(self):
        self._write_values("old_value", "new_value", "accepted", "proposed")

    def _accept_later(self):
        self.sudo()._settle("queued", False)
        self.env.ref("customer_policy.ir_cron_cleanup")._trigger()
        message = self.env._("%s corrections are being written in the background.", len(self))
        params = {"type": "info", "message": message, "next": {"type": "ir.actions.client", "tag": "soft_reload"}}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}

    @api.model
    def _accept_queued(self, commit):
        """Write what waits, batch after batch, with the rights of who accepted it; returns whether time is left.

        :param commit: `_commit_progress` of the job
        """
        queued = [("state", "=", "queued")]
        while corrections := self.sudo().search(queued, order="user_id, partner_id, id", limit=AT_ONCE):
            user = corrections[0].user_id
            corrections = corrections.filtered(lambda c, user=user: c.user_id == user)
            context = {"allowed_company_ids": user.company_ids.ids}
            try:
                accepted = corrections.with_user(user).with_context(**context)
                accepted._check_steward()
                accepted.partner_id.check_access("write")
                accepted._accept()
                self.env.flush_all()
            except Exception as error:
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                _logger.exception("%s corrections can't be written", len(corrections))
                corrections.write({"state": "proposed", "error": str(error)})
            if not commit(len(corrections), remaining=self.sudo().search_count(queued)):
                return False
        return True

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
        corrections._write_values("new_value", "old_value", "undone", "accepted")

    def action_keep(self):
        """Leave values as they are; they are not proposed again."""
        self._check_steward()
        self.filtered(lambda c: c.state in ("proposed", "queued")).sudo()._settle("kept", False)

    def _write_values(self, expected, better, done, refused):
        """Write the values in the column `better` where those in `expected` stand, with one write per contact.

        :param done: state of what is written
        :param refused: state of what is not
        """
        values = {}
        for partner, corrections in self.grouped("partner_id").items():
            current = corrections.filtered(lambda c, p=partner: (p[c.field_name] or "") == (c[expected] or ""))
            values.update((correction, correction[better]) for correction in current)
        outcomes = defaultdict(self.browse, {("outdated", False): self - self.browse().concat(*values)})
        for correction, error in self._try(values).items():
            outcomes[(refused, error) if error else (done, False)] |= correction
        for (state, error), corrections in outcomes.items():
            corrections.sudo()._settle(state, error)

    def _try(self, values):
        """Write {correction: value}; returns {correction: why it could not be written, or False}.

        All at once, as every savepoint ends with a search for duplicates; where something is refused, contact by
        contact, and then value by value.
        """
        by_partner = self.browse().concat(*values).grouped("partner_id")
        try:
            with self.env.cr.savepoint():
                for partner, corrections in by_partner.items():
                    vals = {correction.field_name: values[correction] for correction in corrections}
                    partner.with_context(customer_fact_source="cleanup").write(vals)
        except UserError as error:
            if len(values) == 1:
                return dict.fromkeys(values, str(error))
            parts = by_partner.values() if len(by_partner) > 1 else values
            tried = [self._try({correction: values[correction] for correction in part}) for part in parts]
            return {correction: error for part in tried for correction, error in part.items()}
        return dict.fromkeys(values, False)

    def _settle(self, state, error):
        self.write({"state": state, "error": error, "user_id": self.env.uid, "date": fields.Datetime.now()})

    def _check_steward(self):
        if not any(
            self.env.user.has_group(f"customer_policy.group_{name}") for name in ("data_steward", "customer_manager")
        ):
            raise AccessError(self.env._("Only data stewards decide about corrections."))

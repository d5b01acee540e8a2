from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def action_merge(self):
        """Say so when somebody else has merged these contacts meanwhile; core would show “finished”."""
        if len(self.partner_ids) == 1:
            raise UserError(self.env._("Somebody else has merged these contacts meanwhile. Reload the page."))
        return super().action_merge()

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        try:
            self.env["res.partner"].browse(partner_ids).exists().lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("Somebody else is merging or changing these contacts right now. Try again in a moment.")
            ) from error
        return super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Let decisions about duplicates pass to the remaining contact; keys are made anew.

        Core would run into the unique pairs and their order.
        """
        self.env.flush_all()
        sources = tuple(src_partners.ids)
        self._mark_merged(sources, dst_partner)
        self._move_pairs(sources, dst_partner)
        for table in ("customer_match_key", "customer_cleanup_correction"):
            only_open = SQL("AND state IN ('proposed', 'queued')") if table.endswith("correction") else SQL()
            self.env.cr.execute(
                SQL("DELETE FROM %s WHERE partner_id IN %s %s", SQL.identifier(table), sources, only_open)
            )
        self.env.invalidate_all(flush=False)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env["customer.duplicate"].sudo()._regroup({dst_partner.id})
        dst_partner._note_match_change(with_contacts=True)
        return result

    def _mark_merged(self, sources, dst_partner):
        """Pairs among the merged contacts: what they were stays readable."""
        self.env.cr.execute(
            SQL(
                """UPDATE customer_duplicate pair
                      SET state = 'merged', partner_id = %(target)s, other_id = NULL, group_partner_id = NULL,
                          merged_name = source.name, merged_ref = source.id, user_id = %(user)s, date = %(now)s
                     FROM res_partner source
                    WHERE pair.partner_id IN %(all)s AND pair.other_id IN %(all)s
                      AND source.id = CASE WHEN pair.partner_id = %(target)s THEN pair.other_id
                                           WHEN pair.other_id = %(target)s THEN pair.partner_id
                                           ELSE pair.other_id END""",
                target=dst_partner.id,
                all=(*sources, dst_partner.id),
                user=self.env.uid,
                now=fields.Datetime.now(),
            )
        )

    def _move_pairs(self, sources, dst_partner):
        """Pairs with others: theirs are the remaining contact's now; “not the same” outweighs an open pair."""
        self.env.cr.execute(
            SQL(
                """WITH moved AS (
                        DELETE FROM customer_duplicate
                         WHERE other_id IS NOT NULL AND (partner_id IN %(sources)s OR other_id IN %(sources)s)
                     RETURNING *, CASE WHEN partner_id IN %(sources)s THEN other_id ELSE partner_id END AS third)
                   INSERT INTO customer_duplicate AS pair
                          (partner_id, other_id, level, level_rank, rule_id, evidence, name_similarity, state, reason,
                           user_id, date, create_uid, create_date, write_uid, write_date)
                   SELECT DISTINCT ON (third) LEAST(third, %(target)s), GREATEST(third, %(target)s), level, level_rank,
                          rule_id, evidence, name_similarity, state, reason, user_id, date, create_uid, create_date,
                          write_uid, write_date
                     FROM moved ORDER BY third, (state = 'not_same') DESC, level_rank
              ON CONFLICT (partner_id, other_id) DO UPDATE
                      SET state = EXCLUDED.state, reason = EXCLUDED.reason, user_id = EXCLUDED.user_id,
                          date = EXCLUDED.date
                    WHERE pair.state = 'open' AND EXCLUDED.state = 'not_same'""",
                sources=sources,
                target=dst_partner.id,
            )
        )

from odoo import api, models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Keep groups of companies free of cycles when a company is merged with one above or below it: the remaining
        company belongs to the holding above all of them."""
        merged = (dst_partner | src_partners).ids
        holding_id = self._holding_above(merged)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner SET customer_holding_id = CASE WHEN id = %s THEN %s END::int4
                    WHERE id = ANY(%s) AND (customer_holding_id IS NOT NULL OR id = %s)""",
                dst_partner.id,
                holding_id,
                merged,
                dst_partner.id,
            )
        )
        self.env.invalidate_all(flush=False)
        return result

    def _holding_above(self, merged):
        """Id of a holding of the merged companies that is none of them and not below one; the first of them decides."""
        self.env["res.partner"].flush_model(["customer_holding_id"])
        query = SQL(
            """WITH RECURSIVE above(start_id, id) AS (
                   SELECT customer_holding_id, customer_holding_id FROM res_partner
                    WHERE id = ANY(%(merged)s) AND customer_holding_id IS NOT NULL
                    UNION
                   SELECT above.start_id, partner.customer_holding_id
                     FROM above JOIN res_partner partner ON partner.id = above.id
                    WHERE partner.customer_holding_id IS NOT NULL
               )
               SELECT member.customer_holding_id FROM res_partner member
                WHERE member.id = ANY(%(merged)s) AND member.customer_holding_id IS NOT NULL
                  AND NOT EXISTS (SELECT FROM above WHERE above.start_id = member.customer_holding_id
                                     AND above.id = ANY(%(merged)s))
                ORDER BY ARRAY_POSITION(%(merged)s, member.id)
                LIMIT 1""",
            merged=merged,
        )
        rows = self.env.execute_query(query)
        return rows[0][0] if rows else None

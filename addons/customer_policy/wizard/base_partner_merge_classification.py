from odoo import api, models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Segments given by hand move to the remaining customer, whose own stay; rules are asked anew.

        Core would refuse or delete rows that are unique per customer.
        """
        target = dst_partner.commercial_partner_id
        names = {
            "target": (dst_partner if target in src_partners else target).id,
            "sources": tuple(src_partners.ids),
        }
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE customer_segment_assignment given SET partner_id = %(target)s
                    WHERE given.id IN (
                          SELECT DISTINCT ON (CASE WHEN moved.is_exclusive THEN -moved.dimension_id
                                                   ELSE moved.segment_id END) moved.id
                            FROM customer_segment_assignment moved
                           WHERE moved.partner_id IN %(sources)s
                             AND NOT EXISTS (SELECT FROM customer_segment_assignment kept
                                              WHERE kept.partner_id = %(target)s
                                                AND (kept.segment_id = moved.segment_id
                                                     OR moved.is_exclusive AND kept.dimension_id = moved.dimension_id))
                           ORDER BY CASE WHEN moved.is_exclusive THEN -moved.dimension_id
                                         ELSE moved.segment_id END, moved.date DESC, moved.id)""",
                **names,
            )
        )
        self.env.cr.execute(SQL("DELETE FROM customer_segment_assignment WHERE partner_id IN %s", names["sources"]))
        self.env["customer.classification"]._forget(src_partners.ids)
        self.env.invalidate_all(flush=False)
        return super()._update_foreign_keys(src_partners, dst_partner)

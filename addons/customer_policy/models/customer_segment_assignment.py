from odoo import api, fields, models
from odoo.tools import SQL


class CustomerSegmentAssignment(models.Model):
    """A segment given by hand: who, when and why. What rules give stands in `customer.classification`.

    Rows are made and removed by whoever may write the contact, never changed. Every way in, the chips of a form,
    the import, the API and the bulk assignment, ends in `_assign`.
    """

    _name = "customer.segment.assignment"
    _description = "Segment by Hand"
    _order = "date desc, id desc"
    _rec_name = "segment_id"
    _log_access = False

    partner_id = fields.Many2one("res.partner", string="Customer", required=True, ondelete="cascade")
    segment_id = fields.Many2one("customer.segment", required=True, index=True, ondelete="restrict")
    dimension_id = fields.Many2one(related="segment_id.dimension_id", store=True, index=True)
    is_exclusive = fields.Boolean(related="segment_id.dimension_id.is_exclusive", store=True)
    user_id = fields.Many2one("res.users", string="Assigned By", required=True, default=lambda self: self.env.user)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    reason = fields.Char()

    _partner_segment_unique = models.UniqueIndex("(partner_id, segment_id)", "The customer is in this segment already.")
    _exclusive_unique = models.UniqueIndex(
        "(partner_id, dimension_id) WHERE is_exclusive",
        "Somebody else has just given this customer another segment of the same dimension. Reload the page.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """For the commercial partner, by the current user, now: a client's values don't count for these."""
        partners = self.env["res.partner"].browse([vals["partner_id"] for vals in vals_list])
        origin = {"user_id": self.env.uid, "date": fields.Datetime.now()}
        vals_list = [
            {**vals, **origin, "partner_id": partner.commercial_partner_id.id}
            for partner, vals in zip(partners, vals_list, strict=True)
        ]
        partners.check_access("write")
        pairs = [(vals["partner_id"], vals["segment_id"]) for vals in vals_list]
        self.env.flush_all()
        self._check_exclusive(pairs)
        assignments = super().create(vals_list)
        self.env["customer.segment.member"]._forget(partners)
        return assignments

    def unlink(self):
        partners = self.partner_id
        partners.check_access("write")
        result = super().unlink()
        self.env["customer.segment.member"]._forget(partners)
        return result

    @api.model
    def _assign(self, added, removed=(), reason=False):
        """Give and take segments by hand, in as many queries for thousands of customers as for one.

        :param added: (commercial partner id, segment id) pairs; known ones are left as they are
        :param removed: pairs given by hand before
        """
        partners = self.env["res.partner"].browse({partner_id for partner_id, _segment in (*added, *removed)})
        partners.check_access("write")
        self.env.flush_all()
        if removed:
            self._remove(removed)
        if added:
            self._check_exclusive(added)
            self._insert(added, reason)
        self.env["customer.segment.member"]._forget(partners)

    def _remove(self, pairs):
        self.check_access("unlink")
        rows = self.env.execute_query(
            SQL("SELECT id FROM customer_segment_assignment a JOIN %s ON %s", *self._pairs_sql(pairs))
        )
        assignments = self.browse([row_id for [row_id] in rows])
        assignments.check_access("unlink")
        self.env.cr.execute(SQL("DELETE FROM customer_segment_assignment WHERE id = ANY(%s)", assignments.ids))
        self.invalidate_model()

    def _insert(self, pairs, reason):
        self.check_access("create")
        self.env["customer.segment"].browse({segment_id for _partner, segment_id in pairs}).check_access("read")
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO customer_segment_assignment
                          (partner_id, segment_id, dimension_id, is_exclusive, user_id, date, reason)
                   SELECT pair.partner_id, segment.id, dimension.id, dimension.is_exclusive,
                          %(user)s, %(date)s, %(reason)s
                     FROM UNNEST(%(partners)s::int[], %(segments)s::int[]) AS pair (partner_id, segment_id)
                     JOIN customer_segment segment ON segment.id = pair.segment_id
                     JOIN customer_dimension dimension ON dimension.id = segment.dimension_id
              ON CONFLICT (partner_id, segment_id) DO NOTHING RETURNING id""",
                user=self.env.uid,
                date=fields.Datetime.now(),
                reason=reason or None,
                partners=[partner_id for partner_id, _segment in pairs],
                segments=[segment_id for _partner, segment_id in pairs],
            )
        )
        self.invalidate_model()
        # The record rules on what was made, as `create` does.
        self.browse([row_id for [row_id] in rows]).check_access("create")

    def _pairs_sql(self, pairs):
        """(FROM item `pair`, condition that it is row `a`)"""
        return (
            SQL(
                "UNNEST(%s::int[], %s::int[]) AS pair (partner_id, segment_id)",
                [partner_id for partner_id, _segment in pairs],
                [segment_id for _partner, segment_id in pairs],
            ),
            SQL("a.partner_id = pair.partner_id AND a.segment_id = pair.segment_id"),
        )

    def _check_exclusive(self, pairs):
        """Refuse a second segment by hand in a dimension that takes one."""
        rows = self.env.execute_query(
            SQL(
                """WITH pair AS (
                       SELECT DISTINCT pair.partner_id, segment.id AS segment_id, segment.dimension_id
                         FROM UNNEST(%s::int[], %s::int[]) AS pair (partner_id, segment_id)
                         JOIN customer_segment segment ON segment.id = pair.segment_id
                         JOIN customer_dimension dimension ON dimension.id = segment.dimension_id
                        WHERE dimension.is_exclusive)
                   SELECT pair.partner_id, pair.segment_id, other.segment_id
                     FROM pair
                     JOIN (SELECT partner_id, dimension_id, segment_id FROM pair
                            UNION
                           SELECT partner_id, dimension_id, segment_id
                             FROM customer_segment_assignment WHERE is_exclusive) other
                       ON other.partner_id = pair.partner_id AND other.dimension_id = pair.dimension_id
                      AND other.segment_id <> pair.segment_id
                    LIMIT 1""",
                [partner_id for partner_id, _segment in pairs],
                [segment_id for _partner, segment_id in pairs],
            )
        )
        for partner_id, segment_id, other_id in rows:
            customer = self.env["res.partner"].browse(partner_id)
            self.env["customer.segment"].browse((segment_id, other_id))._check_together(customer.display_name)

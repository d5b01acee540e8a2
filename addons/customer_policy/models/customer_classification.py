from odoo import models

from ..fields import IdArray, UncheckedMany2one


class CustomerClassification(models.Model):
    """Which rules put a customer into segments: one narrow row per customer and company, the engine's own.

    A relation table would need a row per membership, each with its index entries; a full run would write several
    times as much. Everybody reads it through `customer.segment.member`.
    """

    _name = "customer.classification"
    _description = "Customer Classification"
    _log_access = False

    # Without foreign keys, which PostgreSQL checks row by row: who is no customer any more goes with the next run,
    # and members of a deleted partner or company are found by nobody meanwhile.
    partner_id = UncheckedMany2one("res.partner", string="Customer", required=True, readonly=True)
    company_id = UncheckedMany2one("res.company", required=True, readonly=True)
    rule_ids = IdArray("Rules", readonly=True, help="Segment rules that apply to the customer.")

    _partner_company_unique = models.UniqueIndex("(partner_id, company_id)")

from datetime import timedelta

from odoo.addons.customer_policy.tests.common import CustomerPolicyCommon
from odoo.tests import tagged
from odoo.tools import SQL

from . import cdnow

# Enough for the model to beat the rule.
COUNT = 1200


@tagged("post_install", "-at_install")
class InsightCommon(CustomerPolicyCommon):
    """Customers with the purchases of the CDNOW sample, moved in time so that its last day is today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.versions = cls.env["customer.insight.model"]

    @classmethod
    def add_history(cls, count=COUNT):
        """The first customers of the sample; {number: partner}."""
        days = cdnow.purchase_days()
        numbers = days.customer[days.starts][:count].tolist()
        partners = cls.env["res.partner"].create([{"name": f"Buyer {number}"} for number in numbers])
        cls.buyers = dict(zip(numbers, partners, strict=True))
        known = (days.customer <= numbers[-1]) & (days.amount > 0)
        rows = [
            (cls.buyers[customer].id, cls.today - timedelta(days=cdnow.END - day), amount)
            for customer, day, amount in zip(
                days.customer[known].tolist(), days.day[known].tolist(), days.amount[known].tolist(), strict=True
            )
        ]
        cls.env.cr.execute(
            SQL(
                """INSERT INTO customer_external_sale (partner_id, company_id, date, amount, reference, source,
                                                       write_date, create_date)
                   SELECT partner_id, %s, date, amount, 'C' || n, 'cdnow', NOW() AT TIME ZONE 'UTC',
                          NOW() AT TIME ZONE 'UTC'
                     FROM UNNEST(%s::int[], %s::date[], %s::numeric[]) WITH ORDINALITY
                          AS sale (partner_id, date, amount, n)""",
                cls.company.id,
                [row[0] for row in rows],
                [row[1] for row in rows],
                [row[2] for row in rows],
            )
        )
        cls.env["customer.external.sale"].invalidate_model()
        return cls.buyers

    @classmethod
    def fit(cls, company=None):
        """A version fitted now, as the job makes it."""
        version = cls.versions.sudo().create({"company_id": (company or cls.company).id})
        version._fit()
        return version

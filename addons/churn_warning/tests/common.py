import random
from datetime import timedelta

from odoo.addons.customer_policy.tests.common import CustomerPolicyCommon
from odoo.tools import SQL


class ChurnCommon(CustomerPolicyCommon):
    """Customers with a rhythm of their own, of whom some have fallen silent, and a calendar of Monday to Friday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # N of 90 days, whatever intervals the customers of a test have.
        draft = cls.draft()
        draft.churn_definition_ids.with_user(cls.manager).days = 90
        cls.policy = cls.publish(draft)
        cls.warnings = cls.env["churn.warning"].with_company(cls.company)
        cls.models = cls.env["churn.model"].with_company(cls.company)
        cls.salesperson = cls.new_user("seller", "customer_policy.group_customer_user", email="seller@example.com")
        cls.other = cls.new_user("other", "customer_policy.group_customer_user")

    @classmethod
    def rhythm(cls, name, interval, count, silent, amount=100.0, **values):
        """A customer who bought `count` times, every `interval` days, the last time `silent` days ago."""
        partner = cls.new_customer(name, user_id=cls.salesperson.id, **values)
        for number in range(count):
            cls.buy(partner, amount, silent + number * interval)
        return partner

    @classmethod
    def base(cls, customers=400, seed=7, leave=0.1):
        """A random base by SQL: rates differ, some leave for good after a purchase; the truth of it is simulated."""
        rng = random.Random(seed)
        partners = cls.env["res.partner"].create(
            [{"name": f"Base {n}", "is_company": True, "user_id": cls.salesperson.id} for n in range(customers)]
        )
        rows = []
        for partner in partners:
            interval, day, gone = rng.uniform(8, 60), rng.uniform(0, 300), rng.uniform(0, 2 * leave)
            while day < 720:
                rows.append((partner.id, cls.today - timedelta(days=720 - int(day)), round(rng.uniform(50, 500), 2)))
                if rng.random() < gone:
                    break
                day += rng.expovariate(1 / interval) + 1
        values = SQL(", ").join(
            SQL("(%s, %s, %s::date, %s, %s, %s)", partner, cls.company.id, day, amount, "base", f"B{number}")
            for number, (partner, day, amount) in enumerate(rows)
        )
        cls.env.cr.execute(
            SQL(
                """INSERT INTO customer_external_sale (partner_id, company_id, date, amount, source, reference)
                   VALUES %s""",
                values,
            )
        )
        cls.env.invalidate_all()
        return partners

    @classmethod
    def night(cls):
        """What a night does, without its commits."""
        cls.run_all()
        warnings = cls.warnings.sudo()
        warnings._keep_up(cls.company)
        opened = warnings._open_batch(cls.company)
        warnings._notify(cls.company)
        return opened

    @classmethod
    def warning(cls, partner):
        return cls.warnings.sudo().search([("partner_id", "=", partner.id)], order="id desc", limit=1)

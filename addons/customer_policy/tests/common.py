from datetime import timedelta

from odoo import Command
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class CustomerPolicyCommon(TransactionCase):
    """Customers with purchases, a policy of their own company, and the engine to grade them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True, "no_reset_password": True})
        cls.company = cls.env["res.company"].create({"name": "Policy Company", "customer_policy_tz": "Asia/Shanghai"})
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.company = cls.company.with_env(cls.env)
        cls.today = cls.company._customer_policy_today()
        cls.default_policy = cls.env["customer.policy"]._get_default()
        cls.engine = cls.env["customer.policy.engine"]
        cls.reference = 0
        cls.manager = cls.new_user("manager", "customer_policy.group_customer_manager")
        cls.second_manager = cls.new_user("second", "customer_policy.group_customer_manager")

    @classmethod
    def new_user(cls, login, groups, **values):
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,{groups}" if groups else "base.group_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            **values,
        )

    @classmethod
    def new_customer(cls, name, *, is_company=True, **values):
        return cls.env["res.partner"].create({"name": name, "is_company": is_company, **values})

    @classmethod
    def buy(cls, partner, amount, days_ago=0, *, order=None, company=None, **values):
        """An external sale: the shortest way to a purchase."""
        cls.reference += 1
        return cls.env["customer.external.sale"].create(
            {
                "partner_id": partner.id,
                "company_id": (company or cls.company).id,
                "date": cls.today - timedelta(days=days_ago),
                "amount": amount,
                "reference": f"T{cls.reference}",
                "order_reference": order,
                "source": "test",
                **values,
            }
        )

    @classmethod
    def run_all(cls, company=None):
        return cls.engine._run(company or cls.company)

    @classmethod
    def profile(cls, partner, company=None):
        return cls.env["customer.profile"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", (company or cls.company).id)]
        )

    @classmethod
    def draft(cls):
        """A draft of the shipped policy for the test company, by the first manager."""
        draft = cls.default_policy.with_user(cls.manager)._draft_version()
        draft.write({"company_id": cls.company.id})
        return draft

    @classmethod
    def publish(cls, draft):
        draft.with_user(cls.manager).action_submit()
        draft.with_user(cls.second_manager).action_approve()
        return draft

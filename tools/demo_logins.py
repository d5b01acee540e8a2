"""Logins of the demo: one per role, the password is the login."""

from typing import NamedTuple


class Login(NamedTuple):
    role: str
    name: str
    groups: tuple
    language: str


LOGINS = {
    "admin": Login("administrator", "Mitchell Admin", (), "en_US"),
    "manager": Login("customer policy manager", "Grace Miller", ("customer_policy.group_customer_manager",), "en_US"),
    "zhuguan": Login(
        "customer policy manager",
        "周文静",
        ("customer_policy.group_customer_manager", "sales_team.group_sale_manager", "customer_policy.group_evaluation"),
        "zh_CN",
    ),
    "sales": Login("salesperson, own customers", "Oliver Grant", ("sales_team.group_sale_salesman",), "en_US"),
    "xiaoshou": Login("salesperson, own customers", "李晓雯", ("sales_team.group_sale_salesman",), "zh_CN"),
    "teamlead": Login(
        "sales team leader",
        "Hannah Brooks",
        ("sales_team.group_sale_salesman", "customer_policy.group_customer_team"),
        "en_US",
    ),
    "steward": Login(
        "data steward",
        "Peter Lindqvist",
        ("customer_policy.group_data_steward", "customer_policy.group_customer_all"),
        "en_US",
    ),
    "service": Login(
        "service staff",
        "Nina Patel",
        ("customer_policy.group_service", "sales_team.group_sale_salesman_all_leads", "stock.group_stock_user"),
        "en_US",
    ),
    "fuwu": Login(
        "service staff",
        "陈思远",
        ("customer_policy.group_service", "sales_team.group_sale_salesman_all_leads", "stock.group_stock_user"),
        "zh_CN",
    ),
    "accountant": Login(
        "accountant without a customer role", "Sofia Ramos", ("account.group_account_invoice",), "en_US"
    ),
    "kuaiji": Login("accountant without a customer role", "刘敏", ("account.group_account_invoice",), "zh_CN"),
}

# {login: language}: customers of the portal, contact persons of companies that buy.
PORTAL_LOGINS = {"client": "en_US", "kehu": "zh_CN"}

{
    "name": "Churn Warning: Points",
    "summary": "Members who let points and tier go are about to leave",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Policy Contributors",
    "website": "https://github.com/customer-policy/customer-policy",
    "license": "LGPL-3",
    "depends": ["churn_warning", "loyalty_points"],
    "data": ["data/customer_policy_data.xml"],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
}

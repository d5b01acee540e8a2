{
    "name": "Churn Warning: Coupons",
    "summary": "Offers of win-back playbooks as coupons of Odoo's loyalty programs",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Policy Contributors",
    "website": "https://github.com/customer-policy/customer-policy",
    "license": "LGPL-3",
    "depends": ["churn_warning", "sale_loyalty"],
    "data": [
        "security/ir.model.access.csv",
        "security/churn_warning_coupon_security.xml",
        "wizard/churn_offer_send_views.xml",
        "views/churn_playbook_views.xml",
        "views/churn_offer_views.xml",
        "views/churn_warning_views.xml",
    ],
    "auto_install": True,
}

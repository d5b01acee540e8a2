{
    "name": "Customer Insight: Stock",
    "summary": "Suggestions that can be delivered, and demand beside what is in stock",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Policy Contributors",
    "website": "https://github.com/customer-policy/customer-policy",
    "license": "LGPL-3",
    "depends": ["customer_insight", "sale_stock"],
    "data": ["views/customer_demand_views.xml"],
    "auto_install": True,
}

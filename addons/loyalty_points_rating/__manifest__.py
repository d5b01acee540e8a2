{
    "name": "Loyalty Points: Reviews",
    "summary": "Points for a review",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Policy Contributors",
    "website": "https://github.com/customer-policy/customer-policy",
    "license": "LGPL-3",
    "depends": ["loyalty_points", "rating"],
    "data": ["data/customer_policy_data.xml"],
    "post_init_hook": "post_init_hook",
    "auto_install": True,
}

{
    "name": "Customer Policy: Point of Sale",
    "summary": "What customers buy at the counter counts for their profile and grade",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Policy Contributors",
    "website": "https://github.com/customer-policy/customer-policy",
    "license": "LGPL-3",
    "depends": ["customer_policy", "point_of_sale"],
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
    "auto_install": True,
}

{
    "name": "Loyalty Points: Point of Sale",
    "summary": "What is earned and spent at the counter stands in the points ledger, returns included",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Policy Contributors",
    "website": "https://github.com/customer-policy/customer-policy",
    "license": "LGPL-3",
    "depends": ["loyalty_points", "pos_loyalty"],
    "auto_install": True,
}

{
    "name": "Loyalty Points: Deliveries",
    "summary": "Points are earned when goods are delivered",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Policy Contributors",
    "website": "https://github.com/customer-policy/customer-policy",
    "license": "LGPL-3",
    "depends": ["loyalty_points", "sale_stock"],
    "auto_install": True,
}

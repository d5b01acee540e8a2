{
    "name": "Customer Complaint: Lots and Deliveries",
    "summary": "Cases about a lot or a delivery, returns, and who else received the lot",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Policy Contributors",
    "website": "https://github.com/customer-policy/customer-policy",
    "license": "LGPL-3",
    "depends": ["customer_complaint", "stock"],
    "data": [
        "security/ir.model.access.csv",
        "security/customer_complaint_stock_security.xml",
        "views/customer_complaint_views.xml",
        "views/stock_views.xml",
    ],
    "auto_install": True,
}

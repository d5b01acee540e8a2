{
    "name": "Customer Complaint: Live Chat",
    "summary": "A chat becomes a case with its number and tracking link",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Policy Contributors",
    "website": "https://github.com/customer-policy/customer-policy",
    "license": "LGPL-3",
    "depends": ["customer_complaint", "im_livechat"],
    "data": ["views/customer_complaint_views.xml"],
    "assets": {"web.assets_backend": ["customer_complaint_livechat/static/src/**/*"]},
    "auto_install": True,
}

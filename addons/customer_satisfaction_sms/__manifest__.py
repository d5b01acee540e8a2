{
    "name": "Customer Satisfaction: SMS",
    "summary": "Customers are invited to surveys by SMS",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Policy Contributors",
    "website": "https://github.com/customer-policy/customer-policy",
    "license": "LGPL-3",
    "depends": ["customer_satisfaction", "sms"],
    "data": ["data/sms_template_data.xml"],
    "auto_install": True,
}

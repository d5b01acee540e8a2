{
    "name": "Customer Policy Test",
    "summary": "A chapter with one rule model, for the tests of the contract that addons keep",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Customer Policy Contributors",
    "website": "https://github.com/customer-policy/customer-policy",
    "license": "LGPL-3",
    "depends": ["customer_policy"],
    "data": ["security/ir.model.access.csv", "data/customer_policy_data.xml"],
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}

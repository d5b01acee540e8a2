def post_init_hook(env):
    env["customer.policy"]._integrate_rules("customer_satisfaction_stock")

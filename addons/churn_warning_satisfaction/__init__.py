def post_init_hook(env):
    env["customer.policy"]._integrate_rules("churn_warning_satisfaction")

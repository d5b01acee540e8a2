def post_init_hook(env):
    env["customer.policy"]._integrate_rules("loyalty_points_satisfaction")

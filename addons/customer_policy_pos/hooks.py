def post_init_hook(env):
    """Orders that are there already count at once."""
    env["customer.policy.run"]._request(env["res.company"]._customer_policy_companies())


def uninstall_hook(env):
    """The next full run counts without them."""
    env["customer.policy.run"]._request(env["res.company"]._customer_policy_companies())

MODULE = "customer_policy"


def post_init_hook(env):
    env["customer.policy"]._integrate_chapter(MODULE)
    # Who installs this sees graded customers after a minute, not after a night.
    env["customer.policy.run"]._request(env["res.company"]._customer_policy_companies())


def uninstall_hook(env):
    env["customer.policy"]._keep_clauses(MODULE)

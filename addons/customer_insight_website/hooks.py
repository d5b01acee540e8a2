MODULE = "customer_insight_website"


def post_init_hook(env):
    env["customer.policy"]._integrate_chapter(MODULE)


def uninstall_hook(env):
    """The clause stays, as decisions may cite it; what was noted of visitors goes with its table."""
    env["customer.policy"]._keep_clauses(MODULE)

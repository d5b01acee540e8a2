MODULE = "customer_insight"


def post_init_hook(env):
    env["customer.policy"]._integrate_chapter(MODULE)


def uninstall_hook(env):
    """The clauses stay, as decisions may cite them."""
    env["customer.policy"]._keep_clauses(MODULE)

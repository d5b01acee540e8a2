MODULE = "customer_complaint"


def post_init_hook(env):
    env["customer.policy"]._integrate_chapter(MODULE)


def uninstall_hook(env):
    env["customer.policy"]._keep_clauses(MODULE)

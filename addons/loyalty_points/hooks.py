MODULE = "loyalty_points"


def post_init_hook(env):
    """Cards that are there already begin with one entry equal to their balance."""
    env["customer.policy"]._integrate_chapter(MODULE)
    env["loyalty.card"]._open_ledger()


def uninstall_hook(env):
    """The clauses stay; the balances stand on Odoo's own cards."""
    env["customer.policy"]._keep_clauses(MODULE)

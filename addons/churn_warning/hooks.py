MODULE = "churn_warning"


def post_init_hook(env):
    env["customer.policy"]._integrate_chapter(MODULE)
    env.ref("churn_warning.ir_cron_train")._trigger()


def uninstall_hook(env):
    """The clauses stay, as decisions may cite them."""
    env["customer.policy"]._keep_clauses(MODULE)

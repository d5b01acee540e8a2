MODULE = "customer_satisfaction"


def post_init_hook(env):
    env["customer.policy"]._integrate_chapter(MODULE)


def uninstall_hook(env):
    env["customer.policy"]._keep_clauses(MODULE)
    # Without this addon nobody may read these questionnaires' answers: core would show them to all survey users.
    env["survey.survey"].with_context(active_test=False).search(
        [("survey_type", "=", "customer_satisfaction")]
    ).unlink()

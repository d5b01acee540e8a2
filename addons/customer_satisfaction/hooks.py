from odoo.tools import SQL

MODULE = "customer_satisfaction"


def post_init_hook(env):
    env["customer.policy"]._integrate_chapter(MODULE)


def uninstall_hook(env):
    """The clauses stay; the questionnaires go with their answers: of another type they would be open to all users of
    surveys."""
    env["customer.policy"]._keep_clauses(MODULE)
    env.flush_all()
    for model in ("answer", "invitation", "trigger"):
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(f"customer_satisfaction_{model}")))
    env.invalidate_all(flush=False)
    surveys = env["survey.survey"].with_context(active_test=False, _force_unlink=True)
    surveys.search([("survey_type", "=", MODULE)]).unlink()

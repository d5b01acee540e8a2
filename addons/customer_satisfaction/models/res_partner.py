from odoo import api, fields, models
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = "res.partner"

    satisfaction_opt_out = fields.Boolean(
        "No Surveys",
        tracking=True,
        help="This contact wants no invitations to surveys. A company: none of its contacts does.",
    )
    customer_satisfaction_score = fields.Float(
        related="customer_profile_id.satisfaction_score",
        related_sudo=False,
        string="Satisfaction",
        groups="customer_policy.group_customer_user",
        aggregator="avg",
    )
    customer_satisfaction_date = fields.Date(
        related="customer_profile_id.last_satisfaction_date",
        related_sudo=False,
        string="Last Survey Answer",
        groups="customer_policy.group_customer_user",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_detach_answers(self):
        """The invitations of a contact go with it, its answers stay without them: first what points at both."""
        self.env.flush_all()
        for table, values in (
            ("survey_user_input", SQL("satisfaction_invitation_id = NULL")),
            ("customer_satisfaction_answer", SQL("invitation_id = NULL, contact_id = NULL")),
        ):
            column = "satisfaction_invitation_id" if table == "survey_user_input" else "invitation_id"
            self.env.cr.execute(
                SQL(
                    """UPDATE %s SET %s WHERE %s IN (
                           SELECT id FROM customer_satisfaction_invitation WHERE contact_id = ANY(%s))""",
                    SQL.identifier(table),
                    values,
                    SQL.identifier(column),
                    self.ids,
                )
            )
        self.env["survey.user_input"].invalidate_model(["satisfaction_invitation_id"], flush=False)
        self.env["customer.satisfaction.answer"].invalidate_model(flush=False)

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CustomerPolicy(models.Model):
    """What keeps a version from being changed, submitted or approved."""

    _inherit = "customer.policy"

    def _check_draft(self):
        """Refuse changes to a version that is not a draft; loading an addon's data is exempt."""
        if not self.env.registry.ready or not self:
            return
        # Shared with other editors, not with who submits this version at the same time.
        self.env.execute_query(SQL("SELECT id FROM customer_policy WHERE id IN %s FOR SHARE", tuple(self.ids)))
        for policy in self:
            if policy.state != "draft":
                raise UserError(
                    self.env._(
                        "“%(policy)s” is %(state)s: its clauses and rules don't change. Draft a new version instead.",
                        policy=policy.display_name,
                        state=dict(self._fields["state"]._description_selection(self.env))[policy.state],
                    )
                )

    def _check_four_eyes(self):
        """A version is approved by somebody who neither drafted, edited nor submitted it."""
        companies = self.company_id or self.env["res.company"]._customer_policy_companies()
        companies._check_four_eyes(self.sudo().editor_ids | self.author_id | self.submitter_id)

    def _note_editor(self):
        """Remember who works on these versions; without writing the versions, as several may do so at once."""
        if not self.env.registry.ready or not self:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_policy_editor_rel (policy_id, user_id)
                   SELECT UNNEST(%s::int[]), %s ON CONFLICT DO NOTHING""",
                self.ids,
                self.env.uid,
            )
        )
        self.invalidate_recordset(["editor_ids"], flush=False)

    def _check_problems(self):
        problems = self._get_problems()
        if problems:
            raise UserError(
                self.env._(
                    "This version can't work as it stands:\n%s", "\n".join(f"• {problem}" for problem in problems)
                )
            )

    def _get_problems(self):
        self.ensure_one()
        problems = []
        if not self.scheme_ids:
            problems.append(self.env._("There is no grading scheme."))
        if not self.lifecycle_rule_ids:
            problems.append(self.env._("There is no lifecycle rule."))
        for model in self.env["customer.policy.rule"]._rule_models():
            problems += self.env[model].search([("policy_id", "=", self.id)])._get_problems()
        return problems

    def _get_warnings(self):
        self.ensure_one()
        empty = self.clause_ids.filtered("is_role_empty").responsible_group_id
        warnings = [self.env._("Nobody holds the role “%s”.", group.name) for group in empty]
        for model in self.env["customer.policy.rule"]._rule_models():
            rules = self.env[model].search([("policy_id", "=", self.id)])
            if not rules._get_problems():
                warnings += rules._get_warnings()
        return warnings

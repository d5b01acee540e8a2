from odoo import Command, api, models

# Set while addons are being loaded of which at least one has brought a chapter.
CHAPTERS_WAIT = "customer_policy.chapters_wait"


class CustomerPolicy(models.Model):
    """What a version contains and decides: which rules apply, copies for the next version, chapters of addons."""

    _inherit = "customer.policy"

    # ------------------------------------------------------------ what applies

    @api.model
    def _get_default(self):
        """The policy as shipped; it stays, retired, when a company publishes its own."""
        return self.env.ref("customer_policy.customer_policy_default", raise_if_not_found=False) or self.browse()

    @api.model
    def _get_in_force(self, company):
        """The version in force for `company`: its own, else the general one, else none."""
        domain = [("state", "=", "in_force"), ("company_id", "in", [company.id, False])]
        return self.sudo().search(domain, order="company_id NULLS LAST", limit=1)

    def _get_rules(self, model):
        """Active rules of `model` that apply under this version.

        Addons installed after this version was drafted are not decided by it: their shipped defaults apply.
        """
        rules = self.env[model].sudo()
        module = self.env["ir.module.module"].sudo()._get(rules._original_module)
        source = self if module in self.sudo().module_ids else self._get_default()
        return rules.search([("policy_id", "=", source.id)])

    def _get_parameter(self, key):
        """Value of a named figure of this version (see `customer.policy.parameter`)."""
        return self._get_rules("customer.policy.parameter").filtered(lambda rule: rule.key == key)[:1].value

    def _get_companies(self):
        """Companies that live under this version."""
        self.ensure_one()
        companies = self.company_id or self.env["res.company"]._customer_policy_companies()
        return companies.filtered(lambda company: self._get_in_force(company) == self)

    # ------------------------------------------------------------ the next version

    def _draft_version(self):
        """Copy this version with clauses and rules into a new draft.

        Chapters of addons that this version does not decide about yet come from the policy as shipped.
        """
        self.ensure_one()
        default = self._get_default()
        draft = self.copy()
        new_modules = default.module_ids - self.module_ids
        draft._transition({"previous_id": self.id, "module_ids": [Command.set((self.module_ids | new_modules).ids)]})
        self._copy_content(draft)
        default._copy_content(draft, default._get_chapters(new_modules))
        return draft

    def _get_chapters(self, modules):
        """What these addons shipped with the default policy: chapters, and clauses in chapters of other addons."""
        domain = [("module", "in", modules.mapped("name")), ("model", "=", "customer.policy.clause")]
        shipped = set(self.env["ir.model.data"].sudo().search(domain).mapped("res_id"))
        return self.clause_ids.filtered(lambda clause: clause.id in shipped and clause.parent_id.id not in shipped)

    def _copy_content(self, policy, chapters=None):
        """Copy clauses with their rules: all, or these chapters. A clause finds the chapter above it, or brings it."""
        clauses = self.clause_ids if chapters is None else chapters | chapters.child_ids
        clause_map = (clauses | clauses.parent_id)._copy_to(policy)
        for model in self.env["customer.policy.rule"]._rule_models():
            rules = self.env[model].with_context(active_test=False)
            if not rules._policy_rule_parent:
                rules.search([("clause_id", "in", clauses.ids)])._copy_to(policy, clause_map)

    # ------------------------------------------------------------ addons that come and go

    @api.model
    def _integrate_chapter(self, module_name):
        """Called once by an addon after installation: its chapter stands in the default policy.

        Where nobody has published another version the chapter is in force at once. Otherwise a draft
        with the chapter is made from each version in force, and the shipped rules apply meanwhile.
        """
        modules = self._get_default().module_ids | self.env["ir.module.module"]._get(module_name)
        self._get_default()._transition({"module_ids": [Command.set(modules.ids)]})
        if self.env.registry.loaded:
            self._propose_chapters()
        else:
            # A draft made now would lack the rules of addons that are loaded after this one.
            self.env["ir.config_parameter"].sudo().set_param(CHAPTERS_WAIT, module_name)

    def _register_hook(self):
        super()._register_hook()
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        if parameters_sudo.get_param(CHAPTERS_WAIT):
            parameters_sudo.set_param(CHAPTERS_WAIT, False)
            self._propose_chapters()

    @api.model
    def _propose_chapters(self):
        """Draft, from each version in force, the next one with the chapters of addons that it does not know yet."""
        default = self._get_default()
        for policy in self.search([("state", "=", "in_force"), ("id", "!=", default.id)]):
            drafts = self.search([("previous_id", "=", policy.id), ("state", "in", ("draft", "review"))])
            if default.module_ids - policy.module_ids - drafts.module_ids:
                policy = policy._in_language_of_owner()
                policy._draft_version()._remind(
                    "mail.mail_activity_data_todo",
                    policy.env._("A new addon proposes a chapter: review and publish"),
                    user=policy.owner_id or policy.author_id,
                )

    @api.model
    def _keep_clauses(self, module_name):
        """Called by an addon before it goes: its clauses stay as text, as decisions cite them.

        No version decides about it any more; when it comes back, its chapter is proposed again.
        """
        domain = [("module", "=", module_name), ("model", "in", ["customer.policy", "customer.policy.clause"])]
        self.env["ir.model.data"].search(domain).unlink()
        module = self.env["ir.module.module"]._get(module_name)
        self.search([("module_ids", "in", module.ids)])._transition({"module_ids": [Command.unlink(module.id)]})

from odoo import api, fields, models
from odoo.exceptions import AccessError

# In the order to use them. Addons with history of their own add theirs.
STEPS = [
    ("customers", "res.partner", "customer_policy"),
    ("purchases", "customer.external.sale", "customer_policy"),
    ("interactions", "customer.interaction", "customer_policy"),
]


class CustomerHistoryGuide(models.TransientModel):
    """“Bring your history”: which templates there are, in the order to use them, and what is there already."""

    _name = "customer.history.guide"
    _description = "Bring Your History"

    customer_count = fields.Integer("Customers", compute="_compute_counts")
    purchase_count = fields.Integer("Imported Purchases", compute="_compute_counts")
    interaction_count = fields.Integer("Imported Contacts", compute="_compute_counts")

    def _compute_counts(self):
        company = [("company_id", "=", self.env.company.id)]
        for guide in self:
            guide.customer_count = self.env["customer.profile"].search_count(company)
            guide.purchase_count = self.env["customer.external.sale"].search_count(company)
            guide.interaction_count = self.env["customer.interaction"].search_count(company)

    @api.depends_context("lang")
    def _compute_display_name(self):
        for guide in self:
            guide.display_name = self.env._("Bring Your History")

    @api.model
    def _steps(self):
        """[(name of the template, model, addon)] in the order to import them."""
        return list(STEPS)

    @api.model
    def _import_template(self, name):
        """What `get_import_templates` of a model answers: the file in the user's language."""
        return [{"label": self._template_labels().get(name, name), "template": self._template_path(name)}]

    @api.model
    def _template_labels(self):
        """{name of the template: what the importer calls it}"""
        return {
            "customers": self.env._("Template: customers"),
            "purchases": self.env._("Template: purchases"),
            "interactions": self.env._("Template: contact history"),
        }

    @api.model
    def _template_path(self, name):
        module = {step: addon for step, _model, addon in self._steps()}[name]
        language = "zh" if (self.env.lang or "").startswith("zh") else "en"
        return f"/{module}/static/xls/{name}_{language}.xlsx"

    @api.model
    def _open(self):
        return self.create({})._get_records_action(name=self.env._("Bring Your History"))

    def action_download(self):
        """Download the template of the step named in the button's context."""
        return {"type": "ir.actions.act_url", "url": self._template_path(self._get_step()), "target": "download"}

    def action_import(self):
        """Open Odoo's importer for the step named in the button's context."""
        step = self._get_step()
        model = {name: model for name, model, _addon in self._steps()}[step]
        if not self.env[model].has_access("create"):
            raise AccessError(self.env._("Importing these is up to data stewards and managers."))
        context = {"default_is_customer_record": True} if model == "res.partner" else {}
        return {
            "type": "ir.actions.client",
            "tag": "import",
            "name": self._step_titles().get(step) or self.env._("Import"),
            "params": {"active_model": model, "context": context},
        }

    @api.model
    def _step_titles(self):
        return {
            "customers": self.env._("Import Customers"),
            "purchases": self.env._("Import Purchases"),
            "interactions": self.env._("Import Contact History"),
        }

    def _get_step(self):
        step = self.env.context.get("history_step")
        if step not in [name for name, _model, _addon in self._steps()]:
            raise AccessError(self.env._("There is no such template."))
        return step

from odoo import api, fields, models

from .res_partner import PROFILE

# Fields of a contact that come from its profile without being related fields.
FROM_PROFILE = {"customer_profile_id", "customer_profile_ids", "customer_grade_history_ids", "is_customer_record"}


class CustomerPolicyScheme(models.AbstractModel):
    """A rule for one kind of customer: of all schemes of a model, the first whose condition a customer meets."""

    _name = "customer.policy.scheme"
    _description = "Scheme of a Customer Policy"
    _inherit = "customer.policy.rule"
    _policy_domains = {"domain": "res.partner"}

    name = fields.Char(required=True, translate=True)
    domain = fields.Char(
        "Customers", required=True, default="[]", help="Condition on the contact. The first scheme that fits is used."
    )

    @api.constrains("domain")
    def _check_domain(self):
        for scheme in self:
            scheme._get_domain()

    def _get_domain(self):
        """The condition on res.partner as a `Domain`."""
        self.ensure_one()
        return self._parse_domain(self.domain, "res.partner")

    def _is_decided_later(self, name):
        """Windows show the profile as the last run left it; segments are decided before the schemes."""
        field = self.env["res.partner"]._fields.get(name)
        is_window = field is not None and (field.related or "").startswith(PROFILE)
        return is_window or name in FROM_PROFILE or super()._is_decided_later(name)

    def _get_warnings(self):
        partners = self.env["res.partner"].sudo()
        return [
            self.env._("“%s” matches no contact at all.", scheme.name)
            for scheme in self
            if not partners.search_count(scheme._get_domain(), limit=1)
        ]

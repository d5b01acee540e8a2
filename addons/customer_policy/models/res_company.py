from datetime import datetime

import pytz
from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import UserError
from odoo.tools import SQL


class ResCompany(models.Model):
    _inherit = "res.company"

    customer_policy_tz = fields.Selection(
        _tz_get,
        string="Customer Policy Time Zone",
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
        help="In which a day of the customer policy begins and ends.",
    )
    customer_policy_four_eyes = fields.Boolean(
        "Four-Eyes Publishing",
        default=True,
        help="Policy versions and grade overrides are approved by somebody else than who made them.",
    )
    customer_policy_own_only = fields.Boolean(
        "Salespeople See Only Their Own Customers",
        help="Hides other people's customers from salespeople who may not see all.",
    )

    def write(self, vals):
        if "customer_policy_own_only" in vals:
            # Record rules are cached with the answer of `_customer_partner_domain`.
            self.env.registry.clear_cache()
        switched = self.browse()
        if "customer_policy_four_eyes" in vals:
            switched = self.filtered(lambda c: c.customer_policy_four_eyes != vals["customer_policy_four_eyes"])
        result = super().write(vals)
        switched._log_four_eyes()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_customer_profiles(self):
        """These name their company without a foreign key; the ORM keeps the history from being deleted."""
        self.env["customer.profile"].sudo().search([("company_id", "in", self.ids)]).unlink()
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM customer_grade_history WHERE company_id IN %s", tuple(self.ids)))
        self.env["customer.grade.history"].invalidate_model()

    def _log_four_eyes(self):
        """Leave a trace of the switch on the policy that it weakens or strengthens."""
        for company in self:
            policy = self.env["customer.policy"]._get_in_force(company)
            names = {"user": self.env.user.name, "company": company.name}
            if company.customer_policy_four_eyes:
                body = self.env._("%(user)s switched four-eyes publishing on for %(company)s.", **names)
            else:
                body = self.env._("%(user)s switched four-eyes publishing off for %(company)s.", **names)
            if policy:
                policy.message_post(body=body)

    def _check_four_eyes(self, involved):
        """Refuse the approval of the current user when they are among `involved` (users who made what is approved),
        unless all of these companies have switched four eyes off."""
        if self.env.user not in involved or not any(self.sudo().mapped("customer_policy_four_eyes")):
            return
        managers = self.env.ref("customer_policy.group_customer_manager").sudo().all_user_ids
        if len(managers.filtered(lambda user: user.active and not user.share)) < 2:
            raise UserError(
                self.env._(
                    "You took part in this, and nobody else is a customer policy manager. Give a second person that "
                    "role, or switch off “Four-Eyes Publishing” in the settings (this is logged)."
                )
            )
        raise UserError(self.env._("You took part in this: somebody else must approve it."))

    @api.model
    def _customer_policy_companies(self):
        """All companies of the database; sudo, as jobs and checks look beyond the user's own."""
        return self.sudo().search([])  # pylint: disable=no-search-all

    def _customer_policy_today(self):
        """The day it is for the policy of this company."""
        return datetime.now(pytz.timezone(self.customer_policy_tz or "UTC")).date()

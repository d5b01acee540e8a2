from odoo import api, fields, models

ORIGIN = {"website_view_consent_date", "website_view_consent_source"}
# In the context of a write that knows date and source itself; no client can send it.
KNOWN = object()


class ResPartner(models.Model):
    """Whether a person lets the company use what they look at in its shop. Off until somebody gives it."""

    _inherit = "res.partner"

    website_view_consent = fields.Boolean(
        "Viewed Products May Be Used",
        copy=False,
        tracking=True,
        groups="customer_policy.group_customer_user",
        help="The person has agreed that products looked at in the shop are noted for suggestions. Without it nothing "
        "is noted; switching it off deletes what was noted.",
    )
    website_view_consent_date = fields.Datetime(
        "Answered On", readonly=True, copy=False, groups="customer_policy.group_customer_user"
    )
    website_view_consent_source = fields.Selection(
        [("portal", "The person, in the portal"), ("staff", "Entered by staff"), ("import", "Imported")],
        "Answered By",
        readonly=True,
        copy=False,
        groups="customer_policy.group_customer_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Date and source are noted here, never taken from who writes."""
        vals_list = [{name: value for name, value in vals.items() if name not in ORIGIN} for vals in vals_list]
        for vals in vals_list:
            if vals.get("website_view_consent"):
                vals.update(self._consent_origin())
        return super().create(vals_list)

    def write(self, vals):
        if self.env.context.get("website_view_consent") is KNOWN:
            return super().write(vals)
        vals = {name: value for name, value in vals.items() if name not in ORIGIN}
        if "website_view_consent" not in vals:
            return super().write(vals)
        agreed = bool(vals.pop("website_view_consent"))
        result = super().write(vals)
        self._give_view_consent(agreed)
        return result

    def _give_view_consent(self, agreed, source=None):
        """Consent or its withdrawal, with the moment and who said so; a withdrawal deletes what was noted."""
        answered = self.filtered(lambda contact: contact.sudo().website_view_consent != agreed)
        if answered:
            answered._write_view_consent({"website_view_consent": agreed, **self._consent_origin(source)})

    def _write_view_consent(self, values):
        self.with_context(website_view_consent=KNOWN).write(values)
        if not values["website_view_consent"]:
            self.env["customer.product.view"]._forget(self)

    @api.model
    def _consent_origin(self, source=None):
        source = source or ("import" if self.env.context.get("import_file") else "staff")
        return {"website_view_consent_date": fields.Datetime.now(), "website_view_consent_source": source}

from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.http import request


class CustomerRecordPortal(CustomerPortal):
    """The customer's own record in the portal: as it is held, to correct and to confirm.

    No route takes an id: the record is always that of the user's own commercial partner. Values are corrected through
    core's address form, which writes its list of allowed fields only.
    """

    def _customer_record_partner(self):
        """The user's commercial partner where it is a customer, as sudo; else an empty recordset."""
        partner_sudo = request.env.user.partner_id.commercial_partner_id.sudo()
        return partner_sudo if partner_sudo.is_customer_record else partner_sudo.browse()

    @http.route("/my/customer-record", type="http", auth="user", website=True, methods=["GET"])
    def customer_record(self, **kwargs):
        partner_sudo = self._customer_record_partner()
        if not partner_sudo:
            return request.redirect("/my")
        return request.render("customer_policy.portal_customer_record", self._customer_record_values(partner_sudo))

    def _customer_record_values(self, partner_sudo):
        """Hook: what the page shows; addons add sections of their own."""
        current_sudo = request.env.user.partner_id.sudo()
        addresses = partner_sudo.child_ids.filtered(lambda child: child.type in ("invoice", "delivery", "other"))
        profiles = partner_sudo.customer_profile_ids.filtered(lambda profile: profile.company_id == request.env.company)
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "customer_record",
            "partner": partner_sudo,
            "current": current_sudo,
            "addresses": addresses,
            "confirmed_date": profiles[:1].confirmed_date,
            "facts": self._customer_record_facts(partner_sudo),
            "current_facts": self._customer_record_facts(current_sudo) if current_sudo != partner_sudo else [],
        }

    def _customer_record_facts(self, partner_sudo):
        """[(label, value)] of what the company holds about a customer or contact; nothing internal."""
        is_customer = partner_sudo == partner_sudo.commercial_partner_id
        codes = ["vat", "company_registry", "website"] if is_customer else ["function"]
        names = ["name", *codes, "phone", "email", "contact_address", "lang"]
        labels = {name: field["string"] for name, field in partner_sudo.fields_get(names, ["string"]).items()}
        labels |= {"contact_address": request.env._("Address"), "website": request.env._("Website")}
        rows = []
        for name in names:
            value = partner_sudo[name]
            if name == "contact_address":
                lines = partner_sudo._display_address(without_company=True).splitlines()
                value = "\n".join(line for line in lines if line.strip())
            elif name == "lang":
                value = dict(request.env["res.lang"].get_installed()).get(value)
            rows.append((labels[name], value or ""))
        optional = {labels[name] for name in codes}
        return [(label, value) for label, value in rows if value or label not in optional]

    @http.route("/my/customer-record/confirm", type="http", auth="user", website=True, methods=["POST"])
    def customer_record_confirm(self, **kwargs):
        """“All correct”: counts as a confirmation by the customer, in every company that has it as one."""
        partner_sudo = self._customer_record_partner()
        if partner_sudo:
            partner_sudo.customer_profile_ids._confirm("portal")
        return request.redirect("/my/customer-record?confirmed=1")

    def _validate_address_values(self, address_values, partner_sudo, address_type, use_delivery_as_billing,
                                 required_fields, **kwargs):  # fmt: skip
        """The formats of the entry standard hold for what the customer writes, too."""
        invalid, missing, messages = super()._validate_address_values(
            address_values, partner_sudo, address_type, use_delivery_as_billing, required_fields, **kwargs
        )
        if partner_sudo.is_customer_record and partner_sudo.commercial_partner_id == partner_sudo:
            for name, text in partner_sudo._wrong_formats(address_values):
                if name not in invalid | missing:
                    invalid.add(name)
                    messages.append(text)
        return invalid, missing, messages

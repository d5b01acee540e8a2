from odoo import http
from odoo.addons.customer_policy.controllers.portal import CustomerRecordPortal
from odoo.http import request

# What was noted is shown up to here, the latest first.
SHOWN = 20


class ViewedProductsPortal(CustomerRecordPortal):
    """The person agrees to the use of viewed products, sees what was noted, and withdraws as easily."""

    def _customer_record_values(self, partner_sudo):
        contact_sudo = request.env.user.partner_id.sudo()
        views_sudo = request.env["customer.product.view"].sudo()  # of the person that is logged in, by the domain
        return {
            **super()._customer_record_values(partner_sudo),
            "view_consent": contact_sudo.website_view_consent,
            "view_consent_date": contact_sudo.website_view_consent_date,
            "product_views": views_sudo.search([("partner_id", "=", contact_sudo.id)], limit=SHOWN),
            "allows_cookies": request.website._allConsentsGranted(),
        }

    @http.route("/my/customer-record/viewed-products", type="http", auth="user", website=True, methods=["POST"])
    def customer_record_viewed_products(self, agree="", **kwargs):
        """Consent of the person that is logged in, or its withdrawal; of nobody else, whatever is sent."""
        request.env.user.partner_id.sudo()._give_view_consent(bool(agree), "portal")
        return request.redirect("/my/customer-record")

from odoo import http
from odoo.addons.sale.controllers.portal import CustomerPortal
from odoo.exceptions import UserError
from odoo.http import request


class LoyaltyOrderPortal(CustomerPortal):
    @http.route()
    def portal_quote_accept(self, order_id, access_token=None, name=None, signature=None):
        """What stands against the order, like a product that is not on sale for the customer's tier yet, is said in the
        form. The order is then as it was before."""
        try:
            with request.env.cr.savepoint():
                return super().portal_quote_accept(order_id, access_token, name=name, signature=signature)
        except UserError as refusal:
            return {"error": refusal.args[0]}

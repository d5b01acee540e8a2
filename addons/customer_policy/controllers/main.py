from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request


class CustomerPolicyExport(http.Controller):
    @http.route("/customer_policy/export/<int:policy_id>", type="http", auth="user", methods=["GET"])
    def export(self, policy_id):
        """The file of a version, for managers who may read it."""
        policy = request.env["customer.policy"].browse(policy_id)
        try:
            policy.check_access("read")
            name, text = policy._export_file()
        except UserError as error:
            raise request.not_found(str(error)) from error
        headers = [
            ("Content-Type", "application/json; charset=utf-8"),
            ("Content-Disposition", content_disposition(name)),
        ]
        return request.make_response(text, headers)

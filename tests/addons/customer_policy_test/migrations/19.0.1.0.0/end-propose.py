from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """The promise becomes longer; a company that has set its own keeps it."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    changes = {"customer_policy_test.test_rule": {"days": (5, 7)}}
    env["customer.policy"]._propose_release("customer_policy_test 19.0.1.0.0", changes)

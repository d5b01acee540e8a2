"""For Odoo's shell: makes the bundles that browser tests load, as Odoo's own test runner does before its own.

Else each test would make them anew, in its transaction.
"""

import warnings

BUNDLES = (
    "web.assets_web",
    "web.assets_backend_lazy",
    "web.assets_tests",
    "web.assets_frontend",
    "web.assets_frontend_minimal",
    "web.assets_frontend_lazy",
)

warnings.simplefilter("ignore", DeprecationWarning)  # of Odoo's libraries
for bundle in BUNDLES:
    env["ir.qweb"]._get_asset_bundle(bundle, css=False, js=True).js()  # noqa: F821
    env["ir.qweb"]._get_asset_bundle(bundle, css=True, js=False).css()  # noqa: F821
env.cr.commit()  # noqa: F821

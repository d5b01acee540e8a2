"""What the request of the moment calls: rules for what people enter must not stop what other code writes."""

from odoo.http import request

# Remote calls that are somebody's own entry of a contact.
ENTRY_MODELS = ("res.partner", "base_import.import")
INTERFACES = ("/json/", "/xmlrpc/", "/jsonrpc")


class Marker(int):
    """A value in the context that no client can send: what comes over the wire is a plain number."""


# In the context key `customer_entry_check`: software writes, the entry standard stays out of it.
UNCHECKED = Marker(0)


def client_context():
    """The context that the web client or another program has sent along."""
    if not request:
        return {}
    kwargs = request.params.get("kwargs")
    context = kwargs.get("context") if isinstance(kwargs, dict) else request.params.get("context")
    return context if isinstance(context, dict) else {}


def is_interface():
    """Whether another program calls, not the web client."""
    return bool(request) and request.httprequest.path.startswith(INTERFACES)


def is_entry_of_contact():
    """Whether contacts are written because somebody writes contacts: not an order, a lead, a page of the website."""
    if not request:
        return True
    path, params = request.httprequest.path, request.params
    if path.startswith("/web/dataset/"):
        return params.get("model") in ENTRY_MODELS
    if path.startswith("/json/2/"):
        return params.get("__model__") in ENTRY_MODELS
    return path.startswith(INTERFACES)

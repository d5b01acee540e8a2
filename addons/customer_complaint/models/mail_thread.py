import logging

from odoo import models

_logger = logging.getLogger(__name__)


def is_auto_reply(message):
    """Whether an incoming mail answers by itself (RFC 3834 and what was usual before it)."""
    submitted = (message.get("Auto-Submitted") or "no").strip().lower()
    precedence = (message.get("Precedence") or "").strip().lower()
    return (
        submitted.startswith("auto-replied")
        or precedence == "auto_reply"
        or bool(message.get("X-Autoreply") or message.get("X-Autorespond"))
    )


def is_automatic(message):
    """Whether no person stands behind an incoming mail; a web shop's form mailer is automatic and no auto-reply."""
    return is_auto_reply(message) or (message.get("Auto-Submitted") or "no").strip().lower() != "no"


def wants_no_receipt(message):
    """Whether an incoming mail must not be answered by a machine, though a person may stand behind it: lists and bulk
    mail, no return path (RFC 3834, section 2), or the sender says so (Microsoft's MS-OXCMAIL, 2.2.3.2.14)."""
    precedence = (message.get("Precedence") or "").strip().lower()
    suppressed = {part.strip().lower() for part in (message.get("X-Auto-Response-Suppress") or "").split(",")}
    return (
        is_automatic(message)
        or precedence in ("bulk", "junk", "list")
        or bool(message.get("List-Id"))
        or (message.get("Return-Path") or "").strip() == "<>"
        or bool(suppressed & {"all", "autoreply"})
    )


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """An auto-reply opens no case; what is automatic gets no receipt and wakes no clock, so that no loop begins."""
        if is_auto_reply(message):
            kept = [route for route in routes or () if route[0] != "customer.complaint" or route[1]]
            if len(kept) < len(routes or ()):
                _logger.info("Auto-reply %s opens no case", message_dict.get("message_id"))
            routes = kept
        if is_automatic(message):
            self = self.with_context(customer_complaint_automatic=True)
        if wants_no_receipt(message):
            self = self.with_context(customer_complaint_no_receipt=True)
        return super()._message_route_process(message, message_dict, routes)

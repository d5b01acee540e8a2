import csv
import io
import json
from pathlib import Path

from odoo import http
from odoo.http import request
from werkzeug.exceptions import NotFound

from ..engine import ledger_seal

TYPES = {"csv": "text/csv", "json": "application/json"}


class SealExport(http.Controller):
    """The sealed ledger as a file, and the script that verifies it."""

    @http.route("/loyalty_points/ledger.<string:suffix>", type="http", auth="user", methods=["GET"])
    def ledger(self, suffix, **_kwargs):
        seals = request.env["loyalty.ledger.seal"]
        if suffix not in TYPES or not seals.has_access("read"):
            raise NotFound()
        rows = seals._sealed_rows()
        if suffix == "json":
            content = json.dumps(list(rows), ensure_ascii=False)
        else:
            text = io.StringIO()
            csv.writer(text).writerows(rows)
            content = text.getvalue()
        return request.make_response(content.encode(), self._headers(TYPES[suffix], f"points_ledger.{suffix}"))

    @http.route("/loyalty_points/ledger_seal.py", type="http", auth="user", methods=["GET"])
    def script(self, **_kwargs):
        content = Path(ledger_seal.__file__).read_bytes()
        return request.make_response(content, self._headers("text/x-python", "ledger_seal.py"))

    def _headers(self, type_, name):
        return [("Content-Type", f"{type_}; charset=utf-8"), ("Content-Disposition", http.content_disposition(name))]

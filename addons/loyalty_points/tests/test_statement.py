"""The statement as a PDF: printed by wkhtmltopdf, as a member gets it."""

import io
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import PdfFileReader

from .common import LoyaltyPointsCommon


@tagged("post_install", "-at_install")
class TestStatement(LoyaltyPointsCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.new_card()
        cls.post(cls.card, 300, expiration_date=fields.Date.today() + timedelta(days=20))
        cls.post(cls.card, -120)

    def print(self, language):
        """Text of the PDF."""
        state = self.env["ir.actions.report"].get_wkhtmltopdf_state()
        self.assertEqual(state, "ok", "wkhtmltopdf is one of the system packages that the set-up installs")
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, kind = report._render_qweb_pdf("loyalty_points.statement", self.card.ids, data={"lang": language})
        self.assertEqual((kind, content[:5]), ("pdf", b"%PDF-"))
        return "".join(page.extract_text() for page in PdfFileReader(io.BytesIO(content)).pages)

    def test_english(self):
        text = self.print("en_US")
        for part in ("Points Statement", "Longhua Components", "+300", "-120", "180"):
            self.assertIn(part, text)

    def test_chinese(self):
        text = self.print("zh_CN")
        for part in ("积分对账单", "兑换", "+300", "-120", "180"):
            self.assertIn(part, text)

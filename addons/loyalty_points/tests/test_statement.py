"""The statement as a PDF: printed by wkhtmltopdf, as a member gets it."""

import io
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger
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

    # It warns of what Debian's wkhtmltopdf can't draw (header and footer) and of styles that are not there.
    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def print(self, language, with_styles=True):
        """Text of each page of the PDF. The fonts of Odoo's styles are drawn as outlines: nobody can read them back."""
        state = self.env["ir.actions.report"].get_wkhtmltopdf_state()
        self.assertEqual(state, "ok", "wkhtmltopdf is one of the system packages that the set-up installs")
        if not with_styles:
            self.env["ir.config_parameter"].set_param("report.url", "http://127.0.0.1:9")
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, kind = report._render_qweb_pdf("loyalty_points.statement", self.card.ids, data={"lang": language})
        self.assertEqual((kind, content[:5]), ("pdf", b"%PDF-"))
        return [" ".join(page.extract_text().split()) for page in PdfFileReader(io.BytesIO(content)).pages]

    def test_english(self):
        [text] = self.print("en_US", with_styles=False)
        for part in ("Points Statement", "Longhua Components", "Redemption", "+300", "-120", "180"):
            self.assertIn(part, text)

    def test_chinese(self):
        [text] = self.print("zh_CN", with_styles=False)
        for part in ("积分对账单", "兑换", "+300", "-120", "180"):
            self.assertIn(part, text)

    def test_with_styles(self):
        """As the server's own pages are reached: all on one page."""
        [text] = self.print("zh_CN")
        self.assertIn("积分对账单", text)

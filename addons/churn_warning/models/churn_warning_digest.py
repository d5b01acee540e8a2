from odoo import api, fields, models


class ChurnWarning(models.Model):
    """One mail a night to each person with new warnings."""

    _inherit = "churn.warning"

    @api.model
    def _notify(self, company):
        """Mail the warnings that were opened since the last one, to who is responsible for them."""
        fresh = self.sudo().search(
            [("company_id", "=", company.id), ("state", "=", "open"), ("date_notified", "=", False),
             ("user_id", "!=", False)]
        )  # fmt: skip
        for user, warnings in fresh.grouped("user_id").items():
            warnings._mail_digest(user)
            warnings.with_context(tracking_disable=True).date_notified = fields.Datetime.now()

    def _mail_digest(self, user):
        """The digest of these warnings; nothing for who has no mail address."""
        if not user.email:
            return
        reader = self.with_context(lang=user.lang, tz=user.tz)
        values = {"warnings": reader, "user": user, "base": self[:1].get_base_url()}
        body = reader.env["ir.qweb"]._render("churn_warning.digest", values)
        company = self.company_id[:1]
        self.env["mail.mail"].sudo().create(
            {
                "subject": reader.env._("%s new churn warnings", len(self)),
                "body_html": body,
                "email_from": company.email_formatted or self.env.user.email_formatted,
                "recipient_ids": [(4, user.partner_id.id)],
                "auto_delete": True,
            }
        )

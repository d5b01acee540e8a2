from odoo import api, fields, models
from odoo.addons.customer_policy.fields import UncheckedMany2one
from odoo.exceptions import UserError
from odoo.tools import SQL

# Members told in one transaction.
BATCH = 200


class LoyaltyPointsNotice(models.Model):
    """Who was told of which points that expire: one mail per member for all lots that come due, one notice per lot."""

    _name = "loyalty.points.notice"
    _description = "Notice of Expiring Points"
    _order = "date desc, id desc"
    _log_access = False
    _rec_name = "card_id"

    card_id = fields.Many2one("loyalty.card", required=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(related="card_id.partner_id")
    company_id = UncheckedMany2one("res.company", required=True)
    entry_id = UncheckedMany2one("loyalty.ledger.entry", string="Lot", required=True)
    points = fields.Float(digits=(16, 2), required=True)
    expiration_date = fields.Date("Last Day", required=True)
    date = fields.Date("Told On", required=True)
    is_sent = fields.Boolean("Mail", help="Not sent: the member has no e-mail address.")

    _lot_unique = models.UniqueIndex("(entry_id, expiration_date)")

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("Notices are kept by the software alone."))
        return super().create(vals_list)

    @api.model
    def _notify_due(self, company, limit=BATCH):
        """Tell members of points that expire within the days of the rule; returns how many cards were looked at."""
        lots = self.sudo()._lots_to_tell(company, limit)
        by_card = {}
        for lot_id, card_id, points, day in lots:
            by_card.setdefault(card_id, []).append((lot_id, points, day))
        template = self.env.ref("loyalty_points.mail_template_expiring_points", raise_if_not_found=False)
        today, vals_list = company._customer_policy_today(), []
        for card in self.env["loyalty.card"].sudo().browse(by_card):
            mine = by_card[card.id]
            sent = bool(template and card.partner_id.email_normalized)
            if sent:
                card._send_expiry_notice(template, company, sum(lot[1] for lot in mine), min(lot[2] for lot in mine))
            vals_list += [
                {"card_id": card.id, "company_id": company.id, "entry_id": lot_id, "points": points, "date": today,
                 "expiration_date": day, "is_sent": sent}
                for lot_id, points, day in mine
            ]  # fmt: skip
        self.sudo().create(vals_list)
        return len(by_card)

    @api.model
    def _lots_to_tell(self, company, limit):
        """[(lot, card, points, last day)] of the first so many cards with lots that nobody was told of."""
        cards = self.env["loyalty.card"]
        rules = {
            p: rule for p, rule in cards._expiry_rules(company).items() if rule.notice_days and rule.method != "never"
        }
        if not rules:
            return []
        self.env.flush_all()
        days = SQL(" ").join(SQL("WHEN %s THEN %s", program.id, rule.notice_days) for program, rule in rules.items())
        return self.env.execute_query(
            SQL(
                """WITH lot AS (%(lots)s),
                   untold AS (
                       SELECT lot.* FROM lot WHERE NOT EXISTS (
                              SELECT FROM loyalty_points_notice n
                               WHERE n.entry_id = lot.entry_id AND n.expiration_date = lot.day)),
                   first AS (SELECT DISTINCT card_id FROM untold ORDER BY card_id LIMIT %(limit)s)
                   SELECT entry_id, card_id, points::float8, day FROM untold JOIN first USING (card_id)
                    ORDER BY card_id, day, entry_id""",
                lots=cards._due_lots(company, rules, ahead=SQL("CASE e.program_id %s END", days)),
                limit=limit,
            )
        )


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _send_expiry_notice(self, template, company, points, day):
        self.ensure_one()
        context = {"expiring_points": self._format_points(points), "expiring_day": day, "expiring_company": company}
        template.sudo().with_context(**context).send_mail(
            self.id, email_layout_xmlid="mail.mail_notification_light", force_send=False
        )

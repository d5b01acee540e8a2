from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

STATES = [
    ("planned", "Not Sent Yet"),
    ("sent", "Sent"),
    ("redeemed", "Redeemed"),
    ("expired", "Expired Unused"),
]


class ChurnOffer(models.Model):
    """The coupon that a step of the playbook offers to the customer of a warning: one per step, sent by a person.

    It is planned when the win-back begins. Whoever may work on the warning sends it: what is offered has been approved
    with the policy, so no right on coupon programs is needed.
    """

    _name = "churn.offer"
    _description = "Offer of a Win-Back"
    _order = "planned_date, id"
    _rec_name = "program_name"

    warning_id = fields.Many2one("churn.warning", required=True, readonly=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(related="warning_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="warning_id.company_id", store=True)
    step_key = fields.Char(required=True, readonly=True, help="Of the step, the same in all versions of the policy.")
    activity_id = fields.Many2one("mail.activity", readonly=True, index="btree_not_null", ondelete="set null")
    program_id = fields.Many2one("loyalty.program", required=True, readonly=True, ondelete="restrict")
    program_name = fields.Char("Offer", related="program_id.name")
    days = fields.Integer("Valid (Days)", required=True, readonly=True)
    planned_date = fields.Date("Planned For", required=True, readonly=True)

    coupon_id = fields.Many2one("loyalty.card", readonly=True, index="btree_not_null", ondelete="restrict")
    code = fields.Char(related="coupon_id.code")
    valid_until = fields.Date(related="coupon_id.expiration_date", string="Valid Until")
    points = fields.Float(readonly=True, aggregator=None, help="On the coupon when it was handed out.")
    date_sent = fields.Date("Handed Out", readonly=True)
    user_id = fields.Many2one("res.users", "Handed Out By", readonly=True)
    is_mailed = fields.Boolean("By Mail", readonly=True)
    state = fields.Selection(STATES, compute="_compute_state", compute_sudo=True)

    _step_unique = models.UniqueIndex("(warning_id, step_key)", "This offer has been planned already.")

    @api.depends("coupon_id.points", "coupon_id.expiration_date", "points")
    def _compute_state(self):
        for offer in self:
            coupon, today = offer.coupon_id, offer.company_id._customer_policy_today()
            if not coupon:
                offer.state = "planned"
            elif coupon.points < offer.points:
                offer.state = "redeemed"
            else:
                offer.state = "expired" if coupon.expiration_date and coupon.expiration_date < today else "sent"

    @api.model
    def _redeemed(self):
        """SQL of the ids of the warnings of which a coupon was redeemed."""
        self.flush_model(["coupon_id", "points", "warning_id"])
        self.env["loyalty.card"].flush_model(["points"])
        return SQL(
            """(SELECT offer.warning_id FROM churn_offer offer JOIN loyalty_card card ON card.id = offer.coupon_id
                 WHERE card.points < offer.points)"""
        )

    # ------------------------------------------------------------ sending

    def action_send(self):
        """Show what will be sent, to whom, and ask."""
        self._for_sending()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send the Offer"),
            "res_model": "churn.offer.send",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_offer_id": self.id},
        }

    def _for_sending(self):
        """This offer as sudo, after checking that the user may work on its warning and that it can be sent."""
        self.ensure_one()
        self.check_access("read")
        self.warning_id._for_action()
        offer_sudo = self.sudo()
        if offer_sudo.coupon_id:
            raise UserError(self.env._("This offer has been handed out already: %s", offer_sudo.code))
        program, today = offer_sudo.program_id, offer_sudo.company_id._customer_policy_today()
        if not program.active or (program.date_to and program.date_to < today):
            raise UserError(self.env._("The coupon program “%s” has ended.", program.name))
        return offer_sudo

    def _last_day(self):
        """Until when a coupon of today is valid: the days of the step, within the program."""
        until = self.company_id._customer_policy_today() + timedelta(days=self.days)
        ends = self.sudo().program_id.date_to
        return min(until, ends) if ends else until

    def _hand_out(self, by_mail):
        """Generate the coupon, mail it if wanted, and write that down. Of two people at once the second is refused:
        the row is written first, and under REPEATABLE READ that of a second transaction fails and is tried again."""
        offer_sudo = self._for_sending()
        today = offer_sudo.company_id._customer_policy_today()
        offer_sudo.write({"date_sent": today, "user_id": self.env.uid, "is_mailed": by_mail})
        offer_sudo.flush_recordset()
        coupon_sudo = offer_sudo._generate()
        offer_sudo.write({"coupon_id": coupon_sudo.id, "points": coupon_sudo.points})
        if by_mail:
            offer_sudo._mail(coupon_sudo)
        offer_sudo._log()

    def _generate(self):
        """One coupon, by Odoo's own wizard; silent, as mailing is the user's choice."""
        company = self.company_id
        wizards = self.env["loyalty.generate.wizard"].with_company(company).with_context(loyalty_no_mail=True)
        needed = min(self.program_id.reward_ids.mapped("required_points"), default=0)
        wizard = wizards.create(
            {
                "program_id": self.program_id.id,
                "mode": "selected",
                "customer_ids": [Command.set(self.partner_id.ids)],
                "points_granted": needed or 1,
                "valid_until": self._last_day(),
                "description": self.env._("Win-back offer"),
            }
        )
        return wizard.generate_coupons()

    def _template(self):
        """The mail of the program; empty where there is none."""
        return self.env["loyalty.card"].new({"program_id": self.program_id.id})._get_default_template()

    def _mail(self, coupon):
        """As Odoo sends a coupon that was just made."""
        template, author = coupon._get_default_template(), self.env.user
        values = {"author_id": author.partner_id.id}
        if not template.email_from or not self.program_id.company_id.email:
            values["email_from"] = author.email_formatted
        template.send_mail(coupon.id, email_layout_xmlid="mail.mail_notification_light", email_values=values)

    def _log(self):
        """The step is done, and the warning says what was offered."""
        text = self.env._(
            "Coupon “%(program)s” handed out: %(code)s, valid until %(day)s.",
            program=self.program_id.name,
            code=self.code,
            day=format_date(self.env, self.valid_until),
        )
        activity = self.activity_id.filtered("active")
        if activity:
            activity.action_feedback(feedback=text)
        else:
            self.warning_id.message_post(body=text)

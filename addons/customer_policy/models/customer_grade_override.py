from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

STATES = [
    ("requested", "Requested"),
    ("approved", "Approved"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
    ("expired", "Expired"),
]
DECIDED = {"state", "approver_id", "approve_date", "requester_id"}


class CustomerGradeOverride(models.Model):
    """A grade given by hand: with a reason, approved by a manager, until a date.

    On that date the customer returns to the grade that the policy computes.
    """

    _name = "customer.grade.override"
    _description = "Grade Override"
    _inherit = ["mail.thread"]
    _order = "create_date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('customer_profile_ids', '!=', False)]",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    grade_id = fields.Many2one("customer.grade", required=True, ondelete="restrict", tracking=True)
    reason = fields.Text(required=True)
    date_end = fields.Date(
        "Until",
        required=True,
        tracking=True,
        default=lambda self: fields.Date.context_today(self) + relativedelta(months=3),
        help="Last day of the override.",
    )
    state = fields.Selection(STATES, default="requested", required=True, readonly=True, copy=False, tracking=True)
    requester_id = fields.Many2one("res.users", readonly=True, required=True, default=lambda self: self.env.user)
    approver_id = fields.Many2one("res.users", readonly=True, copy=False, tracking=True)
    approve_date = fields.Datetime(readonly=True, copy=False)

    _one_open = models.UniqueIndex(
        "(partner_id, company_id) WHERE state = 'approved'", "This customer has an approved override already."
    )

    @api.constrains("date_end")
    def _check_date_end(self):
        for override in self:
            if override.state == "requested" and override.date_end < override.company_id._customer_policy_today():
                raise ValidationError(self.env._("The end of an override can't lie in the past."))

    @api.constrains("partner_id")
    def _check_commercial_partner(self):
        for override in self:
            if override.partner_id.commercial_partner_id != override.partner_id:
                raise ValidationError(
                    self.env._(
                        "Grades belong to the company “%s”, not to its contact.",
                        override.partner_id.commercial_partner_id.name,
                    )
                )

    @api.constrains("partner_id", "company_id", "grade_id")
    def _check_grade_of_scheme(self):
        """Only grades of the customer's own scheme: others would bring no benefits and mean nothing."""
        profiles = self.env["customer.profile"].sudo()
        for override in self:
            profile = profiles.search(
                [("partner_id", "=", override.partner_id.id), ("company_id", "=", override.company_id.id)]
            )
            if not profile:
                raise ValidationError(
                    self.env._("“%s” is not a customer of this company yet.", override.partner_id.display_name)
                )
            scheme = profile.grade_scheme_id
            if scheme and override.grade_id not in scheme.level_ids.grade_id | scheme.apart_grade_id:
                raise ValidationError(
                    self.env._(
                        "“%(grade)s” is no grade of the scheme “%(scheme)s”, to which %(customer)s belongs.",
                        grade=override.grade_id.name,
                        scheme=scheme.name,
                        customer=override.partner_id.display_name,
                    )
                )

    def _mail_get_partner_fields(self, introspect_fields=False):
        """The customer is spoken of here, never written to."""
        return []

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # Explicit values: defaults may come with the context of a client.
            begin = {"state": "requested", "requester_id": self.env.uid, "approver_id": False, "approve_date": False}
            if any(DECIDED & set(vals) for vals in vals_list):
                raise AccessError(self.env._("An override begins as a request."))
            vals_list = [{**vals, **begin} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if DECIDED & set(vals):
                raise AccessError(self.env._("An override is decided by the buttons of its form only."))
            if any(override.state != "requested" for override in self):
                raise UserError(self.env._("A decided override doesn't change; request a new one."))
            if any(override.requester_id != self.env.user for override in self):
                raise AccessError(self.env._("A request is changed only by who made it."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_requests(self):
        if any(override.state != "requested" for override in self):
            raise UserError(self.env._("A decided override stays on record."))

    def action_approve(self):
        """Approve requests; a manager other than the requester decides."""
        self._check_may_decide()
        requested = self.filtered(lambda override: override.state == "requested")
        requested._check_date_end()
        for override in requested:
            override.company_id._check_four_eyes(override.requester_id)
        replaced = self.sudo().search(
            [
                ("partner_id", "in", requested.partner_id.ids),
                ("company_id", "in", requested.company_id.ids),
                ("state", "=", "approved"),
            ]
        )
        pairs = {(override.partner_id, override.company_id) for override in requested}
        replaced = replaced.filtered(lambda override: (override.partner_id, override.company_id) in pairs)
        replaced.write({"state": "cancelled"})
        replaced.flush_recordset()
        requested.sudo().write(
            {"state": "approved", "approver_id": self.env.uid, "approve_date": fields.Datetime.now()}
        )
        requested._apply()

    def action_refuse(self):
        self._check_may_decide()
        requested = self.filtered(lambda override: override.state == "requested")
        requested.sudo().write({"state": "refused", "approver_id": self.env.uid, "approve_date": fields.Datetime.now()})

    def action_cancel(self):
        """End an override before its time, or withdraw one's own request."""
        mine = self.filtered(lambda override: override.state == "requested" and override.requester_id == self.env.user)
        (self - mine)._check_may_decide()
        ended = self.filtered(lambda override: override.state in ("requested", "approved"))
        ended.sudo().write({"state": "cancelled"})
        ended._apply()

    @api.model
    def _expire_due(self, company):
        """End approved overrides of `company` whose last day is over; the next run for changed customers regrades."""
        due = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "approved"),
                ("date_end", "<", company._customer_policy_today()),
            ]
        )
        due.write({"state": "expired"})
        self.env["customer.policy.change"]._remember(due.partner_id)

    def _apply(self):
        """Bring the grades of these customers up to date at once."""
        engine = self.env["customer.policy.engine"].sudo()
        for company, overrides in self.grouped("company_id").items():
            engine._run(company, overrides.partner_id.ids)

    def _check_may_decide(self):
        if self and not self.env.user.has_group("customer_policy.group_customer_manager"):
            raise AccessError(self.env._("Only customer policy managers decide on overrides."))

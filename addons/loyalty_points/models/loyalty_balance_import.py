from math import isfinite

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..posting import MAX_POINTS
from .loyalty_ledger_entry import POINTS

# What says whose balance a row is: it stays, and with it the account that was posted to.
FIXED = {"company_id", "source", "reference", "partner_id", "program_id"}
FIGURES = {"points", "qualifying_points", "expiration_date"}


class LoyaltyBalanceImport(models.Model):
    """A balance of points in another system, brought to the account of its customer.

    One row per lot: several rows of a customer, with different days until which they are valid, add up. What a row
    says and what the ledger holds of it are kept equal: a new row posts an opening lot, a row that is imported again
    with another figure the difference (see `_post`).
    """

    _name = "loyalty.balance.import"
    _description = "Imported Points Balance"
    _inherit = ["customer.import.mixin"]
    _order = "id desc"
    _rec_name = "reference"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict", check_company=True
    )
    program_id = fields.Many2one(
        "loyalty.program",
        "Loyalty Program",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('program_type', '=', 'loyalty')]",
        help="May be left out where there is only one.",
    )
    points = fields.Float(digits=POINTS, min_display_digits=0, required=True, default=0, help="Spendable points.")
    qualifying_points = fields.Float(
        digits=POINTS, min_display_digits=0, default=0, help="Points that count for the tier."
    )
    expiration_date = fields.Date(
        "Valid Until", help="Last day. Empty: as the policy says, counted from the day of the import."
    )
    source = fields.Char(required=True, default="import", help="The system that the balance comes from.")
    reference = fields.Char(required=True, help="Identifies the row in its source.")
    card_id = fields.Many2one("loyalty.card", "Account", readonly=True, copy=False, index=True, ondelete="restrict")

    _reference_unique = models.UniqueIndex(
        "(company_id, source, reference)", "This source and reference have been imported already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create([self._complete_vals(vals) for vals in vals_list])
        rows._check_content()
        rows._open_accounts()
        rows._post()
        return rows

    def write(self, vals):
        """Figures that change are posted; whose balance it is does not change."""
        for row in self:
            row._check_figures({**vals, "reference": row.reference})
            if FIXED & set(vals) or ("card_id" in vals and not self.env.su):
                row._raise_fixed()
        redated = self.browse()
        if "expiration_date" in vals:
            day = fields.Date.to_date(vals["expiration_date"] or None)
            redated = self.filtered(lambda row: (row.expiration_date or None) != day)
        result = super().write(vals)
        if FIGURES & set(vals):
            self._post_now_or_later(redated)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("An imported balance stays on record, as the ledger does. Set it to 0 to take it back.")
        )

    @api.model
    def get_import_templates(self):
        return self.env["customer.history.guide"]._import_template("balances")

    @api.model
    def _complete_import(self, values):
        """Name what is no figure before it is rounded. An empty cell of points is not 0: that would take them back."""
        if "points" in values and values["points"] in (False, None):
            raise ValidationError(self.env._("%s: the points are missing.", values.get("reference") or "?"))
        self._check_figures(values)
        if not values.get("program_id"):
            values.pop("program_id", None)
        return super()._complete_import(values)

    @api.model
    def _complete_vals(self, vals):
        self._check_figures(vals)
        company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
        program = vals.get("program_id") or self._get_only_program(company, vals.get("reference")).id
        return {**vals, "program_id": program, "card_id": False}

    @api.model
    def _get_only_program(self, company, reference):
        domain = [("program_type", "=", "loyalty"), ("company_id", "in", (False, company.id))]
        programs = self.env["loyalty.program"].search(domain, limit=2)
        if len(programs) != 1:
            raise ValidationError(
                self.env._(
                    "%(reference)s: say which loyalty program. %(company)s has more than one, or none.",
                    reference=reference,
                    company=company.name,
                )
            )
        return programs

    @api.model
    def _check_figures(self, vals):
        for name in ("points", "qualifying_points"):
            value = vals.get(name) or 0
            if not isfinite(value) or not 0 <= value <= MAX_POINTS:
                raise ValidationError(
                    self.env._(
                        "%(reference)s: a balance of %(points)s points can't be right.",
                        reference=vals.get("reference"),
                        points=f"{value:g}",
                    )
                )

    def _check_content(self):
        """Who gets points, where, and until when."""
        own = self.env["res.company"]._customer_policy_companies().partner_id
        customers = self._get_customers()
        for row in self:
            customer = row.partner_id.commercial_partner_id
            if customer in own:
                raise ValidationError(self.env._("%s: your own company can't be the customer.", row.reference))
            if customer not in customers:
                raise ValidationError(
                    self.env._(
                        "%(reference)s: %(customer)s is no customer. Mark the contact as one, or import purchases "
                        "first.",
                        reference=row.reference,
                        customer=customer.display_name,
                    )
                )
            row._check_program()
            today = row.company_id._customer_policy_today()
            if row.points and row.expiration_date and row.expiration_date < today:
                raise ValidationError(
                    self.env._(
                        "%(reference)s: these points expired on %(date)s.",
                        reference=row.reference,
                        date=row.expiration_date,
                    )
                )

    def _check_program(self):
        program = self.program_id
        if program.program_type != "loyalty" or not program.is_nominative:
            raise ValidationError(
                self.env._(
                    "%(reference)s: “%(program)s” is no loyalty program with an account per customer.",
                    reference=self.reference,
                    program=program.name,
                )
            )
        if not program.active:
            raise ValidationError(
                self.env._(
                    "%(reference)s: the program “%(program)s” is archived.",
                    reference=self.reference,
                    program=program.name,
                )
            )

    def _get_customers(self):
        """Those of the rows' commercial partners who are customers, or have bought something already."""
        partners = self.partner_id.commercial_partner_id
        customers = partners.filtered("is_customer_record")
        if others := partners - customers:
            # sudo: whether there is a purchase; none is shown.
            transactions_sudo = self.env["customer.transaction"].sudo()
            bought = transactions_sudo._read_group([("partner_id", "in", others.ids)], ["partner_id"])
            customers |= self.env["res.partner"].union(*(partner.sudo(False) for [partner] in bought))
        return customers

    def _raise_fixed(self):
        raise UserError(
            self.env._(
                "%(reference)s was imported for %(customer)s, “%(program)s”. Whose balance it is can't be changed: "
                "set it to 0 and use another reference.",
                reference=self.reference,
                customer=self.partner_id.display_name,
                program=self.program_id.name,
            )
        )

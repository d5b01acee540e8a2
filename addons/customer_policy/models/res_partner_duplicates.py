from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import called
from ..normalize import code, keys
from .customer_match_key import COMPARED_FIELDS

MOST_SHOWN = 5


class ResPartner(models.Model):
    """Duplicates on entry: what looks like this contact is shown as one types, recorded on saving, and refused where
    the policy says so."""

    _inherit = "res.partner"

    duplicate_info = fields.Json(
        compute="_compute_duplicate_info",
        groups="base.group_user",
        help="Customers that look like this one, as far as the user may know of them, and codes that can't be right.",
    )
    duplicate_count = fields.Integer("Possible Duplicates", compute="_compute_duplicate_info", groups="base.group_user")
    duplicate_reason = fields.Char(
        "Why Another Customer",
        store=False,
        groups="base.group_user",
        help="Says why this is none of the customers that it looks like; they are not proposed again.",
    )

    # ------------------------------------------------------------ on entry

    @api.depends(*sorted(COMPARED_FIELDS - {"active"}))
    @api.depends_context("uid", "lang", "company")
    def _compute_duplicate_info(self):
        saved = self.filtered("id")
        pairs = saved._visible_pairs()
        for partner in self:
            if partner in saved:
                info = {"candidates": pairs.get(partner.id, []), "hidden": []}
            else:
                info = partner._live_duplicates()
            info["problems"] = partner._code_problems()
            partner.duplicate_count = len(info["candidates"]) + len(info["hidden"])
            info["candidates"] = info["candidates"][:MOST_SHOWN]
            partner.duplicate_info = info if any(info.values()) else False

    def _visible_pairs(self):
        """{contact id: candidates} by the recorded pairs that the user may see."""
        if not self or not self.env["customer.duplicate"].has_access("read"):
            return {}
        self.env["customer.match"].sudo()._settle()
        duplicates = self.env["customer.duplicate"].search_fetch(
            [("state", "=", "open"), "|", ("partner_id", "in", self.ids), ("other_id", "in", self.ids)],
            ["partner_id", "other_id", "level", "evidence"],
            order="level_rank, id",
        )
        found = {}
        for pair in duplicates:
            for own, other in ((pair.partner_id, pair.other_id), (pair.other_id, pair.partner_id)):
                if own in self:
                    found.setdefault(own.id, []).append(
                        self._candidate(other, pair.level, pair.evidence or {}, pair.id)
                    )
        return found

    def _live_duplicates(self):
        """What looks like the values in a form, by the index of keys."""
        self.ensure_one()
        matches = self._live_matches()
        partners = self.env["res.partner"].browse(match.partner_id for match in matches)
        visible = partners._filtered_access("read")
        shown = [
            self._candidate(partner, match.level, match.stored_evidence)
            for partner, match in zip(partners, matches, strict=True)
            if partner in visible
        ]
        return {"candidates": shown, "hidden": sorted({partner._held_by() for partner in partners - visible})}

    def _live_matches(self):
        """Matches of the values of one contact, saved or not; not those that somebody has said it is not."""
        self.ensure_one()
        if self.parent_id and not self.is_company:
            return []
        origin_id = self._origin.id
        values = self._match_values()
        key_model, company = self.env["customer.match.key"].sudo(), self.company_id or self.env.company
        apart = {origin_id} | self._known_apart(origin_id) if origin_id else set()
        asked = {0: (key_model._record(values), keys.of_values(values), apart)}
        return self.env["customer.match"].sudo()._find(asked, company).get(0, [])

    def _match_values(self):
        """The values of one contact as `customer.match.key._read_contacts` returns them."""
        names = ("name", "is_company", "vat", "company_registry", "phone", "email", "city", "street", "zip")
        values = {name: self[name] or None for name in names}
        key_model = self.env["customer.match.key"].sudo()
        country = (self.country_id or self.company_id.country_id).code
        return {
            **values,
            **key_model._countries(country or None, () if country else key_model._company_countries()),
            "id": self._origin.id or None,
            "codes": [self.vat, self.company_registry],
            "named": True,
            "parent_id": self.parent_id.id or None,
            "company_id": self.company_id.id or None,
        }

    @api.model
    def _known_apart(self, partner_id):
        """Ids of customers that somebody said this one is not; sudo, as they only leave the candidates."""
        pairs = (
            self.env["customer.duplicate"]
            .sudo()
            .search([("state", "=", "not_same"), "|", ("partner_id", "=", partner_id), ("other_id", "=", partner_id)])
        )
        return {*pairs.partner_id.ids, *pairs.other_id.ids}

    def _candidate(self, partner, level, evidence, pair_id=None):
        return {
            "id": partner.id,
            "name": partner.display_name,
            "city": partner.city or "",
            "level": level,
            "level_label": dict(self.env["customer.duplicate"]._fields["level"]._description_selection(self.env))[
                level
            ],
            "evidence": self.env["customer.duplicate"]._evidence_in_words(evidence),
            "pair_id": pair_id,
        }

    def _held_by(self):
        """All that is said of a customer that the user may not see."""
        user_sudo = self.sudo().user_id
        team = user_sudo.sale_team_id or user_sudo.crm_team_ids[:1]
        if team:
            return self.env._("This customer exists already, held by team “%s”.", team.name)
        return self.env._("This customer exists already, held by somebody else.")

    def _code_problems(self):
        self.ensure_one()
        country = self.country_id.code or self.env.company.country_id.code
        found = []
        for name in ("vat", "company_registry"):
            read = code.parse(self[name], country) if self[name] and not self.parent_id else None
            if read and read.scheme == "uscc" and not read.is_valid:
                found.append(self.env._("The check digit of the unified social credit code %s is wrong.", self[name]))
        return list(dict.fromkeys(found))

    @api.depends("vat", "company_id", "company_registry", "country_id")
    def _compute_same_vat_partner_id(self):
        """Core names the other customer whoever asks; those that the user may not see are not named."""
        result = super()._compute_same_vat_partner_id()
        for name in ("same_vat_partner_id", "same_company_registry_partner_id"):
            named = self.mapped(name)
            hidden = named - named.with_env(self.env)._filtered_access("read")
            for partner in self if hidden else ():
                if partner[name] in hidden:
                    partner[name] = False
        return result

    # ------------------------------------------------------------ on saving

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        reasons = [vals.get("duplicate_reason") for vals in vals_list]
        partners._after_match_change(dict(zip(partners.ids, reasons, strict=True)))
        return partners

    def write(self, vals):
        names = COMPARED_FIELDS & vals.keys()
        if not names and not vals.get("duplicate_reason"):
            return super().write(vals)
        before = {partner: {name: partner[name] for name in names} for partner in self.sudo()}
        result = super().write(vals)
        changed = {
            partner.id: {name for name, value in values.items() if partner[name] != value}
            for partner, values in before.items()
        }
        self._after_match_change(dict.fromkeys(self.ids, vals.get("duplicate_reason")), changed)
        if {"parent_id", "is_company"} & names:
            self._note_match_change(with_contacts=True)
        return result

    def unlink(self):
        ids = self.ids
        result = super().unlink()
        self.env["customer.match.key"].sudo().search([("partner_id", "in", ids)]).unlink()
        return result

    def _after_match_change(self, reasons, changed=None):
        """Note changed contacts for the search at the end of the transaction; refuse or remember now.

        :param reasons: {contact id: why it is another customer than those that it looks like, or nothing}
        :param changed: {contact id: names of the fields that have got another value}; None: new contacts
        """
        self._note_match_change()
        partners_sudo = self.sudo()
        for company, partners in partners_sudo.grouped(lambda p: p.company_id or self.env.company).items():
            partners.with_env(self.env)._refuse_or_remember(reasons, changed, company)

    def _note_match_change(self, with_contacts=False):
        """Note contacts for the search, with those below them where their customer may have changed; by the rules of
        their company, else of the current one."""
        noted = self
        if with_contacts:
            everybody = self.sudo().with_context(active_test=False)
            noted |= everybody.search([("id", "child_of", self.ids)]).with_env(self.env)
        self.env["customer.match"].sudo()._note_change(
            {partner.id: (partner.company_id or self.env.company).id for partner in noted.sudo()}
        )

    def _refuse_or_remember(self, reasons, changed, company):
        """Refused is what people enter, see `_duplicates_are_refused`, and only for what they changed."""
        conditions = self.env["customer.match.rule"].sudo()._conditions(company.id)
        refusing = {condition.rule_id: condition for condition in conditions if condition.is_refusal}
        is_refusing = refusing and self._duplicates_are_refused()
        if not is_refusing and not any(reasons[partner.id] for partner in self):
            return
        matching = self.env["customer.match"].sudo()
        customers = self.commercial_partner_id
        known = customers._recorded_pairs() if is_refusing else set()
        matching._settle()
        if is_refusing:
            self.env["customer.match.guard"].sudo()._enter(self.ids)
        found = matching._find_for(self.ids, company)
        for partner in self:
            customer = partner.commercial_partner_id
            pairs = {tuple(sorted((customer.id, match.partner_id))): match for match in found.get(customer.id, [])}
            if reasons[partner.id]:
                self.env["customer.duplicate"]._remember_not_same(pairs, reasons[partner.id])
            elif is_refusing:
                entered = None if changed is None else changed[partner.id]
                partner._refuse_duplicates(
                    [
                        match
                        for pair, match in pairs.items()
                        if pair not in known and match.is_refusal and refusing[match.rule_id].rests_on(entered)
                    ]
                )

    def _duplicates_are_refused(self):
        """Whether a person enters these contacts, in a form, a file or through an interface: not a document, not Odoo
        by itself."""
        is_file = self.env.context.get("customer_entry_rows")  # its rows are checked by the entry standard beforehand
        return self._entry_is_checked() or (bool(is_file) and not self.env.su and called.is_entry_of_contact())

    def _recorded_pairs(self):
        """Pairs of contact ids on the list of duplicates, whatever their state; sudo, as they only end a refusal."""
        duplicates = self.env["customer.duplicate"].sudo()
        pairs = duplicates.search_fetch(
            ["|", ("partner_id", "in", self.ids), ("other_id", "in", self.ids)], ["partner_id", "other_id"]
        )
        return {(pair.partner_id.id, pair.other_id.id) for pair in pairs}

    def _refuse_duplicates(self, matches):
        """Raise for the first of these, naming the other customer only to who may see it."""
        self.ensure_one()
        if not matches:
            return
        match = matches[0]
        other = self.browse(match.partner_id)
        if other._filtered_access("read"):
            message = self.env._(
                "“%(new)s” looks like “%(other)s” (%(evidence)s). Use that customer.",
                new=self.display_name,
                other=other.display_name,
                evidence=self.env["customer.duplicate"]._evidence_in_words(match.stored_evidence),
            )
        else:
            message = other._held_by()
        label = self._fields["duplicate_reason"]._description_string(self.env)
        raise UserError(
            message + "\n" + self.env._("If it is another customer, say why in the field “%s” and save again.", label)
        )

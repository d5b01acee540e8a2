from dataclasses import dataclass

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import format_list

LEVELS = [("certain", "Certain"), ("probable", "Probable"), ("possible", "Possible")]
RANK = {level: rank for rank, (level, _label) in enumerate(LEVELS)}
KINDS = ("code", "phone", "email")
# The fields of a contact that evidence comes from; changes of the others make it another candidate altogether.
EVIDENCE_FIELDS = {
    "code": {"vat", "company_registry", "country_id"},
    "phone": {"phone", "country_id"},
    "email": {"email"},
    "name": {"name", "is_company"},
    "city": {"city"},
    "address": {"street", "city", "zip"},
}
CANDIDATE_FIELDS = {"active", "parent_id", "company_id"}


@dataclass(frozen=True)
class Condition:
    """A rule as plain values, for comparing hundreds of thousands of pairs."""

    rule_id: int
    level: str
    is_refusal: bool
    audience: str
    kinds: tuple
    most_shared: int
    name: str
    similarity: float
    same_city: bool
    same_address: bool

    def fits(self, evidence):
        """Whether all that this rule asks for is there."""
        for kind in self.kinds:
            if evidence.shared.get(kind, self.most_shared + 1) > self.most_shared:
                return False
        if (self.name == "similar" and evidence.name < self.similarity) or (
            self.name == "same" and not evidence.same_name
        ):
            return False
        if self.audience != "all" and evidence.person != (self.audience == "people"):
            return False
        return (evidence.city or not self.same_city) and (evidence.address or not self.same_address)

    def rests_on(self, changed):
        """Whether what this rule asks for can come from these changed fields; None: all is new."""
        asked = {
            *self.kinds,
            *(["name"] if self.name != "any" or self.audience != "all" else []),
            *(["city"] if self.same_city else []),
            *(["address"] if self.same_address else []),
        }
        return changed is None or bool(changed & CANDIDATE_FIELDS.union(*(EVIDENCE_FIELDS[kind] for kind in asked)))


class CustomerMatchRule(models.Model):
    """What makes two customers look like one, how sure that is, and what happens on entry.

    All that is ticked must be there. Of the rules that fit a pair, the surest counts.
    """

    _name = "customer.match.rule"
    _description = "Duplicate Rule"
    _inherit = "customer.policy.rule"

    name = fields.Char(required=True, translate=True)
    audience = fields.Selection(
        [("all", "All"), ("companies", "Companies"), ("people", "People")],
        string="Applies To",
        default="all",
        required=True,
    )
    level = fields.Selection(LEVELS, default="probable", required=True)
    action = fields.Selection(
        [("warn", "Warn"), ("refuse", "Refuse")],
        default="warn",
        required=True,
        string="On Entry",
        help="Refuse: a new customer is saved only with the reason why it is another one.",
    )
    same_code = fields.Boolean(help="Tax ID or unified social credit code.")
    same_phone = fields.Boolean()
    same_email = fields.Boolean("Same E-mail")
    same_city = fields.Boolean()
    same_address = fields.Boolean(help="Same street and number, and no other city.")
    name_match = fields.Selection(
        [("any", "Any"), ("similar", "Similar"), ("same", "Same")], string="Names", default="any", required=True
    )
    similarity = fields.Float(
        "Similar From (%)", default=90.0, digits=(5, 1), help="How similar names must be, 100 is the same."
    )
    most_shared = fields.Integer(
        "Shared by at Most",
        default=10,
        help="A code, phone or e-mail that more customers share is a switchboard or a placeholder and proves nothing.",
    )

    @api.constrains("similarity", "most_shared")
    def _check_figures(self):
        for rule in self:
            if not 50 <= rule.similarity <= 100:
                raise ValidationError(self.env._("“%s”: similarity lies between 50 and 100 %%.", rule.name))
            if not 2 <= rule.most_shared <= 100:
                raise ValidationError(self.env._("“%s”: a value can be shared by 2 to 100 customers.", rule.name))

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _kinds(self):
        return tuple(kind for kind in KINDS if self[f"same_{kind}"])

    def _get_problems(self):
        return [
            self.env._("“%s” asks for nothing: tick what two customers must have in common.", rule.name)
            for rule in self
            if not rule._kinds() and rule.name_match == "any"
        ]

    def _get_warnings(self):
        return [
            self.env._("“%s” refuses entries although it is only possible that they are duplicates.", rule.name)
            for rule in self
            if rule.action == "refuse" and rule.level == "possible"
        ]

    @tools.ormcache("company_id")
    def _conditions(self, company_id):
        """Conditions of the rules in force for a company, the surest first."""
        rules = self._in_force(self.env["res.company"].browse(company_id))
        return tuple(rule._condition() for rule in rules.sorted(lambda rule: RANK[rule.level]))

    @api.model
    def _rules_of_others(self, company):
        """Ids of rules in force for other companies and not for this one."""
        own = {condition.rule_id for condition in self._conditions(company.id)}
        companies = self.env["res.company"]._customer_policy_companies()
        return list({condition.rule_id for other in companies for condition in self._conditions(other.id)} - own)

    def _condition(self):
        return Condition(
            self.id,
            self.level,
            self.action == "refuse",
            self.audience,
            self._kinds(),
            self.most_shared,
            self.name_match,
            self.similarity,
            self.same_city,
            self.same_address,
        )

    def _get_sentence(self):
        self.ensure_one()
        labels = self._fields
        parts = [
            labels[name]._description_string(self.env)
            for name in ("same_code", "same_phone", "same_email", "same_city", "same_address")
            if self[name]
        ]
        if self.name_match == "same":
            parts.insert(0, self.env._("Same name"))
        elif self.name_match == "similar":
            parts.insert(0, self.env._("names alike by %s %% or more", f"{self.similarity:g}"))
        return self.env._(
            "%(rule)s: %(evidence)s; %(level)s, %(action)s",
            rule=self.name,
            evidence=format_list(self.env, parts),
            level=dict(labels["level"]._description_selection(self.env))[self.level],
            action=dict(labels["action"]._description_selection(self.env))[self.action],
        )

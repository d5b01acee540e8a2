from odoo import models
from odoo.exceptions import UserError

from ..normalize import keys


class ResPartner(models.Model):
    """What creating a customer would refuse, asked of all rows of a file before the first one is imported."""

    _inherit = "res.partner"

    def _look_problems(self, given):
        """Yield (customer, field name, message) of these customers, none of them saved yet.

        An addon adds its own; what it can't tell before its rows are there shows in their batch.

        :param given: {customer: {field name: value of the row}}
        """
        matches = self._look_refused_matches()
        checks = {
            "vat": lambda customer: customer._run_vat_checks(customer.country_id, customer.vat, customer.name),
            "customer_hour_from": lambda customer: customer._check_customer_hours(),
            "customer_segment_ids": lambda customer: customer.customer_segment_ids._check_together(customer.name),
            "name": lambda customer: customer._refuse_duplicates(matches.get(customer, ())),
        }
        for customer in self:
            for field_name in checks.keys() & {name for name, value in given[customer].items() if value}:
                try:
                    checks[field_name](customer)
                except UserError as error:
                    yield customer, field_name, str(error)

    def _look_refused_matches(self):
        """{customer: matches in the database that the policy may refuse}, without what people have decided about."""
        company = self.env.company
        conditions = self.env["customer.match.rule"].sudo()._conditions(company.id)
        if self.env.su or not any(condition.is_refusal for condition in conditions):
            return {}
        known = self._origin._recorded_pairs()
        key_model = self.env["customer.match.key"].sudo()
        asked = {}
        for customer in self:
            if customer.duplicate_reason:
                continue
            values, own_id = customer._match_values(), customer._origin.id
            decided = {other for pair in known if own_id in pair for other in pair}
            asked[customer] = (key_model._record(values), keys.of_values(values), {own_id, *decided} - {False})
        return self.env["customer.match"].sudo()._find(asked, company)

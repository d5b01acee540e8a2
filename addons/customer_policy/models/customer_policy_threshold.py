from odoo import fields, models


class CustomerPolicyThreshold(models.Model):
    """Values at which a full run cut the customers of a company into classes.

    An incremental run and every explanation use them, so that a customer looked at alone gets what
    it would get among all.
    """

    _name = "customer.policy.threshold"
    _description = "Customer Policy Threshold"
    _order = "id"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    rule_model = fields.Char(required=True)
    rule_id = fields.Many2oneReference(model_field="rule_model", required=True)
    key = fields.Char("Figure Key", required=True, help="Which of the rule's figures was cut.")
    population = fields.Integer(help="Customers that were ranked.")
    cuts = fields.Json(help="Ascending; the class of a value is 1 + how many cuts it reaches.")

    _rule_unique = models.UniqueIndex("(company_id, rule_model, rule_id, key)")

    def _load(self, company):
        """All thresholds of a company as {(model, id, key): (cuts, population)}."""
        thresholds = self.sudo().search_fetch([("company_id", "=", company.id)])
        return {(t.rule_model, t.rule_id, t.key): (t.cuts or [], t.population) for t in thresholds}

    def _save(self, company, found):
        """Keep {(model, id, key): (cuts, population)}; rows that do not change are not written."""
        thresholds_sudo = self.sudo()
        before = {
            (t.rule_model, t.rule_id, t.key): t for t in thresholds_sudo.search_fetch([("company_id", "=", company.id)])
        }
        for key in before.keys() - found.keys():
            before[key].unlink()
        new = []
        for key, (cuts, population) in found.items():
            vals = {"cuts": cuts, "population": population}
            if key not in before:
                names = ("rule_model", "rule_id", "key")
                new.append({"company_id": company.id, **dict(zip(names, key, strict=True)), **vals})
            elif (before[key].cuts or []) != cuts or before[key].population != population:
                before[key].write(vals)
        thresholds_sudo.create(new)

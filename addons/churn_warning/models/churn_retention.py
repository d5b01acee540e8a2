from odoo import api, fields, models
from odoo.tools import format_date


class ChurnRetention(models.AbstractModel):
    """The retention page: of who came in a month, how many bought in each month after."""

    _name = "churn.retention"
    _description = "Retention by Cohort"

    @api.model
    @api.readonly
    def load(self, definition=None):
        """The page. Remote call, for who may read churn models.

        :param definition: key of one; None: the one about most customers
        """
        used = self.env["churn.model"].search(
            [("company_id", "=", self.env.company.id), ("state", "=", "used")], order="definition_name, id"
        )
        asked = used.filtered(lambda version: version.definition_key == definition)
        model = asked[:1] or used.sorted("customer_count", reverse=True)[:1]
        names = self.env["churn.model"]._definition_names()
        cohorts = [self._cohort(*cohort) for cohort in model.cohorts or []]
        return {
            "definitions": [
                {"key": version.definition_key, "name": names.get(version.definition_key, version.definition_name)}
                for version in used
            ],
            "definition": model.definition_key,
            "as_of": model and format_date(self.env, model.as_of),
            "months": max((len(cohort["shares"]) for cohort in cohorts), default=0),
            "cohorts": cohorts,
            "average": self._average(cohorts),
        }

    def _cohort(self, month, size, shares):
        day = fields.Date.to_date(f"{1970 + month // 12}-{month % 12 + 1:02d}-01")
        return {"month": day.isoformat(), "size": size, "shares": shares}

    def _average(self, cohorts):
        """By month of age, over the customers of all cohorts that have come so far."""
        found = []
        for age in range(max((len(cohort["shares"]) for cohort in cohorts), default=0)):
            reached = [cohort for cohort in cohorts if len(cohort["shares"]) > age]
            total = sum(cohort["size"] for cohort in reached)
            found.append(sum(cohort["size"] * cohort["shares"][age] for cohort in reached) / total)
        return found

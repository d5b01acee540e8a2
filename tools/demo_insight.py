"""The demo's purchase model: fitted every month since there was enough to fit it on."""

from dateutil.relativedelta import relativedelta


class Predictions:
    """Part of the `Filler` of demo_data.py."""

    def add_predictions(self):
        versions = self.env["customer.insight.model"].sudo()
        for months in (4, 3, 2, 1, 0):
            version = versions.create({"company_id": self.company.id, "requester_id": self.env.uid})
            version._fit(self.today - relativedelta(months=months))
        return f"{version.customer_count:,} customers, {version.display_name}"

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.fields import Domain

from ..engine.effect import effect
from .churn_definition import STATUSES
from .churn_model import EPOCH

SEES_HOLDOUT = ("customer_policy.group_customer_manager", "customer_policy.group_evaluation")
WAITING = ("open", "working", "snoozed")


class ChurnDashboard(models.AbstractModel):
    """The dashboard of churn: counted under the record rules of the reader, but for the comparison with the hold-out,
    which is about the company and shown to managers and evaluation."""

    _name = "churn.dashboard"
    _description = "Churn Dashboard"

    @api.model
    @api.readonly
    def load(self):
        """The page. Remote call, for who may read churn warnings."""
        warnings = self.env["churn.warning"]
        warnings.check_access("read")
        company = self.env.company
        today = company._customer_policy_today()
        waiting = Domain("company_id", "=", company.id) & Domain("state", "in", WAITING)
        closed_after = today - relativedelta(months=12)
        closed = Domain("company_id", "=", company.id) & Domain("date_closed", ">", closed_after)
        [[count, value]] = warnings._read_group(waiting, [], ["__count", "value_at_risk:sum"])
        return {
            "company_id": company.id,
            "currency_id": company.currency_id.id,
            "closed_after": closed_after.isoformat(),
            "open": {"count": count, "value": value},
            "late": warnings.search_count(waiting & Domain("is_late", "=", True)),
            "grades": self._grades(company),
            "reasons": self._groups(waiting, "reason_id", "value_at_risk:sum"),
            "outcomes": self._outcomes(closed),
            "losses": self._groups(closed & Domain("outcome", "=", "lost"), "loss_reason_id", "revenue_12m:sum"),
            "effect": self._effect(company),
            "trend": self._trend(company),
            "statuses": [{"name": name, "label": label} for name, label in self._status_labels()],
        }

    def _status_labels(self):
        labels = dict(self.env["customer.profile"]._fields["churn_status"]._description_selection(self.env))
        return [(name, labels[name]) for name, _label in STATUSES]

    def _grades(self, company):
        """Customers and their lifetime value by grade and status; revenue where no value has been predicted yet."""
        domain = [("company_id", "=", company.id), ("churn_status", "!=", False)]
        groups = self.env["customer.profile"]._read_group(
            domain, ["grade_id", "churn_status"], ["__count", "clv_12m:sum", "revenue_12m:sum"]
        )
        is_predicted = any(value for *_group, value, _revenue in groups)
        found = {}
        for grade, status, count, value, revenue in groups:
            value = value if is_predicted else revenue
            row = found.setdefault(grade, {"id": grade.id, "name": grade.name or self.env._("No Grade"), "counts": {},
                                           "values": {}})  # fmt: skip
            row["counts"][status], row["values"][status] = count, value or 0
        return [found[grade] for grade in sorted(found, key=lambda grade: (not grade, grade.sequence, grade.id))]

    def _groups(self, domain, field, aggregate):
        groups = self.env["churn.warning"]._read_group(domain, [field], ["__count", aggregate])
        rows = [
            {"id": record.id, "name": record.name or self.env._("None"), "count": count, "value": value or 0}
            for record, count, value in groups
        ]
        return sorted(rows, key=lambda row: -row["count"])

    def _outcomes(self, closed):
        warnings = self.env["churn.warning"]
        labels = dict(warnings._fields["outcome"]._description_selection(self.env))
        groups = warnings._read_group(
            closed & Domain("is_holdout", "=", False) & Domain("outcome", "not in", ["merged", False]),
            ["outcome"],
            ["__count", "return_revenue:sum"],
        )
        return [
            {"name": name, "label": labels[name], "count": count, "value": value or 0} for name, count, value in groups
        ]

    def _trend(self, company):
        """Customers by status at the ends of past months, all definitions together; as of the last training."""
        used = self.env["churn.model"].search([("company_id", "=", company.id), ("state", "=", "used")])
        by_day = {}
        for model in used:
            for day, counts in model.trend or []:
                known = by_day.setdefault(day, [0] * len(STATUSES))
                by_day[day] = [a + b for a, b in zip(known, counts, strict=True)]
        return [{"day": (EPOCH + timedelta(days=day)).isoformat(), "counts": by_day[day]} for day in sorted(by_day)]

    # ------------------------------------------------------------ hold-out

    def _effect(self, company):
        """What contacting saved, of warnings whose N days are over; None for who may not see the hold-out."""
        if not any(self.env.user.has_group(group) for group in SEES_HOLDOUT):
            return None
        # sudo: the comparison is about the company, and only sums leave.
        today = company._customer_policy_today()
        warnings_sudo = self.env["churn.warning"].sudo().with_context(active_test=False)
        compared = warnings_sudo.search_fetch(
            [("company_id", "=", company.id), ("holdout_share", ">", 0), ("outcome", "not in", ["merged"])],
            ["date_opened", "horizon_days", "is_holdout", "holdout_share", "return_date", "return_revenue"],
        ).filtered(lambda w: w.date_opened + timedelta(days=w.horizon_days) <= today)
        found = effect(
            [w.is_holdout for w in compared],
            [w.holdout_share for w in compared],
            [bool(w.return_date) for w in compared],
            [w.return_revenue for w in compared],
        )
        observed = {
            "held_out": sum(w.is_holdout for w in compared),
            "contacted": sum(not w.is_holdout for w in compared),
        }
        if found is None:
            return {**observed, "is_known": False}
        customers, revenue = found.customers, found.total_revenue
        return {
            **observed,
            "is_known": True,
            "contacted_share": found.contacted_share,
            "held_out_share": found.held_out_share,
            "share": [found.share, found.share_margin],
            "customers": list(customers),
            "revenue": list(revenue),
            "verdict": self._verdict(found),
        }

    def _verdict(self, found):
        if abs(found.share) <= found.share_margin:
            return self.env._("Not distinguishable from no effect yet.")
        if found.share > 0:
            return self.env._("Win-back works: more of those contacted bought again.")
        return self.env._("Those left alone bought again more often.")

from dateutil.relativedelta import relativedelta
from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..words import join_names

CHART_MONTHS = 24
PRODUCTS = 8
METHODS = 3


class CustomerOverview(models.AbstractModel):
    """What the customer bought and how it pays."""

    _inherit = "customer.overview"

    def _trade_domain(self, scope):
        return Domain("partner_id", "=", scope.partner.id) & Domain("company_id", "=", scope.company.id)

    def _chart(self, scope):
        """Untaxed revenue per month of the last 24 months, the present one included: [{"month", "amount"}]."""
        months = [scope.today.replace(day=1) - relativedelta(months=back) for back in range(CHART_MONTHS)][::-1]
        domain = self._trade_domain(scope) & Domain("date", ">=", months[0]) & Domain("date", "<=", scope.today)
        groups = self.env["customer.transaction"]._read_group(domain, ["date:month"], ["amount:sum"])
        amounts = dict(groups)
        return [{"month": month.isoformat(), "amount": amounts.get(month, 0.0)} for month in months]

    def _products(self, scope):
        """The products, or categories where purchases name no product, that brought the most revenue: when they were
        bought last, on how many days, how many and for how much."""
        lines = self.env["customer.transaction.line"]
        if not lines.has_access("read"):
            return []
        query = lines._search(self._trade_domain(scope))
        table = query.table
        product = query.left_join(table, "product_id", "product_product", "id", "product")
        template = query.left_join(product, "product_tmpl_id", "product_template", "id", "template")
        category = query.left_join(table, "category_id", "product_category", "id", "category")
        # sudo: the names of what the customer bought, whatever may be read of the products today.
        name = SQL(
            "COALESCE(%s, CASE WHEN %s IS NULL THEN %s END, %s)",
            self.env["product.template"].sudo()._field_to_sql(template, "name"),
            SQL.identifier(table, "category_id"),
            SQL.identifier(table, "description"),
            SQL.identifier(category, "name"),
        )
        query.groupby = SQL("1, 2, 3")
        query.order = SQL("SUM(%s) DESC, 1", SQL.identifier(table, "amount"))
        query.limit = PRODUCTS
        amount, date = SQL.identifier(table, "amount"), SQL.identifier(table, "date")
        columns = {
            "product_id": SQL.identifier(table, "product_id"),
            "code": SQL.identifier(product, "default_code"),
            "name": name,
            "last_date": SQL("MAX(%s) FILTER (WHERE %s > 0)", date, amount),
            "times": SQL("COUNT(DISTINCT %s) FILTER (WHERE %s > 0)", date, amount),
            "quantity": SQL("SUM(%s)", SQL.identifier(table, "quantity")),
            "amount": SQL("SUM(%s)", amount),
        }
        rows = [dict(zip(columns, row, strict=True)) for row in self.env.execute_query(query.select(*columns.values()))]
        for row in rows:
            row["last_date"] = row["last_date"] and row["last_date"].isoformat()
            row["name"] = row["name"] or self.env._("Other")
        return rows

    def _payment_card(self, scope):
        """How the customer pays: agreed terms, methods used, days to pay, what is overdue."""
        partner, profile = scope.partner, scope.profile
        if not profile:
            return None
        terms = partner.property_payment_term_id
        rows = [
            self._row(self.env._("Overdue"), profile.overdue_amount, "monetary",
                      style="danger" if profile.overdue_amount > 0 else ""),
            self._row(self.env._("Average Days to Pay"), profile.avg_days_to_pay or None, "float", digits=1),
            self._row(self.env._("Payment Terms"), terms.name),
            self._row(self.env._("Payment Methods"), join_names(self.env, self._payment_methods(scope))),
        ]  # fmt: skip
        rows = [row for row in rows if row["value"] or row["type"] == "monetary"]
        return {"name": "payments", "label": self.env._("Payments"), "rows": rows}

    def _payment_methods(self, scope):
        """Names of the methods of the last 24 months, the most used first."""
        # sudo: a summary like the days to pay, for whom may see the customer's profile; no single payment is shown.
        groups = (
            self.env["account.payment"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "in", scope.contact_ids),
                    ("company_id", "=", scope.company.id),
                    ("partner_type", "=", "customer"),
                    ("payment_type", "=", "inbound"),
                    ("state", "in", ("in_process", "paid")),
                    ("date", ">", scope.today - relativedelta(months=CHART_MONTHS)),
                ],
                ["payment_method_line_id"],
                ["__count"],
                order="__count DESC",
                limit=METHODS,
            )
        )
        return [self.env._("%(method)s (%(count)s×)", method=line.name, count=count) for line, count in groups if line]

from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.addons.customer_policy.engine.collect import FULL_SETTINGS
from odoo.addons.customer_policy.engine.customer_policy_engine import WORK_MEM
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.binary_copy import Receiver, Sender
from ..engine.purchase_days import PurchaseDays


class CustomerInsightDays(models.AbstractModel):
    """The days on which customers bought, read in bulk from the documents.

    A purchase is what the profile counts: documents of one order together, fully returned ones not at all, on the day
    of its first document. Purchases of one day are one. Returns count whenever they came.
    """

    _name = "customer.insight.days"
    _description = "Days with a Purchase"

    @api.model
    def _documents(self, company, until, partner_ids=None):
        """SELECT partner_id, purchase_key, date, amount of the customers' transactions up to a day.

        :param partner_ids: commercial partners; None for all
        """
        self.env.flush_all()
        contact_ids = None
        if partner_ids is not None:
            partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
            contact_ids = partners_sudo.search([("commercial_partner_id", "in", list(partner_ids))]).ids
        return SQL(
            """SELECT d.* FROM (%s) d JOIN res_partner p ON p.id = d.partner_id
                WHERE p.partner_share AND p.employee IS NOT TRUE
                  AND NOT EXISTS (SELECT FROM res_company c WHERE c.partner_id = p.id)""",
            self.env["customer.transaction"]._documents(company, until, contact_ids),
        )

    @api.model
    def _query(self, document):
        """SELECT partner_id (commercial partner), date, amount: one row per purchase.

        :param document: name of a table with the columns of `_documents`, which is read twice
        """
        return SQL(
            """SELECT partner_id, date, amount FROM %(document)s WHERE purchase_key IS NULL AND amount > 0
                UNION ALL
               SELECT partner_id, MIN(date) FILTER (WHERE amount > 0), SUM(amount)
                 FROM %(document)s WHERE purchase_key IS NOT NULL
                GROUP BY partner_id, purchase_key HAVING SUM(amount) > 0""",
            document=document,
        )

    @api.model
    def _load(self, company, until, partner_ids=None):
        """`PurchaseDays` of a company's customers up to a day.

        :param partner_ids: commercial partners; None for all
        """
        query = SQL(
            """WITH document AS (%s)
               SELECT partner_id::int4, date - '1970-01-01'::date, SUM(amount)::float8 FROM (%s) purchase
                GROUP BY partner_id, date ORDER BY partner_id, date""",
            self._documents(company, until, partner_ids),
            self._query(SQL.identifier("document")),
        )
        # Sorts stay in memory, as those of a run do.
        with self.env["customer.policy.engine"]._database_settings({"work_mem": WORK_MEM, **FULL_SETTINGS}):
            return PurchaseDays(*self._receive(query, ("int4", "int4", "float8")))

    @api.model
    def _receive(self, query, kinds):
        """Columns of a query as arrays; none may be NULL."""
        receiver = Receiver(kinds)
        statement = self.env.cr.mogrify(SQL("COPY (%s) TO STDOUT (FORMAT binary)", query))
        self.env.cr.copy_expert(statement.decode(), receiver)
        return receiver.columns()

    @api.model
    def _send(self, table, kinds, columns):
        """Arrays into a temporary table of this transaction, {column: array} of `kinds`."""
        layout = SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in zip(columns, kinds, strict=True)
        )
        self.env.cr.execute(SQL("CREATE TEMPORARY TABLE %s (%s) ON COMMIT DROP", SQL.identifier(table), layout))
        statement = self.env.cr.mogrify(SQL("COPY %s FROM STDIN (FORMAT binary)", SQL.identifier(table)))
        self.env.cr.copy_expert(statement.decode(), Sender(kinds, list(columns.values())), size=1 << 20)
        self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    # ------------------------------------------------------------ margins

    @api.model
    def _measure_margins(self, company, today):
        """Write each customer's margin of the last 12 months into its profile, of products whose cost is known.

        :return: (margin of all of them, part of the revenue whose cost is known)
        """
        engine, table = self.env["customer.policy.engine"], SQL.identifier("customer_insight_cost")
        with engine._database_settings({"work_mem": WORK_MEM}):
            engine._create_temporary(table, self._cost_query(company, today))
        self.env.cr.execute(
            SQL(
                """WITH margin AS (
                       SELECT partner_id, ROUND(LEAST(GREATEST(1 - cost / known, -1), 1), 3) AS rate
                         FROM %s WHERE known > 0)
                   UPDATE customer_profile p SET margin_rate = margin.rate
                     FROM customer_profile old LEFT JOIN margin ON margin.partner_id = old.partner_id
                    WHERE p.id = old.id AND p.company_id = %s AND p.margin_rate IS DISTINCT FROM margin.rate""",
                table,
                company.id,
            )
        )
        self.env["customer.profile"].invalidate_model(["margin_rate"])
        [[cost, known, total]] = self.env.execute_query(SQL("SELECT SUM(cost), SUM(known), SUM(amount) FROM %s", table))
        self.env.cr.execute(SQL("DROP TABLE %s", table))
        if not known or known <= 0:
            return 0.0, 0.0
        return float(min(max(1 - cost / known, -1), 1)), float(min(known / total, 1)) if total > 0 else 0.0

    def _cost_query(self, company, today):
        """SELECT partner_id, cost, known (the revenue that this is the cost of), amount: sums by customer."""
        # sudo: a job's figure over all customers; costs of single products are shown to nobody.
        lines = self.env["customer.transaction.line"].sudo().with_company(company)
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("date", ">", today - relativedelta(months=12))
            & Domain("date", "<=", today)
        )
        query = lines._search(domain, order=None)
        table = query.table
        product = query.left_join(table, "product_id", "product_product", "id", "product")
        products_sudo = self.env["product.product"].sudo().with_company(company)
        cost = products_sudo._field_to_sql(product, "standard_price", query)
        amount = SQL.identifier(table, "amount")
        query.groupby = SQL("1")
        return query.select(
            SQL("%s AS partner_id", SQL.identifier(table, "partner_id")),
            SQL("SUM(%s * %s) FILTER (WHERE %s > 0) AS cost", SQL.identifier(table, "quantity"), cost, cost),
            SQL("SUM(%s) FILTER (WHERE %s > 0) AS known", amount, cost),
            SQL("SUM(%s) AS amount", amount),
        )

from odoo import models
from odoo.tools import SQL

from ..models.customer_transaction import TransactionRestriction
from .context import STAGE, collected

DUE_MOVES = ("out_invoice", "out_receipt")
# Sorted groups: a hash table of numeric sums for every purchase outgrows the processor's caches.
FULL_SETTINGS = {"enable_hashagg": "off"}
# Starting parallel workers costs more than reading some customers' documents.
INCREMENTAL_SETTINGS = {"max_parallel_workers_per_gather": "0"}


class CustomerPolicyEngine(models.AbstractModel):
    """First step: who is a customer, and the base metrics from the documents."""

    _inherit = "customer.policy.engine"

    def _step_collect(self, run):
        """Fill the staging table with one row per customer and its base metrics."""
        queries = self._collect_queries(run)
        with self._database_settings(FULL_SETTINGS if run.is_full else INCREMENTAL_SETTINGS):
            for name, query in queries.items():
                self._create_temporary(collected(name), query)
        columns = self._collect_columns(run)
        values = SQL(", ").join(
            SQL("CAST(%s AS %s) AS %s", columns[name], SQL(kind), SQL.identifier(name))
            for name, kind in self._stage_types().items()
        )
        figures = SQL(" ").join(
            SQL(
                "LEFT JOIN %s %s ON %s = p.id",
                collected(name),
                SQL.identifier(name),
                SQL.identifier(name, "partner_id"),
            )
            for name in queries
            if name not in ("document", "candidate")
        )
        self._create_temporary(
            SQL.identifier(STAGE),
            SQL(
                """SELECT %s
                     FROM %s candidate
                     JOIN res_partner p ON p.id = candidate.partner_id
                LEFT JOIN customer_profile old ON old.partner_id = p.id AND old.company_id = %s
                          %s
                    WHERE p.commercial_partner_id = p.id AND p.partner_share AND p.employee IS NOT TRUE
                      AND NOT EXISTS (SELECT FROM res_company c WHERE c.partner_id = p.id)""",
                values,
                collected("candidate"),
                run.company.id,
                figures,
            ),
        )
        read = [name for name in queries if name != "document"]  # later steps read the documents, too
        self.env.cr.execute(SQL("DROP TABLE %s", SQL(", ").join(map(collected, read))))
        self._analyze_stage()
        [[customers, documents]] = self.env.execute_query(
            SQL("SELECT COUNT(*), SUM(documents) FROM %s", SQL.identifier(STAGE))
        )
        run.counts.update(customers=customers, documents=int(documents or 0))

    def _create_temporary(self, table, query):
        """CREATE TABLE AS may use parallel workers, INSERT ... SELECT may not."""
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table))
        self.env.cr.execute(SQL("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", table, query))

    def _stage_types(self):
        """{column of the staging table: its type in PostgreSQL}."""
        profile = self.env["customer.profile"]
        return {"documents": "bigint", **{name: profile._fields[name].column_type[1] for name in self._stage_columns()}}

    def _collect_queries(self, run):
        """{name: query} of the temporary tables that the staging table is joined from, each with one row per
        `partner_id` (commercial partner): the figures of one kind of document, and last the candidates. Only the
        first has one row per transaction: partner_id, purchase_key, date, amount; it stays until the end of the run.

        They are tables, not parts of one query, so that PostgreSQL knows how many rows it joins. A query may read the
        tables before it.
        """
        return {
            "document": self.env["customer.transaction"]._documents(run.company, run.today, run.contact_ids),
            "trade": self._collect_trade(run),
            "receivable": self._collect_receivable(run),
            "payment": self._collect_payment(run),
            "pipeline": self._collect_pipeline(run),
            "contact": self._collect_contact(run),
            "candidate": self._collect_candidates(run),
        }

    def _collect_trade(self, run):
        """Revenue, and purchases: documents with the same key are one, from the first to the last of them; a fully
        returned one is none. Most documents are purchases of their own, counted without grouping them first."""
        twelfth = SQL("BIT_OR(1 << ((%s::date - date) * 12 / 366))", run.today)
        recent = SQL("date > %s::date", run.window_start)

        alone = SQL("purchase_key IS NULL AND amount > 0")

        return SQL(
            """SELECT partner_id,
                      SUM(documents) AS documents,
                      SUM(revenue_total) AS revenue_total,
                      SUM(revenue_12m) AS revenue_12m,
                      MIN(first_date) AS first_date,
                      MAX(last_date) AS last_date,
                      SUM(purchases) AS purchases,
                      SUM(bought_amount) AS bought_amount,
                      SUM(purchases_12m) AS purchases_12m,
                      LENGTH(REPLACE(BIT_OR(twelfths)::bit(12)::text, '0', '')) AS active_months
                 FROM (SELECT partner_id, COUNT(*) AS documents, SUM(amount) AS revenue_total,
                              SUM(amount) FILTER (WHERE %(recent)s) AS revenue_12m,
                              MIN(date) FILTER (WHERE %(alone)s) AS first_date,
                              MAX(date) FILTER (WHERE %(alone)s) AS last_date,
                              COUNT(*) FILTER (WHERE %(alone)s) AS purchases,
                              SUM(amount) FILTER (WHERE %(alone)s) AS bought_amount,
                              COUNT(*) FILTER (WHERE %(alone)s AND %(recent)s) AS purchases_12m,
                              %(twelfth)s FILTER (WHERE %(alone)s AND %(recent)s) AS twelfths
                         FROM %(document)s GROUP BY partner_id
                    UNION ALL
                       SELECT partner_id, 0, 0, 0, MIN(first_date), MAX(last_date), COUNT(*), SUM(amount),
                              COUNT(twelfths), BIT_OR(twelfths)
                         FROM (SELECT partner_id, SUM(amount) AS amount,
                                      MIN(date) FILTER (WHERE amount > 0) AS first_date,
                                      MAX(date) FILTER (WHERE amount > 0) AS last_date,
                                      %(twelfth)s FILTER (WHERE amount > 0 AND %(recent)s) AS twelfths
                                 FROM %(document)s WHERE purchase_key IS NOT NULL
                                GROUP BY partner_id, purchase_key
                               HAVING SUM(amount) > 0) purchase
                        GROUP BY partner_id) part
                GROUP BY partner_id""",
            document=collected("document"),
            recent=recent,
            alone=alone,
            twelfth=twelfth,
        )

    def _collect_receivable(self, run):
        """What is overdue: the open part of due invoices."""
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, SUM(move.amount_residual_signed) AS overdue
                 FROM account_move move
                 JOIN res_partner partner ON partner.id = move.commercial_partner_id
                WHERE move.state = 'posted' AND move.move_type IN %s AND move.payment_state IN ('not_paid', 'partial')
                  AND move.invoice_date_due < %s AND move.company_id = %s AND %s
                GROUP BY partner.commercial_partner_id""",
            DUE_MOVES,
            run.today,
            run.company.id,
            self._among(run, SQL("move.commercial_partner_id"), SQL("partner.id")),
        )

    def _collect_payment(self, run):
        """Average days from the date of an invoice of the last 12 months to its last payment.

        To PostgreSQL two bounds on one expression in WHERE are a narrow range: it then loops over what it should hash.
        """
        return SQL(
            """SELECT partner_id, AVG(days) AS days
                 FROM (SELECT partner.commercial_partner_id AS partner_id,
                              MAX(partial.max_date) - MAX(COALESCE(move.invoice_date, move.date)) AS days
                         FROM account_move move
                         JOIN res_partner partner ON partner.id = move.commercial_partner_id
                         JOIN account_move_line line ON line.move_id = move.id
                         JOIN account_partial_reconcile partial ON partial.debit_move_id = line.id
                        WHERE move.state = 'posted' AND move.move_type IN %s
                          AND move.payment_state IN ('paid', 'in_payment')
                          AND COALESCE(move.invoice_date, move.date) > %s AND move.company_id = %s AND %s
                        GROUP BY partner.commercial_partner_id, move.id
                       HAVING MAX(COALESCE(move.invoice_date, move.date)) <= %s) paid
                GROUP BY partner_id""",
            DUE_MOVES,
            run.window_start,
            run.company.id,
            self._among(run, SQL("move.commercial_partner_id"), SQL("partner.id")),
            run.today,
        )

    def _collect_pipeline(self, run):
        """Expected revenue of open opportunities; one without a company counts for its salesperson's."""
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, SUM(lead.expected_revenue) AS amount
                 FROM crm_lead lead
                 JOIN res_partner partner ON partner.id = lead.partner_id
            LEFT JOIN res_users salesperson ON salesperson.id = lead.user_id
                WHERE lead.active AND lead.type = 'opportunity' AND lead.won_status = 'pending'
                  AND COALESCE(lead.company_id, salesperson.company_id, %s) = %s AND %s
                GROUP BY partner.commercial_partner_id""",
            self.env.ref("base.main_company").id,
            run.company.id,
            self._among(run, SQL("lead.partner_id"), SQL("partner.id")),
        )

    def _collect_contact(self, run):
        """Last day of a mail from or to the customer, of a call, of a meeting that has begun, or of a contact that was
        written down or imported."""
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id,
                      MAX(contact.date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS day
                 FROM (SELECT author_id AS partner_id, date
                         FROM mail_message
                        WHERE message_type IN ('email', 'comment') AND author_id IS NOT NULL AND %(author)s
                    UNION ALL
                       SELECT rel.res_partner_id, message.date
                         FROM mail_message message
                         JOIN mail_message_res_partner_rel rel ON rel.mail_message_id = message.id
                        WHERE message.message_type IN ('email', 'comment', 'email_outgoing') AND %(addressee)s
                    UNION ALL
                       SELECT message.res_id, message.date
                         FROM mail_message message
                         JOIN mail_activity_type type ON type.id = message.mail_activity_type_id
                        WHERE message.model = 'res.partner' AND type.category IN ('phonecall', 'meeting')
                          AND %(record)s
                    UNION ALL
                       SELECT rel.res_partner_id, event.start
                         FROM calendar_event event
                         JOIN calendar_event_res_partner_rel rel ON rel.calendar_event_id = event.id
                        WHERE event.active AND event.start <= NOW() AT TIME ZONE 'UTC' AND %(addressee)s
                    UNION ALL
                       SELECT interaction.partner_id, interaction.date
                         FROM customer_interaction interaction
                        WHERE interaction.company_id = %(company)s AND %(interaction)s) contact
                 JOIN res_partner partner ON partner.id = contact.partner_id
                WHERE partner.partner_share AND %(partner)s
                GROUP BY partner.commercial_partner_id""",
            partner=self._among(run, SQL("partner.id")),
            tz=run.company.customer_policy_tz,
            author=self._among(run, SQL("author_id")),
            addressee=self._among(run, SQL("rel.res_partner_id")),
            record=self._among(run, SQL("message.res_id")),
            company=run.company.id,
            interaction=self._among(run, SQL("interaction.partner_id")),
        )

    def _collect_candidates(self, run):
        """Commercial partners with a document, or marked as customers."""
        company = run.company.id
        sources = [
            SQL(
                "SELECT partner_id FROM sale_order WHERE company_id = %s AND %s",
                company,
                self._among(run, SQL("partner_id")),
            ),
            SQL(
                """SELECT lead.partner_id FROM crm_lead lead LEFT JOIN res_users u ON u.id = lead.user_id
                    WHERE lead.active AND COALESCE(lead.company_id, u.company_id, %s) = %s AND %s""",
                self.env.ref("base.main_company").id,
                company,
                self._among(run, SQL("lead.partner_id")),
            ),
            SQL(
                """SELECT p.id FROM res_partner p LEFT JOIN res_users u ON u.id = p.create_uid
                    WHERE p.customer_rank > 0 AND COALESCE(p.company_id, u.company_id, %s) = %s AND %s""",
                self.env.ref("base.main_company").id,
                company,
                self._among(run, SQL("p.id")),
            ),
            SQL(
                """SELECT partner_id FROM customer_profile
                    WHERE company_id = %s AND (is_marked OR potential_estimate <> 0) AND %s""",
                company,
                self._among(run, SQL("partner_id")),
            ),
        ]
        return SQL(
            """SELECT partner_id FROM %s
                UNION
               SELECT partner.commercial_partner_id
                 FROM (%s) document JOIN res_partner partner ON partner.id = document.partner_id
                WHERE %s""",
            collected("trade"),
            SQL(" UNION ").join(sources),
            self._among(run, SQL("partner.id")),
        )

    def _among(self, run, *columns):
        """Condition that columns name customers of this run or contacts of one (see `TransactionRestriction`)."""
        return TransactionRestriction(run.company.id, run.contact_ids).among(*columns)

    def _collect_columns(self, run):
        """{column of the staging table: SQL over the `_collect_queries` by name, `p` (res_partner) and `old`}."""
        digits = run.company.currency_id.decimal_places

        def money(expression):
            return SQL("ROUND(COALESCE(%s, 0), %s)", expression, digits)

        pipeline = money(SQL("pipeline.amount"))
        recent_revenue = money(SQL("trade.revenue_12m"))
        carried = [name for name in self._stage_columns() if name not in ("id", "partner_id", "company_id")]
        return {
            # What no step computes stays as it is.
            **{name: SQL.identifier("old", name) for name in carried},
            "id": SQL("old.id"),
            "partner_id": SQL("p.id"),
            "company_id": SQL("%s", run.company.id),
            "documents": SQL("trade.documents"),
            "first_purchase_date": SQL("trade.first_date"),
            "last_purchase_date": SQL("trade.last_date"),
            "purchase_count": SQL("COALESCE(trade.purchases, 0)"),
            "purchase_count_12m": SQL("COALESCE(trade.purchases_12m, 0)"),
            "revenue_total": money(SQL("trade.revenue_total")),
            "revenue_12m": recent_revenue,
            "revenue_share_12m": self._revenue_share(run, recent_revenue),
            "avg_purchase_value": money(SQL("trade.bought_amount / NULLIF(trade.purchases, 0)")),
            "avg_interval_days": SQL(
                "ROUND((trade.last_date - trade.first_date)::numeric / NULLIF(trade.purchases - 1, 0), 1)"
            ),
            "overdue_amount": money(SQL("receivable.overdue")),
            "avg_days_to_pay": SQL("ROUND(payment.days, 1)"),
            "pipeline_amount": pipeline,
            "potential_value": SQL("COALESCE(NULLIF(old.potential_estimate, 0), %s)", pipeline),
            "loyalty_index": self._loyalty_index(run),
            "last_contact_date": SQL("contact.day"),
        }

    def _loyalty_index(self, run):
        """0 to 100: weighted mean of tenure (months completed since the first purchase, up to the policy's figure),
        active months (twelfths of the last year with a purchase) and repeat share, (purchases - 1) / purchases.

        Completed months: a fraction would change every customer's row every day.
        """
        figure = run.policy._get_parameter
        weights = [max(figure(f"loyalty_{name}_weight"), 0) for name in ("tenure", "activity", "repeat")]
        total = sum(weights) or 1.0
        return SQL(
            """CASE WHEN trade.purchases > 0 THEN ROUND(100 * (
                   %s::numeric * LEAST(FLOOR((%s::date - trade.first_date) / 30.4375) / %s::numeric, 1)
                 + %s::numeric * COALESCE(trade.active_months, 0) / 12
                 + %s::numeric * (trade.purchases - 1) / trade.purchases), 2) ELSE 0 END""",
            weights[0] / total,
            run.today,
            max(figure("loyalty_tenure_months"), 1),
            weights[1] / total,
            weights[2] / total,
        )

    def _revenue_share(self, run, revenue):
        """Part of a customer in the company's revenue of 12 months; in a run for some, the others count as they are."""
        others = SQL("0")
        if not run.is_full:
            others = SQL(
                """(SELECT COALESCE(SUM(p.revenue_12m), 0) FROM customer_profile p
                     WHERE p.company_id = %s AND p.partner_id <> ALL(%s))""",
                run.company.id,
                run.partner_ids,
            )
        return SQL(
            "ROUND(%(revenue)s / NULLIF(GREATEST(SUM(%(revenue)s) OVER () + %(others)s, 0), 0), 6)",
            revenue=revenue,
            others=others,
        )

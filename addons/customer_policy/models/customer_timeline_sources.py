from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_timeline import WRITTEN_MESSAGES
from .customer_transaction import CUSTOMER_MOVES, ID_STEP

COMPANY_CURRENCY = SQL("(SELECT currency_id FROM res_company WHERE id = crm_lead.company_id)")


class CustomerTimeline(models.AbstractModel):
    """The sources of this addon."""

    _inherit = "customer.timeline"

    def _source_orders(self, scope, domain=Domain.TRUE, kind="order", date="date_order"):
        return self._select(
            "sale.order",
            Domain("partner_id", "in", scope.contact_ids) & domain,
            kind,
            date=date,
            title="name",
            status="state",
            amount="amount_untaxed",
            currency_id="currency_id",
            user_id="user_id",
        )

    def _source_leads(self, scope, domain=Domain.TRUE, kind="lead", date="create_date"):
        return self._select(
            "crm.lead",
            Domain("partner_id", "in", scope.contact_ids) & domain,
            kind,
            date=date,
            title="name",
            status="won_status",
            amount="expected_revenue",
            currency_id=COMPANY_CURRENCY,
            user_id="user_id",
        )

    def _source_transactions(self, scope):
        """Invoices, credit notes and external sales by the rules of `customer.transaction`; one entry for the
        imported lines of a purchase."""
        records = self.env["customer.transaction"]
        if not records.has_access("read"):
            return None
        query = records._search(Domain("partner_id", "=", scope.partner.id))
        names = ("date", "kind", "reference", "company_id")
        group = [records._field_to_sql(query.table, name, query) for name in names]
        currency = records._field_to_sql(query.table, "currency_id", query)
        query.groupby = SQL(", ").join([*group, currency])
        date, kind, reference, _company = group
        columns = self._column_list(
            records,
            query,
            SQL("CASE WHEN %s = 'external' THEN 'external' ELSE 'invoice' END", kind),
            id=SQL("MIN(%s)", SQL.identifier(query.table, "id")),
            date=date,
            title=reference,
            status=SQL("NULLIF(%s, 'external')", kind),
            amount=SQL("SUM(%s)", records._field_to_sql(query.table, "amount", query)),
            currency_id=currency,
        )
        return query.select(*columns)

    def _source_overdue(self, scope):
        """Invoices past due that the user may read."""
        domain = Domain("commercial_partner_id", "=", scope.partner.id) & Domain("company_id", "=", scope.company.id)
        domain &= Domain("move_type", "in", CUSTOMER_MOVES) & Domain("state", "=", "posted")
        domain &= Domain("payment_state", "in", ("not_paid", "partial"))
        domain &= Domain("invoice_date_due", "<", scope.today) & Domain("amount_residual_signed", ">", 0)
        return self._select(
            "account.move",
            domain,
            "overdue",
            date="invoice_date_due",
            title="name",
            amount="amount_residual_signed",
            user_id="invoice_user_id",
        )

    def _source_meetings(self, scope, domain):
        events = self.env["calendar.event"]
        query = events._search(Domain("partner_ids", "in", scope.contact_ids) & domain)
        query.add_where(self._is_public(query.table))
        return query.select(*self._column_list(events, query, "meeting", date="start", title="name", user_id="user_id"))

    def _source_grades(self, scope):
        grades = self.env["customer.grade"]
        name = grades._field_to_sql("grade", "name")

        def grade(column):
            return SQL("(SELECT %s FROM customer_grade grade WHERE grade.id = %s)", name, SQL.identifier(*column))

        table = "customer_grade_history"
        return self._select(
            "customer.grade.history",
            Domain("partner_id", "=", scope.partner.id) & Domain("company_id", "=", scope.company.id),
            "grade",
            date="date",
            title=SQL("CONCAT_WS(' → ', %s, %s)", grade((table, "previous_grade_id")), grade((table, "grade_id"))),
        )

    def _source_messages(self, model, domain):
        """Mails, notes and done activities on the documents of a model that the user may read: core lets employees
        read what is written on a document as soon as they may read the document."""
        documents = self.env[model].with_context(active_test=False)
        if not documents.has_access("read"):
            return None
        messages = self.env["mail.message"]
        # sudo: the rule of the documents stands in for core's check of each message in Python; the record rules of
        # messages, if any addon brings some, still apply.
        rule = self.env["ir.rule"]._compute_domain("mail.message", "read")
        query = messages.sudo()._search(Domain("model", "=", model) & Domain(rule))
        table = query.table
        query.add_where(SQL("%s IN %s", SQL.identifier(table, "res_id"), documents._search(domain).subselect()))
        query.add_where(
            SQL(
                "(%s IN %s OR %s IS NOT NULL)",
                SQL.identifier(table, "message_type"),
                WRITTEN_MESSAGES,
                SQL.identifier(table, "mail_activity_type_id"),
            )
        )
        return query.select(*self._column_list(messages.sudo(), query, self._kind_of_message(query), date="date"))

    def _kind_of_message(self, query):
        """A message is the activity that it reports, else a note among colleagues, else a mail."""
        table = query.table
        activity_type = query.left_join(table, "mail_activity_type_id", "mail_activity_type", "id", "type")
        subtype = query.left_join(table, "subtype_id", "mail_message_subtype", "id", "subtype")
        return SQL(
            """CASE WHEN %(category)s = 'phonecall' THEN 'call'
                    WHEN %(category)s = 'meeting' THEN 'meeting'
                    WHEN %(activity)s IS NOT NULL THEN 'activity'
                    WHEN %(internal)s AND %(type)s = 'comment' THEN 'note'
                    ELSE 'mail' END""",
            category=SQL.identifier(activity_type, "category"),
            activity=SQL.identifier(table, "mail_activity_type_id"),
            internal=SQL.identifier(subtype, "internal"),
            type=SQL.identifier(table, "message_type"),
        )

    def _source_activities(self, scope):
        """Open activities, whoever they are given to, on the documents of the customer that the user may read."""
        activities = self.env["mail.activity"]
        rule = self.env["ir.rule"]._compute_domain("mail.activity", "read")
        conditions = []
        for model, domain in self._message_documents(scope).items():
            documents = self.env[model].with_context(active_test=False)
            if documents.has_access("read"):
                conditions.append(
                    SQL("(mail_activity.res_model = %s AND mail_activity.res_id IN %s)", model,
                        documents._search(domain).subselect())
                )  # fmt: skip
        # sudo: as for messages, the rule of the documents decides.
        query = activities.sudo()._search(Domain("active", "=", True) & Domain(rule))
        query.add_where(SQL("(%s)", SQL(" OR ").join(conditions)))
        kind = query.left_join(query.table, "activity_type_id", "mail_activity_type", "id", "type")
        type_name = self.env["mail.activity.type"].sudo()._field_to_sql(kind, "name")
        return query.select(
            *self._column_list(
                activities.sudo(),
                query,
                "activity",
                date="date_deadline",
                status=SQL("CONCAT(mail_activity.res_model, ',', mail_activity.res_id)"),
                title=SQL(
                    "COALESCE(NULLIF(%s, ''), %s)", activities.sudo()._field_to_sql(query.table, "summary"), type_name
                ),
                user_id="user_id",
            )
        )

    # ------------------------------------------------------------ completing a page

    def _complete_messages(self, entries):
        # sudo: the entries come from documents that the user may read.
        messages_sudo = self.env["mail.message"].sudo().browse([entry["id"] for entry in entries])
        for entry, message in zip(entries, messages_sudo, strict=True):
            entry["title"] = message.subject or message.preview or message.record_name or ""
            entry["text"] = message.preview if message.subject else ""
            entry["user"] = message.author_id.name or message.email_from
            entry["open"] = [message.model, message.res_id]

    def _complete_transactions(self, entries):
        """The document behind a transaction, where the user may open it."""
        records = self.env["customer.transaction"]
        models_ = records._document_models()
        by_model = {}
        for entry in entries:
            document_id, residue = divmod(entry["id"], ID_STEP)
            entry["open"] = [models_[residue], document_id]
            by_model.setdefault(models_[residue], set()).add(document_id)
        for model, ids in by_model.items():
            documents = self.env[model]
            readable = documents.has_access("read") and documents._search([("id", "in", list(ids))]).get_result_ids()
            for entry in entries:
                if entry["open"] and entry["open"][0] == model and entry["open"][1] not in (readable or ()):
                    entry["open"] = None

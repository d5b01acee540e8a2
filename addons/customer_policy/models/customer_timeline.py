from datetime import datetime

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_transaction import CUSTOMER_MOVES

COLUMNS = ("date", "kind", "model", "id", "title", "status", "amount", "currency_id", "user_id")
PAGE = 30
WORK_ROWS = 5
WRITTEN_MESSAGES = ("email", "email_outgoing", "comment")


class CustomerTimeline(models.AbstractModel):
    """What happened with a customer, and what is open: documents of all kinds in the same columns.

    A source is one SELECT of the `COLUMNS`, in their order:

    - `date`: local time of the user without time zone (`_local_time`); midnight stands for “some time that day”
    - `kind`: one of `_kinds()`, by which the reader filters
    - `model`, `id`: the document
    - `title`: text, or NULL where `_complete` finds it
    - `status`: raw value of the selection field that `_status_fields()` names for the model, or NULL
    - `amount`, `currency_id`: NULL for none, for the company's currency
    - `user_id`: who is responsible

    An addon adds entries by overriding `_sources` (past) or `_work_sources` (open), and `_kinds` or `_work_kinds` for
    their label. Sources select through `_select`, which applies access rights and record rules of the user: an entry
    is shown to whom the document is. Ordering, limits and paging are added around the sources.

    `scope` is a `CustomerScope`: the customer, ids of all its contacts, company, day, profile.
    """

    _name = "customer.timeline"
    _description = "Timeline of a Customer"

    # ------------------------------------------------------------ hooks

    @api.model
    def _kinds(self):
        """{kind: (label, icon)} of what happened, in the order of the filters."""
        return {
            "order": (self.env._("Orders"), "fa-file-text-o"),
            "invoice": (self.env._("Invoices"), "fa-money"),
            "external": (self.env._("External Sales"), "fa-shopping-basket"),
            "lead": (self.env._("Opportunities"), "fa-star-o"),
            "mail": (self.env._("Mails"), "fa-envelope-o"),
            "call": (self.env._("Calls"), "fa-phone"),
            "meeting": (self.env._("Meetings"), "fa-calendar"),
            "activity": (self.env._("Other Activities"), "fa-check"),
            "note": (self.env._("Notes"), "fa-sticky-note-o"),
            "grade": (self.env._("Grade Changes"), "fa-trophy"),
        }

    @api.model
    def _sources(self, scope):
        """{name: SELECT of what happened}; None where the user may read nothing of the kind."""
        return {
            "order": self._source_orders(scope),
            "transaction": self._source_transactions(scope),
            "lead": self._source_leads(scope),
            "meeting": self._source_meetings(scope, Domain("start", "<=", scope.now)),
            "grade": self._source_grades(scope),
            **{f"message:{model}": self._source_messages(model, domain)
               for model, domain in self._message_documents(scope).items()},
        }  # fmt: skip

    @api.model
    def _work_kinds(self):
        """{kind: (label, icon)} of what is open, in the order of the page."""
        return {
            "overdue": (self.env._("Overdue Invoices"), "fa-money"),
            "activity": (self.env._("Activities"), "fa-clock-o"),
            "quotation": (self.env._("Open Quotations"), "fa-file-text-o"),
            "opportunity": (self.env._("Open Opportunities"), "fa-star-o"),
            "meeting": (self.env._("Coming Meetings"), "fa-calendar"),
        }

    @api.model
    def _work_sources(self, scope):
        """{kind: SELECT of what is open}; `date` is when it is due."""
        return {
            "overdue": self._source_overdue(scope),
            "activity": self._source_activities(scope),
            "quotation": self._source_orders(
                scope, Domain("state", "in", ("draft", "sent")), "quotation", "validity_date"
            ),
            "opportunity": self._source_leads(
                scope,
                Domain("type", "=", "opportunity") & Domain("active", "=", True) & Domain("won_status", "=", "pending"),
                "opportunity",
                "date_deadline",
            ),
            "meeting": self._source_meetings(scope, Domain("start", ">", scope.now)),
        }

    @api.model
    def _message_documents(self, scope):
        """{model: domain} of the documents whose mails, notes, calls and meetings belong to the customer."""
        return {
            "res.partner": Domain("id", "in", scope.contact_ids),
            "sale.order": Domain("partner_id", "in", scope.contact_ids),
            "crm.lead": Domain("partner_id", "in", scope.contact_ids),
            "account.move": Domain("commercial_partner_id", "=", scope.partner.id)
            & Domain("move_type", "in", CUSTOMER_MOVES),
        }

    @api.model
    def _status_fields(self):
        """{model: selection field whose raw value stands in `status`}"""
        return {"sale.order": "state", "crm.lead": "won_status", "customer.transaction": "kind"}

    def _complete(self, entries):
        """Add what a SELECT can't say well to the entries of one page: texts of mails, what can be opened."""
        self._complete_messages([entry for entry in entries if entry["model"] == "mail.message"])
        self._complete_transactions([entry for entry in entries if entry["model"] == "customer.transaction"])

    def _complete_work(self, entries):
        """The same for what is open: an activity opens the document that it is on, which its status names."""
        for entry in entries:
            if entry["model"] == "mail.activity":
                model, id_ = entry.pop("document").split(",")
                entry["open"] = [model, int(id_)]

    # ------------------------------------------------------------ reading

    def _load(self, scope, kinds=None, after=None, limit=PAGE):
        """One page, newest first: {"entries": [...], "next": cursor of the next page or None}.

        :param kinds: None for all
        :param after: the cursor of the page before
        """
        known = self._kinds()
        kinds = [kind for kind in known if kinds is None or kind in kinds]
        page = [
            SQL(
                "(SELECT * FROM (%s) AS source(%s) WHERE kind = ANY(%s) AND %s %s)",
                source,
                _columns(),
                kinds,
                self._after(after),
                _newest_first(limit + 1),
            )
            for source in self._sources(scope).values()
            if source
        ]
        rows = self._execute(
            SQL("SELECT * FROM (%s) entry %s", SQL(" UNION ALL ").join(page), _newest_first(limit + 1))
        )
        rows.sort(key=lambda row: (row["date"], row["model"], row["id"]), reverse=True)
        entries = [self._to_entry(row, scope) for row in rows[:limit]]
        self._complete(entries)
        cursor = [rows[limit - 1][name] for name in ("date", "model", "id")] if len(rows) > limit else None
        return {"entries": entries, "next": cursor and [cursor[0].isoformat(), *cursor[1:]]}

    def _load_work(self, scope):
        """{kind: {"count", "amount", "entries": the first that are due}} of what is open."""
        sources = [
            SQL(
                """(SELECT *, COUNT(*) OVER () AS count, SUM(amount) OVER () AS total FROM (%s) AS source(%s)
                     ORDER BY date NULLS LAST, id LIMIT %s)""",
                source,
                _columns(),
                WORK_ROWS,
            )
            for source in self._work_sources(scope).values()
            if source
        ]
        work = {kind: {"count": 0, "amount": 0.0, "entries": []} for kind in self._work_kinds()}
        rows = self._execute(SQL(" UNION ALL ").join(sources))
        for row in sorted(rows, key=lambda row: (row["date"] or datetime.max, row["id"])):
            found = work[row["kind"]]
            found.update(count=row["count"], amount=row["total"] or 0.0)
            is_late = bool(row["date"] and row["date"] < scope.today_start)
            found["entries"].append({**self._to_entry(row, scope), "is_late": is_late})
        self._complete_work([entry for found in work.values() for entry in found["entries"]])
        return work

    def _execute(self, query):
        """Rows of a query over sources as dictionaries, with the name of the user."""
        return self.env.execute_query_dict(
            SQL(
                """SELECT entry.*, partner.name AS user_name
                     FROM (%s) entry
                LEFT JOIN res_users users ON users.id = entry.user_id
                LEFT JOIN res_partner partner ON partner.id = users.partner_id""",
                query,
            )
        )

    def _to_entry(self, row, scope):
        """What the client gets of a row."""
        date, field_name = row["date"], self._status_fields().get(row["model"])
        status = None
        if row["status"] and field_name:
            field = self.env[row["model"]]._fields[field_name]
            status = dict(field._description_selection(self.env)).get(row["status"])
        return {
            "kind": row["kind"],
            "model": row["model"],
            "id": row["id"],
            "date": date and date.isoformat(),
            "title": row["title"] or "",
            "status": status,
            "amount": row["amount"],
            "currency_id": row["currency_id"] or scope.company.currency_id.id,
            "user": row["user_name"],
            "open": [row["model"], row["id"]],
            **({"document": row["status"]} if row["model"] == "mail.activity" else {}),
        }

    @api.model
    def _after(self, cursor):
        """Condition for what comes after a cursor that the client sends back."""
        if cursor is None:
            return SQL("TRUE")
        try:
            date, model, id_ = cursor
            values = datetime.fromisoformat(date), str(model), int(id_)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("The timeline can't be continued from here: open the page again.")) from error
        return SQL("(date, model, id) < (%s, %s, %s)", *values)

    # ------------------------------------------------------------ for sources

    def _select(self, model, domain, kind, **columns):
        """SELECT of the documents of `model` in `domain` that the user may read; None where they may read none.

        :param kind: a kind, or SQL
        :param columns: name of a field, or SQL, per column; what is left out is NULL
        """
        records = self.env[model].with_context(active_test=False)
        if not records.has_access("read"):
            return None
        query = records._search(Domain(domain))
        return query.select(*self._column_list(records, query, kind, **columns))

    def _column_list(self, records, query, kind, **columns):
        alias = query.table
        types = {"date": "timestamp", "title": "text", "status": "text", "amount": "numeric"}

        def column(name):
            value = columns.get(name)
            sql = value
            if isinstance(value, str):
                sql = records._field_to_sql(alias, value, query)
                if records._fields[value].type == "datetime":
                    sql = self._local_time(sql)
            if sql is None:
                sql = SQL("NULL")
            return SQL("%s::%s", sql, SQL.identifier(types.get(name, "int4")))

        given = {
            "kind": SQL("%s::text", kind),
            "model": SQL("%s::text", records._name),
            "id": SQL("%s::bigint", columns.get("id") or SQL.identifier(alias, "id")),
        }
        return [given.get(name) or column(name) for name in COLUMNS]

    def _local_time(self, column):
        """A datetime column (UTC) in the user's time zone."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)", column, self.env.tz.zone)

    def _is_public(self, event):
        """Condition that a calendar event is not private, or the user's own: core hides what private events are."""
        default = self.env["ir.config_parameter"].sudo().get_param("calendar.default_privacy", "public")
        return SQL(
            """(COALESCE(%(event)s.privacy, (SELECT calendar_default_privacy FROM res_users_settings
                                              WHERE user_id = %(event)s.user_id), %(default)s) <> 'private'
                OR %(event)s.user_id = %(user)s
                OR EXISTS (SELECT FROM calendar_event_res_partner_rel rel
                            WHERE rel.calendar_event_id = %(event)s.id AND rel.res_partner_id = %(partner)s))""",
            event=SQL.identifier(event),
            default=default,
            user=self.env.uid,
            partner=self.env.user.partner_id.id,
        )


def _columns():
    return SQL(", ").join(SQL.identifier(name) for name in COLUMNS)


def _newest_first(limit):
    return SQL("ORDER BY date DESC, model DESC, id DESC LIMIT %s", limit)

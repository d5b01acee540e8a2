from functools import cached_property

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .res_partner import USER

CONTACTS = 12
PROFILE_FIGURES = (
    "revenue_12m",
    "revenue_total",
    "purchase_count_12m",
    "purchase_count",
    "last_purchase_date",
    "avg_purchase_value",
    "avg_interval_days",
    "potential_value",
    "last_contact_date",
    "loyalty_index",
)


class CustomerScope:
    """Whom a 360° page is about, as its reader sees them: made once per request and handed to every hook."""

    def __init__(self, partner):
        self.env = partner.env
        self.partner = partner.commercial_partner_id
        self.company = partner.env.company
        self.profile = self.partner.customer_profile_id
        self.today = self.company._customer_policy_today()
        self.now = fields.Datetime.now()

    @cached_property
    def contact_ids(self):
        """The customer and all its contacts, archived ones too; not restricted: documents have their own rules."""
        partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        return partners_sudo.search([("commercial_partner_id", "=", self.partner.id)]).ids

    @cached_property
    def work(self):
        """What is open, see `customer.timeline`."""
        return self.env["customer.timeline"]._load_work(self)

    @cached_property
    def today_start(self):
        return fields.Datetime.to_datetime(self.today)

    @cached_property
    def policy(self):
        return self.env["customer.policy"]._get_in_force(self.company)


class CustomerOverview(models.AbstractModel):
    """The 360° page of a customer: everything that it shows, in one answer with a bounded number of queries.

    Each part of the page is a list that an addon extends by overriding a method and adding to what `super()` returns:

    ===================== ==========================================================================================
    `_badges`             header: {"label", "title", "color" (0-11) or "style" (Bootstrap: danger, ...)}
    `_buttons`            smart buttons: {"name", "label", "icon", "action", and "value" or "query" (counted)}
    `_figures`            key figures: {"name", "label", "value", "type", "help", "style"}
    `_cards`              boxes at the side: {"name", "label", "rows": [{"label", "value", "type", "tags"}], "text"}
    `_next_actions`       candidates: {"priority" (1 first), "text", "reason", "action" or "open" [model, id]}
    `customer.timeline`   entries of the timeline and open work, in SQL
    ===================== ==========================================================================================

    Types of values: `char`, `integer`, `float`, `monetary` (company currency), `date`, `percentage`. Hooks read as the
    user; what they can't read they leave out. Each may cost a query or two, never one per record.
    """

    _name = "customer.overview"
    _description = "360° Page of a Customer"

    # ------------------------------------------------------------ remote calls; each checks access itself

    @api.model
    @api.readonly
    def load(self, partner_id):
        """The page of the customer that this contact belongs to. Remote call: for people with a customer role who
        may read the contact and its company."""
        scope = self._get_scope(partner_id)
        timeline = self.env["customer.timeline"]
        return {
            "partner": self._header(scope),
            "currency_id": scope.company.currency_id.id,
            "as_of": self._to_utc(scope.profile.as_of),
            "badges": self._badges(scope),
            "buttons": self._count_buttons(self._buttons(scope)),
            "figures": self._figures(scope),
            "chart": self._chart(scope),
            "products": self._products(scope),
            "contacts": self._contacts(scope),
            "cards": self._cards(scope),
            "work": [
                {"kind": kind, "label": label, "icon": icon, **scope.work[kind]}
                for kind, (label, icon) in timeline._work_kinds().items()
                if scope.work[kind]["count"]
            ],
            "next_actions": sorted(self._next_actions(scope), key=lambda action: action["priority"])[:3],
            "kinds": [{"name": name, "label": kind[0], "icon": kind[1]} for name, kind in timeline._kinds().items()],
            "timeline": timeline._load(scope),
        }

    @api.model
    @api.readonly
    def load_timeline(self, partner_id, kinds=None, after=None):
        """A page of the timeline. Remote call with the same checks as `load`.

        :param list kinds: names of kinds, None for all
        :param list after: "next" of the page before
        """
        return self.env["customer.timeline"]._load(self._get_scope(partner_id), kinds, after)

    def _get_scope(self, partner_id):
        if not self.env.user.has_group(USER):
            raise AccessError(self.env._("Only people with a customer role may open the 360° page."))
        partner = self.env["res.partner"].browse(int(partner_id)).exists()
        partner.ensure_one()
        (partner | partner.commercial_partner_id).check_access("read")
        return CustomerScope(partner)

    # ------------------------------------------------------------ header

    def _header(self, scope):
        partner = scope.partner
        return {
            "id": partner.id,
            "name": partner.display_name,
            "is_company": partner.is_company,
            "active": partner.active,
            "phone": partner.phone,
            "email": partner.email,
            "city": partner.city,
            "salesperson": partner.user_id.sudo().name,
            "is_customer": bool(scope.profile),
            "can_write": partner.has_access("write"),
        }

    @api.model
    def _badges(self, scope):
        profile, badges = scope.profile, []
        if not scope.partner.active:
            badges.append({"name": "archived", "label": self.env._("Archived"), "style": "secondary"})
        if profile.grade_id:
            field = self._label(profile, "grade_id")
            grade = profile.grade_id
            badges.append({"name": "grade", "label": grade.name, "color": grade.color, "title": field})
        for name in ("lifecycle_stage", "rfm_segment"):
            if profile[name]:
                label = dict(profile._fields[name]._description_selection(self.env))[profile[name]]
                title = self._label(profile, name)
                prefix = "RFM " if name == "rfm_segment" else ""
                badges.append({"name": name, "label": f"{prefix}{label}", "style": "light", "title": title})
        return badges

    @api.model
    def _buttons(self, scope):
        """Smart buttons; `query` is counted, all of them in one statement."""
        _, partner, contacts = self.env._, scope.partner, ("partner_id", "in", scope.contact_ids)
        buttons = []

        def add(name, label, icon, model, domain, **values):
            records = self.env[model].with_context(active_test=False)
            if records.has_access("read"):
                action = self._list_action(label, model, domain)
                query = None if "value" in values else records._search(domain)
                buttons.append({"name": name, "label": label, "icon": icon, "action": action, "query": query, **values})

        domain = [("partner_id", "=", partner.id)]
        count = scope.profile.purchase_count
        add("purchases", _("Purchases"), "fa-shopping-basket", "customer.transaction", domain, value=count)
        add("orders", _("Quotations and Orders"), "fa-file-text-o", "sale.order", [contacts])
        add("leads", _("Opportunities"), "fa-star-o", "crm.lead", [contacts])
        domain = [("commercial_partner_id", "=", partner.id), ("move_type", "in", ("out_invoice", "out_refund"))]
        add("invoices", _("Invoices"), "fa-money", "account.move", domain)
        add("meetings", _("Meetings"), "fa-calendar", "calendar.event", [("partner_ids", "in", scope.contact_ids)])
        add("grades", _("Grade Changes"), "fa-trophy", "customer.grade.history", [("partner_id", "=", partner.id)])
        return buttons

    def _count_buttons(self, buttons):
        queries = [button["query"] for button in buttons if button.get("query") is not None]
        counts = iter(())
        if queries:
            columns = SQL(", ").join(query.subselect(SQL("COUNT(*)")) for query in queries)
            counts = iter(self.env.execute_query(SQL("SELECT %s", columns))[0])
        for button in buttons:
            if button.pop("query", None) is not None:
                button["value"] = next(counts)
        return buttons

    @api.model
    def _figures(self, scope):
        """Key figures with the label and help of their field; empty for who may not see the profile."""
        profile = scope.profile
        return [self._figure(profile, name) for name in PROFILE_FIGURES] if profile else []

    def _figure(self, record, name, **values):
        field = record._fields[name]
        value = record[name]
        return {
            "name": name,
            "label": self._label(record, name),
            "help": field._description_help(self.env) or "",
            "type": field.type,
            "value": value and value.isoformat() if field.type == "date" else value,
            "digits": (field.get_digits(self.env) or (16, 2))[1] if field.type == "float" else None,
            **values,
        }

    # ------------------------------------------------------------ people and facts at the side

    def _contacts(self, scope):
        """Contact persons with their roles, those with a role first."""
        partners = self.env["res.partner"].search_fetch(
            [("commercial_partner_id", "=", scope.partner.id), ("id", "!=", scope.partner.id), ("type", "=", "contact")],
            ["name", "function", "phone", "email", "customer_role_ids"],
            limit=CONTACTS * 4,
        )
        people = [
            {
                "id": person.id,
                "name": person.name or "",
                "function": person.function,
                "phone": person.phone,
                "email": person.email,
                "roles": self._tags(person.customer_role_ids),
            }
            for person in partners
        ]
        people.sort(key=lambda person: not person["roles"])
        return people[:CONTACTS]

    @api.model
    def _cards(self, scope):
        cards = [self._payment_card(scope), self._preference_card(scope), self._group_card(scope)]
        return [card for card in cards if card]

    def _preference_card(self, scope):
        _, partner = self.env._, scope.partner
        channels = dict(partner._fields["customer_preferred_channel"]._description_selection(self.env))
        hours = partner.customer_hour_from or partner.customer_hour_to
        rows = [
            self._row(_("Preferred Channel"), channels.get(partner.customer_preferred_channel)),
            self._row(_("Best Hours"), hours and f"{_hour(partner.customer_hour_from)} – {_hour(partner.customer_hour_to)}"),
            self._row(_("Roles in Buying"), tags=self._tags(partner.customer_role_ids)),
            self._row(_("Interests"), tags=self._tags(partner.customer_interest_ids)),
            self._row(_("Preferred Brands"), tags=self._tags(partner.customer_brand_ids)),
        ]
        return {
            "name": "preferences",
            "label": _("Preferences and Background"),
            "rows": [row for row in rows if row["value"] or row["tags"]],
            "text": partner.customer_background or "",
            "empty": _("Nothing recorded yet: open the contact and fill in “Preferences”."),
            "open": ["res.partner", partner.id],
        }

    def _group_card(self, scope):
        """The group of companies that the customer belongs to: its visible companies with figures, and their sum."""
        _, partner = self.env._, scope.partner
        company_ids = partner._customer_groups().get(partner.id)
        if not company_ids:
            return None
        companies = self.env["res.partner"].with_context(active_test=False).search_fetch(
            [("id", "in", list(company_ids))], ["name", "active", "customer_holding_id"]
        )
        rows = []
        for company in companies.sorted(lambda company: -company.customer_profile_id.revenue_12m):
            profile = company.customer_profile_id
            name = company.name if company.active else _("%s (archived)", company.name)
            row = self._row(name, profile.revenue_12m if profile else None, "monetary", open=["res.partner", company.id])
            rows.append({**row, "is_current": company == partner})
        total = self._row(_("Revenue of the Group, 12 Months"), partner.customer_group_revenue_12m, "monetary")
        purchases = self._row(_("Purchases of the Group"), partner.customer_group_purchase_count, "integer")
        overdue = self._row(_("Overdue of the Group"), partner.customer_group_overdue_amount, "monetary")
        note = _("Sums of all companies of the group.")
        if not self.env.user.has_group("customer_policy.group_customer_all"):
            # Always said to who may not see all: whether something is hidden is no secret to be told.
            note = _("Sums of the companies whose figures you may see.")
        return {
            "name": "group",
            "label": _("Group of Companies"),
            "rows": [*rows, {**total, "is_total": True}, purchases, overdue],
            "note": note,
        }

    # ------------------------------------------------------------ small helpers, also for addons

    def _row(self, label, value=None, type_="char", **values):
        return {"label": label, "value": value, "type": type_, "tags": [], **values}

    def _tags(self, records):
        return [{"id": record.id, "label": record.name, "color": record.color} for record in records]

    def _label(self, record, name):
        return record._fields[name]._description_string(self.env)

    def _list_action(self, name, model, domain):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [[False, "list"], [False, "form"]],
            "domain": domain,
            "context": {"create": False, "active_test": False},
        }

    def _to_utc(self, moment):
        return moment and fields.Datetime.to_string(moment)


def _hour(value):
    minutes = round(value * 60)
    return f"{minutes // 60}:{minutes % 60:02}"

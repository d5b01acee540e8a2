from functools import cached_property

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_transaction import CUSTOMER_MOVES
from .res_partner import USER

HEADER_FIELDS = (
    "name", "complete_name", "is_company", "active", "phone", "email", "city", "user_id", "type", "parent_id",
    "company_name", "property_payment_term_id", "customer_preferred_channel", "customer_hour_from", "customer_hour_to",
    "customer_background",
)  # fmt: skip
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
# Averages of nothing, not averages of zero.
UNKNOWN_AT_ZERO = ("avg_purchase_value", "avg_interval_days")


class CustomerScope:
    """Whom a 360° page is about, as its reader sees them: made once per request and handed to every hook."""

    def __init__(self, partner):
        self.env = partner.env
        self.partner = partner.commercial_partner_id
        self.company = partner.env.company
        self.today = self.company._customer_policy_today()
        self.now = fields.Datetime.now()

    @cached_property
    def profile(self):
        """What the record rules leave of the profile in the current company; may be empty."""
        profiles, company = self.env["customer.profile"], self.company
        names = [name for name, field in profiles._fields.items() if field.store]
        return profiles.search_fetch([("partner_id", "=", self.partner.id), ("company_id", "=", company.id)], names)

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
    def people(self):
        """Contact persons that the user may read, as many as are shown."""
        return self.env["customer.overview"]._find_people(self)

    @cached_property
    def tags(self):
        """Roles, interests and brands of the customer, roles of its contact persons."""
        return self.env["customer.overview"]._tags(self)

    @cached_property
    def today_start(self):
        return fields.Datetime.to_datetime(self.today)

    @cached_property
    def figures(self):
        """{key: value} of the figures of the policy in force."""
        figures = self.env["customer.policy.parameter"]._in_force(self.company)
        return {figure.key: figure.value for figure in figures}


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
            "more_contacts": self._more_contacts(scope),
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
        partner = self.env["res.partner"].browse(int(partner_id))
        # The fields of the page in one query; then access, also where a contact may be read and its company may not.
        partner.fetch(["commercial_partner_id"])
        partner.commercial_partner_id.fetch(HEADER_FIELDS)
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
            "salesperson": self._user_name(partner.user_id),
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
        customer = Domain("partner_id", "=", scope.partner.id)
        contacts = Domain("partner_id", "in", scope.contact_ids)
        invoices = Domain("commercial_partner_id", "=", scope.partner.id) & Domain("move_type", "in", CUSTOMER_MOVES)
        buttons = [
            self._button("purchases", self.env._("Purchases"), "fa-shopping-basket", "customer.transaction", customer),
            self._button("orders", self.env._("Quotations and Orders"), "fa-file-text-o", "sale.order", contacts),
            self._button("leads", self.env._("Opportunities"), "fa-star-o", "crm.lead", contacts),
            self._button("invoices", self.env._("Invoices"), "fa-money", "account.move", invoices),
            self._button("meetings", self.env._("Meetings"), "fa-calendar", "calendar.event",
                         Domain("partner_ids", "in", scope.contact_ids)),
            self._button("grades", self.env._("Grade Changes"), "fa-trophy", "customer.grade.history", customer),
        ]  # fmt: skip
        if buttons[0]:
            # Purchases, not documents.
            buttons[0].update(value=scope.profile.purchase_count, query=None)
        return [button for button in buttons if button]

    def _button(self, name, label, icon, model, domain):
        """A smart button that opens and counts the documents of a domain; None for who may not read the model."""
        records = self.env[model].with_context(active_test=False)
        if not records.has_access("read"):
            return None
        action = self._list_action(label, model, list(domain))
        return {"name": name, "label": label, "icon": icon, "action": action, "query": records._search(domain)}

    def _count_buttons(self, buttons):
        queries = [button.pop("query", None) for button in buttons]
        counted = [(button, query) for button, query in zip(buttons, queries, strict=True) if query is not None]
        if counted:
            columns = SQL(", ").join(query.subselect(SQL("COUNT(*)")) for _button, query in counted)
            counts = self.env.execute_query(SQL("SELECT %s", columns))[0]
            for (button, _query), count in zip(counted, counts, strict=True):
                button["value"] = count
        return buttons

    @api.model
    def _cards(self, scope):
        """Boxes at the side."""
        cards = [self._payment_card(scope), self._preference_card(scope), self._group_card(scope)]
        return [card for card in cards if card]

    @api.model
    def _figures(self, scope):
        """Key figures with the label and help of their field; empty for who may not see the profile."""
        profile = scope.profile
        figures = [self._figure(profile, name) for name in PROFILE_FIGURES] if profile else []
        for figure in figures:
            if figure["name"] in UNKNOWN_AT_ZERO and not figure["value"]:
                figure["value"] = None
        return figures

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

    # ------------------------------------------------------------ small helpers, also for addons

    def _row(self, label, value=None, type_="char", **values):
        return {"label": label, "value": value, "type": type_, "tags": [], **values}

    def _user_name(self, user):
        """sudo: who is responsible for a contact that may be read is no secret; names of users live on partners."""
        return self.env["res.partner"].sudo().search_fetch([("user_ids", "in", user.ids)], ["name"]).name

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

from odoo import models
from odoo.tools import SQL

from .res_partner_holding import GROUP_FIGURES

CONTACTS = 12
# {kind of tag: (model, field of the contact)}
TAGS = {
    "role": ("customer.contact.role", "customer_role_ids"),
    "interest": ("customer.interest", "customer_interest_ids"),
    "brand": ("customer.brand", "customer_brand_ids"),
}
GROUP_ROWS = 15


class CustomerOverview(models.AbstractModel):
    """Who the customer is: contact persons, preferences, group of companies."""

    _inherit = "customer.overview"

    def _people_domain(self, scope):
        return [
            ("commercial_partner_id", "=", scope.partner.id),
            ("id", "!=", scope.partner.id),
            ("type", "=", "contact"),
        ]

    def _find_people(self, scope):
        """[{"id", "name", ..., "number" of all}] of the first contact persons: those with a role, then in the usual
        order; in one query."""
        people = self.env["res.partner"]
        people.flush_model(["customer_role_ids"])
        query, relation = people._search(self._people_domain(scope)), people._fields["customer_role_ids"]
        query.order = SQL(
            "EXISTS (SELECT FROM %s rel WHERE rel.%s = %s) DESC, %s",
            SQL.identifier(relation.relation),
            SQL.identifier(relation.column1),
            SQL.identifier(query.table, "id"),
            people._order_to_sql(people._order, query),
        )
        query.limit = CONTACTS
        columns = [
            SQL("%s AS %s", people._field_to_sql(query.table, name, query), SQL.identifier(name))
            for name in ("id", "name", "function", "phone", "email")
        ]
        return self.env.execute_query_dict(query.select(*columns, SQL("COUNT(*) OVER () AS number")))

    def _contacts(self, scope):
        """Contact persons with their roles, those with a role first."""
        return [
            {
                "id": person["id"],
                "name": person["name"] or "",
                "function": person["function"],
                "phone": person["phone"],
                "email": person["email"],
                "roles": scope.tags["role"].get(person["id"], []),
            }
            for person in scope.people
        ]

    def _more_contacts(self, scope):
        """How many contact persons are not shown, and the list of all; None when all are."""
        number = scope.people[0]["number"] - len(scope.people) if scope.people else 0
        if not number:
            return None
        action = self._list_action(self.env._("Contact Persons"), "res.partner", self._people_domain(scope))
        return {"count": number, "action": {**action, "context": {"create": False}}}

    def _preference_card(self, scope):
        partner = scope.partner
        channels = dict(partner._fields["customer_preferred_channel"]._description_selection(self.env))
        hours = partner.customer_hour_from, partner.customer_hour_to
        hours = any(hours) and " – ".join(map(_hour, hours))
        tags = {kind: found.get(partner.id, []) for kind, found in scope.tags.items()}
        rows = [
            self._row(self.env._("Preferred Channel"), channels.get(partner.customer_preferred_channel)),
            self._row(
                self.env._("Best Hours"),
                hours and f"{_hour(partner.customer_hour_from)} – {_hour(partner.customer_hour_to)}",
            ),
            self._row(self.env._("Roles in Buying"), tags=tags["role"]),
            self._row(self.env._("Interests"), tags=tags["interest"]),
            self._row(self.env._("Preferred Brands"), tags=tags["brand"]),
        ]
        return {
            "name": "preferences",
            "label": self.env._("Preferences and Background"),
            "rows": [row for row in rows if row["value"] or row["tags"]],
            "text": partner.customer_background or "",
            "empty": self.env._("Nothing recorded yet."),
            "action": partner.action_open_customer_preferences(),
        }

    def _group_card(self, scope):
        """The group of companies that the customer belongs to: its visible companies with figures, and their sum."""
        partner = scope.partner
        company_ids = partner._customer_groups().get(partner.id)
        if not company_ids:
            return None
        partners = self.env["res.partner"].with_context(active_test=False)
        companies = partners.search_fetch([("id", "in", list(company_ids))], ["name", "active"])
        profiles = self.env["customer.profile"].search_fetch(
            [("partner_id", "in", list(company_ids)), ("company_id", "=", scope.company.id)],
            ["partner_id", *GROUP_FIGURES.values()],
        )
        rows = self._group_rows(scope, companies, {profile.partner_id.id: profile for profile in profiles})
        totals = [
            self._row(self._label(partner, name), sum(profiles.mapped(metric)), partner._fields[name].type)
            for name, metric in GROUP_FIGURES.items()
        ]
        note = self.env._("Sums of all companies of the group.")
        if not self.env.user.has_group("customer_policy.group_customer_all"):
            # Always said to who may not see all: whether something is hidden is no secret to be told.
            note = self.env._("Sums of the companies whose figures you may see.")
        return {
            "name": "group",
            "label": self.env._("Group of Companies"),
            "rows": [*rows, *({**total, "is_total": True} for total in totals)],
            "note": note,
        }

    def _group_rows(self, scope, companies, profiles):
        """The companies by revenue; `companies` are those that the user may read, `profiles` may lack some."""
        rows = []
        for company in companies:
            profile = profiles.get(company.id)
            name = company.name if company.active else self.env._("%s (archived)", company.name)
            row = self._row(name, profile and profile.revenue_12m, "monetary", open=["res.partner", company.id])
            rows.append({**row, "is_current": company == scope.partner})
        rows.sort(key=lambda row: -(row["value"] or 0))
        return rows[:GROUP_ROWS]

    def _tags(self, scope):
        """{kind of tag: {partner id: [{"id", "label", "color"}]}} of the customer, and the roles of the contact persons
        that are shown, in one query."""
        self.env["res.partner"].flush_model([field for _model, field in TAGS.values()])
        parts = []
        for kind, (model, field_name) in TAGS.items():
            relation = self.env["res.partner"]._fields[field_name]
            tag = self.env[model].sudo()  # names only, of what is on a contact that may be read
            parts.append(
                SQL(
                    """SELECT %s, rel.%s, tag.id, %s, tag.color FROM %s rel JOIN %s tag ON tag.id = rel.%s
                        WHERE rel.%s = ANY(%s)""",
                    kind,
                    SQL.identifier(relation.column1),
                    tag._field_to_sql("tag", "name"),
                    SQL.identifier(relation.relation),
                    SQL.identifier(tag._table),
                    SQL.identifier(relation.column2),
                    SQL.identifier(relation.column1),
                    [*scope.partner.ids, *(person["id"] for person in scope.people if kind == "role")],
                )
            )
        found = {kind: {} for kind in TAGS}
        for kind, partner_id, id_, name, color in self.env.execute_query(SQL(" UNION ALL ").join(parts)):
            found[kind].setdefault(partner_id, []).append({"id": id_, "label": name, "color": color or 0})
        return found


def _hour(value):
    minutes = round(value * 60)
    return f"{minutes // 60}:{minutes % 60:02}"

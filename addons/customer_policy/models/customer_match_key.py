from odoo import api, fields, models
from odoo.tools import SQL

from ..fields import UncheckedMany2one
from ..normalize import keys
from ..normalize.evidence import Record

KINDS = [
    ("code", "Code"),
    ("phone", "Phone"),
    ("email", "E-mail"),
    ("name", "Name"),
    ("similar", "Similar Name"),
    ("brand", "Brand"),
    ("bare", "Brand Alone"),
]
# The contact fields that keys are made of or that candidates are compared by.
KEY_FIELDS = {"name", "vat", "company_registry", "phone", "email", "city", "country_id", "is_company", "parent_id"}
COMPARED_FIELDS = KEY_FIELDS | {"street", "zip", "active", "company_id"}


class CustomerMatchKey(models.Model):
    """Index of normalised values: contacts that share a key can be the same customer (see `normalize.keys`).

    A contact's phone and e-mail have keys of their own and lead to its commercial partner (`customer_id`); names and
    codes have keys for commercial partners only, archived contacts none. The rows are made by `_refresh` alone and
    depend on nothing but the contact and the countries of the companies.
    """

    _name = "customer.match.key"
    _description = "Key for Finding Duplicates"
    _log_access = False

    partner_id = UncheckedMany2one("res.partner", required=True, index=True)
    customer_id = UncheckedMany2one("res.partner", required=True)
    kind = fields.Selection(KINDS, required=True)
    key = fields.Char(required=True)

    _find_idx = models.Index("(kind, key, customer_id)")

    @api.model
    def _refresh(self, partner_ids):
        """Make the keys of these contacts anew, writing only what differs; four queries at most."""
        wanted = {
            (contact["id"], contact["customer_id"], kind, key)
            for contact in self._read_contacts(partner_ids)
            if contact["active"]
            for kind, key in keys.of_values(contact)
        }
        present = set(
            self.env.execute_query(
                SQL(
                    "SELECT partner_id, customer_id, kind, key FROM customer_match_key WHERE partner_id = ANY(%s)",
                    list(partner_ids),
                )
            )
        )
        gone, fresh = present - wanted, wanted - present
        if gone:
            self.env.cr.execute(
                SQL(
                    """DELETE FROM customer_match_key k USING %s
                        WHERE (k.partner_id, k.customer_id, k.kind, k.key) = (r.partner, r.customer, r.kind, r.key)""",
                    _rows(gone),
                )
            )
        if fresh:
            self.env.cr.execute(
                SQL(
                    """INSERT INTO customer_match_key (partner_id, customer_id, kind, key)
                       SELECT r.partner, r.customer, r.kind, r.key FROM %s""",
                    _rows(fresh),
                )
            )

    @api.model
    def _read_contacts(self, partner_ids):
        """Values of contacts as `normalize.keys` and `normalize.corrections` want them, archived ones included.

        `countries` are those that a number without a country code can belong to: the contact's, else its company's,
        else those of all companies. `country` is the only one of them.
        """
        self.env["res.partner"].flush_model([*COMPARED_FIELDS, "commercial_partner_id", "street2"])
        self.env.cr.execute(
            SQL(
                """SELECT p.id, p.name, p.is_company, p.vat, p.company_registry, p.phone, p.email, p.city, p.street,
                          p.street2, p.zip, p.active, p.company_id, p.parent_id,
                          COALESCE(p.commercial_partner_id, p.id) AS customer_id,
                          (p.commercial_partner_id = p.id OR p.commercial_partner_id IS NULL) AS named,
                          COALESCE(country.code, own.code) AS country
                     FROM res_partner p
                     LEFT JOIN res_country country ON country.id = p.country_id
                     LEFT JOIN res_company company ON company.id = p.company_id
                     LEFT JOIN res_partner seat ON seat.id = company.partner_id
                     LEFT JOIN res_country own ON own.id = seat.country_id
                    WHERE p.id = ANY(%s)""",
                list(partner_ids),
            )
        )
        rows = self.env.cr.dictfetchall()
        everywhere = self._company_countries() if any(not row["country"] for row in rows) else ()
        for row in rows:
            row["codes"] = [row["vat"], row["company_registry"]]
            row |= self._countries(row["country"], everywhere)
        return rows

    @api.model
    def _countries(self, country, everywhere):
        """`country` and `countries` of values, see `_read_contacts`."""
        countries = (country,) if country else everywhere
        return {"countries": countries, "country": countries[0] if len(countries) == 1 else None}

    @api.model
    def _company_countries(self):
        """ISO codes of the countries of all companies, in a constant order."""
        self.env["res.partner"].flush_model(["country_id"])
        self.env["res.company"].flush_model(["partner_id", "active"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT country.code FROM res_company company
                     JOIN res_partner seat ON seat.id = company.partner_id
                     JOIN res_country country ON country.id = seat.country_id
                    WHERE company.active ORDER BY country.code"""
            )
        )
        return tuple(code for [code] in rows)

    @api.model
    def _read_records(self, partner_ids):
        """{id: Record} of customers to compare."""
        return {row["id"]: self._record(row) for row in self._read_contacts(partner_ids)}

    @api.model
    def _record(self, values):
        """A `Record` from values as `_read_contacts` returns them."""
        return Record(
            values.get("id"),
            values.get("name") or "",
            bool(values.get("is_company")),
            tuple(values["codes"]),
            values.get("country"),
            values.get("city"),
            values.get("street"),
            values.get("zip"),
            {"parent_id": values.get("parent_id"), "company_id": values.get("company_id")},
        )

    @api.autovacuum
    def _gc_orphans(self):
        """Contacts deleted past the ORM leave their keys behind."""
        self.env.cr.execute(
            SQL("DELETE FROM customer_match_key k WHERE NOT EXISTS (SELECT FROM res_partner WHERE id = k.partner_id)")
        )


def _rows(rows):
    """Rows (contact, customer, kind, key) as a table `r`."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    return SQL("UNNEST(%s::int[], %s::int[], %s::text[], %s::text[]) AS r(partner, customer, kind, key)", *columns)

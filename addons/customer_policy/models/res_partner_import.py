from odoo import api, models

from .. import called
from ..import_look import EARLIER_ROW, ImportLook
from ..words import join_names, join_statements

# Rows checked together: bounds the memory of a large import.
BLOCK = 500


class ResPartner(models.Model):
    """The entry standard in imports: every bad row is named, and none of them is tried one by one."""

    _inherit = "res.partner"

    @api.model
    def load(self, fields, data):
        """Rows of customers are checked while they are read, so that each is named and the rest need not be tried
        record by record; then they are not checked again when they are created."""
        return super(
            ResPartner, self.with_context(customer_entry_check=called.UNCHECKED, customer_entry_rows=not self.env.su)
        ).load(fields, data)

    def _convert_records(self, records, *, log=lambda a: None, savepoint):
        unread = set()

        def note(message):
            unread.add((message.get("record"), message.get("field")))
            log(message)

        look = ImportLook.of(self.env)
        rows = super()._convert_records(records, log=note, savepoint=savepoint)
        if self.env.context.get("customer_entry_rows"):
            rows = self._check_rows(rows, log, unread)
        for row in rows:
            yield row
            if look:
                look.add_row(row[1], row[2])

    def _check_rows(self, converted, log, unread):
        """Pass the rows on as they come (later rows may refer to them) and name the bad ones, block by block.

        While the whole file is looked at, what its creation would refuse is asked for, too.


        :param unread: {(row, field)} of values that core could not read and has complained about
        """
        rules = self.env["customer.entry.rule"]._in_force(self.env.company)
        defaults = self.default_get(["is_company", *rules.mapped("field_name")])
        block = []
        for dbid, xid, values, info in converted:
            block.append((dbid, xid, dict(values), info))
            yield dbid, xid, values, info
            if len(block) == BLOCK:
                self._check_block(rules, defaults, block, log, unread)
                block = []
        self._check_block(rules, defaults, block, log, unread)

    def _check_block(self, rules, defaults, rows, log, unread):
        known = self._known_customers(rows)
        given, infos = {}, {}
        for dbid, xid, values, info in rows:
            record = known.get(dbid or xid)
            if record is None and not self._is_entered_as_customer(values):
                continue
            values = {name: value for name, value in values.items() if value != EARLIER_ROW}
            values = (record or self)._normalise_entry(values)
            if "company_type" in values:
                values["is_company"] = values["company_type"] == "company"
            candidate = self.new(values if record else {**defaults, **values}, origin=record)
            given[candidate], infos[candidate] = values, info
        good = entered = self.concat(*given)
        for candidate, gaps in rules._get_gaps(entered.sudo()).items():
            info, record = infos[candidate], candidate._origin
            before = record and {name: record[name] for name in given[candidate] if name in self._fields}
            gaps = [(rule, gap) for rule, gap in gaps if (info["record"], rule.field_name) not in unread]
            refused = self._refused_gaps(candidate, gaps, before or None)
            if refused:
                good -= candidate
                log({**info, "type": "error", "field": refused[0][0].field_name, "message": self._row_text(refused)})
        if ImportLook.of(self.env):
            for candidate, field_name, message in good._look_problems(given):
                log({**infos[candidate], "type": "error", "field": field_name, "message": message})
        entered.invalidate_recordset(flush=False)

    def _row_text(self, refused):
        text = join_statements(self.env, [rule._get_gap_text(gap) for rule, gap in refused])
        clauses = self.env["customer.policy.clause"].union(*[rule.clause_id for rule, _gap in refused])
        return self.env._(
            "%(gaps)s (clause %(clauses)s)", gaps=text, clauses=join_names(self.env, clauses.mapped("number"))
        )

    def _convert_fields_to_values(self, field_names):
        """Core copies a company's fields to imported contact persons as sudo, but reads them as the user, who then
        needs accounting rights to import a person."""
        partners = self.sudo() if self.env.context.get("customer_entry_rows") else self
        return super(ResPartner, partners)._convert_fields_to_values(field_names)

    def _known_customers(self, rows):
        """{database id or external id in the file: customer that the row changes}"""
        module = self.env.context.get("_import_current_module", "__import__")
        xids = {xid: xid if "." in xid else f"{module}.{xid}" for _dbid, xid, _values, _info in rows if xid}
        found = {}
        if xids:
            for record in self.env["ir.model.data"].sudo()._lookup_xmlids(list(xids.values()), self):
                found[f"{record[1]}.{record[2]}"] = record[6]
        by_key = {xid: found.get(full) for xid, full in xids.items()}
        by_key.update({dbid: dbid for dbid, _xid, _values, _info in rows if dbid})
        partners = self.browse([partner_id for partner_id in by_key.values() if partner_id])
        profiles_sudo = self.env["customer.profile"].sudo()
        customers = profiles_sudo.search(
            [("partner_id", "in", partners.ids), ("company_id", "=", self.env.company.id)]
        ).partner_id
        return {key: self.browse(pid) for key, pid in by_key.items() if pid in customers.ids}

    def _load_records(self, data_list, update=False):
        """Rows are only read when the whole file is looked at: to create many contacts takes longer than a request."""
        if ImportLook.of(self.env):
            return self.browse()
        return super()._load_records(data_list, update)

    @api.model
    def get_import_templates(self):
        """One at a time: in developer mode the importer's page fails on two."""
        if self.env.context.get("default_is_customer_record"):
            return self.env["customer.history.guide"]._import_template("customers")
        return super().get_import_templates()

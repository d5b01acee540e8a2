import json

from odoo import api, fields, models
from odoo.tools import SQL, format_date, format_list

from ..words import join_names
from .customer_match_rule import LEVELS, RANK

STATES = [("open", "Undecided"), ("not_same", "Not the Same"), ("merged", "Merged")]
# Who decides about pairs. Only they see groups, which name customers beyond the pair.
DECIDING = "customer_policy.group_data_steward,customer_policy.group_customer_manager"
# Fields that tell two customers apart, for the comparison side by side.
COMPARED = (
    "name", "vat", "company_registry", "phone", "email", "street", "street2", "zip", "city", "state_id", "country_id",
    "website", "user_id", "company_id", "category_id", "customer_purchase_count", "create_date",
)  # fmt: skip


class CustomerDuplicate(models.Model):
    """Two customers that look like the same one, and what people decided about it.

    One row per unordered pair; `partner_id` is the older contact. An open pair goes when its evidence goes, a decided
    one stays. After merging, `other_id` is empty and `merged_name` and `merged_ref` say what it was.
    """

    _name = "customer.duplicate"
    _description = "Duplicate Customers"
    _order = "level_rank, partner_id, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, readonly=True, ondelete="cascade"
    )
    other_id = fields.Many2one(
        "res.partner", string="Looks Like", index="btree_not_null", readonly=True, ondelete="cascade"
    )
    level = fields.Selection(LEVELS, required=True, readonly=True)
    level_rank = fields.Integer(readonly=True)
    rule_id = fields.Many2one("customer.match.rule", readonly=True, ondelete="set null", index="btree_not_null")
    evidence = fields.Json("Evidence Found", readonly=True)
    name_similarity = fields.Float("Names Alike (%)", digits=(5, 1), readonly=True, aggregator=None)
    evidence_text = fields.Char("Evidence", compute="_compute_evidence_text")
    state = fields.Selection(STATES, default="open", required=True, readonly=True)
    group_partner_id = fields.Many2one(
        "res.partner",
        string="Group",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=DECIDING,
        help="The oldest of all customers that are connected by certain or probable pairs.",
    )
    reason = fields.Char("Why Not the Same", readonly=True)
    user_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    date = fields.Datetime("Decided on", readonly=True)
    merged_name = fields.Char(readonly=True)
    merged_ref = fields.Integer("Former Contact ID", readonly=True)
    comparison = fields.Html(compute="_compute_comparison", sanitize=False)

    _pair_unique = models.UniqueIndex("(partner_id, other_id)", "This pair is on the list already.")
    _pair_ordered = models.Constraint("CHECK(partner_id < other_id)", "The older contact comes first.")

    @api.depends("partner_id", "other_id", "merged_name")
    def _compute_display_name(self):
        for pair in self:
            other = pair.other_id.display_name or pair.merged_name or ""
            pair.display_name = f"{pair.partner_id.display_name} ↔ {other}"

    @api.depends("evidence", "name_similarity")
    @api.depends_context("lang")
    def _compute_evidence_text(self):
        for pair in self:
            pair.evidence_text = self._evidence_in_words(pair.evidence or {})

    @api.model
    def _evidence_in_words(self, evidence):
        """What speaks for one customer, in the reader's language, as one line."""
        labels = {
            "code": self.env._("same code"),
            "phone": self.env._("same phone"),
            "email": self.env._("same e-mail"),
            "same_name": self.env._("same name"),
            "address": self.env._("same address"),
            "city": self.env._("same city"),
        }
        kinds = evidence.get("kinds", [])
        words = [
            label for kind, label in labels.items() if kind in kinds and not (kind == "city" and "address" in kinds)
        ]
        if "same_name" not in kinds and evidence.get("name", 0) >= 50:
            words.insert(0, self.env._("names alike by %s %%", f"{evidence['name']:.0f}"))
        if evidence.get("conflict"):
            words.append(self.env._("but different codes"))
        return format_list(self.env, words)

    @api.depends("partner_id", "other_id")
    @api.depends_context("lang")
    def _compute_comparison(self):
        for pair in self:
            pair.comparison = pair.other_id and self.env["ir.qweb"]._render(
                "customer_policy.duplicate_comparison", {"rows": pair._compare_values(), "pair": pair}
            )

    def _compare_values(self):
        """[(label, value, other value, whether they differ)] of what either has, as the reader may see it."""
        self.ensure_one()
        sides = self.partner_id, self.other_id
        rows = []
        for name in COMPARED:
            field = sides[0]._fields[name]
            if not sides[0]._has_field_access(field, "read"):
                continue
            values = [self._in_words(field, side[name]) for side in sides]
            if any(values):
                rows.append((field._description_string(self.env), *values, values[0] != values[1]))
        return rows

    def _in_words(self, field, value):
        if field.relational:
            return join_names(self.env, value.mapped("display_name"))
        if field.type == "datetime":
            return format_date(self.env, value) if value else ""
        return str(value) if value else ""

    # ------------------------------------------------------------ written by the search

    @api.model
    def _record(self, found, company):
        """Make the open pairs of the searched customers what the search found by the rules of `company`; decided pairs
        stay as they are.

        :param found: {customer id: [Match]}, with an empty list where nothing was found
        """
        pairs = {}
        for partner_id, matches in found.items():
            for match in matches:
                pairs[tuple(sorted((partner_id, match.partner_id)))] = match
        ids = list(found)
        gone = self._replace(pairs, company, SQL("(pair.partner_id = ANY(%s) OR pair.other_id = ANY(%s))", ids, ids))
        if pairs or gone:
            self._regroup({partner_id for pair in (*gone, *pairs) for partner_id in pair})
        self.invalidate_model()

    @api.model
    def _replace_open(self, pairs, company):
        """Make the open pairs of all customers that `company` can see {(older id, newer id): Match}."""
        self._replace(pairs, company, SQL("TRUE"))

    @api.model
    def _replace(self, pairs, company, searched):
        """Put these pairs on the list and take off those of `searched` (a condition on `pair`) that were not found.

        What other companies' rules found, or lies beyond what `company` can see, is theirs and stays, unless it can't
        be a pair any more. Returns [(older id, newer id)] of what has gone.
        """
        foreign = self.env["customer.match.rule"]._rules_of_others(company)
        self._upsert(pairs, foreign=foreign)
        self.env.cr.execute(
            SQL(
                """DELETE FROM customer_duplicate pair USING res_partner one, res_partner other
                    WHERE pair.state = 'open' AND one.id = pair.partner_id AND other.id = pair.other_id AND %(searched)s
                      AND (COALESCE(one.company_id, %(company)s) = %(company)s
                           AND COALESCE(other.company_id, %(company)s) = %(company)s
                           AND (pair.rule_id IS NULL OR pair.rule_id <> ALL(%(foreign)s))
                           OR one.company_id <> other.company_id
                           OR NOT (one.active AND other.active)
                           OR one.commercial_partner_id <> one.id OR other.commercial_partner_id <> other.id)
                      AND NOT EXISTS (SELECT FROM UNNEST(%(ones)s::int[], %(others)s::int[]) AS found(one, other)
                                       WHERE found.one = pair.partner_id AND found.other = pair.other_id)
                RETURNING pair.partner_id, pair.other_id""",
                company=company.id,
                searched=searched,
                foreign=foreign,
                ones=[one for one, _other in pairs],
                others=[other for _one, other in pairs],
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _upsert(self, pairs, decision=None, foreign=()):
        """Insert pairs {(older id, newer id): Match} or update open ones that differ.

        :param decision: values of state, reason, user_id, date that replace those of an open pair
        :param foreign: ids of rules whose pairs are replaced by surer ones only
        """
        if not pairs:
            return
        decision = {"state": "open", "reason": None, "user_id": None, "date": None, **(decision or {})}
        matches = pairs.values()
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_duplicate AS pair
                          (partner_id, other_id, level, level_rank, rule_id, evidence, name_similarity, state, reason,
                           user_id, date, create_uid, create_date, write_uid, write_date)
                   SELECT one.id, other.id, found.level, found.rank, found.rule, found.evidence::jsonb, found.name,
                          %(state)s, %(reason)s, %(user)s::int, %(date)s::timestamp, %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM UNNEST(%(ones)s::int[], %(others)s::int[], %(levels)s::text[], %(ranks)s::int[],
                                 %(rules)s::int[], %(evidence)s::text[], %(names)s::numeric[])
                          AS found(one, other, level, rank, rule, evidence, name)
                     JOIN res_partner one ON one.id = found.one
                     JOIN res_partner other ON other.id = found.other
              ON CONFLICT (partner_id, other_id) DO UPDATE
                      SET level = EXCLUDED.level, level_rank = EXCLUDED.level_rank, rule_id = EXCLUDED.rule_id,
                          evidence = EXCLUDED.evidence, name_similarity = EXCLUDED.name_similarity,
                          state = EXCLUDED.state, reason = EXCLUDED.reason, user_id = EXCLUDED.user_id,
                          date = EXCLUDED.date, write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                    WHERE pair.state = 'open' AND (pair.level, pair.evidence, pair.rule_id, pair.state)
                          IS DISTINCT FROM (EXCLUDED.level, EXCLUDED.evidence, EXCLUDED.rule_id, EXCLUDED.state)
                      AND (pair.rule_id IS NULL OR pair.rule_id <> ALL(%(foreign)s::int[])
                           OR EXCLUDED.level_rank < pair.level_rank)""",
                **{name: decision[name] for name in ("state", "reason", "date")},
                user=decision["user_id"],
                foreign=list(foreign),
                uid=self.env.uid,
                now=fields.Datetime.now(),
                ones=[one for one, _other in pairs],
                others=[other for _one, other in pairs],
                levels=[match.level for match in matches],
                ranks=[RANK[match.level] for match in matches],
                rules=[match.rule_id for match in matches],
                evidence=[json.dumps(match.stored_evidence) for match in matches],
                names=[match.evidence.name for match in matches],
            )
        )

    @api.model
    def _remember_not_same(self, pairs, reason):
        """Put pairs {(older id, newer id): Match} on the list as decided by who saves the contact; sudo, as both need
        not be visible to them."""
        duplicates = self.sudo()
        decision = {"state": "not_same", "reason": reason, "user_id": self.env.uid, "date": fields.Datetime.now()}
        duplicates._upsert(pairs, decision)
        duplicates._regroup({partner_id for pair in pairs for partner_id in pair})
        duplicates.invalidate_model()

    @api.model
    def _regroup(self, partner_ids=None):
        """Set the groups of all open pairs, or of those connected with these customers.

        A pair of customers of one company is grouped over pairs of this company and of no company: no group joins two
        companies.
        """
        rows = self._connected(partner_ids) if partner_ids is not None else self._open_pairs(SQL("TRUE"))
        roots = {
            company_id: components(
                (one, other) for _id, one, other, rank, _group, owner_id in rows
                if rank <= RANK["probable"] and owner_id in (None, company_id)
            )
            for company_id in {row[-1] for row in rows}
        }  # fmt: skip
        groups = {row[0]: min(roots[row[-1]](partner_id) for partner_id in row[1:3]) for row in rows}
        changed = [(row[0], groups[row[0]]) for row in rows if row[4] != groups[row[0]]]
        if changed:
            ids, groups = (list(column) for column in zip(*changed, strict=True))
            self.env.cr.execute(
                SQL(
                    """UPDATE customer_duplicate pair SET group_partner_id = found.partner
                         FROM UNNEST(%s::int[], %s::int[]) AS found(id, partner) WHERE pair.id = found.id""",
                    ids,
                    groups,
                )
            )

    def _open_pairs(self, condition):
        """[(id, older id, newer id, rank, group, company of either customer or None)]"""
        self.env["res.partner"].flush_model(["company_id"])
        self.env.cr.execute(
            SQL(
                """SELECT pair.id, pair.partner_id, pair.other_id, pair.level_rank, pair.group_partner_id,
                          COALESCE(one.company_id, other.company_id)
                     FROM customer_duplicate pair
                     JOIN res_partner one ON one.id = pair.partner_id
                     JOIN res_partner other ON other.id = pair.other_id
                    WHERE pair.state = 'open' AND %s""",
                condition,
            )
        )
        return self.env.cr.fetchall()

    def _connected(self, partner_ids):
        """Open pairs that these customers are connected with, over others if need be."""
        rows, known, frontier = {}, set(partner_ids), set(partner_ids)
        while frontier:
            ids = list(frontier)
            found = self._open_pairs(SQL("(pair.partner_id = ANY(%s) OR pair.other_id = ANY(%s))", ids, ids))
            rows.update((row[0], row) for row in found)
            frontier = {partner_id for row in found for partner_id in row[1:3]} - known
            known |= frontier
        return list(rows.values())


def components(edges):
    """Function from a node to the smallest node that it is connected with."""
    parent = {}

    def root(node):
        while parent.get(node, node) != node:
            parent[node] = parent.get(parent[node], parent[node])
            node = parent[node]
        return node

    for one, other in edges:
        one, other = root(one), root(other)
        parent[max(one, other)] = min(one, other)
    return root

import logging
from collections import defaultdict
from dataclasses import dataclass

from odoo import api, models
from odoo.tools import SQL
from psycopg2 import OperationalError

from ..normalize import evidence, keys
from .customer_match_rule import RANK

_logger = logging.getLogger(__name__)

# A name's key that more customers share tells too little to compare them all: longer keys of the same name will do.
MOST_ALIKE = 50
# What shared keys of these kinds are evidence by themselves; the others lead to names, which are compared.
PROOF = ("code", "phone", "email")
# No rule may ask for less of a name (see `customer.match.rule._check_figures`).
FEWEST_PERCENT = 50
PENDING = "customer_policy.match_pending"
# Customers of all companies that are looked at for one key: a value that more share is a placeholder.
MOST_LOOKED_AT = 1_000


@dataclass
class Match:
    """Another customer that looks like the same one."""

    partner_id: int
    level: str
    rule_id: int
    is_refusal: bool
    evidence: evidence.Evidence

    @property
    def stored_evidence(self):
        return {"kinds": self.evidence.kinds(), "name": self.evidence.name, "conflict": self.evidence.code_conflict}


class CustomerMatch(models.AbstractModel):
    """Finds customers that look like the same one: first by shared keys, then by comparing what they share.

    All of it works as sudo on ids; who may see what is decided where results are shown.
    """

    _name = "customer.match"
    _description = "Duplicate Search"

    # ------------------------------------------------------------ for a few customers

    @api.model
    def _find(self, asked, company):
        """Customers that look like those asked for, among those of `company` and of no company, by its rules.

        :param asked: {any id: (Record, [(kind, key)], ids that are not candidates)}
        :return: {id of `asked`: [Match], the surest first}
        """
        conditions = self.env["customer.match.rule"]._conditions(company.id)
        if not asked or not conditions:
            return {}
        hits = self._hits(asked, max(condition.most_shared for condition in conditions), company)
        candidates = {partner_id for found in hits.values() for partner_id in found}
        records = self.env["customer.match.key"]._read_records(candidates) if candidates else {}
        found = {}
        for asked_id, shared_by_partner in hits.items():
            record = asked[asked_id][0]
            matches = [
                match
                for partner_id, shared in shared_by_partner.items()
                if (match := _match(record, records[partner_id], shared, conditions))
            ]
            found[asked_id] = sorted(matches, key=lambda m: (RANK[m.level], -m.evidence.name, m.partner_id))
        return found

    @api.model
    def _hits(self, asked, most_shared, company):
        """{asked id: {customer id: {kind: number of customers}}} of active customers with the same keys.

        A key counts once per customer, however many contacts of it share the key. The index yields a key's customers
        in order, so that no more are read than decide whether too many share it.
        """
        rows = [
            (asked_id, wanted, key)
            for asked_id, (_record, found, _not) in asked.items()
            for kind, key in found
            for wanted in keys.to_look_up(kind)
        ]
        if not rows:
            return {}
        places, kinds, values = (list(column) for column in zip(*rows, strict=True))
        limits = [most_shared if kind in PROOF else MOST_ALIKE for kind in kinds]
        self.env.cr.execute(
            SQL(
                """SELECT asked.id, asked.kind, asked.key, ARRAY_AGG(hit.customer_id)
                     FROM UNNEST(%(ids)s::text[], %(kinds)s::text[], %(keys)s::text[], %(limits)s::int[])
                          AS asked(id, kind, key, most)
                    CROSS JOIN LATERAL (
                          SELECT sharing.customer_id
                            FROM (SELECT DISTINCT k.customer_id FROM customer_match_key k
                                   WHERE k.kind = asked.kind AND k.key = asked.key
                                   ORDER BY k.customer_id LIMIT %(looked_at)s) sharing
                            JOIN res_partner customer ON customer.id = sharing.customer_id AND customer.active
                           WHERE %(scope)s
                           LIMIT asked.most + 1) hit
                    WHERE NOT EXISTS (SELECT FROM %(excepted)s e WHERE e.kind = asked.kind AND e.key = asked.key)
                    GROUP BY 1, 2, 3, asked.most
                   HAVING COUNT(*) <= asked.most""",
                ids=[str(place) for place in places],
                kinds=kinds,
                keys=values,
                limits=limits,
                looked_at=MOST_LOOKED_AT,
                scope=_in_scope(company),
                excepted=self.env["customer.match.exception"]._excepted(),
            )
        )
        by_text = {str(asked_id): asked_id for asked_id in asked}
        hits = defaultdict(lambda: defaultdict(dict))
        for text_id, kind, _key, partner_ids in self.env.cr.fetchall():
            asked_id = by_text[text_id]
            for partner_id in set(partner_ids) - asked[asked_id][2]:
                _share(hits[asked_id][partner_id], kind, len({*partner_ids, *asked[asked_id][2]}))
        return hits

    @api.model
    def _find_for(self, partner_ids, company):
        """`_find` for saved contacts: {commercial partner id: [Match]}; their keys must be current. Contacts of other
        companies are left out."""
        self.env.cr.execute(
            SQL(
                """SELECT DISTINCT customer.id, k.kind, k.key
                     FROM res_partner customer
                     JOIN res_partner contact ON contact.commercial_partner_id = customer.id
                     JOIN customer_match_key k ON k.partner_id = contact.id
                    WHERE customer.active AND %s
                      AND customer.id IN (SELECT commercial_partner_id FROM res_partner WHERE id = ANY(%s))""",
                _in_scope(company),
                list(partner_ids),
            )
        )
        found_keys = defaultdict(list)
        for partner_id, kind, key in self.env.cr.fetchall():
            found_keys[partner_id].append((kind, key))
        records = self.env["customer.match.key"]._read_records(found_keys)
        asked = {partner_id: (records[partner_id], found, {partner_id}) for partner_id, found in found_keys.items()}
        return {partner_id: [] for partner_id in asked} | self._find(asked, company)

    # ------------------------------------------------------------ for all

    @api.model
    def _find_all(self, company):
        """Yield (customer id, Match) for every pair among the customers that `company` can see, each pair once."""
        conditions = self.env["customer.match.rule"]._conditions(company.id)
        if not conditions:
            return
        self._collect_pairs(company, max(condition.most_shared for condition in conditions))
        key_model = self.env["customer.match.key"]
        self.env.cr.execute(SQL("SELECT COUNT(*) FROM match_pair"))
        remaining = self.env.cr.fetchone()[0]
        after = (0, 0)
        while remaining > 0:
            self.env.cr.execute(
                SQL(
                    """SELECT one, other, code, phone, email FROM match_pair WHERE (one, other) > (%s, %s)
                        ORDER BY one, other LIMIT %s""",
                    *after,
                    PAIRS_AT_ONCE,
                )
            )
            pairs = self.env.cr.fetchall()
            remaining -= len(pairs)
            after = pairs[-1][:2]
            records = key_model._read_records({partner_id for pair in pairs for partner_id in pair[:2]})
            for one, other, *numbers in pairs:
                shared = {kind: number for kind, number in zip(PROOF, numbers, strict=True) if number}
                match = _match(records[one], records[other], shared, conditions)
                if match:
                    yield one, match
        self.env.cr.execute(SQL("DROP TABLE match_pair"))

    @api.model
    def _collect_pairs(self, company, most_shared):
        """Fill the temporary table `match_pair` with all pairs of customers that share a key worth comparing."""
        self.env.flush_all()
        for statement in (
            SQL("SET LOCAL work_mem = '256MB'"),
            SQL("DROP TABLE IF EXISTS match_pair"),
            SQL(
                """CREATE TEMPORARY TABLE match_pair ON COMMIT DROP AS
                   WITH hit AS (
                        SELECT DISTINCT k.kind, k.key, customer.id
                          FROM customer_match_key k
                          JOIN res_partner customer ON customer.id = k.customer_id AND customer.active
                         WHERE %(scope)s
                           AND NOT EXISTS (SELECT FROM %(excepted)s e WHERE e.kind = k.kind AND e.key = k.key)),
                   block AS (
                        SELECT kind, ARRAY_AGG(id) AS ids, COUNT(*)::int AS size FROM hit GROUP BY kind, key
                        HAVING kind NOT IN ('brand', 'bare') AND
                               COUNT(*) BETWEEN 2 AND CASE WHEN kind IN %(proof)s THEN %(shared)s ELSE %(alike)s END),
                   brand AS (
                        SELECT ARRAY_AGG(id) FILTER (WHERE kind = 'bare') AS bare, ARRAY_AGG(id) AS ids
                          FROM hit WHERE kind IN ('brand', 'bare') GROUP BY key
                        HAVING COUNT(*) BETWEEN 2 AND %(alike)s AND BOOL_OR(kind = 'bare')),
                   pair AS (
                        SELECT kind, size, one, other
                          FROM block, UNNEST(ids) one, UNNEST(ids) other WHERE one < other
                         UNION ALL
                        SELECT 'brand', NULL, LEAST(one, other), GREATEST(one, other)
                          FROM brand, UNNEST(bare) one, UNNEST(ids) other WHERE one <> other)
                   SELECT one, other, MIN(size) FILTER (WHERE kind = 'code') AS code,
                          MIN(size) FILTER (WHERE kind = 'phone') AS phone,
                          MIN(size) FILTER (WHERE kind = 'email') AS email
                     FROM pair GROUP BY one, other""",
                scope=_in_scope(company),
                excepted=self.env["customer.match.exception"]._excepted(),
                proof=PROOF,
                shared=most_shared,
                alike=MOST_ALIKE,
            ),
            SQL("CREATE INDEX ON match_pair (one, other)"),
            SQL("ANALYZE match_pair"),
        ):
            self.env.cr.execute(statement)

    # ------------------------------------------------------------ keeping keys and pairs current

    @api.model
    def _note_change(self, partner_companies):
        """Bring keys and pairs of these contacts up to date before the transaction commits, all at once.

        :param partner_companies: {contact id: id of the company by whose rules pairs are looked for}
        """
        precommit = self.env.cr.precommit
        if PENDING not in precommit.data:
            precommit.data[PENDING] = {}
            precommit.add(self.sudo()._settle)
        precommit.data[PENDING].update(partner_companies)

    @api.model
    def _settle(self):
        """Work off what `_note_change` noted. A failure is logged and keeps nobody from saving a contact."""
        pending = self.env.cr.precommit.data.get(PENDING)
        if not pending:
            return
        by_company = defaultdict(list)
        for partner_id, company_id in pending.items():
            by_company[company_id].append(partner_id)
        pending.clear()
        for company_id, partner_ids in by_company.items():
            try:
                with self.env.cr.savepoint():
                    self._settle_for(partner_ids, self.env["res.company"].browse(company_id))
            except OperationalError:
                raise  # a conflict with another transaction: the whole request is tried again
            except Exception:
                _logger.exception("Duplicates of contacts %s can't be looked for", partner_ids[:20])

    @api.model
    def _settle_for(self, partner_ids, company):
        self.env["customer.match.key"]._refresh(partner_ids)
        # Who is no candidate any more, archived for example, has no pairs.
        found = dict.fromkeys(partner_ids, ()) | self._find_for(partner_ids, company)
        self.env["customer.duplicate"]._record(found, company)


PAIRS_AT_ONCE = 20_000


def _match(record, other, shared, conditions):
    """The surest rule that fits the pair as a `Match`, or None."""
    own, others = record.extra.get("company_id"), other.extra.get("company_id")
    if own and others and own != others:
        return None  # kept apart on purpose
    if (record.id and other.extra.get("parent_id") == record.id) or record.extra.get("parent_id") == other.id:
        return None  # a branch and its head office
    found = evidence.Evidence(record, other, {kind: shared[kind] for kind in PROOF if kind in shared})
    if not found.shared and found.name < FEWEST_PERCENT:
        return None
    for condition in conditions:
        if condition.fits(found):
            # Two valid codes that differ are two legal entities, however alike they look.
            is_doubtful = found.code_conflict and "code" not in found.shared
            level = "possible" if is_doubtful else condition.level
            return Match(other.id, level, condition.rule_id, condition.is_refusal and not is_doubtful, found)
    return None


def _share(shared, kind, number):
    shared[kind] = min(number, shared.get(kind, number))


def _in_scope(company):
    """SQL condition on `customer`: one that `company` can see, neither one of our own companies nor a colleague."""
    return SQL(
        """customer.partner_share IS NOT FALSE
           AND (customer.company_id IS NULL OR customer.company_id = %s)
           AND NOT EXISTS (SELECT FROM res_company WHERE res_company.partner_id = customer.id)""",
        company.id,
    )

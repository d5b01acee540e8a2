from odoo import api, models
from odoo.tools import SQL, Query

from .context import STAGE

CLASSES = "customer_classification_stage"


class CustomerPolicyEngine(models.AbstractModel):
    """Segments by rule: which rules of the version in force apply to each customer."""

    _inherit = "customer.policy.engine"

    @api.model
    def _step_classify(self, run):
        """Bring `customer_classification` up to date; only rows that differ are written.

        All conditions are evaluated in one pass over the customers, joined to their contacts once. What people gave
        by hand is no matter here: it takes precedence when somebody looks (see `customer.segment.member`).
        """
        query = Query(self.env, "s", SQL.identifier(STAGE))
        query.add_join("JOIN", "p", "res_partner", SQL("p.id = s.partner_id"))
        rules = self._classification_rules(run)
        answers = [self._case(self._rule_branches(query, slot)) for slot in self._classification_slots(rules)]
        fitting = SQL("ARRAY_REMOVE(ARRAY[%s]::int[], NULL)", SQL(", ").join(answers))
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", SQL.identifier(CLASSES)))
        self.env.cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE %s ON COMMIT DROP AS
                   SELECT partner_id, rule_ids FROM (%s) answer WHERE rule_ids <> '{}'""",
                SQL.identifier(CLASSES),
                query.select(SQL("s.partner_id"), SQL("%s AS rule_ids", fitting)),
            )
        )
        self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(CLASSES)))
        run.counts["classified"] = self._merge_classification(run)
        self.env.cr.execute(SQL("DROP TABLE %s", SQL.identifier(CLASSES)))

    def _classification_rules(self, run):
        """Rules in force that fill a segment of this company, in their order."""
        return run.policy._get_rules("customer.segment.rule").filtered(
            lambda rule: rule.segment_id.active and rule.segment_id.company_id in (run.company.browse(), run.company)
        )

    def _classification_slots(self, rules):
        """Groups of rules of which at most one applies: those of an exclusive dimension, else of one segment."""
        slots = {}
        for rule in rules:
            key = rule.dimension_id if rule.dimension_id.is_exclusive else rule.segment_id
            slots.setdefault(key, []).append(rule)
        return slots.values()

    def _rule_branches(self, query, rules):
        partners = self.env["res.partner"].with_context(active_test=True)
        profiles = self.env["customer.profile"]
        return [
            SQL(
                "WHEN %s AND %s THEN %s",
                rule._get_domain().optimize_full(partners)._to_sql(partners, "p", query),
                rule._get_metric_domain().optimize_full(profiles)._to_sql(profiles, "s", query),
                rule.id,
            )
            for rule in rules
        ]

    def _merge_classification(self, run):
        """Write what differs from `customer_classification`; returns the number of rows written."""
        names = {"stage": SQL.identifier(CLASSES), "company": run.company.id}
        scope = SQL("TRUE") if run.is_full else SQL("c.partner_id = ANY(%s)", run.partner_ids)
        statements = [
            SQL(
                """DELETE FROM customer_classification c WHERE c.company_id = %(company)s AND %(scope)s
                      AND NOT EXISTS (SELECT FROM %(stage)s s WHERE s.partner_id = c.partner_id)""",
                **names,
                scope=scope,
            ),
            SQL(
                """UPDATE customer_classification c SET rule_ids = s.rule_ids FROM %(stage)s s
                    WHERE c.company_id = %(company)s AND c.partner_id = s.partner_id AND c.rule_ids <> s.rule_ids""",
                **names,
            ),
            SQL(
                """INSERT INTO customer_classification (partner_id, company_id, rule_ids)
                   SELECT s.partner_id, %(company)s, s.rule_ids FROM %(stage)s s
                    WHERE NOT EXISTS (SELECT FROM customer_classification c
                                       WHERE c.partner_id = s.partner_id AND c.company_id = %(company)s)""",
                **names,
            ),
        ]
        written = 0
        for statement in statements:
            self.env.cr.execute(statement)
            written += self.env.cr.rowcount
        return written

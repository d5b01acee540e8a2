from odoo import api, models
from odoo.tools import SQL, Query

from .context import STAGE


class CustomerPolicyEngine(models.AbstractModel):
    """Segments by rule: which rules of the version in force apply to each customer."""

    _inherit = "customer.policy.engine"

    @api.model
    def _steps(self):
        """Before the schemes are assigned, whose conditions may ask for segments."""
        steps = super()._steps()
        steps.insert(steps.index("collect") + 1, "classify")
        return steps

    def _step_classify(self, run):
        """Bring `customer_classification` up to date; only rows that differ are written.

        All conditions are evaluated in one pass over the customers, joined to their contacts and to what is known of
        them. What people gave by hand is no matter here: it takes precedence when somebody looks (see
        `customer.segment.member`).
        """
        query = Query(self.env, "s", SQL.identifier(STAGE))
        query.add_join("JOIN", "p", "res_partner", SQL("p.id = s.partner_id"))
        known = SQL("known.partner_id = s.partner_id AND known.company_id = %s", run.company.id)
        query.add_join("LEFT JOIN", "known", "customer_classification", known)
        rules = self._classification_rules(run)
        run.counts["segment_rules"] = len(rules)
        slots = self._classification_slots(rules)
        answers = [self._case(self._rule_branches(query, slot)) for slot in slots]
        if not answers:
            query.add_where("FALSE")
        found = query.select(
            SQL("s.partner_id"),
            SQL("ARRAY[%s]::int[] AS rule_ids", SQL(", ").join(answers)),
            SQL("known.rule_ids AS known_ids"),
        )
        run.counts["classified"] = self._merge_classification(run, found)

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

    def _merge_classification(self, run, found):
        """Write what differs to `customer_classification`; returns the number of rows written.

        One statement: what the rules say is computed once (OFFSET 0 keeps the planner from computing it again for the
        comparison) and is kept in memory, not in a table.
        """
        # NOT IN is one hash, whatever the planner knows of the tables.
        [[written]] = self.env.execute_query(
            SQL(
                """WITH found AS MATERIALIZED (
                       SELECT partner_id, rule_ids, known_ids IS NULL AS is_new FROM (%(found)s OFFSET 0) answer
                        WHERE rule_ids IS DISTINCT FROM known_ids),
                   gone AS (
                       DELETE FROM customer_classification
                        WHERE company_id = %(company)s AND %(scope)s
                          AND (partner_id NOT IN (SELECT partner_id FROM %(customers)s) OR NOT %(has_rules)s)
                    RETURNING 1),
                   changed AS (
                       UPDATE customer_classification known SET rule_ids = found.rule_ids FROM found
                        WHERE known.partner_id = found.partner_id AND known.company_id = %(company)s
                          AND NOT found.is_new
                    RETURNING 1),
                   added AS (
                       INSERT INTO customer_classification (partner_id, company_id, rule_ids)
                       SELECT partner_id, %(company)s, rule_ids FROM found WHERE is_new
                    RETURNING 1)
                   SELECT (SELECT COUNT(*) FROM gone) + (SELECT COUNT(*) FROM changed)
                        + (SELECT COUNT(*) FROM added)""",
                found=found,
                company=run.company.id,
                scope=SQL("TRUE") if run.is_full else SQL("partner_id = ANY(%s)", run.partner_ids),
                customers=SQL.identifier(STAGE),
                has_rules=bool(run.counts["segment_rules"]),
            )
        )
        return written

"""The floor of a full run: plain SQL that reads the same documents and writes the same columns into a bare table.

Written by hand for the policy as shipped, with every liberty that a general engine lacks: figures are constants,
invoices are scanned once for purchases and arrears, empty sources (external sales, meetings) and whatever only an
incremental run or a second run needs are left out, the server may use parallel workers, and the table has no index,
no foreign key and no write-ahead log. The benchmark compares its rows with the engine's: a floor that computes
something else is no floor.
"""

from string import ascii_uppercase

from dateutil.relativedelta import relativedelta
from odoo.tools import SQL

from .scene import company_of, timed

ADDON = "customer_policy"
# The engine's own.
WORK_MEM = "256MB"

# Documents that are one purchase with others: parts of an order, and what a credit note reverses. All others are
# purchases of their own, which saves grouping them.
SHARED = """
CREATE UNLOGGED TABLE bench.floor_shared AS
WITH ordered AS (
    SELECT aml.move_id, MIN(sol.order_id) AS order_id
      FROM sale_order_line_invoice_rel rel
      JOIN account_move_line aml ON aml.id = rel.invoice_line_id
      JOIN sale_order_line sol ON sol.id = rel.order_line_id
     GROUP BY aml.move_id)
SELECT move_id, MIN(key) AS key
  FROM (SELECT move_id, -order_id AS key
          FROM ordered WHERE move_id NOT IN (SELECT id FROM account_move WHERE reversed_entry_id IS NOT NULL)
         UNION ALL
        SELECT UNNEST(ARRAY[m.id, m.reversed_entry_id]), COALESCE(-ordered.order_id, m.reversed_entry_id)
          FROM account_move m LEFT JOIN ordered ON ordered.move_id = m.reversed_entry_id
         WHERE m.reversed_entry_id IS NOT NULL) keys
 GROUP BY move_id
"""

# Last payment of each invoice.
PAID = """
CREATE UNLOGGED TABLE bench.floor_paid AS
SELECT l.move_id, MAX(r.max_date) AS date
  FROM account_partial_reconcile r JOIN account_move_line l ON l.id = r.debit_move_id
 GROUP BY l.move_id
"""

# By customer, in sorted groups: a hash table of so many numeric sums does not fit the processor's caches.
DOCUMENTS = """
CREATE UNLOGGED TABLE bench.floor_documents AS
WITH document AS (
    SELECT commercial_partner_id AS partner_id, shared.key, COALESCE(invoice_date, m.date) AS date,
           amount_untaxed_signed AS amount, COALESCE(invoice_date, m.date) > %(start)s AS is_recent,
           CASE WHEN payment_state IN ('not_paid', 'partial') AND invoice_date_due < %(today)s
                 AND move_type <> 'out_refund' THEN amount_residual_signed END AS overdue,
           CASE WHEN payment_state IN ('paid', 'in_payment') AND COALESCE(invoice_date, m.date) > %(start)s
                 AND move_type <> 'out_refund' THEN paid.date - COALESCE(invoice_date, m.date) END AS days
      FROM account_move m
 LEFT JOIN bench.floor_shared shared ON shared.move_id = m.id
 LEFT JOIN bench.floor_paid paid ON paid.move_id = m.id
     WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
       AND company_id = %(company)s AND COALESCE(invoice_date, m.date) <= %(today)s)
SELECT partner_id, SUM(amount) AS revenue_total, SUM(amount) FILTER (WHERE is_recent) AS revenue_12m,
       SUM(overdue) AS overdue, SUM(days) AS days, COUNT(days) AS payments,
       MIN(date) FILTER (WHERE key IS NULL AND amount > 0) AS first_date,
       MAX(date) FILTER (WHERE key IS NULL AND amount > 0) AS last_date,
       COUNT(*) FILTER (WHERE key IS NULL AND amount > 0) AS purchases,
       SUM(amount) FILTER (WHERE key IS NULL AND amount > 0) AS bought,
       COUNT(*) FILTER (WHERE key IS NULL AND amount > 0 AND is_recent) AS purchases_12m,
       BIT_OR(1 << ((%(today)s - date) * 12 / 366)) FILTER (WHERE key IS NULL AND amount > 0 AND is_recent) AS months
  FROM document GROUP BY partner_id
"""

JOINT = """
CREATE UNLOGGED TABLE bench.floor_joint AS
SELECT partner_id, MIN(first_date) AS first_date, MAX(last_date) AS last_date, COUNT(*) AS purchases,
       SUM(amount) AS bought, COUNT(months) AS purchases_12m, BIT_OR(months) AS months
  FROM (SELECT p.commercial_partner_id AS partner_id, SUM(m.amount_untaxed_signed) AS amount,
               MIN(COALESCE(m.invoice_date, m.date)) FILTER (WHERE m.amount_untaxed_signed > 0) AS first_date,
               MAX(COALESCE(m.invoice_date, m.date)) FILTER (WHERE m.amount_untaxed_signed > 0) AS last_date,
               BIT_OR(1 << ((%(today)s - COALESCE(m.invoice_date, m.date)) * 12 / 366))
                   FILTER (WHERE m.amount_untaxed_signed > 0 AND COALESCE(m.invoice_date, m.date) > %(start)s) AS months
          FROM bench.floor_shared shared
          JOIN account_move m ON m.id = shared.move_id
          JOIN res_partner p ON p.id = m.commercial_partner_id
         WHERE m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
           AND m.company_id = %(company)s AND COALESCE(m.invoice_date, m.date) <= %(today)s
         GROUP BY p.commercial_partner_id, shared.key
        HAVING SUM(m.amount_untaxed_signed) > 0) purchase
 GROUP BY partner_id
"""

FIGURES = """
CREATE UNLOGGED TABLE bench.floor_figures AS
WITH trade AS (
    SELECT p.commercial_partner_id AS partner_id, SUM(revenue_total) AS revenue_total, SUM(revenue_12m) AS revenue_12m,
           SUM(overdue) AS overdue, SUM(days) / NULLIF(SUM(payments), 0) AS days, MIN(first_date) AS first_date,
           MAX(last_date) AS last_date, SUM(purchases) AS purchases, SUM(bought) AS bought,
           SUM(purchases_12m) AS purchases_12m, BIT_OR(months) AS months
      FROM (SELECT * FROM bench.floor_documents
             UNION ALL
            SELECT partner_id, 0, 0, 0, 0, 0, first_date, last_date, purchases, bought, purchases_12m, months
              FROM bench.floor_joint) part
      JOIN res_partner p ON p.id = part.partner_id
     GROUP BY p.commercial_partner_id),
pipeline AS (
    SELECT p.commercial_partner_id AS partner_id, ROUND(SUM(l.expected_revenue), 2) AS amount
      FROM crm_lead l JOIN res_partner p ON p.id = l.partner_id
 LEFT JOIN res_users u ON u.id = l.user_id
     WHERE l.active AND l.type = 'opportunity' AND l.won_status = 'pending'
       AND COALESCE(l.company_id, u.company_id, %(company)s) = %(company)s
     GROUP BY p.commercial_partner_id),
contact AS (
    SELECT p.commercial_partner_id AS partner_id,
           (MAX(date) AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS day
      FROM (SELECT author_id AS partner_id, date FROM mail_message WHERE message_type IN ('email', 'comment')
             UNION ALL
            SELECT rel.res_partner_id, m.date
              FROM mail_message m JOIN mail_message_res_partner_rel rel ON rel.mail_message_id = m.id
             WHERE m.message_type IN ('email', 'comment', 'email_outgoing')
             UNION ALL
            SELECT m.res_id, m.date
              FROM mail_message m JOIN mail_activity_type t ON t.id = m.mail_activity_type_id
             WHERE m.model = 'res.partner' AND t.category IN ('phonecall', 'meeting')) c
      JOIN res_partner p ON p.id = c.partner_id
     WHERE p.partner_share
     GROUP BY p.commercial_partner_id)
SELECT p.id AS partner_id,
       CASE WHEN p.active IS NOT TRUE THEN NULL WHEN p.is_company THEN %(companies)s ELSE %(individuals)s END
           AS scheme_id,
       first_date, last_date, COALESCE(purchases, 0)::int AS purchases,
       COALESCE(purchases_12m, 0)::int AS purchases_12m,
       ROUND(COALESCE(revenue_total, 0), 2) AS revenue_total, ROUND(COALESCE(revenue_12m, 0), 2) AS revenue_12m,
       ROUND(COALESCE(bought / NULLIF(purchases, 0), 0), 2) AS avg_value,
       ROUND((last_date - first_date)::numeric / NULLIF(purchases - 1, 0), 1) AS avg_interval,
       ROUND(COALESCE(overdue, 0), 2) AS overdue, ROUND(trade.days, 1) AS days_to_pay,
       COALESCE(pipeline.amount, 0) AS pipeline, contact.day AS contact_date,
       CASE WHEN purchases > 0 THEN ROUND(100 * (
                0.3 * LEAST(FLOOR((%(today)s - first_date) / 30.4375) / 36, 1)
              + 0.4 * LENGTH(REPLACE(COALESCE(months, 0)::bit(12)::text, '0', '')) / 12
              + 0.3 * (purchases - 1) / purchases), 2) ELSE 0 END AS loyalty,
       -- The entry standard: of 16 points of companies and 7 of persons those that the generated contacts can have.
       FLOOR(100 * (3 * (p.country_id IS NULL AND phone IS NOT NULL)::int + 2 * (email IS NOT NULL)::int
                  + (city IS NOT NULL)::int
                  + CASE WHEN p.is_company THEN (p.country_id IS NOT NULL)::int + 2 * (p.user_id IS NOT NULL)::int
                                              + 2 * (parent.id IS NOT NULL)::int ELSE 0 END)
             / CASE WHEN p.is_company THEN 16.0 ELSE 7.0 END)::int AS completeness,
       (p.create_date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS created
  FROM res_partner p
  LEFT JOIN (SELECT DISTINCT parent_id AS id FROM res_partner WHERE active) parent ON parent.id = p.id
  LEFT JOIN trade ON trade.partner_id = p.id
  LEFT JOIN pipeline ON pipeline.partner_id = p.id
  LEFT JOIN contact ON contact.partner_id = p.id
 WHERE p.commercial_partner_id = p.id AND p.partner_share AND p.employee IS NOT TRUE
   AND p.id NOT IN (SELECT partner_id FROM res_company)
   AND (p.customer_rank > 0 OR trade.partner_id IS NOT NULL
        OR p.id IN (SELECT q.commercial_partner_id FROM sale_order o JOIN res_partner q ON q.id = o.partner_id)
        OR p.id IN (SELECT q.commercial_partner_id FROM crm_lead l JOIN res_partner q ON q.id = l.partner_id
                     WHERE l.active))
"""

# Classes by rank, ties sharing the lowest; each rank sorts only the key and one value.
PROFILES = """
CREATE UNLOGGED TABLE bench.floor AS
WITH total AS (SELECT SUM(revenue_12m) AS revenue FROM bench.floor_figures),
scored AS (
    SELECT partner_id, scheme_id,
           (1 + 5 * (RANK() OVER recency - 1) / COUNT(*) OVER scheme)::int AS r,
           (1 + 5 * (RANK() OVER frequency - 1) / COUNT(*) OVER scheme)::int AS f,
           (1 + 5 * (RANK() OVER revenue - 1) / COUNT(*) OVER scheme)::int AS m,
           ROUND((50 * (100.0 * (1 + %(fine)s * (RANK() OVER revenue - 1) / COUNT(*) OVER scheme) / %(fine)s)
                + 25 * (100.0 * (1 + 5 * (RANK() OVER loyalty - 1) / COUNT(*) OVER scheme) / 5)
                + 25 * (100.0 * (1 + 5 * (RANK() OVER potential - 1) / COUNT(*) OVER scheme) / 5)) / 100, 2) AS score
      FROM bench.floor_figures WHERE purchases_12m > 0 AND scheme_id IS NOT NULL
    WINDOW scheme AS (PARTITION BY scheme_id),
           recency AS (PARTITION BY scheme_id ORDER BY last_date),
           frequency AS (PARTITION BY scheme_id ORDER BY purchases_12m),
           revenue AS (PARTITION BY scheme_id ORDER BY revenue_12m),
           loyalty AS (PARTITION BY scheme_id ORDER BY loyalty),
           potential AS (PARTITION BY scheme_id ORDER BY pipeline)),
graded AS (
    SELECT partner_id, r, f, m, score,
           100.0 * (RANK() OVER (PARTITION BY scheme_id ORDER BY score DESC) - 1)
               / COUNT(*) OVER (PARTITION BY scheme_id) AS above
      FROM scored)
SELECT partner_id, company_id, first_date AS first_purchase_date, last_date AS last_purchase_date,
       purchases AS purchase_count, purchases_12m AS purchase_count_12m, revenue_total, revenue_12m,
       ROUND(revenue_12m / NULLIF(revenue, 0), 6) AS revenue_share_12m, avg_value AS avg_purchase_value,
       avg_interval AS avg_interval_days, overdue AS overdue_amount, days_to_pay AS avg_days_to_pay,
       pipeline AS pipeline_amount, pipeline AS potential_value, loyalty AS loyalty_index,
       contact_date AS last_contact_date, r AS recency_score, f AS frequency_score, m AS monetary_score,
       CASE scheme_id WHEN %(companies)s THEN %(rfm_companies)s WHEN %(individuals)s THEN %(rfm_individuals)s END
           AS rfm_scheme_id,
       CASE WHEN scheme_id IS NULL OR purchases = 0 THEN NULL
            WHEN r IS NULL THEN 'lost'
            WHEN r >= 4 AND f >= 4 AND m >= 4 THEN 'champions'
            WHEN r <= 2 AND f >= 4 AND m >= 4 THEN 'cannot_lose'
            WHEN r >= 3 AND f >= 4 THEN 'loyal'
            WHEN r <= 2 AND f >= 3 THEN 'at_risk'
            WHEN r >= 4 AND f BETWEEN 2 AND 3 THEN 'potential_loyalist'
            WHEN r = 5 AND f = 1 THEN 'new'
            WHEN r = 4 AND f = 1 THEN 'promising'
            WHEN r = 3 AND f = 3 THEN 'need_attention'
            WHEN r = 3 AND f <= 2 THEN 'about_to_sleep'
            ELSE 'hibernating' END AS rfm_segment,
       CASE WHEN purchases = 0 THEN 'prospect'
            WHEN %(today)s - last_date >= 365 THEN 'lost'
            WHEN %(today)s - last_date >= 180 THEN 'dormant'
            WHEN purchases >= 6 THEN 'loyal'
            WHEN purchases >= 2 THEN 'repeat'
            ELSE 'first_purchase' END AS lifecycle_stage,
       scheme_id AS grade_scheme_id, score AS grade_score, grade AS grade_id, grade AS computed_grade_id,
       NULL::date AS below_since, NULL::int AS override_id, NULL::numeric AS potential_estimate,
       NULL::date AS potential_date, NULL::int AS potential_user_id, NULL::boolean AS is_marked,
       completeness,
       (created + MAKE_INTERVAL(months => CASE grade WHEN %(strategic)s THEN 3 WHEN %(key)s THEN 6 ELSE 12 END))::date
           AS recheck_date
  FROM bench.floor_figures
  LEFT JOIN graded USING (partner_id)
 CROSS JOIN total
 CROSS JOIN (SELECT %(company)s AS company_id) here
 CROSS JOIN LATERAL (SELECT CASE WHEN scheme_id IS NULL THEN NULL
                                 WHEN score IS NULL THEN %(prospect)s
                                 WHEN scheme_id = %(individuals)s
                                 THEN CASE WHEN above < 10 THEN %(vip)s ELSE %(regular)s END
                                 WHEN above < 5 THEN %(strategic)s
                                 WHEN above < 20 THEN %(key)s
                                 ELSE %(ordinary)s END AS grade) grading
"""

# What a first run notes about each grade: the same columns as customer_grade_history.
CHANGES = """
CREATE UNLOGGED TABLE bench.floor_history AS
SELECT partner_id, company_id, NULL::int AS previous_grade_id, grade_id, grade_score AS score, 'computed' AS reason,
       TRUE AS is_upgrade, %(policy)s AS policy_id, %(clause)s AS clause_id, '2.2 Grades' AS clause,
       NOW() AT TIME ZONE 'UTC' AS date,
       JSONB_BUILD_ARRAY(
           JSONB_BUILD_OBJECT('id', 1, 'metric', 'revenue_12m', 'value', revenue_12m, 'points', grade_score,
                              'weight', 50),
           JSONB_BUILD_OBJECT('id', 2, 'metric', 'loyalty_index', 'value', loyalty_index, 'points', grade_score,
                              'weight', 25),
           JSONB_BUILD_OBJECT('id', 3, 'metric', 'potential_value', 'value', potential_value, 'points', grade_score,
                              'weight', 25)) AS inputs,
       NULL::int AS override_id, 1 AS run_id
  FROM bench.floor WHERE grade_id IS NOT NULL
"""

# The segments of each customer: the first rule that fits in each of four dimensions that take one.
SEGMENTS = """
CREATE UNLOGGED TABLE bench.floor_segments AS
SELECT partner_id, floor.company_id, ARRAY_REMOVE(ARRAY[
           COALESCE(industry.rule_id, CASE WHEN p.is_company IS NOT TRUE THEN %(segment_person)s END),
           COALESCE(state.rule_id, country.rule_id),
           CASE WHEN revenue_12m >= 1000000 THEN %(segment_large)s WHEN revenue_12m >= 100000 THEN %(segment_medium)s
                ELSE %(segment_small)s END,
           CASE WHEN p.is_company THEN %(segment_company)s ELSE %(segment_individual)s END], NULL) AS rule_ids
  FROM bench.floor
  JOIN res_partner p ON p.id = partner_id
  LEFT JOIN UNNEST(%(industries)s, %(industry_rules)s) AS industry (id, rule_id) ON industry.id = p.industry_id
  LEFT JOIN UNNEST(%(states)s, %(state_rules)s) AS state (id, rule_id) ON state.id = p.state_id
  LEFT JOIN UNNEST(%(countries)s, %(country_rules)s) AS country (id, rule_id) ON country.id = p.country_id
"""
REGIONS = {
    "north": "BJ TJ HE SX NM",
    "northeast": "LN JL HL",
    "east": "SH JS ZJ AH FJ JX SD",
    "central": "HA HB HN",
    "south": "GD GX HI",
    "southwest": "CQ SC GZ YN XZ",
    "northwest": "SN GS QH NX XJ",
    "hmt": "HK MO TW",
}
CONTINENTS = ("asia", "europe", "north_america", "latin_america", "africa", "oceania")

STATEMENTS = {
    "shared": [SHARED, "ANALYZE bench.floor_shared"],
    "paid": [PAID, "ANALYZE bench.floor_paid"],
    "documents": ["SET LOCAL enable_hashagg = off", DOCUMENTS],
    "joint": [JOINT, "SET LOCAL enable_hashagg = on"],
    "figures": [FIGURES],
    "profiles": [PROFILES],
    "segments": [SEGMENTS],
    "history": [CHANGES],
}
TABLES = ", ".join(
    f"bench.floor{name}"
    for name in ("", "_shared", "_paid", "_documents", "_joint", "_figures", "_segments", "_history")
)


def run(env):
    """Compute the floor; seconds of each of its statements."""
    drop(env)
    env.cr.execute("SET LOCAL work_mem = %s", [WORK_MEM])
    figures = _figures(env)
    seconds = {}
    for name, statements in STATEMENTS.items():
        seconds[name], _none = timed(lambda parts=statements: [env.cr.execute(sql, figures) for sql in parts])
    env.cr.commit()
    return seconds


def drop(env):
    env.cr.execute(f"DROP TABLE IF EXISTS {TABLES}")
    env.cr.commit()


def differing_columns(env):
    """Columns of the profile, of those of `customer_policy`, where the engine's rows are not the floor's."""
    fields = env["customer.profile"]._fields
    columns = [name for name in env["customer.policy.engine"]._engine_columns() if ADDON in fields[name]._modules]
    columns.append("partner_id")
    differing = []
    for name in columns:
        env.cr.execute(
            SQL(
                """SELECT FROM bench.floor f FULL JOIN customer_profile p ON p.partner_id = f.partner_id
                    WHERE %s IS DISTINCT FROM %s LIMIT 1""",
                SQL.identifier("f", name),
                SQL.identifier("p", name),
            )
        )
        if env.cr.rowcount:
            differing.append(name)
    env.cr.execute(
        """SELECT FROM bench.floor_segments f FULL JOIN customer_classification c USING (partner_id, company_id)
            WHERE NOT COALESCE(f.rule_ids @> ARRAY_REMOVE(c.rule_ids, NULL) AND f.rule_ids <@ c.rule_ids, FALSE)
            LIMIT 1"""
    )
    return differing + ["segments"] * env.cr.rowcount


def _figures(env):
    """What the shipped policy calls its schemes and grades."""
    company = company_of(env)
    today = company._customer_policy_today()

    def ids(**names):
        return {key: env.ref(f"customer_policy.{name}").id for key, name in names.items()}

    grades = ("strategic", "key", "ordinary", "vip", "regular", "prospect")
    return {
        "today": today,
        "start": today - relativedelta(months=12),
        "company": company.id,
        "tz": company.customer_policy_tz,
        "fine": env.ref("customer_policy.criterion_company_revenue_12m").classes,
        **ids(
            companies="scheme_company",
            individuals="scheme_individual",
            policy="customer_policy_default",
            clause="clause_2_2",
        ),
        **ids(rfm_companies="rfm_scheme_company", rfm_individuals="rfm_scheme_individual"),
        **ids(**{grade: f"customer_grade_{grade}" for grade in grades}),
        **_segment_rules(env),
    }


def _segment_rules(env):
    """Ids of the shipped segment rules, and which industry, state and country each decides about."""

    def rule(name):
        return env.ref(f"customer_policy.segment_rule_{name}").id

    industries = {
        env.ref(f"base.res_partner_industry_{c}").id: rule(f"industry_{c.lower()}") for c in ascii_uppercase[:21]
    }
    states = {
        env.ref(f"base.state_cn_{code}").id: rule(f"region_{region}")
        for region, codes in REGIONS.items()
        for code in codes.split()
    }
    groups = {env.ref(f"customer_policy.country_group_{name}"): rule(f"region_{name}") for name in CONTINENTS}
    countries = {}
    for country in env["res.country"].search([]):
        fits = [found for group, found in groups.items() if group in country.country_group_ids]
        countries[country.id] = (fits or [rule("region_overseas")])[0]
    countries[env.ref("base.cn").id] = rule("region_cn")
    countries |= {env.ref(f"base.{code}").id: rule("region_hmt") for code in ("hk", "mo", "tw")}
    return {
        **{f"segment_{name}": rule(f"size_{name}") for name in ("large", "medium", "small")},
        **{f"segment_{name}": rule(f"type_{name}") for name in ("company", "individual")},
        "segment_person": rule("industry_t_individuals"),
        "industries": list(industries),
        "industry_rules": list(industries.values()),
        "states": list(states),
        "state_rules": list(states.values()),
        "countries": list(countries),
        "country_rules": list(countries.values()),
    }

"""The documents that the benchmarks run on: customers, invoices, payments, orders, leads and mails.

Everything is a function of the row's number and a hash, so that the same scale always gives the same data
(days count back from today). Rows are made where they live, by INSERT ... SELECT, without triggers and
with the secondary indexes built afterwards: Odoo's ORM would take hours.

Shape: purchases per customer follow a power law (the largest of 200,000 has some 8,000 of 2 million, half have
seven or fewer), amounts are lognormal by customer and by purchase, a quarter of the customers bought nothing for a
year, 8 % of the documents are credit notes (half of them of an invoice named), 15 % belong to a sales order (two thirds
of these to one invoiced in two parts). Product and payment lines exist for the last 400 days, as that is what the
engine reads.
"""

from contextlib import closing, contextmanager

import psycopg2
from psycopg2 import sql

# u(n, salt): uniform in [0, 1), the same for the same arguments; z(n, salt): standard normal.
FUNCTIONS = """
CREATE SCHEMA bench;
CREATE FUNCTION bench.u(n bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    'SELECT (hashint8extended(n, salt) & 9007199254740991)::float8 / 9007199254740992';
CREATE FUNCTION bench.z(n bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    'SELECT sqrt(-2 * ln(1 - bench.u(n, salt))) * cos(2 * pi() * bench.u(n, salt + 1))';
"""

# One company; who works in it and where its documents are booked.
PLACES = """
CREATE TABLE bench.place AS
SELECT c.id AS company_id, c.currency_id, c.partner_id AS own_partner_id, CURRENT_DATE AS today,
       (SELECT MIN(id) FROM account_journal WHERE type = 'sale' AND company_id = c.id) AS sale_journal_id,
       (SELECT MIN(id) FROM account_journal WHERE type = 'bank' AND company_id = c.id) AS bank_journal_id,
       (SELECT MIN(id) FROM account_account WHERE account_type = 'asset_receivable') AS receivable_id,
       (SELECT MIN(id) FROM account_account WHERE account_type = 'income') AS income_id,
       (SELECT MIN(id) FROM product_product) AS product_id,
       (SELECT MIN(uom_id) FROM product_template) AS uom_id,
       (SELECT MIN(id) FROM crm_stage) AS crm_stage_id,
       (SELECT MIN(id) FROM mail_activity_type WHERE category = 'phonecall') AS call_type_id,
       (SELECT MIN(id) FROM res_users WHERE active AND NOT share) AS user_id,
       (SELECT MAX(id) FROM res_partner) AS partner_base,
       (SELECT COALESCE(MAX(id), 0) FROM account_move) AS move_base
  FROM res_company c ORDER BY c.id LIMIT 1
"""

# Customers, then one contact person for every tenth of them that is a company.
PARTNERS = """
INSERT INTO res_partner (id, create_uid, write_uid, create_date, write_date, name, complete_name, parent_id,
       commercial_partner_id, commercial_company_name, is_company, type, active, partner_share, employee, lang, city,
       country_id, email, email_normalized, phone, user_id, autopost_bills, customer_rank, supplier_rank, color)
SELECT partner_base + c, 1, 1, today - 1200, today - 1200 + (bench.u(c, 1) * 1100)::int, name, name, NULL,
       partner_base + c, CASE WHEN is_company THEN name END, is_company, 'contact', bench.u(c, 2) > 0.01, TRUE, FALSE,
       'en_US', 'City ' || (bench.u(c, 3) * 300)::int, country_id, 'customer' || c || '@example.com',
       'customer' || c || '@example.com', '+1 555 ' || LPAD(c::text, 7, '0'),
       CASE WHEN bench.u(c, 4) < 0.6 THEN user_id END, 'ask', 1, 0, 0
  FROM (SELECT c, bench.u(c, 5) < 0.7 AS is_company,
               INITCAP(LEFT(MD5(c::text), 7)) || ' ' || INITCAP(LEFT(MD5(c::text || 'x'), 5)) AS name,
               (ARRAY[233, 48, 57, 75])[1 + (bench.u(c, 6) * 4)::int] AS country_id
          FROM GENERATE_SERIES(1, %(customers)s) c) customer, bench.place
"""

CONTACTS = """
INSERT INTO res_partner (id, create_uid, write_uid, create_date, write_date, name, complete_name, parent_id,
       commercial_partner_id, commercial_company_name, is_company, type, active, partner_share, employee, lang,
       autopost_bills, customer_rank, supplier_rank, color)
SELECT company.id + %(customers)s, 1, 1, company.create_date, company.write_date, 'Contact ' || company.id,
       company.name || ', Contact ' || company.id, company.id, company.id, company.name, FALSE, 'contact', TRUE, TRUE,
       FALSE, 'en_US', 'ask', 0, 0, 0
  FROM res_partner company, bench.place
 WHERE company.is_company AND company.id > partner_base AND company.id %% 10 = 0
"""

# What each document is. `origin` is the document whose customer and size it shares: the invoice that a credit note
# reverses, or the first part of an order invoiced in two. OFFSET 0: each hash once, not once per column that uses it.
DOCUMENTS = """
CREATE UNLOGGED TABLE bench.document AS
SELECT i, origin, is_refund, is_reversal, order_no, customer, move_base + i AS move_id,
       partner_base + customer AS commercial_id,
       partner_base + customer + CASE WHEN has_contact AND bench.u(i, 10) < 0.3 THEN %(customers)s ELSE 0 END
           AS partner_id,
       LEAST(today, today - age + CASE WHEN origin < i THEN (bench.u(i, 11) * 30)::int ELSE 0 END) AS date,
       ROUND((size * CASE WHEN is_reversal THEN LEAST(1, 0.3 + bench.u(i, 12)) WHEN is_refund THEN 0.5
                          ELSE EXP(0.6 * bench.z(i, 13)) END)::numeric, 2) AS untaxed,
       bench.u(i, 15) AS luck, 5 + (bench.u(i, 20) * 50)::int AS pay_days
  FROM (SELECT d.*, p.is_company AND p.id %% 10 = 0 AS has_contact,
               CASE WHEN bench.u(customer, 16) < 0.25 THEN 366 + (bench.u(origin, 17) * 729)::int
                    WHEN bench.u(customer, 16) < 0.33 THEN (bench.u(origin, 17) * 200)::int
                    ELSE (bench.u(origin, 17) * 1095)::int END AS age,
               EXP(CASE WHEN p.is_company THEN 6.5 ELSE 4 END + 1.2 * bench.z(customer, 18)) AS size
          FROM (SELECT n.*, 1 + (FLOOR(%(customers)s * 0.97 * POWER(bench.u(origin, 19), 2.2))::bigint * 7919)
                                %% %(customers)s AS customer
                  FROM (SELECT i, i %% 25 IN (0, 12) AS is_refund, i %% 25 = 0 AS is_reversal,
                               CASE WHEN i %% 25 = 0 OR i %% 20 = 8 THEN i - 1 ELSE i END AS origin,
                               CASE WHEN i %% 25 IN (0, 12) THEN NULL WHEN i %% 20 IN (3, 7) THEN i
                                    WHEN i %% 20 = 8 THEN i - 1 END AS order_no
                          FROM GENERATE_SERIES(1, %(invoices)s) i OFFSET 0) n OFFSET 0) d,
               bench.place, res_partner p
         WHERE p.id = partner_base + customer OFFSET 0) placed, bench.place
"""

MOVES = """
INSERT INTO account_move (id, create_uid, write_uid, create_date, write_date, sequence_number, sequence_prefix, name,
       journal_id, company_id, currency_id, partner_id, commercial_partner_id, partner_shipping_id, reversed_entry_id,
       invoice_user_id, state, move_type, auto_post, payment_state, invoice_partner_display_name, date, invoice_date,
       invoice_date_due, invoice_currency_rate, amount_untaxed, amount_tax, amount_total, amount_residual,
       amount_untaxed_signed, amount_untaxed_in_currency_signed, amount_tax_signed, amount_total_signed,
       amount_total_in_currency_signed, amount_residual_signed, posted_before, checked, always_tax_exigible)
SELECT move_id, 1, 1, date, date, i, 'INV/' || EXTRACT(YEAR FROM date) || '/',
       'INV/' || EXTRACT(YEAR FROM date) || '/' || LPAD(i::text, 7, '0'), sale_journal_id, company_id, currency_id,
       partner_id, commercial_id, partner_id, CASE WHEN is_reversal THEN move_base + origin END, user_id, 'posted',
       CASE WHEN is_refund THEN 'out_refund' ELSE 'out_invoice' END, 'no', payment_state, 'Customer ' || customer,
       date, date, date + 30, 1, untaxed, total - untaxed, total, open_part,
       untaxed * sign, untaxed * sign, (total - untaxed) * sign, total * sign, total * sign, open_part * sign,
       TRUE, TRUE, TRUE
  FROM (SELECT d.*, CASE WHEN is_refund THEN -1 ELSE 1 END AS sign, ROUND(untaxed * 1.1, 2) AS total,
               CASE payment_state WHEN 'not_paid' THEN ROUND(untaxed * 1.1, 2) WHEN 'partial' THEN untaxed ELSE 0 END
                   AS open_part
          FROM (SELECT document.*, CASE WHEN is_refund THEN 'paid'
                                        WHEN luck < 0.04 OR (date > today - 30 AND luck < 0.6) THEN 'not_paid'
                                        WHEN luck < 0.05 OR (date > today - 30 AND luck < 0.7) THEN 'partial'
                                        ELSE 'paid' END AS payment_state
                  FROM bench.document, bench.place) d) document, bench.place
"""

# Bank entries, one per day, that hold the credit side of that day's payments.
BANK_ENTRIES = """
INSERT INTO account_move (id, create_uid, write_uid, create_date, write_date, name, journal_id, company_id,
       currency_id, state, move_type, auto_post, date, payment_state, amount_total, amount_total_signed,
       posted_before, checked, always_tax_exigible)
SELECT move_base + %(invoices)s + day, 1, 1, today - 400 + day, today - 400 + day, 'BNK1/' || LPAD(day::text, 5, '0'),
       bank_journal_id, company_id, currency_id, 'posted', 'entry', 'no', today - 400 + day, 'not_paid', 0, 0, TRUE,
       TRUE, TRUE
  FROM GENERATE_SERIES(1, 400) day, bench.place
"""

# Line ids tell what they are: 4 i receivable, 4 i + 1 product, 4 i + 2 and 4 i + 3 payments.
LINES = """
INSERT INTO account_move_line (id, create_uid, write_uid, create_date, write_date, move_id, move_name, journal_id,
       company_id, company_currency_id, currency_id, account_id, partner_id, product_id, product_uom_id, name,
       parent_state, display_type, date, invoice_date, date_maturity, debit, credit, balance, amount_currency,
       amount_residual, amount_residual_currency, quantity, price_unit, price_subtotal, price_total, discount,
       reconciled, sequence)
SELECT 4 * i + kind, 1, 1, date, date, move_id, name, journal_id, company_id, currency_id, currency_id,
       CASE WHEN kind = 1 THEN income_id ELSE receivable_id END, partner_id, CASE WHEN kind = 1 THEN line_product END,
       CASE WHEN kind = 1 THEN uom_id END, CASE WHEN kind = 1 THEN 'Goods' END, 'posted',
       CASE kind WHEN 0 THEN 'payment_term' WHEN 1 THEN 'product' ELSE 'product' END, date, date, date + 30,
       GREATEST(balance, 0), GREATEST(-balance, 0), balance, balance,
       CASE WHEN kind = 0 AND payment_state <> 'paid' THEN residual ELSE 0 END,
       CASE WHEN kind = 0 AND payment_state <> 'paid' THEN residual ELSE 0 END,
       1, ABS(balance), ABS(balance), ABS(balance), 0, kind <> 0 OR payment_state = 'paid', 10
  FROM (SELECT d.i, kind, m.id AS invoice_id, m.payment_state, m.partner_id, m.amount_residual_signed AS residual,
               product_id + d.i %% 20 AS line_product,
               CASE WHEN kind < 2 THEN m.id ELSE move_base + %(invoices)s + paid_on - (today - 400) END AS move_id,
               CASE WHEN kind < 2 THEN m.name ELSE 'BNK1/' || LPAD((paid_on - (today - 400))::text, 5, '0') END AS name,
               CASE WHEN kind < 2 THEN sale_journal_id ELSE bank_journal_id END AS journal_id,
               CASE WHEN kind < 2 THEN m.date ELSE paid_on END AS date,
               CASE kind WHEN 0 THEN m.amount_total_signed WHEN 1 THEN -m.amount_total_signed
                         WHEN 2 THEN -ROUND(m.amount_total_signed * part, 2)
                         ELSE ROUND(m.amount_total_signed * part, 2) - m.amount_total_signed END AS balance
          FROM (SELECT document.*, date > today - 400 AS is_recent, CASE WHEN i %% 50 = 1 THEN 0.5 ELSE 1 END AS part
                  FROM bench.document, bench.place WHERE date > today - 400 OR order_no IS NOT NULL) d
          JOIN account_move m ON m.id = d.move_id
    CROSS JOIN bench.place
    CROSS JOIN GENERATE_SERIES(0, 3) kind
    CROSS JOIN LATERAL (SELECT LEAST(today, d.date + d.pay_days + CASE kind WHEN 3 THEN 20 ELSE 0 END) AS paid_on) pay
         WHERE kind = 1 OR is_recent AND (kind = 0 OR m.payment_state = 'paid' AND NOT d.is_refund
                                                       AND (kind = 2 OR part < 1))) line, bench.place
"""

RECONCILES = """
INSERT INTO account_partial_reconcile (id, create_uid, write_uid, create_date, write_date, debit_move_id,
       credit_move_id, debit_currency_id, credit_currency_id, company_id, max_date, amount, debit_amount_currency,
       credit_amount_currency)
SELECT ROW_NUMBER() OVER (), 1, 1, date, date, 4 * (id / 4), id, currency_id, currency_id, company_id, date, credit,
       credit, credit
  FROM account_move_line WHERE id %% 4 >= 2
"""

ORDERS = """
INSERT INTO sale_order (id, create_uid, write_uid, create_date, write_date, company_id, partner_id, partner_invoice_id,
       partner_shipping_id, currency_id, user_id, name, state, invoice_status, currency_rate, amount_untaxed,
       amount_total, date_order)
SELECT order_no, 1, 1, MIN(date) - 5, MIN(date) - 5, company_id, MIN(commercial_id), MIN(commercial_id),
       MIN(commercial_id), currency_id, user_id, 'S' || LPAD(order_no::text, 7, '0'), 'sale', 'invoiced', 1,
       SUM(untaxed), SUM(untaxed) * 1.1, MIN(date) - 5
  FROM bench.document, bench.place WHERE order_no IS NOT NULL
 GROUP BY order_no, company_id, currency_id, user_id
"""

QUOTATIONS = """
INSERT INTO sale_order (id, create_uid, write_uid, create_date, write_date, company_id, partner_id, partner_invoice_id,
       partner_shipping_id, currency_id, user_id, name, state, invoice_status, currency_rate, amount_untaxed,
       amount_total, date_order)
SELECT %(invoices)s + n, 1, 1, day, day, company_id, partner, partner, partner, currency_id, user_id,
       'Q' || LPAD(n::text, 7, '0'), 'draft', 'no', 1, 1000, 1100, day
  FROM (SELECT n, partner_base + 1 + (bench.u(n, 30) * (%(customers)s - 1))::int AS partner,
               today - 3 - (bench.u(n, 31) * 60)::int AS day
          FROM GENERATE_SERIES(1, %(customers)s / 20) n, bench.place) quotation, bench.place
"""

ORDER_LINES = """
INSERT INTO sale_order_line (id, create_uid, write_uid, create_date, write_date, order_id, company_id, currency_id,
       order_partner_id, product_id, product_uom_id, name, state, invoice_status, product_uom_qty, price_unit,
       price_subtotal, qty_invoiced, customer_lead, sequence)
SELECT i, 1, 1, date, date, order_no, company_id, currency_id, commercial_id, product_id, uom_id, 'Goods', 'sale',
       'invoiced', 1, untaxed, untaxed, 1, 0, 10
  FROM bench.document, bench.place WHERE order_no IS NOT NULL
"""

ORDER_INVOICES = """
INSERT INTO sale_order_line_invoice_rel (order_line_id, invoice_line_id)
SELECT i, 4 * i + 1 FROM bench.document WHERE order_no IS NOT NULL
"""

LEADS = """
INSERT INTO crm_lead (id, create_uid, write_uid, create_date, write_date, name, type, active, company_id, user_id,
       partner_id, stage_id, expected_revenue, won_status, probability, priority)
SELECT n, 1, 1, today - 100, today - 40, 'Opportunity ' || n,
       CASE WHEN n %% 10 = 0 THEN 'lead' ELSE 'opportunity' END, TRUE, CASE WHEN n %% 3 > 0 THEN company_id END,
       user_id, partner_base + 1 + (bench.u(n, 40) * (%(customers)s - 1))::int, crm_stage_id,
       ROUND(EXP(7 + bench.z(n, 41))::numeric, 2), CASE WHEN n %% 4 = 0 THEN 'won' ELSE 'pending' END, 20, '1'
  FROM GENERATE_SERIES(1, %(customers)s / 10) n, bench.place
"""

# A third from customers, a third to them, a third system notes; a few calls logged on the customer.
MESSAGES = """
INSERT INTO mail_message (id, create_uid, write_uid, create_date, write_date, date, model, res_id, message_type,
       author_id, mail_activity_type_id, message_id, is_internal)
SELECT message_base + n, 1, 1, day, day, day, model, res_id, message_type,
       CASE WHEN n %% 3 = 0 THEN partner ELSE own_partner_id END, CASE WHEN n %% 60 = 5 THEN call_type_id END,
       '<bench-' || n || '>', FALSE
  FROM (SELECT n, partner, today - (bench.u(n, 50) * 700) * INTERVAL '1 day' AS day,
               CASE WHEN n %% 60 = 5 THEN 'res.partner' ELSE 'account.move' END AS model,
               CASE WHEN n %% 60 = 5 THEN partner ELSE move_base + n END AS res_id,
               (ARRAY['comment', 'email_outgoing', 'notification'])[1 + n %% 3] AS message_type
          FROM (SELECT n, partner_base + 1 + (bench.u(n, 51) * (%(customers)s - 1))::int AS partner
                  FROM GENERATE_SERIES(1, %(invoices)s * 3 / 20) n, bench.place) addressed, bench.place) message,
       bench.place, (SELECT COALESCE(MAX(id), 0) AS message_base FROM mail_message) last
"""

RECIPIENTS = """
INSERT INTO mail_message_res_partner_rel (mail_message_id, res_partner_id)
SELECT m.id, partner_base + 1 + (bench.u(m.id, 52) * (%(customers)s - 1))::int
  FROM mail_message m, bench.place WHERE m.message_type = 'email_outgoing' AND m.message_id LIKE '<bench-%%'
"""

STATEMENTS = {
    "functions": FUNCTIONS,
    "places": PLACES,
    "partners": PARTNERS,
    "contacts": CONTACTS,
    "documents": DOCUMENTS,
    "document statistics": "ANALYZE bench.document, res_partner",
    "invoices": MOVES,
    "bank entries": BANK_ENTRIES,
    "invoice keys": "ANALYZE account_move",
    "lines": LINES,
    "payments": RECONCILES,
    "orders": ORDERS,
    "quotations": QUOTATIONS,
    "order lines": ORDER_LINES,
    "order invoices": ORDER_INVOICES,
    "leads": LEADS,
    "messages": MESSAGES,
    "recipients": RECIPIENTS,
    "leftovers": "DROP TABLE bench.document",
}
TABLES_WITH_ID = (
    "res_partner", "account_move", "account_move_line", "account_partial_reconcile", "sale_order", "sale_order_line",
    "crm_lead", "mail_message",
)  # fmt: skip
TABLES = (*TABLES_WITH_ID, "sale_order_line_invoice_rel", "mail_message_res_partner_rel")


def load(database, customers, invoices, say=lambda text: None):
    """Fill a database that has the suite, at least one product and no documents yet."""
    with closing(psycopg2.connect(dbname=database)) as connection:
        connection.autocommit = True
        with connection.cursor() as cr:
            cr.execute(
                "SET session_replication_role = replica; SET work_mem = '256MB'; SET maintenance_work_mem = '1GB'"
            )
            _allow_nulls(cr)
            with _without_indexes(cr, say):
                for name, statement in STATEMENTS.items():
                    say(name)
                    cr.execute(statement, {"customers": customers, "invoices": invoices})
            for table in map(sql.Identifier, TABLES_WITH_ID):
                cr.execute(sql.SQL("SELECT MAX(id) FROM {}").format(table))
                last = cr.fetchone()
                cr.execute(
                    sql.SQL("SELECT SETVAL(PG_GET_SERIAL_SEQUENCE({}, 'id'), %s)").format(sql.Literal(table.string)),
                    last,
                )
            say("statistics")
            cr.execute("VACUUM ANALYZE")


def _allow_nulls(cr):
    """Modules that a bridge brings along (stock) require columns that no benchmark reads."""
    cr.execute(
        """SELECT attrelid::regclass::text, attname FROM pg_attribute
            WHERE attrelid = ANY(%s::regclass[]) AND attnum > 0 AND attnotnull AND NOT atthasdef""",
        [list(TABLES_WITH_ID)],
    )
    for table, column in cr.fetchall():
        cr.execute(
            sql.SQL("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL").format(
                sql.Identifier(table), sql.Identifier(column)
            )
        )


@contextmanager
def _without_indexes(cr, say):
    """Build the secondary indexes of the filled tables once, after they are filled.

    Trigram indexes stay away: they take longer to build than all the rest, and serve searching by part of a name,
    which no benchmark does.
    """
    cr.execute(
        """SELECT c.relname, PG_GET_INDEXDEF(i.indexrelid)
             FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisprimary
              AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)""",
        [list(TABLES)],
    )
    indexes = cr.fetchall()
    for name, _definition in indexes:
        cr.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    say("indexes")
    for _name, definition in indexes:
        if "gin_trgm_ops" not in definition:
            cr.execute(definition)

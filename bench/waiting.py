"""50,000 tasks that wait for their next poll in an hour: what the gateway that serves them needs meanwhile."""

from __future__ import annotations

import asyncio
import time

from bench import engine, gateways, processes, rows
from bench.figures import Figure

TASKS = 50_000
SECONDS = 15
HOUR = 3_600_000


def run() -> list[Figure]:
    figures: list[Figure] = []
    for kind in gateways.DATABASES:
        with gateways.folder() as folder, gateways.database(kind) as settings:
            data = folder / "data"
            asyncio.run(rows.fill(data, settings, TASKS, due_in=HOUR))
            options = {"module": "bench.serving", "config": engine.CONFIG}
            began = time.perf_counter()
            with gateways.gateway(data, **options, **settings) as gateway:
                started = time.perf_counter() - began
                pid = gateway.process.pid
                time.sleep(3)
                before = processes.cpu(pid)
                time.sleep(SECONDS)
                used = (processes.cpu(pid) - before) / SECONDS * 100
                resident, _ = processes.memory(pid)
        figures += [
            Figure(f"memory with {TASKS:,} waiting, {kind}", resident, "MB", 300, note="resident"),
            Figure(
                f"processor with {TASKS:,} waiting, {kind}",
                used,
                "% of a core",
                5,
                note=f"over {SECONDS} s; nothing due",
            ),
            Figure(f"start to healthy with {TASKS:,} waiting, {kind}", started, "s"),
        ]
    return figures

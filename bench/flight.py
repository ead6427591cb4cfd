"""Many tasks in flight at one vendor that is polled over HTTP: how late their ends are noticed, and at what price.

The vendor speaks Runway's format and takes log-normal times (sigma 0.3). The gateway knows nothing of the model before:
it learns its pace from the first ends. The delay is from the vendor's end to `succeeded`, the copied file included.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import running
from bench import ROOT, gateways, load, processes
from bench.figures import Figure, quantile

RUNS = ((1_000, 20.0, 75), (10_000, 90.0, 240))
"""Tasks in flight at a time, the median of their lengths in seconds, and the seconds after which the run is over."""
SIGMA = 0.3
LOOP = 5.0
"""Seconds between two polls of the plain loop that the number of polls is compared with."""
CONFIG = """
[[upstreams]]
name = "vendor"
provider = "runway"
base_url = "{place}"
credential = {{ key = "of-the-bench" }}
allow_hosts = ["127.0.0.1"]

[[routes]]
model = "bench-image"
to = [{{ upstream = "vendor", model = "gen4_image" }}]

[[prices]]
model = "bench-image"
unit = "image"
usd = "0.01"
"""


def run() -> list[Figure]:
    return [figure for count, median, bound in RUNS for figure in of(count, median, bound)]


@contextlib.contextmanager
def vendor(median: float) -> Iterator[str]:
    command = [sys.executable, "-m", "bench.vendor", str(median), str(SIGMA)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def of(count: int, median: float, bound: float) -> list[Figure]:
    with gateways.folder() as folder, vendor(median) as place:
        data = folder / "data"
        with gateways.gateway(data, config=CONFIG.format(place=place)) as gateway:
            used, began = processes.cpu(gateway.process.pid), time.monotonic()
            asyncio.run(submitted(gateway, count))
            took = time.monotonic() - began
            ends = finished(data, count, began + bound)
            used = processes.cpu(gateway.process.pid) - used
            _, own = processes.memory(gateway.process.pid)
        with urllib.request.urlopen(f"{place}/stats", timeout=30) as answer:  # noqa: S310 - our own
            told: dict[str, list[float]] = json.load(answer)
    delays = [at - told[name][0] for name, at in ends.items()]
    polls = sum(told[name][1] for name in ends) / len(ends)
    plain = plain_polls(median)
    about = f"{count:,} in flight"
    note = f"{len(ends):,} of {count:,} tasks ended, median {median:g} s, sigma {SIGMA}; submitted within {took:.0f} s"
    return [
        Figure(f"{about}: end to succeeded, p50", quantile(delays, 0.5), "s", note=note),
        Figure(f"{about}: end to succeeded, p99", quantile(delays, 0.99), "s"),
        Figure(f"{about}: polls of a task", polls, "", note=f"a loop of {LOOP:g} s makes {plain:.1f}"),
        Figure(
            f"{about}: a whole task",
            used / len(ends) * 1000,
            "ms CPU",
            note="over HTTP on both sides, one file copied",
        ),
        Figure(f"{about}: memory", own, "MB", note="PSS, at the end"),
    ]


def plain_polls(median: float) -> float:
    """The polls of a loop: the mean length over its step, and the one that finds the end."""
    return median * math.exp(SIGMA * SIGMA / 2) / LOOP + 0.5


async def submitted(gateway: running.Gateway, count: int) -> None:
    def submit(line: load.Line, number: int) -> asyncio.Future[load.Got]:
        body = {"model": "bench-image", "prompt": f"boat {number}", "kind": "image"}
        return asyncio.ensure_future(line.call("POST", "/v1/tasks", json.dumps(body).encode()))

    load.all_are(await load.spread(gateway.url, gateway.key, range(count), submit), 201)


def finished(data: Path, count: int, end: float) -> dict[str, float]:
    """When the gateway finished each order (Unix seconds), by the vendor's id, once all are or the time is over."""
    connection = sqlite3.connect(f"file:{data / 'framegate.db'}?mode=ro", uri=True)
    try:
        while True:
            time.sleep(1)
            [found] = connection.execute("SELECT count(*) FROM tasks WHERE state = 'succeeded'").fetchone()
            if found == count or time.monotonic() > end:
                break
        rows = connection.execute("SELECT handle, finished_at FROM tasks WHERE state = 'succeeded'")
        return {json.loads(handle)["id"]: at / 1000 for handle, at in rows}
    finally:
        connection.close()

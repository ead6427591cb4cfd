"""Notices to one receiver on this machine: how many a second leave, and how long after a task's end each arrives."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import datetime

import running
from bench import engine, gateways, load, processes
from bench.figures import Figure, quantile

TASKS = 500


def run() -> list[Figure]:
    figures: list[Figure] = []
    for kind in gateways.DATABASES:
        with gateways.folder() as folder, gateways.database(kind) as settings:
            options = {"module": "bench.serving", "config": engine.CONFIG, "notice_hosts": "127.0.0.1:*"}
            with gateways.gateway(folder / "data", **options, **settings) as gateway:
                figures += asyncio.run(of(gateway, kind))
    return figures


async def of(gateway: running.Gateway, kind: str) -> list[Figure]:
    arrived: list[tuple[float, dict[str, object]]] = []
    done = asyncio.Event()

    def take(body: bytes) -> None:
        arrived.append((time.time(), json.loads(body)))
        if len({ended["id"] for ended in map(task_in, arrived) if ended["status"] == "succeeded"}) == TASKS:
            done.set()

    server = await asyncio.get_running_loop().create_server(lambda: Receiver(take), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    def submit(line: load.Line, number: int) -> asyncio.Future[load.Got]:
        body = {
            "model": "bench-image",
            "prompt": f"boat {number}",
            "kind": "image",
            "callback_url": f"http://127.0.0.1:{port}/told",
        }
        return asyncio.ensure_future(line.call("POST", "/v1/tasks", json.dumps(body).encode()))

    used = processes.cpu(gateway.process.pid)
    load.all_are(await load.spread(gateway.url, gateway.key, range(TASKS), submit), 201)
    async with asyncio.timeout(120):
        await done.wait()
    used = processes.cpu(gateway.process.pid) - used
    server.close()
    ends = [(at, task_in((at, body))) for at, body in arrived]
    delays = [at - seconds_of(str(task["finished_at"])) for at, task in ends if task["status"] == "succeeded"]
    times = sorted(at for at, _ in arrived)
    rate = len(times) / (times[-1] - times[0])
    note = f"{len(times):,} notices of {TASKS} tasks that end at the same time, more than the gateway makes in a second"
    return [
        Figure(f"notices, {kind}", rate, "a second", note=note),
        Figure(f"from a task's end to its notice, {kind}, p50", quantile(delays, 0.5), "s"),
        Figure(f"from a task's end to its notice, {kind}, p99", quantile(delays, 0.99), "s"),
        Figure(
            f"whole task with its notices, {kind}", used / TASKS * 1000, "ms CPU", note="submit over HTTP"
        ),
    ]


def task_in(told: tuple[float, dict[str, object]]) -> dict[str, object]:
    body = told[1]
    inner = body.get("data", body)
    assert isinstance(inner, dict)
    return inner


def seconds_of(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


class Receiver(asyncio.Protocol):
    """An HTTP server that says 200 to every body."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        head, end, body = self._held.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        if end and len(body) >= length:
            self._take(body[:length])
            self._held = body[length:]
            self._transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

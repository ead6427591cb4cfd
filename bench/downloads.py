"""200 clients download a file of 100 MB each at the same time: what a download takes of the gateway's memory.

The file is sparse, so the disk is not what is measured; every client reads all of it.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from pathlib import Path

import running
from bench import engine, gateways, load, processes
from bench.figures import Figure

CLIENTS = 200
SIZE = 100_000_000
ENOUGH = 90.0
"""Seconds after which the clients stop reading; how much they had by then is said."""
SHA = "ab" * 32


def run() -> list[Figure]:
    with gateways.folder() as folder:
        data = folder / "data"
        with gateways.gateway(data, module="bench.serving", config=engine.CONFIG) as gateway:
            path = stored(gateway, data)
            return asyncio.run(of(gateway, path))


def stored(gateway: running.Gateway, data: Path) -> str:
    """The link to a finished task's artifact, whose file is now a large sparse one."""
    made = gateway.submit({"model": "bench-image", "prompt": "a boat", "kind": "image"})
    [artifact] = gateway.finished(made["id"])["artifacts"]
    file = data / "artifacts" / SHA[:2] / SHA
    file.parent.mkdir(exist_ok=True)
    with file.open("wb") as sparse:
        sparse.truncate(SIZE)
    with sqlite3.connect(data / "framegate.db") as connection:
        connection.execute("UPDATE artifacts SET sha256 = ?, size = ?", (SHA, SIZE))
    connection.close()
    return artifact["url"].removeprefix(gateway.url)


async def of(gateway: running.Gateway, path: str) -> list[Figure]:
    pid = gateway.process.pid
    line = load.Line(gateway.url, gateway.key)
    head = await line.call("GET", "/health")
    if head.status != 200:
        raise RuntimeError(json.loads(head.body))
    line.close()
    before, _ = processes.memory(pid)
    processes.forget_peak(pid)
    end = asyncio.get_running_loop().time() + ENOUGH
    began, used = time.perf_counter(), processes.cpu(pid)
    got = await asyncio.gather(*(download(gateway.url, path, end) for _ in range(CLIENTS)))
    seconds, used = time.perf_counter() - began, processes.cpu(pid) - used
    grown = processes.peak(pid) - before
    whole = sum(size == SIZE for size in got)
    total = sum(got) / 1e9
    note = f"{CLIENTS} clients, {total:.1f} GB in {seconds:.0f} s, {whole} had the whole file"
    return [
        Figure("memory of a download at the peak", grown / CLIENTS, "MB", 1, note=note),
        Figure("a gigabyte sent", used / total, "s CPU"),
        Figure("sent", total / seconds, "GB/s", note="the clients and the gateway share this machine"),
    ]


async def download(url: str, path: str, end: float) -> int:
    """Bytes of the body that were read."""
    host, _, port = url.removeprefix("http://").partition(":")
    loop = asyncio.get_running_loop()
    received = loop.create_future()
    _, protocol = await loop.create_connection(lambda: Counting(received, end), host, int(port))
    protocol.send(f"GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n".encode())
    return await received


class Counting(asyncio.BufferedProtocol):
    """Reads into one buffer, over and over, and counts."""

    buffer = bytearray(1 << 18)

    def __init__(self, received: asyncio.Future[int], end: float) -> None:
        self._received = received
        self._end = end
        self._got = 0
        self._body = -1
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self, data: bytes) -> None:
        if self._transport:
            self._transport.write(data)

    def get_buffer(self, sizehint: int) -> bytearray:  # noqa: ARG002 - asyncio's form
        return self.buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self._body < 0:
            if not self.buffer.startswith(b"HTTP/1.1 200"):
                self._received.set_exception(RuntimeError(bytes(self.buffer[:200])))
            self._body = self.buffer.find(b"\r\n\r\n") + 4
            nbytes -= self._body
        self._got += nbytes
        if (self._got >= SIZE or asyncio.get_running_loop().time() > self._end) and self._transport:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if not self._received.done():
            self._received.set_result(self._got)

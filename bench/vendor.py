"""A vendor that speaks Runway's format over HTTP: takes every order at once, is done after a time drawn for each.

    python -m bench.vendor MEDIAN SIGMA

Prints its port. `GET /stats` tells of each order its id, when it ended (Unix seconds) and how often it was polled.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import sys
import time
from dataclasses import dataclass
from typing import cast

from bench.engine import picture


@dataclass(slots=True)
class Order:
    """An order: when it ends, and what happened to it."""

    ends: float
    polls: int = 0


class Vendor(asyncio.Protocol):
    """One connection to it."""

    orders: dict[str, Order] = {}  # noqa: RUF012 - one for the process
    image: bytes = b""
    place = ""
    median = 20.0
    sigma = 0.3

    def __init__(self) -> None:
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class

    def data_received(self, data: bytes) -> None:
        self._held += data
        while True:
            head, end, rest = self._held.partition(b"\r\n\r\n")
            lower = head.lower()
            length = int(lower.partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
            if not end or len(rest) < length:
                return
            self._held = rest[length:]
            method, path = head.split(b" ", 2)[:2]
            kind, body = self._answer(method.decode(), path.decode())
            head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
            self._transport.write(head.encode() + body)

    def _answer(self, method: str, path: str) -> tuple[str, bytes]:
        name = path.rpartition("/")[2]
        if method == "POST":
            name = f"order-{len(self.orders)}"
            draw = random.gauss(math.log(self.median), self.sigma)
            self.orders[name] = Order(time.time() + math.exp(draw))
            return "application/json", json.dumps({"id": name}).encode()
        if path.startswith("/v1/tasks/"):
            order = self.orders[name]
            order.polls += 1
            done = time.time() >= order.ends
            output = {"output": [f"{self.place}/files/{name}.png"]} if done else {}
            status = "SUCCEEDED" if done else "RUNNING"
            return "application/json", json.dumps({"id": name, "status": status, **output}).encode()
        if path.startswith("/files/"):
            return "image/png", self.image
        found = {name: [order.ends, order.polls] for name, order in self.orders.items()}
        return "application/json", json.dumps(found).encode()


async def main() -> None:
    Vendor.median, Vendor.sigma = float(sys.argv[1]), float(sys.argv[2])
    Vendor.image = picture()
    random.seed(7)
    server = await asyncio.get_running_loop().create_server(Vendor, "127.0.0.1", 0, backlog=1024)
    Vendor.place = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    print(Vendor.place, flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())

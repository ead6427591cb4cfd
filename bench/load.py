"""A client that costs little: keep-alive connections, one request at a time on each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple, cast
from urllib.parse import urlsplit


class Got(NamedTuple):
    """An answer, and the seconds that it took."""

    status: int
    body: bytes
    seconds: float


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, url: str, key: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._head = (
            f"host: {parts.netloc}\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n"
        )
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None
        self._held = b""

    async def call(self, method: str, path: str, body: bytes = b"") -> Got:
        loop = asyncio.get_running_loop()
        if self._transport is None:
            transport, _ = await loop.create_connection(lambda: self, self._host, self._port)
            self._transport = cast("asyncio.Transport", transport)  # uvloop has a class of its own
        self._waiting = loop.create_future()
        head = f"{method} {path} HTTP/1.1\r\n{self._head}content-length: {len(body)}\r\n\r\n"
        began = time.perf_counter()
        self._transport.write(head.encode() + body)
        status, got = await self._waiting
        return Got(status, got, time.perf_counter() - began)

    def data_received(self, data: bytes) -> None:
        self._held += data
        head, end, body = self._held.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        if end and len(body) >= length and self._waiting:
            self._held = b""
            self._waiting.set_result((int(head[9:12]), body))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionResetError("the gateway hung up"))

    def close(self) -> None:
        if self._transport:
            self._transport.close()


Call = Callable[[Line, int], Awaitable[Got]]


async def spread(url: str, key: str, numbers: Iterable[int], call: Call, lines: int = 16) -> list[Got]:
    """`call` for each number, over so many connections at a time; the answers in the order in which they came."""
    waiting = iter(numbers)
    answers: list[Got] = []

    async def work() -> None:
        line = Line(url, key)
        try:
            for number in waiting:
                answers.append(await call(line, number))  # noqa: PERF401 - they share the list
        finally:
            line.close()

    await asyncio.gather(*(work() for _ in range(lines)))
    return answers


def all_are(answers: list[Got], *statuses: int) -> None:
    """Raises `RuntimeError` unless every answer has one of these statuses: a refusal is quick, and no measurement."""
    odd = next((answer for answer in answers if answer.status not in statuses), None)
    if odd is not None:
        raise RuntimeError(f"answered with status {odd.status}: {odd.body[:300]!r}")

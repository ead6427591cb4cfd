"""A client that costs little: keep-alive connections, one request at a time on each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple
from urllib.parse import urlsplit


class Got(NamedTuple):
    """An answer, and the seconds that it took."""

    status: int
    body: bytes
    seconds: float


class Line:
    """One connection."""

    def __init__(self, url: str, key: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._head = f"host: {parts.netloc}\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n"
        self._pair: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def call(self, method: str, path: str, body: bytes = b"") -> Got:
        if self._pair is None:
            self._pair = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._pair
        began = time.perf_counter()
        head = f"{method} {path} HTTP/1.1\r\n{self._head}content-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(answer.partition("content-length: ")[2].partition("\r\n")[0])
        got = await reader.readexactly(length)
        return Got(int(answer[9:12]), got, time.perf_counter() - began)

    def close(self) -> None:
        if self._pair:
            self._pair[1].close()


Call = Callable[[Line, int], Awaitable[Got]]


async def spread(url: str, key: str, numbers: Iterable[int], call: Call, lines: int = 16) -> list[Got]:
    """`call` for each number, over so many connections at a time; the answers in the order in which they came."""
    waiting = iter(numbers)
    answers: list[Got] = []

    async def work() -> None:
        line = Line(url, key)
        try:
            for number in waiting:
                answers.append(await call(line, number))
        finally:
            line.close()

    await asyncio.gather(*(work() for _ in range(lines)))
    return answers


def all_are(answers: list[Got], *statuses: int) -> None:
    """Raises `RuntimeError` unless every answer has one of these statuses: a refusal is quick, and no measurement."""
    odd = next((answer for answer in answers if answer.status not in statuses), None)
    if odd is not None:
        raise RuntimeError(f"answered with status {odd.status}: {odd.body[:300]!r}")

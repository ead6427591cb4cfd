"""One request at the door, as raw ASGI: what it says, and the ways to answer it."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from framegate.core.dialect import Problem, Trouble
from framegate.core.wire import Blob, Response

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


PAUSE = 60.0
"""Seconds that a client may be silent in the middle of a body."""
LINGER = 10.0
"""Seconds for which the rest of a refused body is read, so that its sender lives to hear why."""
ODD = re.compile(r"[^\t\x20-\x7e\xa0-\xff]")
"""What no header's value may hold."""
OPEN = {"access-control-allow-origin": "*", "access-control-expose-headers": "*"}
"""Customer routes may be called from any page: no cookie is honoured there."""


class Gone(Exception):
    """The client hung up."""


class Visit:
    """One request and its answer. `request_id` names it in answers and logs; `route` is the path as it was sent, still
    quoted, so that a name in it may hold a slash.
    """

    __slots__ = (
        "_heard_out",
        "_receive",
        "_send",
        "headers",
        "method",
        "path",
        "request_id",
        "route",
        "scope",
        "started",
    )

    def __init__(self, scope: Message, receive: Receive, send: Send, request_id: str) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.route: str = scope["raw_path"].decode("latin-1")
        self.headers: Mapping[str, str] = {
            k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]
        }
        self.request_id = request_id
        self.started = False
        self._heard_out = False
        self._receive = receive
        self._send = send

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.scope["query_string"].decode("latin-1"), keep_blank_values=True))

    def address(self, trusted: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]) -> str:
        """The client's address; `X-Forwarded-For` is believed only behind a trusted proxy."""
        client = self.scope.get("client")
        address = str(client[0]) if client else ""
        forwarded = self.headers.get("x-forwarded-for")
        if not forwarded or not trusted:
            return address
        for hop in (*reversed([h.strip() for h in forwarded.split(",")]),):
            if not inside(address, trusted):
                return address
            address = hop
        return address

    async def chunks(self, limit: int) -> AsyncIterator[bytes]:
        """The body in pieces. Raises `Trouble` TOO_LARGE beyond `limit` bytes, and `Gone` on a hang-up."""
        declared = self.headers.get("content-length", "")
        size = 0
        if declared.isdigit() and int(declared) > limit:
            raise too_large(limit)
        while True:
            message = await self._next()
            if message["type"] == "http.disconnect":
                raise Gone
            piece: bytes = message.get("body", b"")
            size += len(piece)
            if size > limit:
                raise too_large(limit)
            if piece:
                yield piece
            if not message.get("more_body"):
                return

    async def _next(self) -> Message:
        """The next piece. Raises `Trouble` MALFORMED when the client has stopped: it holds a connection."""
        try:
            async with asyncio.timeout(PAUSE):
                message = await self._receive()
        except TimeoutError:
            broken = f"the body broke off: nothing came for {PAUSE:g} seconds"
            raise Trouble(Problem.MALFORMED, broken) from None
        self._heard_out = not message.get("more_body", False)
        return message

    async def body(self, limit: int) -> bytes:
        """The whole body in memory, bounded."""
        parts = [piece async for piece in self.chunks(limit)]
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def answer(self, response: Response, extra: Mapping[str, str] | None = None) -> None:
        """Send a whole answer."""
        assert not isinstance(response.body, Blob)
        headers = {**response.headers, **(extra or {})}
        headers.setdefault("content-length", str(len(response.body)))
        await self.start(response.status, headers)
        lingers = self._lingers()
        await self.piece(b"" if self.method == "HEAD" else response.body, more=lingers)
        if lingers:
            await self._hear_out()
            await self.piece(b"", more=False)

    def _lingers(self) -> bool:
        """Whether this answer comes before the end of a body, on a connection that ends with it: closed with unread
        bytes it is reset, and who still sends hears of that instead of the answer. nginx speaks so to what is behind.
        """
        coming = "transfer-encoding" in self.headers or self._announced()
        if (
            self._heard_out or not coming or "expect" in self.headers
        ):  # who expects a word has sent nothing yet
            return False
        return self.scope["http_version"] == "1.0" or "close" in self.headers.get("connection", "").lower()

    def _announced(self) -> bool:
        return self.headers.get("content-length", "0").strip("0") != ""

    async def _hear_out(self) -> None:
        """The rest of the body, to nobody; not for ever."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LINGER):
                while not self._heard_out:
                    await self._next()

    async def start(self, status: int, headers: Mapping[str, str]) -> None:
        """Send the status and the headers; pieces follow."""
        self.started = True
        raw = [(k.encode("latin-1"), field(v)) for k, v in headers.items()]
        raw.append((b"x-request-id", self.request_id.encode()))
        await self._send({"type": "http.response.start", "status": status, "headers": raw})

    async def piece(self, data: bytes, *, more: bool = True) -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": more})

    async def hung_up(self) -> None:
        """Returns when the client has gone."""
        while (await self._receive())["type"] != "http.disconnect":
            pass


def field(value: str) -> bytes:
    """A header's value as it may be sent: clients' own words stand in some, and a line break would end it."""
    return ODD.sub("?", value).encode("latin-1", "replace")


def inside(address: str, networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in networks)


def too_large(limit: int) -> Trouble:
    return Trouble(
        Problem.TOO_LARGE,
        f"the body is larger than {limit / 1e6:g} MB; upload large files first (POST /v1/uploads)",
    )

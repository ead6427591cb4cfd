"""Engines that run here: an ASGI app called in process, with the same requests and answers as over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote

from framegate.core.wire import Response
from framegate.transport.outcome import Unknown
from framegate.transport.spool import Spool

Message = MutableMapping[str, Any]
App = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]
Headers = list[tuple[bytes, bytes]]


async def call(  # noqa: PLR0913 - a call has this many sides
    app: App, method: str, target: str, headers: Headers, body: AsyncIterator[bytes], taken: Spool
) -> Response:
    """One call, over when the app is. Raises `Unknown` without a whole answer, and whatever `taken` raises."""
    answer = _Answer(body, taken)
    path, _, query = target.partition("?")
    scope: Message = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": None,
        "server": None,
    }
    try:
        with contextlib.suppress(Exception):  # the engine logs its own; what it did not give is missing below
            await app(scope, answer.receive, answer.send)
        if answer.broken is not None:
            raise answer.broken
        if not answer.whole:
            raise Unknown("the engine's answer broke off" if answer.status else "the engine gave no answer")
        return Response(status=answer.status, headers=answer.headers, body=await taken.finish())
    except BaseException:  # also a deadline: what has come is a file already when it is large
        taken.discard()
        raise


class _Answer:
    """What an app is given and what it gives."""

    def __init__(self, body: AsyncIterator[bytes], taken: Spool) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.whole = False
        self.broken: Exception | None = None
        self._body = body
        self._taken = taken
        self._asked = False

    async def receive(self) -> Message:
        if self._asked:
            await asyncio.Event().wait()  # the client stays: a disconnect comes only with our own cancel
        async for piece in self._body:
            return {"type": "http.request", "body": piece, "more_body": True}
        self._asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode().lower(): v.decode("latin-1") for k, v in message["headers"]}
            return
        try:
            if piece := message.get("body"):
                await self._taken.feed(piece)
        except Exception as error:
            self.broken = error
            raise
        self.whole = not message.get("more_body")

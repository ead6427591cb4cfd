"""Engines that run here: an ASGI app called in process, with the same requests and answers as over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote, urlsplit

from framegate.transport.outcome import Unknown

Message = MutableMapping[str, Any]
App = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]


class Answering:
    """One call to an app: `start` waits for the status, `chunks` gives the body as it comes."""

    def __init__(
        self, app: App, method: str, url: str, headers: list[tuple[bytes, bytes]], body: AsyncIterator[bytes]
    ) -> None:
        parts = urlsplit(url)
        self._scope: Message = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": headers,
            "client": None,
            "server": (parts.hostname or "local", None),
        }
        self._app = app
        self._body = body
        self._out: asyncio.Queue[Message | None] = asyncio.Queue(8)
        self._task: asyncio.Task[None] | None = None
        self._ended = False

    async def start(self) -> tuple[int, dict[str, str]]:
        """The status and the headers. Raises `Unknown` when the app ends without an answer."""
        self._task = asyncio.create_task(self._run())
        first = await self._out.get()
        if first is None or first["type"] != "http.response.start":
            raise Unknown("the engine gave no answer")
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in first["headers"]}
        return first["status"], headers

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body. Raises `Unknown` when it breaks off."""
        while True:
            message = await self._out.get()
            if message is None:
                raise Unknown("the engine's answer broke off")
            if message.get("body"):
                yield message["body"]
            if not message.get("more_body"):
                return

    async def close(self) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            await self._app(self._scope, self._receive, self._out.put)
        except Exception:  # noqa: BLE001, S110 - the caller is told by the missing answer; the engine logs its own
            pass
        finally:
            await self._out.put(None)

    async def _receive(self) -> Message:
        if self._ended:
            await asyncio.Event().wait()  # the client stays: a disconnect comes only with our own cancel
        async for piece in self._body:
            return {"type": "http.request", "body": piece, "more_body": True}
        self._ended = True
        return {"type": "http.request", "body": b"", "more_body": False}

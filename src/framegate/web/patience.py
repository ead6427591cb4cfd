"""A server that does not wait for ever: a connection whose request has begun must say all of its headers in time.

uvicorn ends connections that are idle between two requests; one that never finishes its first, or sends a byte of its
headers now and then, would stay, and a few thousand of those are all that a process can hold.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADERS = 20.0
"""Seconds from the connection, or from the first byte of a further request, to the end of the headers."""


class Patient(HttpToolsProtocol):
    """uvicorn's protocol with a time limit for headers."""

    _limit: asyncio.TimerHandle | None = None
    _between = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        if self._between:
            self._begin()
        super().data_received(data)

    def on_headers_complete(self) -> None:
        self._end()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._between = True

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        super().connection_lost(exc)

    def _begin(self) -> None:
        self._between = False
        self._limit = asyncio.get_running_loop().call_later(HEADERS, self._give_up)

    def _end(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _give_up(self) -> None:
        self._limit = None
        cycle: Any = self.cycle  # untyped where nothing was asked yet
        if (
            cycle is not None and not cycle.response_complete
        ):  # a stray line break must not cost the answer before it
            self._begin()
            return
        transport: Any = self.transport
        transport.abort()

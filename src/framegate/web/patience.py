"""A server that does not listen for ever: a connection whose request has begun must say all of its headers in time,
and they must be few.

uvicorn ends connections that are idle between two requests; one that never finishes its first, or sends a byte of its
headers now and then, would stay, and a few thousand of those are all that a process can hold. Nor does it bound how
much comes before the body: a gigabyte of headers, from somebody without a key, would be a gigabyte of memory.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADERS = 20.0
"""Seconds from the connection, or from the first byte of a further request, to the end of the headers."""
HEAD = 65_536
"""Bytes of a request line and its headers; what comes with them in one piece may be more."""
LINGER = 2.0
"""Seconds for which the rest of a refused head is read."""
WORDS = b"the request line and its headers are larger than 64 KB"
TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%s" % (len(WORDS), WORDS)
)


class Patient(HttpToolsProtocol):
    """uvicorn's protocol with limits for headers."""

    _limit: asyncio.TimerHandle | None = None
    _between = False
    _head = 0
    _refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        if self._between:
            self._begin()
        if self._refused:
            return  # heard out by nobody: closed at once, it would be reset, and its sender never read why
        super().data_received(data)
        self._head += len(data)
        if self._limit is not None and self._head > HEAD:
            self._refuse()

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
        self._head = 0
        self._limit = asyncio.get_running_loop().call_later(HEADERS, self._give_up)

    def _end(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _answers(self) -> bool:
        """Whether the answer to a request before this one is under way."""
        cycle: Any = self.cycle  # untyped where nothing was asked yet
        return cycle is not None and not cycle.response_complete

    def _give_up(self) -> None:
        self._limit = None
        if self._answers():  # a stray line break must not cost the answer before it
            self._begin()
            return
        transport: Any = self.transport
        transport.abort()

    def _refuse(self) -> None:
        self._end()
        self._refused = True
        transport: Any = self.transport
        if not self._answers():
            transport.write(TOO_LARGE)
            transport.write_eof()
        asyncio.get_running_loop().call_later(LINGER, transport.abort)

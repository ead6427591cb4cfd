"""A pool of PostgreSQL connections: opened when needed, the last used first, replaced when lost.

asyncpg's own pool costs almost as much CPU as the statement that it lends a connection for; this one does little.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - what we use of it is `Connection`

from framegate.store.unit import Row

IDLE_SECONDS = 300.0
"""An older connection is not trusted: something on the way may have forgotten it without a word."""


class Connection(Protocol):
    """What we use of asyncpg's connection, which has no types of its own."""

    async def fetch(self, query: str, *args: object) -> list[Row]: ...
    async def fetchrow(self, query: str, *args: object) -> Row | None: ...
    async def fetchval(self, query: str, *args: object) -> Any: ...  # noqa: ANN401 - one column of any type
    async def execute(self, query: str, *args: object, timeout: float | None = None) -> str: ...  # noqa: ASYNC109
    def transaction(self) -> AbstractAsyncContextManager[None]: ...
    def is_closed(self) -> bool: ...
    def is_in_transaction(self) -> bool: ...
    def terminate(self) -> None: ...
    async def close(self, *, timeout: float | None = None) -> None: ...  # noqa: ASYNC109


def give_up(waiter: asyncio.Future[Connection | None]) -> None:
    """Much of what `asyncio.timeout` does, for a small part of its cost."""
    if not waiter.done():
        waiter.set_exception(TimeoutError())


class Connections:
    """At most `size` connections made by `connect`; a call waits `patience` seconds for one at most."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]], size: int, patience: float) -> None:
        self._connect = connect
        self._size = size
        self._patience = patience
        self._open = 0  # lent, free and being opened
        self._free: list[tuple[Connection, float]] = []
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()

    async def take(self) -> Connection:
        """A connection that seems alive. Raises what `connect` raises, or `TimeoutError`."""
        loop = asyncio.get_running_loop()
        while self._free:
            connection, since = self._free.pop()
            if not connection.is_closed() and loop.time() - since < IDLE_SECONDS:
                return connection
            connection.terminate()
            self._open -= 1
        if self._open >= self._size:
            waiter: asyncio.Future[Connection | None] = loop.create_future()
            self._waiting.append(waiter)
            giving_up = loop.call_later(self._patience, give_up, waiter)
            try:
                connection = await waiter
            except asyncio.CancelledError:
                if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                    self._pass_on(waiter.result())  # it came at the very moment we were stopped
                raise
            finally:
                giving_up.cancel()
            if connection is not None:
                return connection
        else:
            self._open += 1
        try:
            return await self._connect()
        except BaseException:
            self._pass_on(None)
            raise

    def give(self, connection: Connection) -> None:
        """Give one back. One that is closed, or still in a transaction, makes room for a new one."""
        if connection.is_closed():
            self._pass_on(None)
        elif connection.is_in_transaction():
            self.lose(connection)
        else:
            self._pass_on(connection)

    def lose(self, connection: Connection) -> None:
        """Give one back that cannot be used again: nobody knows what it is doing."""
        connection.terminate()
        self._pass_on(None)

    def distrust(self) -> None:
        """End all that are free: one was lost, and the others most likely went with it."""
        while self._free:
            self._free.pop()[0].terminate()
            self._open -= 1

    async def close(self) -> None:
        """End all that are free, with a farewell. Those still lent end when they are given back."""
        self._size = 0
        while self._free:
            connection, _ = self._free.pop()
            self._open -= 1
            try:
                await connection.close(timeout=2.0)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection.terminate()

    def _pass_on(self, connection: Connection | None) -> None:
        """To the first that waits, else to the free ones; None is the right to open one."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        if connection is None:
            self._open -= 1
        elif self._size == 0:
            connection.terminate()
        else:
            self._free.append((connection, asyncio.get_running_loop().time()))

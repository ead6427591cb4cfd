"""Of all processes on one database, one runs the engines of ours, which keep their tasks in a folder of their own.

The one that does holds a lease; when it is gone another takes over. Elsewhere the upstreams behind those engines are
left alone, so that nothing is rendered twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable

import structlog

from framegate.store import Store, step

log = structlog.get_logger("framegate.home")

LEASE = 15_000
"""Milliseconds after which another process may take over."""
RENEW = 4.0
"""Seconds between two looks."""
NAME = "engines"


class Home:
    """`begin` starts the engines, `end` stops them. `here`: they run in this process."""

    def __init__(
        self, store: Store, begin: Callable[[], Awaitable[None]], end: Callable[[], Awaitable[None]]
    ) -> None:
        self._store = store
        self._begin = begin
        self._end = end
        self._holder = secrets.token_hex(8)
        self._main: asyncio.Task[None] | None = None
        self.here = False

    async def start(self) -> None:
        """Take the lease if it is free; go on looking otherwise."""
        await self._look()
        self._main = asyncio.create_task(self._run(), name="home")

    async def stop(self) -> None:
        if self._main is not None:
            self._main.cancel()
            await asyncio.gather(self._main, return_exceptions=True)
        if self.here:
            self.here = False
            await self._end()
            with contextlib.suppress(Exception):  # the database may be gone; the lease ends by itself
                await self._store.write(step("end_lease", None, name=NAME, holder=self._holder))

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(RENEW)
            try:
                await self._look()
            except Exception:
                log.exception("whether the engines run here could not be settled")

    async def _look(self) -> None:
        now = await self._store.now()
        claim = {"name": NAME, "holder": self._holder, "now": now, "lease_until": now + LEASE}
        held = bool(await self._store.take("claim_lease", **claim))
        if held and not self.here:
            await self._begin()
        elif self.here and not held:
            log.warning("another process runs the engines now")
            self.here = False
            await self._end()
        self.here = held

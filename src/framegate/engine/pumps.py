"""The pumps of this process: one for each upstream that it works for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from framegate.engine.configuration import Watch
from framegate.engine.job import Job
from framegate.engine.pump import Pump
from framegate.engine.reach import Reach
from framegate.store import Store

log = structlog.get_logger("framegate.pumps")

TEND = 1.0
"""Seconds between two looks at which upstreams there are."""


class Pumps:
    """Every upstream that the configuration names, or that still has tasks, has its pump.

    `home` says whether the engines of ours run in this process: elsewhere their tasks are left to the one that does.
    """

    def __init__(  # noqa: PLR0913 - the worker makes them once
        self,
        store: Store,
        watch: Watch,
        reach: Reach,
        *,
        drive: Callable[[Job, float | None], Awaitable[Job | None]],
        home: Callable[[], bool],
        slots: int,
    ) -> None:
        self._store = store
        self._watch = watch
        self._reach = reach
        self._drive = drive
        self._home = home
        self._slots = slots
        self._pumps: dict[str, Pump] = {}
        self._main: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._main = asyncio.create_task(self._tend(), name="pumps")

    async def stop(self) -> None:
        """Stop claiming, let what is in flight finish for a moment, then leave the rest to the leases."""
        if self._main:
            self._main.cancel()
            await asyncio.gather(self._main, return_exceptions=True)
        await asyncio.gather(*(pump.stop() for pump in self._pumps.values()))

    def wake(self, upstream: str) -> None:
        """Something is due at this upstream now."""
        if pump := self._pumps.get(upstream):
            pump.wake()

    def room(self, upstream: str, now: int) -> bool:
        """Whether a running task may stay in the hand of this process until its next look."""
        pump = self._pumps.get(upstream)
        return pump is not None and pump.room(now)

    def room_for_new(self, upstream: str, now: int) -> bool:
        """Whether this process would send a new task at once, which it then gets by `send`."""
        pump = self._pumps.get(upstream)
        return pump is not None and pump.room_for_new(now)

    def send(self, job: Job, began: float) -> None:
        """A new task that was marked and leased at `began` (monotonic seconds), to be sent."""
        if pump := self._pumps.get(job.upstream):
            pump.send(job, began)

    def of(self, upstream: str) -> Pump:
        """The pump of an upstream, made if there is none yet; not started by this."""
        if upstream not in self._pumps:
            self._pumps[upstream] = Pump(
                upstream,
                store=self._store,
                watch=self._watch,
                reach=self._reach,
                drive=self._drive,
                slots=self._slots,
            )
        return self._pumps[upstream]

    async def _tend(self) -> None:
        while True:
            try:
                await self._look()
            except Exception:
                log.exception("tending failed")
            await asyncio.sleep(TEND)

    async def _look(self) -> None:
        table = (await self._watch.refresh()).table
        busy = {row["upstream"] for row in await self._store.rows("upstreams_with_tasks")}
        local = {name for name, upstream in table.upstreams.items() if table.local(upstream)}
        away: set[str] = set() if self._home() else local
        for name in (busy | set(table.upstreams)) - away - set(self._pumps):
            self.of(name).start()
        for name in away & set(self._pumps):
            await self._pumps.pop(name).stop()

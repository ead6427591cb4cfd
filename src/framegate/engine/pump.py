"""One loop for each upstream: claims what is due and has it driven, so that one that hangs slows nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from framegate.engine.changes import Changes
from framegate.engine.configuration import Watch
from framegate.engine.job import Job, from_row
from framegate.engine.reach import Reach
from framegate.store import Row, Store

log = structlog.get_logger("framegate.pump")

LEASE = 60_000
"""Milliseconds for which a worker holds a row before another may take it."""
BUSY, CROWDED, IDLE = 0.005, 0.02, 0.1
"""Seconds to the next look after a few tasks were due, after many, and after none: many are cheaper together."""
FEW = 8
FULL = 0.25
"""Seconds to wait for a place when all are taken."""


class Pump:
    """Drives the due tasks of one upstream, at most `slots` at a time."""

    def __init__(  # noqa: PLR0913 - the worker makes it
        self,
        name: str,
        *,
        store: Store,
        watch: Watch,
        reach: Reach,
        drive: Callable[[Job], Awaitable[None]],
        slots: int,
    ) -> None:
        self._name = name
        self._store = store
        self._watch = watch
        self._reach = reach
        self._drive = drive
        self._slots = slots
        self._woken = asyncio.Event()
        self._active: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._loop = asyncio.create_task(self._run(), name=f"pump {self._name}")

    def wake(self) -> None:
        self._woken.set()

    async def stop(self) -> None:
        """Claim no more; let what is in flight finish for a moment; leave the rest to the leases."""
        if self._loop:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        if self._active:
            await asyncio.wait(self._active, timeout=2.0)
        for task in self._active:
            task.cancel()
        await asyncio.gather(*self._active, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                wait = await self._round()
            except Exception:
                log.exception("claiming failed", upstream=self._name)
                wait = 1.0
            if wait > 0:
                try:
                    async with asyncio.timeout(wait):
                        await self._woken.wait()
                except TimeoutError:
                    pass

    async def _round(self) -> float:
        """Claim what is due; the seconds to wait before the next look."""
        free = self._slots - len(self._active)
        if free <= 0:
            return FULL
        now = await self._store.now()
        due = await self._store.row("next_due", upstream=self._name, now=now)
        if due is None or due["due_at"] is None:
            return Changes.LOOK
        if due["due_at"] > now:
            return min((due["due_at"] - now) / 1000, Changes.LOOK)
        health = self._reach.health(self._name)
        if health.sick:
            await self._take("claim_due_ends", now, free)
            if self._active or now < health.probe_at:
                return min(max(0.05, (health.probe_at - now) / 1000), Changes.LOOK)
            await self._take("claim_due", now, 1)
            return FULL
        claim, limit = await self._claim(free, quiet=now < health.quiet_until)
        rows = await self._take(claim, now, limit)
        if claim == "claim_due" and len(rows) == limit:
            return 0.0
        return (CROWDED if len(rows) > FEW else BUSY) if rows else IDLE

    async def _take(self, claim: str, now: int, limit: int) -> list[Row]:
        rows = await self._store.take(
            claim, upstream=self._name, now=now, lease_until=now + LEASE, limit=limit
        )
        for row in rows:
            task = asyncio.create_task(self._run_one(from_row(row)))
            self._active.add(task)
            task.add_done_callback(self._done)
        return rows

    async def _run_one(self, job: Job) -> None:
        await self._drive(job)

    async def _claim(self, free: int, *, quiet: bool) -> tuple[str, int]:
        """New orders only while the upstream's own limit allows."""
        upstream = self._watch.now.table.upstreams.get(self._name)
        if quiet or (upstream is not None and upstream.paused):
            return "claim_due_polls", free
        if upstream is None or not upstream.concurrency:
            return "claim_due", free
        row = await self._store.row("in_flight", upstream=self._name)
        room = upstream.concurrency - (row["n"] if row else 0)
        return ("claim_due", min(free, room)) if room > 0 else ("claim_due_polls", free)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._active.discard(task)
        if len(self._active) == self._slots - 1 or self._reach.health(self._name).misses:
            self._woken.set()

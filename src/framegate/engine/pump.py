"""One loop for each upstream: has driven what is due, in hand or in the database, so that one that hangs slows nobody
else.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Awaitable, Callable, Sequence

import structlog

from framegate.engine.changes import Changes
from framegate.engine.configuration import Watch
from framegate.engine.hand import Hand
from framegate.engine.job import Job, from_row, text
from framegate.engine.reach import Reach
from framegate.engine.steps import event
from framegate.routing import Upstream
from framegate.store import Row, Store, step

log = structlog.get_logger("framegate.pump")

LEASE = 60_000
"""Milliseconds for which a worker holds a row before another may take it."""
HAND = 2_000
"""Tasks of an upstream that one process keeps in hand at most: about 10 MB."""
BUSY, CROWDED, IDLE = 0.005, 0.02, 0.1
"""Seconds to the next look after a few tasks were due, after many, and after none: many are cheaper together."""
FEW = 3
LATE = 250
"""Milliseconds after which something in hand is late: new tasks are left to others then."""
TOGETHER = 200
"""Tasks given back in one unit."""
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
        drive: Callable[[Job, float | None], Awaitable[Job | None]],
        slots: int,
    ) -> None:
        """`drive` is told when a new task was marked; it gives back one that is to stay in hand until its next look."""
        self._name = name
        self._store = store
        self._watch = watch
        self._reach = reach
        self._drive = drive
        self._slots = slots
        self._hand = Hand()
        self._woken = asyncio.Event()
        self._look_at = 0.0  # when to look into the database next, in milliseconds
        self._called = False  # to look there at once
        self._round_at = math.inf  # when the next round is
        self._hand_last = False  # in turns, so that neither what is in hand nor the rest waits for the other
        self._active: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self) -> None:
        self._loop = asyncio.create_task(self._run(), name=f"pump {self._name}")

    def wake(self) -> None:
        """Something is due in the database."""
        self._called = True
        self._woken.set()

    def room(self, now: int) -> bool:
        """Whether a running task may stay in hand: not while nobody knows when it will be asked next."""
        return len(self._hand) + len(self._active) <= HAND and not self._closed(now)

    def room_for_new(self, now: int) -> bool:
        """Whether a new task would be sent at once: there is a place, and nothing has waited long for it."""
        upstream = self._upstream
        places = self._free > 0 and self._hand.next() > now - LATE
        return places and upstream is not None and not upstream.concurrency and self.room(now)

    def send(self, job: Job, began: float) -> None:
        """A new task that was marked and leased at `began` (monotonic seconds), to be sent."""
        if not self._stopping:
            self._start((job,), began)

    async def stop(self) -> None:
        """Claim no more; let what is in flight finish for a moment; leave the rest to the leases."""
        self._stopping = True
        if self._loop:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        if self._active:
            await asyncio.wait(self._active, timeout=2.0)
        for task in self._active:
            task.cancel()
        await asyncio.gather(*self._active, return_exceptions=True)
        try:
            await self._let_go()
        except Exception:
            log.exception("tasks in hand could not be given back", upstream=self._name)

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                wait = await self._round()
            except Exception:
                log.exception("claiming failed", upstream=self._name)
                wait = 1.0
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._woken.wait()

    async def _round(self) -> float:
        """Have driven what is due; the seconds to wait before the next round."""
        now, started = await self._store.now(), 0
        if self._closed(now):
            await self._let_go()
        look = self._called or now >= self._look_at
        if not (look and self._hand_last):
            started += self._start(self._hand.due(now, self._free))
        if look and self._free > 0:
            self._called = False
            self._look_at = now + 1000 * await self._look(now)
            started += self._start(self._hand.due(now, self._free))
        self._hand_last = look and not self._hand_last
        self._round_at = min(self._look_at, self._hand.next())
        least = CROWDED if started > FEW else BUSY
        return max(least, (self._round_at - now) / 1000) if self._free > 0 else FULL

    @property
    def _upstream(self) -> Upstream | None:
        return self._watch.now.table.upstreams.get(self._name)

    @property
    def _free(self) -> int:
        return self._slots - len(self._active)

    def _closed(self, now: int) -> bool:
        """Whether the upstream takes nothing new at this moment."""
        health, upstream = self._reach.health(self._name), self._upstream
        paused = upstream is None or upstream.paused
        return self._stopping or paused or health.sick or now < health.quiet_until

    async def _look(self, now: int) -> float:
        """Claim what is due in the database; the seconds to wait before the next look there."""
        due = await self._store.row("next_due", upstream=self._name)
        if due is None or due["due_at"] is None:
            return Changes.LOOK
        if due["due_at"] > now:
            return min((due["due_at"] - now) / 1000, Changes.LOOK)
        health, free = self._reach.health(self._name), self._free
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
        limit = min(limit, self._free)  # new tasks may have taken places meanwhile
        if limit <= 0:
            return []
        rows = await self._store.take(
            claim, upstream=self._name, now=now, lease_until=now + LEASE, limit=limit
        )
        for row in rows:
            self._hand.drop(row["id"])
        self._start([from_row(row) for row in rows])
        return rows

    def _start(self, jobs: Sequence[Job], began: float | None = None) -> int:
        """Begin to drive these; how many they are."""
        for job in jobs:
            task = asyncio.create_task(self._run_one(job, began))
            self._active.add(task)
            task.add_done_callback(self._done)
        return len(jobs)

    async def _run_one(self, job: Job, began: float | None) -> None:
        kept = await self._drive(job, began)
        if kept is None:
            return
        self._hand.put(kept)
        if self._hand.next() < self._round_at:
            self._woken.set()

    async def _claim(self, free: int, *, quiet: bool) -> tuple[str, int]:
        """New orders only while the upstream's own limit allows."""
        upstream = self._upstream
        if quiet or (upstream is not None and upstream.paused):
            return "claim_due_polls", free
        if upstream is None or not upstream.concurrency:
            return "claim_due", free
        row = await self._store.row("in_flight", upstream=self._name)
        room = upstream.concurrency - (row["n"] if row else 0)
        return ("claim_due", min(free, room)) if room > 0 else ("claim_due_polls", free)

    async def _let_go(self) -> None:
        """Give back what is in hand, with what was not written down yet: whoever is first goes on."""
        jobs = self._hand.clear()
        for start in range(0, len(jobs), TOGETHER):
            some = jobs[start : start + TOGETHER]
            rows = [{"id": j.id, "fence": j.fence, "polls": j.polls, "due_at": j.due_at} for j in some]
            said, at = {job.id: self._reach.told(job.id) for job in some}, await self._store.now()
            lines = [event(name, at, calls=calls) for name, calls in said.items() if calls]
            await self._store.write(step("rest_tasks", None, tasks=text(rows)), *lines)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._active.discard(task)
        if self._reach.health(self._name).misses:
            self.wake()
        elif len(self._active) == self._slots - 1:
            self._woken.set()

"""Writes down what happened to a task: asks `lifecycle.advance` what becomes of it, and makes that last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

import msgspec
import structlog

from framegate.core.provider import Provider
from framegate.core.task import State
from framegate.engine import lifecycle as life
from framegate.engine.changes import Changes
from framegate.engine.configuration import Watch
from framegate.engine.job import Job
from framegate.engine.paces import Paces
from framegate.engine.pump import LEASE
from framegate.engine.pumps import Pumps
from framegate.engine.reach import Reach
from framegate.engine.steps import transition
from framegate.engine.writing import write_through
from framegate.store import Step, Store, Unavailable

log = structlog.get_logger("framegate.worker")

SOON = 1_000
"""Milliseconds: a pump looks at least once in this span by itself."""
BEAT = LEASE / 3000
"""Seconds between two renewals of a lease that is held for something long."""
HELD = 30_000
"""Milliseconds of the lease of a task in hand: so long others wait for it when its holder dies."""
GRACE = 5_000
"""Milliseconds that must be left of it at the next look. A look that takes longer may be made by another too."""

T = TypeVar("T")


class Scribe:
    """Advances leased tasks, and holds their leases."""

    def __init__(  # noqa: PLR0913 - the worker wires it once
        self,
        *,
        store: Store,
        reach: Reach,
        watch: Watch,
        providers: Mapping[str, Provider],
        pumps: Pumps,
        notices: Callable[[Job], tuple[Step, ...]],
        changes: Changes,
    ) -> None:
        self._store = store
        self._reach = reach
        self._watch = watch
        self._providers = providers
        self._pumps = pumps
        self._notices = notices
        self._changes = changes
        self._paces = Paces()

    async def start(self) -> None:
        await self._paces.load(self._store)

    async def apply(self, job: Job, *events: life.Event) -> Job:
        """Advance and write down, as one unit. Raises `Unmet` when the lease was lost: then nothing was written.

        A running task that is due again soon keeps its lease, and where a look brought nothing new, nothing is written.
        """
        at = await self._store.now()
        new, commands, learned = job, list[life.Command](), list[Step]()
        for event in events:
            timed, lessons = self._paced(new, event, at)
            new, more = life.advance(new, timed, at)
            commands += more
            learned += lessons
        if not commands and self._keeps(new, at, job.lease_until) and uneventful(job, new):
            return msgspec.structs.replace(new, lease_until=job.lease_until)
        if self._keeps(new, at, at + HELD):
            new = msgspec.structs.replace(new, lease_until=at + HELD)
        steps = (*transition(job, new, commands, at, self._reach.told(job.id)), *learned)
        if any(isinstance(c, life.Tell) for c in commands):
            steps += self._notices(new)
        await write_through(self._store, new, steps, seconds=LEASE / 1000)
        if new.due_at is not None and new.due_at - at < SOON and not new.lease_until:
            self._pumps.wake(new.upstream)
        if new.state is not job.state or new.progress != job.progress:
            self._changes.touch(job.id)
        return new

    def _keeps(self, new: Job, at: int, until: int) -> bool:
        """Whether a task stays in hand until its next look, under a lease that ends at `until`."""
        if new.state is not State.RUNNING or new.misses or new.due_at is None:
            return False
        return new.due_at <= until - GRACE and self._pumps.room(new.upstream, at)

    def _paced(self, job: Job, event: life.Event, at: int) -> tuple[life.Event, tuple[Step, ...]]:
        """When to look again, from how long such tasks take; and what this one's end teaches."""
        if not isinstance(event, life.Accepted | life.Seen):
            return event, ()
        if event.report.state is State.SUCCEEDED and job.state is State.RUNNING:
            return event, self._paces.ended(job, at)
        provider = self._providers.get(job.candidate.provider)
        upstream = self._watch.now.table.upstreams.get(job.upstream)
        every = upstream.poll_seconds if upstream else 0.0
        look_at = self._paces.next(job, at, provider.poll_seconds if provider else 1.0, every)
        return type(event)(event.report, look_at), ()

    async def held(self, job: Job, work: Coroutine[Any, Any, T] | asyncio.Task[T]) -> T:
        """Do something that may take longer than a lease. Raises `Unmet`, and stops it, when the lease is lost."""
        doing = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait({doing}, timeout=BEAT))[0]:
                try:
                    await self.renew(job)
                except Unavailable:
                    log.warning("a lease could not be renewed", task=job.id)
            return doing.result()
        finally:
            await stopped(doing)

    async def renew(self, job: Job) -> Job:
        """Hold the lease on for another span, at the step that needs it. Raises `Unmet` when it was lost."""
        until = await self._store.now() + LEASE
        await self._store.write(Step("renew_lease", {"id": job.id, "fence": job.fence, "lease_until": until}))
        return msgspec.structs.replace(job, lease_until=until)


def uneventful(before: Job, after: Job) -> bool:
    """Whether a look changed nothing but when to look again."""
    moved = {name: getattr(before, name) for name in ("polls", "due_at", "lease_until", "updated_at")}
    return msgspec.structs.replace(after, **moved) == before


async def stopped(doing: asyncio.Future[Any]) -> None:
    """Stop what nobody waits for any more."""
    if not doing.done():
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)

"""The worker that sees tasks through, fed by one pump for each upstream.

All decisions are `lifecycle.advance`'s. The worker gets leased tasks, does what their state calls for, tells `advance`
what happened, and writes its answer in one transaction under the fence of its lease.
"""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import msgspec
import structlog

from framegate.core.provider import Exchange, Provider, Weather
from framegate.core.task import (
    Cause,
    Failure,
    Handle,
    Media,
    Order,
    Parent,
    Report,
    Role,
    State,
)
from framegate.core.wire import Malformed, Request, Response
from framegate.engine import lifecycle as life
from framegate.engine.changes import Changes
from framegate.engine.configuration import Watch
from framegate.engine.job import Job, from_row, text
from framegate.engine.keeping import Keeper
from framegate.engine.paces import Paces
from framegate.engine.pump import LEASE
from framegate.engine.pumps import Pumps
from framegate.engine.reach import POLL, SEND, Reach
from framegate.engine.steps import transition
from framegate.engine.together import Together
from framegate.engine.writing import write_through
from framegate.ledger import Rates
from framegate.routing import Candidate, Upstream
from framegate.store import Step, Store, Unavailable, Unmet, step
from framegate.transport import NotSent, Refused, Unknown

log = structlog.get_logger("framegate.worker")

SILENT = "the upstream's answer says nothing of the task"
SOON = 1_000
"""Milliseconds: a pump looks at least once in this span by itself."""
AMBIGUOUS = frozenset({408, 499, 500, 502, 504, 520, 522, 524})
"""Statuses that say nothing of the order: a proxy in between made them up, or the upstream broke while it was at it."""
ABOUT_MEDIA = frozenset({Cause.INVALID, Cause.MODERATED})
"""Why an upstream refuses a medium for good; whatever else keeps it from taking one may pass."""
MOMENT = 0.25
"""Seconds in which small results are fetched."""
BEAT = LEASE / 3000
"""Seconds between two renewals of a lease that is held for something long."""

T = TypeVar("T")


class Worker:
    """Drives every upstream's tasks until stopped."""

    def __init__(  # noqa: PLR0913 - the composition root wires it once
        self,
        *,
        store: Store,
        reach: Reach,
        watch: Watch,
        providers: Mapping[str, Provider],
        keeper: Keeper,
        media: Callable[[Job], Awaitable[tuple[Media, ...]]],
        made: Callable[[Job], Awaitable[tuple[Media, ...]]],
        notices: Callable[[Job], tuple[Step, ...]],
        changes: Changes,
        callback: Callable[[str], str | None],
        home: Callable[[], bool] = lambda: True,
        slots: int = 64,
    ) -> None:
        """`media` gives a task's inputs, `made` its results as they are kept; `callback` the URL at which an upstream
        may tell us of a task, None where none can reach us. `home` says whether the engines of ours run here.
        """
        self.store = store
        self.reach = reach
        self.watch = watch
        self.providers = providers
        self.keeper = keeper
        self.media = media
        self.made = made
        self.notices = notices
        self.changes = changes
        self.paces = Paces()
        self.together = Together(reach)
        self.callback = callback
        self.pumps = Pumps(store, watch, reach, drive=self.drive, home=home, slots=slots)

    async def start(self) -> None:
        await self.paces.load(self.store)
        await self.pumps.start()

    async def stop(self) -> None:
        """Stop claiming, let what is in flight finish for a moment, then leave the rest to the leases."""
        await self.pumps.stop()

    # --- one task ------------------------------------------------------------------------------------------------

    async def drive(self, job: Job) -> None:
        """Do what a leased task's state calls for. Never raises: a task that cannot be driven is looked at again."""
        try:
            await self._drive(job)
        except Unmet:
            log.info("lease lost", task=job.id)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("driving failed", task=job.id, state=job.state.value)
            await asyncio.sleep(1.0)

    async def _drive(self, job: Job) -> None:
        now = await self.store.now()
        if job.state is State.STORING:
            await self._keep(job)
            return
        if not job.state.final and now >= job.deadline_at:
            await self._apply(job, life.Overdue())
            return
        table = self.watch.now.table
        upstream = table.upstreams.get(job.upstream)
        provider = self.providers.get(job.candidate.provider)
        if upstream is None or provider is None:
            await self._apply(job, life.Unseen(f"the upstream {job.upstream} is no longer configured"))
            return
        match job.state:
            case State.QUEUED if job.cancel_at is not None:
                await self._apply(job, life.Stopped())
            case State.QUEUED:
                await self._send(job, upstream, provider)
            case State.SENDING:
                await self._resolve(job, upstream, provider)
            case _:
                await self._look(job, upstream, provider)

    async def _send(self, job: Job, upstream: Upstream, provider: Provider) -> None:
        try:
            making = self.order(job, upstream, provider)
            spec = job.candidate.spec
            plain = not (job.spec.inputs or spec.parent or spec.sequel)  # nothing that could take long
            order = await (making if plain else self._held(job, making))
        except (NotSent, Unknown, Refused, Malformed, Weather) as error:
            told = error.cause if isinstance(error, Weather) and error.cause in ABOUT_MEDIA else Cause.BROKEN
            failure = Failure(told, f"the media could not be uploaded: {error}"[:300])
            await self._apply(job, life.Refused(failure))
            return
        try:
            request = provider.submit.encode(order)
        except (ValueError, KeyError, TypeError, Malformed):
            log.exception("encoding failed", task=job.id, provider=provider.name)
            await self._apply(
                job,
                life.Refused(
                    Failure(
                        Cause.INVALID,
                        "the request could not be put into the upstream's form",
                    )
                ),
            )
            return
        began, until = time.monotonic(), await self.store.now() + LEASE
        job = await self._apply(job, life.Marked(until), hold_lease=True)
        await self._deliver(job, order, request, upstream, provider, began)

    async def _deliver(  # noqa: PLR0913 - a send has this many sides
        self,
        job: Job,
        order: Order,
        request: Request,
        upstream: Upstream,
        provider: Provider,
        began: float,
    ) -> None:
        """Send the order, once, while the lease of `began` holds. What is neither refused nor unsent is unknown."""
        left = SEND - (time.monotonic() - began)
        try:
            if left <= 0:
                raise NotSent("this process stood still for too long")
            response = await self.reach.call(job.id, "submit", upstream, provider, request, left)
        except (NotSent, Refused) as error:
            await self._apply(
                job,
                life.Refused(
                    Failure(
                        Cause.BROKEN,
                        f"the upstream could not be reached: {error}"[:300],
                    )
                ),
            )
            return
        except Unknown as error:
            await self._apply(job, life.Uncertain(str(error)[:300]))
            return
        try:
            report = provider.submit.decode(order, response)
        except (Malformed, Weather) as error:
            await self.reach.garbled(upstream.name, error)
            await self._apply(
                job,
                life.Uncertain(f"the upstream's answer could not be read: {error}"[:300]),
            )
            return
        if response.status < 300:
            self.reach.understood(upstream.name)
        if report.state is State.FAILED and report.handle is None:
            failure = report.failure or Failure(Cause.BROKEN, "refused")
            if response.status in AMBIGUOUS:
                await self._apply(job, life.Uncertain(failure.message))
                return
            if failure.cause in {Cause.UNAUTHORIZED, Cause.CREDIT}:
                await self.reach.blame(upstream.name, failure.message, grave=True)
            await self._apply(job, life.Refused(failure, report.retry_after))
            return
        await self._taken(job, report)

    async def _taken(self, job: Job, report: Report) -> None:
        """The upstream has the order. Too late to say so in the task, its handle goes on record for who decides."""
        try:
            job = await self._apply(job, life.Accepted(report))
        except Unmet:
            known, at = text(report.handle), await self.store.now()
            await self.store.write(
                step("add_event", task_id=job.id, at=at, kind="answered_late", detail=known)
            )
            raise
        if job.state is State.STORING:
            await self._keep(job)

    async def _resolve(self, job: Job, upstream: Upstream, provider: Provider) -> None:
        """A send whose outcome is unknown: look for it, send again only where our id cannot be used twice."""
        if job.unknown_since is None:  # its sender was stopped: that goes on record first
            await self._apply(job, life.Uncertain("the gateway was stopped while it sent the order"))
            return
        found, findable = await self._find(job, upstream, provider)
        if found is not None:
            await self._taken(job, found)
            return
        if provider.dedupes:
            try:
                order = await self._held(job, self.order(job, upstream, provider))
            except (NotSent, Unknown, Refused, Malformed, Weather) as error:
                await self._apply(job, life.Uncertain(f"the media could not be uploaded: {error}"[:300]))
                return
            began = time.monotonic()
            job = await self._renew(job)
            await self._deliver(job, order, provider.submit.encode(order), upstream, provider, began)
            return
        message = (
            job.failure.message if job.failure else "whether the upstream has taken the order is not known"
        )
        await self._apply(job, life.Uncertain(message, hopeless=not findable))

    async def _find(self, job: Job, upstream: Upstream, provider: Provider) -> tuple[Report | None, bool]:
        """What the vendor has under our id, and whether it can be asked for it: a miss proves nothing."""
        if provider.find is None:
            return None, False
        way = job.candidate
        order = Order(spec=way.spec, model=way.model, task_id=job.id)
        try:
            request = provider.find.encode(order)
        except ValueError:
            return None, False
        try:
            response = await self.reach.call(job.id, "find", upstream, provider, request, POLL)
            report = provider.find.decode(order, response)
            self.reach.understood(upstream.name)
        except (NotSent, Unknown, Refused, Malformed, Weather):
            return None, True
        return (report if report is not None and report.handle is not None else None), True

    async def _look(self, job: Job, upstream: Upstream, provider: Provider) -> None:
        handle = job.handle or {}
        event: life.Event = life.Unseen("the upstream cannot be asked again")
        if poll := provider.poll:
            event = await self._polled(job, upstream, provider, poll)
        # Asked first: what is finished and billed must not be thrown away, and paid for by nobody, by a late cancel.
        if (
            job.cancel_at is not None
            and (cancel := provider.cancel)
            and not job.state.final
            and not ended(event)
        ):
            word = await self._ask(
                job.id,
                "cancel",
                upstream,
                provider,
                cancel.encode(handle),
                lambda r: cancel.decode(handle, r),
            )
            event = word if ended(word) else event
        await self._write_down(job, event)

    async def _write_down(self, job: Job, event: life.Event) -> None:
        """What a poll brought. Results that are here in a moment are written down with it, in one unit.

        Until then the upstream still has them. What came with the answer itself may be there only once.
        """
        then = life.advance(job, event, await self.store.now())[0] if ended(event) else None
        if then is None or not to_keep(then):
            await self._apply(job, event)
        elif any(output.blob for output in then.outputs):
            await self._keep(await self._apply(job, event))
        else:
            fetching = asyncio.create_task(self._fetched(then))
            try:
                if (await asyncio.wait({fetching}, timeout=MOMENT))[0]:
                    await self._apply(job, event, fetching.result())
                else:
                    await self._keep(await self._apply(job, event), fetching)
            finally:
                await stopped(fetching)

    async def _polled(
        self, job: Job, upstream: Upstream, provider: Provider, poll: Exchange[Handle, Report]
    ) -> life.Event:
        """What a poll brings: asked with others where the provider takes that, else (or if it knows nothing) alone."""
        handle = job.handle or {}
        if provider.poll_many is not None:
            event = await self._heard(upstream, self.together.poll(job.id, upstream, provider, handle))
            if not isinstance(event, life.Unseen) or event.message != SILENT:
                return event
        return await self._ask(
            job.id, "poll", upstream, provider, poll.encode(handle), lambda r: poll.decode(handle, r)
        )

    async def _ask(  # noqa: PLR0913 - a call has this many sides
        self,
        task_id: str,
        what: str,
        upstream: Upstream,
        provider: Provider,
        request: Request,
        decode: Callable[[Response], Report | None],
    ) -> life.Event:
        async def answered() -> Report | None:
            return decode(await self.reach.call(task_id, what, upstream, provider, request, POLL))

        return await self._heard(upstream, answered())

    async def _heard(self, upstream: Upstream, answer: Awaitable[Report | None]) -> life.Event:
        try:
            report = await answer
            self.reach.understood(upstream.name)
        except Weather as weather:
            if weather.cause in {Cause.UNAUTHORIZED, Cause.CREDIT}:
                await self.reach.blame(upstream.name, weather.message, grave=True)
            return life.Unseen(weather.message[:300], weather.retry_after)
        except Malformed as error:
            await self.reach.garbled(upstream.name, error)
            return life.Unseen(f"the upstream's answer could not be read: {error}"[:300])
        except (NotSent, Unknown, Refused) as error:
            return life.Unseen(f"the upstream did not answer: {error}"[:300])
        return life.Seen(report) if report is not None else life.Unseen(SILENT)

    async def _keep(self, job: Job, fetching: asyncio.Task[life.Event] | None = None) -> None:
        """See to it that the results of a task lie in our store; `fetching` is under way already."""
        if (
            job.lease_until - await self.store.now() < LEASE // 2
        ):  # `_held` renews it well before that is over
            job = await self._renew(job)
        await self._apply(job, await self._held(job, fetching or self._fetched(job)))

    async def _fetched(self, job: Job) -> life.Event:
        upstream = self.watch.now.table.upstreams.get(job.upstream)
        provider = self.providers.get(job.candidate.provider)
        if upstream is None or provider is None:
            return life.Unkept("the upstream is no longer configured")
        try:
            artifacts = await self.keeper.keep(job, upstream, provider)
        except (NotSent, Unknown, Refused, OSError) as error:
            no_room = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
            for_good = job.misses >= life.KEEP_TRIES and not no_room  # a full disk is ours to empty
            return life.Unkept(f"the result could not be fetched: {error}"[:300], for_good=for_good)
        return life.Kept(artifacts, cost_of(self.watch.now.rates, job.candidate, provider, job))

    # --- effects ---------------------------------------------------------------------------------------------------

    async def order(self, job: Job, upstream: Upstream, provider: Provider) -> Order:
        """The order for the current candidate: media in place, the parent's handle looked up.

        Media are uploaded to the vendor where it takes uploads and none of our links can reach it, or where it takes
        them in no other way. Raises what `Transport` and decoders raise; nothing was bought then.
        """
        candidate, callback = job.candidate, self.callback(job.id)
        media = await self.media(job)
        if provider.upload is not None:
            goes = provider.uploads or (tuple(Role) if callback is None else ())
            media = tuple(
                [
                    await self.reach.upload(job.id, item, upstream, provider) if item.role in goes else item
                    for item in media
                ]
            )
        return Order(
            spec=candidate.spec,
            model=candidate.model,
            task_id=job.id,
            callback_url=callback,
            parent=await self._earlier(job, candidate.spec.parent),
            sequel=await self._earlier(job, candidate.spec.sequel),
            media=media,
        )

    async def _earlier(self, job: Job, any_id: str | None) -> Parent | None:
        """A finished task of the same account that this one goes on from, or leads up to."""
        found = any_id and await self.store.row("task_of_owner", any_id=any_id, account_id=job.account_id)
        if not found:
            return None
        old = from_row(found)
        return Parent(handle=old.handle or {}, spec=old.spec, media=await self.made(old))

    async def _apply(self, job: Job, *events: life.Event, hold_lease: bool = False) -> Job:
        """Advance and write down, as one unit. Raises `Unmet` when the lease was lost: then nothing was written."""
        at = await self.store.now()
        path, commands, learned = [job], list[life.Command](), list[Step]()
        for event in events:
            timed, lessons = self._paced(path[-1], event, at)
            new, more = life.advance(path[-1], timed, at)
            path.append(new)
            commands += more
            learned += lessons
        new = path[-1]
        steps = (*transition(path, commands, at), *self.reach.told(job.id), *learned)
        if any(isinstance(c, life.Tell) for c in commands):
            steps += self.notices(new)
        await write_through(self.store, new, steps, seconds=LEASE / 1000)
        if new.due_at is not None and new.due_at - at < SOON and not hold_lease and new.lease_until <= at:
            self.pumps.wake(new.upstream)
        if new.state is not job.state or new.progress != job.progress:
            self.changes.touch(job.id)
        return new

    def _paced(self, job: Job, event: life.Event, at: int) -> tuple[life.Event, tuple[Step, ...]]:
        """When to look again, from how long such tasks take; and what this one's end teaches."""
        if not isinstance(event, life.Accepted | life.Seen):
            return event, ()
        if event.report.state is State.SUCCEEDED and job.state is State.RUNNING:
            return event, self.paces.ended(job, at)
        provider = self.providers.get(job.candidate.provider)
        upstream = self.watch.now.table.upstreams.get(job.upstream)
        every = upstream.poll_seconds if upstream else 0.0
        look_at = self.paces.next(job, at, provider.poll_seconds if provider else 1.0, every)
        return replace(event, look_at=look_at), ()

    async def _held(self, job: Job, work: Coroutine[Any, Any, T] | asyncio.Task[T]) -> T:
        """Do something that may take longer than a lease. Raises `Unmet`, and stops it, when the lease is lost."""
        doing = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait({doing}, timeout=BEAT))[0]:
                try:
                    await self._renew(job)
                except Unavailable:
                    log.warning("a lease could not be renewed", task=job.id)
            return doing.result()
        finally:
            await stopped(doing)

    async def _renew(self, job: Job) -> Job:
        """Hold the lease on for another span, at the step that needs it. Raises `Unmet` when it was lost."""
        until = await self.store.now() + LEASE
        await self.store.write(Step("renew_lease", {"id": job.id, "fence": job.fence, "lease_until": until}))
        return msgspec.structs.replace(job, lease_until=until)


async def stopped(doing: asyncio.Future[Any]) -> None:
    """Stop what nobody waits for any more."""
    if not doing.done():
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)


def to_keep(job: Job) -> bool:
    """Whether results wait at the upstream for us to fetch them."""
    return bool(job.outputs) and job.state in {State.STORING, State.EXPIRED}


def ended(event: life.Event) -> bool:
    """Whether an upstream's word is its last about a task."""
    return isinstance(event, life.Seen) and event.report.state.final


def cost_of(rates: Rates, candidate: Candidate, provider: Provider, job: Job) -> int | None:
    """What the provider takes for the attempt, from what it reported or from its list."""
    facts = provider.facts(Order(spec=candidate.spec, model=candidate.model, task_id=job.id))
    return rates.cost(facts, job.usage, candidate.provider, candidate.model)

"""The worker that sees tasks through, fed by one pump for each upstream.

All decisions are `lifecycle.advance`'s. The worker gets leased tasks, does what their state calls for, and tells its
scribe what happened, who writes down what `advance` makes of it under the fence of the lease.
"""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import Awaitable, Callable, Mapping

import structlog

from framegate.core.provider import Exchange, Provider, Weather
from framegate.core.task import Cause, Failure, Handle, Media, Order, Report, State
from framegate.core.wire import Malformed, Request, Response
from framegate.engine import lifecycle as life
from framegate.engine.changes import Changes
from framegate.engine.configuration import Watch
from framegate.engine.job import Job, text
from framegate.engine.keeping import Keeper
from framegate.engine.ordering import Ordering, plain
from framegate.engine.pump import LEASE
from framegate.engine.pumps import Pumps
from framegate.engine.reach import POLL, SEND, Reach
from framegate.engine.scribe import Scribe, stopped
from framegate.engine.steps import event
from framegate.engine.together import Together
from framegate.ledger import Rates
from framegate.routing import Candidate, Upstream
from framegate.store import Step, Store, Unmet
from framegate.transport import NotSent, Refused, Unknown

log = structlog.get_logger("framegate.worker")

SILENT = "the upstream's answer says nothing of the task"
AMBIGUOUS = frozenset({408, 499, 500, 502, 504, 520, 522, 524})
"""Statuses that say nothing of the order: a proxy in between made them up, or the upstream broke while it was at it."""
ABOUT_MEDIA = frozenset({Cause.INVALID, Cause.MODERATED})
"""Why an upstream refuses a medium for good; whatever else keeps it from taking one may pass."""
MOMENT = 0.25
"""Seconds in which small results are fetched."""


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
        slots: int = 128,
    ) -> None:
        """`media`, `made` and `callback` are as `Ordering` takes them; `home`: whether the engines of ours run here."""
        self.store = store
        self.reach = reach
        self.watch = watch
        self.providers = providers
        self.keeper = keeper
        self.notices = notices
        self.ordering = Ordering(store, reach, media=media, made=made, callback=callback)
        self.together = Together(reach)
        self.pumps = Pumps(store, watch, reach, drive=self.drive, home=home, slots=slots)
        self.scribe = Scribe(
            store=store,
            reach=reach,
            watch=watch,
            providers=providers,
            pumps=self.pumps,
            notices=notices,
            changes=changes,
        )

    async def start(self) -> None:
        await self.scribe.start()
        await self.pumps.start()

    async def stop(self) -> None:
        """Stop claiming, let what is in flight finish for a moment, then leave the rest to the leases."""
        await self.pumps.stop()

    # --- one task ------------------------------------------------------------------------------------------------

    async def drive(self, job: Job, began: float | None = None) -> Job | None:
        """Do what a leased task's state calls for; the task, if its lease is kept until the next look.

        A new task was marked at `began` (monotonic seconds), and not sent yet. Never raises: a task that cannot be
        driven is looked at again.
        """
        try:
            new = await self._drive(job, began)
        except Unmet:
            log.info("lease lost", task=job.id)
            self.reach.told(job.id)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("driving failed", task=job.id, state=job.state.value)
            await asyncio.sleep(1.0)
        else:
            return new if new.lease_until else None
        return None

    async def _drive(self, job: Job, began: float | None) -> Job:
        if job.state is State.STORING:
            return await self._keep(job)
        if not job.state.final and began is None and await self.store.now() >= job.deadline_at:
            return await self.scribe.apply(job, life.Overdue())
        upstream = self.watch.now.table.upstreams.get(job.upstream)
        provider = self.providers.get(job.candidate.provider)
        if upstream is None or provider is None:
            gone = f"the upstream {job.upstream} is no longer configured"
            unsent = life.Refused(Failure(Cause.BROKEN, gone))
            return await self.scribe.apply(job, life.Unseen(gone) if began is None else unsent)
        match job.state:
            case State.QUEUED if job.cancel_at is not None:
                return await self.scribe.apply(job, life.Stopped())
            case State.QUEUED:
                return await self._send(job, upstream, provider, None)
            case State.SENDING if began is not None:
                return await self._send(job, upstream, provider, began)
            case State.SENDING:
                return await self._resolve(job, upstream, provider)
            case _:
                return await self._look(job, upstream, provider)

    async def _send(self, job: Job, upstream: Upstream, provider: Provider, began: float | None) -> Job:
        """Make the order ready, mark the task if that was not done when it was made, and send."""
        try:
            making = self.ordering.order(job, upstream, provider)
            order = await (making if plain(job) else self.scribe.held(job, making))
        except (NotSent, Unknown, Refused, Malformed, Weather) as error:
            told = error.cause if isinstance(error, Weather) and error.cause in ABOUT_MEDIA else Cause.BROKEN
            failure = Failure(told, f"the media could not be uploaded: {error}"[:300])
            return await self.scribe.apply(job, life.Refused(failure))
        try:
            request = provider.submit.encode(order)
        except (ValueError, KeyError, TypeError, Malformed):
            log.exception("encoding failed", task=job.id, provider=provider.name)
            failure = Failure(Cause.INVALID, "the request could not be put into the upstream's form")
            return await self.scribe.apply(job, life.Refused(failure))
        if began is None:
            began, until = time.monotonic(), await self.store.now() + LEASE
            job = await self.scribe.apply(job, life.Marked(until))
        return await self._deliver(job, order, request, upstream, provider, began)

    async def _deliver(  # noqa: PLR0913 - a send has this many sides
        self,
        job: Job,
        order: Order,
        request: Request,
        upstream: Upstream,
        provider: Provider,
        began: float,
    ) -> Job:
        """Send the order, once, while the lease of `began` holds. What is neither refused nor unsent is unknown."""
        try:
            if time.monotonic() > began + SEND:
                raise NotSent("this process stood still for too long")
            response = await self.reach.call(job.id, "submit", upstream, provider, request, SEND, began)
        except (NotSent, Refused) as error:
            failure = Failure(Cause.BROKEN, f"the upstream could not be reached: {error}"[:300])
            return await self.scribe.apply(job, life.Refused(failure))
        except Unknown as error:
            return await self.scribe.apply(job, life.Uncertain(str(error)[:300]))
        try:
            report = provider.submit.decode(order, response)
        except (Malformed, Weather) as error:
            await self.reach.garbled(upstream.name, error)
            unread = f"the upstream's answer could not be read: {error}"[:300]
            return await self.scribe.apply(job, life.Uncertain(unread))
        if response.status < 300:
            self.reach.understood(upstream.name)
        if report.state is State.FAILED and report.handle is None:
            failure = report.failure or Failure(Cause.BROKEN, "refused")
            if response.status in AMBIGUOUS:
                return await self.scribe.apply(job, life.Uncertain(failure.message))
            if failure.cause in {Cause.UNAUTHORIZED, Cause.CREDIT}:
                await self.reach.blame(upstream.name, failure.message, grave=True)
            return await self.scribe.apply(job, life.Refused(failure, report.retry_after))
        return await self._taken(job, report)

    async def _taken(self, job: Job, report: Report) -> Job:
        """The upstream has the order. Too late to say so in the task, its handle goes on record for who decides."""
        try:
            job = await self.scribe.apply(job, life.Accepted(report))
        except Unmet:
            known, at = text(report.handle), await self.store.now()
            await self.store.write(event(job.id, at, "answered_late", known))
            raise
        return await self._keep(job) if job.state is State.STORING else job

    async def _resolve(self, job: Job, upstream: Upstream, provider: Provider) -> Job:
        """A send whose outcome is unknown: look for it, send again only where our id cannot be used twice."""
        if job.unknown_since is None:  # its sender was stopped: that goes on record first
            stood = "the gateway was stopped while it sent the order"
            return await self.scribe.apply(job, life.Uncertain(stood))
        found, findable = await self._find(job, upstream, provider)
        if found is not None:
            return await self._taken(job, found)
        if provider.dedupes:
            try:
                order = await self.scribe.held(job, self.ordering.order(job, upstream, provider))
            except (NotSent, Unknown, Refused, Malformed, Weather) as error:
                missing = f"the media could not be uploaded: {error}"[:300]
                return await self.scribe.apply(job, life.Uncertain(missing))
            began = time.monotonic()
            job = await self.scribe.renew(job)
            return await self._deliver(job, order, provider.submit.encode(order), upstream, provider, began)
        message = (
            job.failure.message if job.failure else "whether the upstream has taken the order is not known"
        )
        return await self.scribe.apply(job, life.Uncertain(message, hopeless=not findable))

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

    async def _look(self, job: Job, upstream: Upstream, provider: Provider) -> Job:
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
        return await self._write_down(job, event)

    async def _write_down(self, job: Job, event: life.Event) -> Job:
        """What a poll brought. Results that are here in a moment are written down with it, in one unit.

        Until then the upstream still has them. What came with the answer itself may be there only once.
        """
        then = life.advance(job, event, await self.store.now())[0] if ended(event) else None
        if then is None or not to_keep(then):
            return await self.scribe.apply(job, event)
        if any(output.blob for output in then.outputs):
            return await self._keep(await self.scribe.apply(job, event))
        fetching = asyncio.create_task(self._fetched(then))
        try:
            if (await asyncio.wait({fetching}, timeout=MOMENT))[0]:
                return await self.scribe.apply(job, event, fetching.result())
            return await self._keep(await self.scribe.apply(job, event), fetching)
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

    async def _keep(self, job: Job, fetching: asyncio.Task[life.Event] | None = None) -> Job:
        """See to it that the results of a task lie in our store; `fetching` is under way already."""
        if job.lease_until - await self.store.now() < LEASE // 2:  # `held` renews it well before that is over
            job = await self.scribe.renew(job)
        return await self.scribe.apply(job, await self.scribe.held(job, fetching or self._fetched(job)))

    async def _fetched(self, job: Job) -> life.Event:
        upstream = self.watch.now.table.upstreams.get(job.upstream)
        provider = self.providers.get(job.candidate.provider)
        if upstream is None or provider is None:
            return life.Unkept("the upstream is no longer configured")
        try:
            artifacts, small = await self.keeper.keep(job, upstream, provider)
        except (NotSent, Unknown, Refused, OSError) as error:
            no_room = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
            for_good = job.misses >= life.KEEP_TRIES and not no_room  # a full disk is ours to empty
            return life.Unkept(f"the result could not be fetched: {error}"[:300], for_good=for_good)
        cost = cost_of(self.watch.now.rates, job.candidate, provider, job)
        return life.Kept(artifacts, cost, small)


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

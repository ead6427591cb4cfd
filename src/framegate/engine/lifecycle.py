"""The life of a task as one pure function: `advance(job, event, at) -> (job, commands)`.

    queued → sending → running → storing → succeeded | failed | cancelled | expired

`at` is the time in milliseconds. Nothing here reads a clock, draws a number or touches a socket: the worker does, and
tells what happened. A final task changes no more, but for one: an `expired` task keeps a late success, free of charge.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import msgspec

from framegate.core.money import UNIT
from framegate.core.task import Artifact, Cause, Failure, Handle, Report, State
from framegate.core.wire import Small
from framegate.engine.job import Job
from framegate.engine.pace import LATE_EVERY, LATE_FOR, after_miss, next_poll
from framegate.ledger.entries import delivered_price, reported_price


@dataclass(frozen=True, slots=True)
class Marked:
    """The send is about to happen; it must be over by `until`."""

    until: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """The upstream has taken the order (or a `find` shows that it had). Look again at `look_at`."""

    report: Report
    look_at: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The upstream said no, or the bytes surely never left: it may be tried elsewhere."""

    failure: Failure
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The order may or may not have arrived. `hopeless`: nothing can be asked about it, so only the operator helps."""

    message: str
    hopeless: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A poll or a cancel brought a report. Look again at `look_at` if it still runs; None: by the plan."""

    report: Report
    look_at: int | None = None


@dataclass(frozen=True, slots=True)
class Unseen:
    """A poll brought nothing about the task: weather. Never ends a task."""

    message: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """The results lie in our store, but for the `small` files, which are written with this."""

    artifacts: tuple[Artifact, ...]
    cost: int | None = None
    small: tuple[Small, ...] = ()


@dataclass(frozen=True, slots=True)
class Unkept:
    """The results could not be copied; `for_good` when they never can be."""

    message: str
    for_good: bool = False


@dataclass(frozen=True, slots=True)
class Stopped:
    """The client asked for the end and nothing is at any upstream."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """Our deadline has passed."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """The operator has found the order at the upstream: this is its handle."""

    handle: Handle


@dataclass(frozen=True, slots=True)
class Denied:
    """The operator has made sure that the upstream never took the order, or accepts that it may be made twice."""

    message: str


@dataclass(frozen=True, slots=True)
class WrittenOff:
    """The operator gives the order up: the client is told that it failed, and pays nothing."""

    message: str


Event = (
    Marked
    | Accepted
    | Refused
    | Uncertain
    | Seen
    | Unseen
    | Kept
    | Unkept
    | Stopped
    | Overdue
    | Adopted
    | Denied
    | WrittenOff
)


@dataclass(frozen=True, slots=True)
class Settle:
    """Charge this much of what was held, and give the rest back."""

    charged: int


@dataclass(frozen=True, slots=True)
class Release:
    """Give all back that was held."""


@dataclass(frozen=True, slots=True)
class Try:
    """Write down that attempt `n` begins."""

    n: int


@dataclass(frozen=True, slots=True)
class End:
    """Write down how attempt `n` ended or went on."""

    n: int
    outcome: Literal["accepted", "refused", "unknown", "succeeded", "failed", "cancelled", "expired"]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Keep:
    """Write small files of the results beside the rows about them."""

    small: tuple[Small, ...]


@dataclass(frozen=True, slots=True)
class Tell:
    """The task has reached a state that its client may want to be told of: running, or a final one."""

    state: State


Command = Settle | Release | Try | End | Keep | Tell

KEEP_TRIES = 40
"""How often a result is fetched before it counts as lost (with the back-off: about half an hour of trying)."""

OVER = 0.1
"""Seconds by which a file may be longer than what it shows."""
WAITING = frozenset({Cause.BUSY, Cause.UNAUTHORIZED, Cause.CREDIT, Cause.BROKEN})
"""Refusals that another time or another upstream may not give."""


def advance(job: Job, event: Event, at: int) -> tuple[Job, tuple[Command, ...]]:  # noqa: C901, PLR0911, PLR0912 - one arm an event
    """What becomes of a task, and what is written down with it. Total: an event that no longer fits changes nothing."""
    if isinstance(event, Adopted | Denied | WrittenOff):
        return _decided(job, event, at)
    if job.state.final and not (
        job.state is State.EXPIRED and not job.late and isinstance(event, Seen | Kept | Unseen | Unkept)
    ):
        return _set(job, at, due_at=None, lease_until=0), ()
    match event:
        case Marked(until):
            new = _set(
                job,
                at,
                state=State.SENDING,
                sent_at=at,
                lease_until=until,
                due_at=at,  # the lease keeps others off; whoever may end all leases need not wait
                upstream=job.candidate.upstream,
            )
            return new, (Try(job.attempt),)
        case Accepted(report, look_at):
            return _accepted(job, report, look_at, at)
        case Refused(failure, retry_after):
            return _refused(job, failure, retry_after, at)
        case Uncertain(message, hopeless):
            return _uncertain(job, message, at, hopeless=hopeless)
        case Seen(report, look_at):
            return _seen(job, report, look_at, at)
        case Unseen(message, retry_after):
            misses = job.misses + 1
            due = after_miss(at, misses, retry_after, seed=job.id)
            return _wait(
                job,
                at,
                due,
                misses=misses,
                failure=job.failure or Failure(Cause.BROKEN, message),
            ), ()
        case Kept(artifacts, cost, small):
            return _kept(job, artifacts, cost, small, at)
        case Unkept(message, for_good):
            if for_good and job.state is not State.EXPIRED:
                return _fail(job, Failure(Cause.LOST, message), at)
            return _wait(
                job,
                at,
                after_miss(at, job.misses + 1, None, seed=job.id),
                misses=job.misses + 1,
            ), ()
        case Stopped():
            return _finish(job, State.CANCELLED, at), (Release(), Tell(State.CANCELLED))
        case Overdue():  # pragma: no branch - there is no other event
            return _overdue(job, at)


def _decided(job: Job, event: Adopted | Denied | WrittenOff, at: int) -> tuple[Job, tuple[Command, ...]]:
    """What the operator says of an unknown outcome. A task that has expired meanwhile stays so for its client."""
    if job.unknown_since is None:
        return job, ()
    known = _set(job, at, unknown_since=None, lease_until=0)
    match event:
        case Adopted(handle):
            state = State.RUNNING if job.state is State.SENDING else job.state
            new = _set(known, at, state=state, handle=handle, due_at=at, misses=0)
            new = _set(new, at, failure=job.failure if state.final else None)
            return new, (End(job.attempt, "accepted", "adopted by the operator"),)
        case Denied(message) if job.state is State.SENDING:
            return _refused(known, Failure(Cause.BROKEN, message), None, at)
        case WrittenOff(message) if job.state is State.SENDING:
            new, commands = _fail(known, Failure(Cause.BROKEN, message), at)
            return new, (End(job.attempt, "failed", message), *commands)
        case _:
            return _set(known, at, due_at=None), (End(job.attempt, "refused", event.message),)


def _accepted(job: Job, report: Report, look_at: int | None, at: int) -> tuple[Job, tuple[Command, ...]]:
    if report.handle is None and not report.state.final:
        return advance(job, Uncertain("the upstream accepted without naming the task"), at)
    new = _set(
        job,
        at,
        state=State.RUNNING,
        handle=report.handle or {},
        unknown_since=None,
        misses=0,
        failure=None,
    )
    accepted = End(job.attempt, "accepted")
    if report.state.final:
        new, more = _seen(new, report, None, at)
        return new, (accepted, *more)
    due_at = look_at or next_poll(new, at)
    return _set(new, at, due_at=due_at, lease_until=0, progress=report.progress), (
        accepted,
        Tell(State.RUNNING),
    )


def _uncertain(job: Job, message: str, at: int, *, hopeless: bool) -> tuple[Job, tuple[Command, ...]]:
    misses = job.misses + 1
    due_at = job.deadline_at if hopeless else after_miss(at, misses, None, seed=job.id)
    new = _set(
        job, at, unknown_since=job.unknown_since or at, misses=misses, lease_until=0, due_at=max(at, due_at)
    )
    new = _set(new, at, failure=Failure(Cause.BROKEN, message))
    return new, (End(job.attempt, "unknown", message),) if job.unknown_since is None else ()


def _refused(
    job: Job, failure: Failure, retry_after: float | None, at: int
) -> tuple[Job, tuple[Command, ...]]:
    if job.unknown_since is not None:  # sent again under the same id: that proves nothing of the send before
        return _uncertain(job, f"sent again, and refused: {failure.message}"[:500], at, hopeless=False)
    ended = End(job.attempt, "refused", failure.message)
    if failure.cause is Cause.MODERATED:
        new, more = _fail(job, failure, at)
        return new, (ended, *more)
    waits = failure if failure.cause in WAITING else job.failure
    turn = job.attempt + 1
    new = _set(
        job,
        at,
        state=State.QUEUED,
        attempt=turn,
        handle=None,
        unknown_since=None,
        lease_until=0,
    )
    new = _set(new, at, upstream=new.candidate.upstream, failure=waits)
    if turn % len(job.candidates):
        return _set(new, at, due_at=at), (ended,)
    if waits is None:
        final, more = _fail(job, failure, at)
        return final, (ended, *more)
    due = after_miss(at, turn // len(job.candidates), retry_after, seed=job.id)
    return _set(new, at, due_at=min(due, job.deadline_at)), (ended,)


def _seen(job: Job, report: Report, look_at: int | None, at: int) -> tuple[Job, tuple[Command, ...]]:
    usage = {**job.usage, **report.usage}
    handle = report.handle or job.handle
    job = _set(job, at, usage=usage, handle=handle, misses=0, polls=job.polls + 1)
    if job.state is State.EXPIRED and report.state in {State.FAILED, State.CANCELLED}:
        return _set(job, at, due_at=None, lease_until=0), (End(job.attempt, "failed"),)
    match report.state:
        case State.SUCCEEDED:
            good = tuple(o for o in report.outputs if o.failure is None and not o.provisional)
            if not good:
                first = next((o.failure for o in report.outputs if o.failure), None)
                return _fail(
                    job,
                    first or Failure(Cause.BROKEN, "the upstream finished without a result"),
                    at,
                )
            state = job.state if job.state is State.EXPIRED else State.STORING
            return _set(
                job,
                at,
                state=state,
                outputs=good,
                due_at=at,
                failure=None if state is State.STORING else job.failure,
            ), ()
        case State.FAILED:
            return _fail(
                job,
                report.failure or Failure(Cause.BROKEN, "the upstream gave no reason"),
                at,
            )
        case State.CANCELLED:
            billed = job.candidate.bills_cancelled and job.terms.on_cancel == "charge_if_billed"
            money = Settle(_price(job, 1, 1)) if billed else Release()
            new = _finish(
                job,
                State.CANCELLED,
                at,
                charged=money.charged if isinstance(money, Settle) else 0,
            )
            return new, (End(job.attempt, "cancelled"), money, Tell(State.CANCELLED))
        case _:
            progress = report.progress if report.progress is not None else job.progress
            due = look_at or next_poll(job, at)
            return _wait(
                job,
                at,
                due,
                progress=progress,
                failure=job.failure if job.state is State.EXPIRED else None,
            ), ()


def _kept(
    job: Job, artifacts: tuple[Artifact, ...], cost: int | None, small: tuple[Small, ...], at: int
) -> tuple[Job, tuple[Command, ...]]:
    done = (End(job.attempt, "succeeded"), *((Keep(small),) if small else ()))
    if job.state is State.EXPIRED:
        return _set(
            job,
            at,
            artifacts=artifacts,
            late=True,
            cost=cost,
            outputs=(),
            due_at=None,
            lease_until=0,
        ), done
    job = _set(job, at, usage={**_lengths(job, artifacts), **job.usage})
    charged = _price(job, job.candidate.spec.count, len(artifacts))
    new = _finish(
        job,
        State.SUCCEEDED,
        at,
        artifacts=artifacts,
        charged=charged,
        cost=cost,
        progress=1.0,
        failure=None,
    )
    return new, (*done, Settle(charged), Tell(State.SUCCEEDED))


def _lengths(job: Job, artifacts: tuple[Artifact, ...]) -> dict[str, int]:
    """The seconds of results that are as long as what was given, in full ones: what was held for was the longest that
    they could have been, and not every upstream says what they became.
    """
    lengths = [artifact.seconds for artifact in artifacts]
    if not job.candidate.follows or None in lengths:
        return {}
    return {"second": sum(max(1, math.ceil(length - OVER)) for length in lengths if length) * UNIT}


def _fail(job: Job, failure: Failure, at: int) -> tuple[Job, tuple[Command, ...]]:
    billed = (
        failure.cause is Cause.MODERATED
        and job.handle is not None
        and job.candidate.bills_moderated
        and job.terms.on_moderated == "charge_if_billed"
    )
    money = Settle(_price(job, 1, 1)) if billed else Release()
    charged = money.charged if isinstance(money, Settle) else 0
    ended = (End(job.attempt, "failed", failure.message),) if job.handle is not None else ()
    return _finish(job, State.FAILED, at, failure=failure, charged=charged), (
        *ended,
        money,
        Tell(State.FAILED),
    )


def _overdue(job: Job, at: int) -> tuple[Job, tuple[Command, ...]]:
    waited = f"; it was waiting because: {job.failure.message}" if job.failure else ""
    failure = Failure(
        Cause.EXPIRED,
        f"the task was not finished before its deadline{waited}"[:500],
        "expired",
    )
    new = _finish(job, State.EXPIRED, at, failure=failure, charged=0)
    if job.handle is not None:  # the provider may still finish it: look now and then, and keep what comes
        new = _set(new, at, due_at=at + LATE_EVERY)
    if job.state is State.SENDING:  # also one whose sender died: nobody knows whether the order arrived
        new = _set(new, at, unknown_since=job.unknown_since or at)
    ended = (End(job.attempt, "expired"),) if job.sent_at is not None else ()
    return new, (*ended, Release(), Tell(State.EXPIRED))


def _price(job: Job, asked: int, delivered: int) -> int:
    """The least of the hold, what was delivered, and what the upstream reported."""
    quote = job.candidate.quote
    return min(job.held, delivered_price(quote, asked, delivered), reported_price(quote, job.usage))


def _finish(job: Job, state: State, at: int, **changes: object) -> Job:
    base: dict[str, object] = {
        "state": state,
        "finished_at": at,
        "due_at": None,
        "lease_until": 0,
        "outputs": (),
        "unknown_since": job.unknown_since if state is State.EXPIRED else None,
    }
    return _set(job, at, **{"charged": 0, **base, **changes})


def _wait(job: Job, at: int, due: int, **changes: object) -> Job:
    """Look again at `due`, but never later than the deadline; a late task only until it is given up."""
    if job.state is State.EXPIRED:
        later = at + LATE_EVERY
        changes["due_at"] = later if later < job.deadline_at + LATE_FOR else None
    else:
        changes["due_at"] = max(at, min(due, job.deadline_at)) if job.state is not State.STORING else due
    return _set(job, at, lease_until=0, **changes)


def _set(job: Job, at: int, **changes: object) -> Job:
    return msgspec.structs.replace(job, updated_at=at, **changes)

"""From a decoded spec to a durable task: what it may, what it costs, what it holds; all before any byte leaves.

Cheap refusals come first, then the money's first look, then the media, then one transaction.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from difflib import get_close_matches
from typing import Any

import msgspec

from framegate.access import Caller, allow
from framegate.core.dialect import Dialect, Problem, Trouble
from framegate.core.money import format_usd
from framegate.core.task import Action, Role, Spec, State
from framegate.engine import lifecycle as life
from framegate.engine.configuration import Configuration
from framegate.engine.ids import new_id, public_id
from framegate.engine.job import Job, Terms, encode, from_row
from framegate.engine.ordering import plain
from framegate.engine.pump import LEASE
from framegate.engine.pumps import Pumps
from framegate.engine.quoting import quote
from framegate.engine.steps import enter, transition
from framegate.ledger import hold
from framegate.ledger.rates import NoPrice
from framegate.routing import Candidate, Route, candidates, pictured
from framegate.store import Doubtful, Duplicate, Step, Store, Unmet, step

DEADLINE = 6 * 3600
SANDBOX_DEADLINE = 15 * 60
RETRY_WINDOW = 600_000
"""Milliseconds in which an SDK's own retry (no key, same request) finds the task it already made."""

SETTLED = 20.0
"""Seconds after which a write that was left alone is there, or never will be."""

Take = Callable[[Caller, Spec, Mapping[Role, Job]], Awaitable[tuple[Spec, tuple[Step, ...]]]]
"""Fetch, check and store a spec's media: the spec with their ids and hashes, and the rows to write with it. Pictures of
finished tasks, by the role in which they are given: the last one as a first frame, else the first one.
"""


async def submit(  # noqa: C901, PLR0913 - one call site; each is a thing the decision depends on
    store: Store,
    configuration: Configuration,
    dialect: Dialect,
    caller: Caller,
    spec: Spec,
    *,
    take: Take,
    unhealthy: list[str],
    pumps: Pumps | None = None,
    idempotency_key: str | None = None,
    retry_count: int | None = None,
) -> tuple[Job, bool]:
    """The task and whether it is new. Raises `Trouble` for everything a caller can do wrong.

    Where one of `pumps` has room for it, it is marked and leased from the first, and sent at once by this process.
    """
    parent = await finished(store, caller, spec.parent, "parent")
    sequel = await finished(store, caller, spec.sequel, "sequel")
    spec = continued(spec, parent, sequel)
    allow(caller, spec.model)
    known(configuration, spec.model)
    spec, frames, notes = joined(configuration, spec, parent, sequel, unhealthy)
    route, ways = choose(configuration, caller, spec, None if frames else parent or sequel, unhealthy)
    ways = tuple(msgspec.structs.replace(way, adapted=(*notes, *way.adapted)) for way in ways)
    held = max(way.quote.total for way in ways)
    now = await store.now()
    used = idempotency_key is not None and await store.row(
        "recall", account_id=caller.account_id, key=idempotency_key
    )
    if spec.inputs and not used:
        await afford(store, caller, held)
    spec, media_steps = await take(caller, spec, frames)
    ways = tuple(with_inputs(way, spec) for way in ways)
    repeats = idempotency_key is not None or retry_count is not None
    digest = digest_of(spec) if repeats else ""
    key = idempotency_key or (f"retry:{digest}" if retry_count is not None else None)
    if key is not None and (idempotency_key or retry_count):
        again = await recalled(store, caller, key, digest, now, named=idempotency_key is not None)
        if again is not None:
            return again, False
    first = ways[0]
    task_id = new_id("task", now)
    job = Job(
        id=task_id,
        public_id=public_id(dialect.public_id, task_id),
        dialect=dialect.name,
        account_id=caller.account_id,
        key_id=caller.key_id,
        model=spec.model,
        state=State.QUEUED,
        spec=spec,
        quote=max((way.quote for way in ways), key=lambda quote: quote.total),
        candidates=ways,
        terms=Terms(on_cancel=route.on_cancel, on_moderated=route.on_moderated),
        upstream=first.upstream,
        held=held,
        due_at=now,
        deadline_at=now + 1000 * (route.deadline or (SANDBOX_DEADLINE if first.sandbox else DEADLINE)),
        created_at=now,
        updated_at=now,
        sandbox=first.sandbox,
        callback_url=spec.callback_url,
        family=spec.family,
        external_id=spec.external_id or None,
    )
    began, marked = time.monotonic(), job
    tried: tuple[life.Command, ...] = ()
    sender = pumps if pumps and plain(job) and pumps.room_for_new(job.upstream, now) else None
    if sender:
        marked, tried = life.advance(job, life.Marked(now + LEASE), now)
    steps = [
        step("spend", account_id=caller.account_id, amount=held),
        enter(caller.account_id, task_id, hold(held), now),
        *transition(None, marked, tried, now),
        *media_steps,
        *(step("use_media", None, media_id=i.media, task_id=task_id) for i in spec.inputs if i.media),
    ]
    if (
        key is not None
    ):  # an SDK that counts its retries may come again without a key: its last task is remembered
        name = "remember" if idempotency_key else "remember_last"
        steps.append(
            step(name, account_id=caller.account_id, key=key, digest=digest, task_id=task_id, created_at=now)
        )
    try:
        again = await write(store, steps, caller, job, key, digest)
    except asyncio.CancelledError:
        if sender:  # it may be written all the same, and then it was not sent: so it is queued again
            asyncio.get_running_loop().call_later(SETTLED, sender.send, marked, -math.inf)
        raise
    if again is not None:
        return again, False
    if sender:
        sender.send(marked, began)
    elif pumps:
        pumps.wake(job.upstream)
    return job, True


async def write(  # noqa: PLR0913 - what its refusals are told from
    store: Store, steps: list[Step], caller: Caller, job: Job, key: str | None, digest: str
) -> Job | None:
    """Write a new task down; if its key has made one already, that one. Raises `Trouble`, and what the store raises."""
    try:
        await store.write(*steps)
    except Unmet as unmet:
        if unmet.step != "spend":
            raise unkept(unmet) from None
        await afford(store, caller, job.held)
        raise Trouble(Problem.FORBIDDEN, "this account is paused; ask the operator") from None
    except Duplicate as duplicate:
        if "external" in duplicate.rule:
            message = (
                f"there is a task with the id {job.external_id!r} already; give each task an id of its own"
            )
            raise Trouble(Problem.CONFLICT, message, field="external_id") from None
        again = (
            await recalled(store, caller, key, digest, job.created_at, named=True)
            if key is not None
            else None
        )
        if again is None:
            raise
        return again
    except Doubtful:  # the connection was lost: the task is there, or nothing of it is
        if await store.row("task_by_id", id=job.id) is None:
            raise
    return None


def unkept(unmet: Unmet) -> Exception:
    """What a unit that did not hold means when it was about the files of the request; else the same error again."""
    if unmet.step in {"touch_media", "confirm_files"}:
        message = "a file of this request was just swept away; send it again"
        return Trouble(Problem.UNAVAILABLE, message, retry_after=1)
    return unmet


def known(configuration: Configuration, model: str) -> None:
    """Refuse a model nobody has heard of, naming the nearest that exist."""
    table = configuration.table
    if model in table.routes or model in table.known:
        return
    names = {name.lower(): name for name in sorted({*table.routes, *table.known})}
    near = [names[name] for name in get_close_matches(model.strip().lower(), names, n=3, cutoff=0.5)]
    hint = f"; did you mean {' or '.join(near)}?" if near else "; GET /v1/models lists them"
    raise Trouble(Problem.INVALID, f"there is no model {model!r}{hint}", field="model")


async def finished(store: Store, caller: Caller, any_id: str | None, field: str) -> Job | None:
    """The task that this one continues (`parent`) or leads up to (`sequel`). Raises `Trouble` unless it is the
    caller's own and has succeeded.
    """
    if not any_id:
        return None
    row = await store.row("task_of_owner", any_id=any_id, account_id=caller.account_id)
    what = "to continue" if field == "parent" else "to lead up to"
    if row is None:
        raise Trouble(Problem.NOT_FOUND, f"there is no task {any_id!r} {what}", field=field)
    job = from_row(row)
    if job.state is not State.SUCCEEDED:
        message = f"the task {what} is {job.state.value}; wait until it has succeeded"
        raise Trouble(Problem.CONFLICT, message, field=field)
    return job


def continued(spec: Spec, parent: Job | None, sequel: Job | None = None) -> Spec:
    """The spec with what it leaves to its parent, or else its sequel: the model; where nothing is said, the size; and
    the length, unless it adds one of its own. So it is priced as what will be made.
    """
    old = parent or sequel
    if old is None:
        return spec
    found: dict[str, Any] = {"model": spec.model or old.model}
    found |= {name: job.id for name, job in (("parent", parent), ("sequel", sequel)) if job is not None}
    if spec.action in {Action.VARY, Action.EDIT, Action.EXTEND} and spec.kind is old.spec.kind:
        if not (spec.size or spec.aspect or spec.resolution):
            found |= {name: getattr(old.spec, name) for name in ("size", "aspect", "resolution")}
        if spec.seconds is None and spec.action is not Action.EXTEND:
            found["seconds"] = old.spec.seconds
    return msgspec.structs.replace(spec, **found)


def joined(
    configuration: Configuration, spec: Spec, parent: Job | None, sequel: Job | None, unhealthy: list[str]
) -> tuple[Spec, dict[Role, Job], tuple[str, ...]]:
    """The spec as it is, where its sequel (and its parent) were made at an upstream that can lead up to it; else with
    pictures in their place, the tasks that these are of, and what that changed. Raises `Trouble` on a strict route.
    """
    if sequel is None:
        return spec, {}, ()
    route, ways = candidates(spec, configuration.table, draw=random.random, unhealthy=unhealthy)
    made_at = {job.upstream for job in (parent, sequel) if job is not None}
    if any(way.spec.sequel and made_at == {way.upstream} for way in ways):
        return spec, {}, ()
    new, note = pictured(spec)
    if route.policy == "strict":
        raise Trouble(Problem.INVALID, f"{note} (the route is strict)", field="sequel")
    frames = {Role.LAST_FRAME: sequel, **({Role.FIRST_FRAME: parent} if parent else {})}
    return new, frames, (note,)


def choose(
    configuration: Configuration, caller: Caller, spec: Spec, old: Job | None, unhealthy: list[str]
) -> tuple[Route, tuple[Candidate, ...]]:
    """The priced candidates, best first. A task that continues another, or leads up to it, stays at its upstream."""
    route, ways = candidates(spec, configuration.table, draw=random.random, unhealthy=unhealthy)
    if old is not None:
        ways = tuple(way for way in ways if way.upstream == old.upstream and way.spec.sequel == spec.sequel)
        if not ways:
            raise Trouble(
                Problem.UNAVAILABLE,
                f"the task to continue was made at {old.upstream}, to which {spec.model!r} does not lead now",
            )
    multiplier = configuration.plan(caller.plan.name).multiplier
    try:
        quotes = [quote(way, spec, multiplier, configuration) for way in ways]
    except NoPrice:
        raise Trouble(
            Problem.UNAVAILABLE, f"the model {spec.model!r} has no price yet; ask the operator"
        ) from None
    priced = (msgspec.structs.replace(way, quote=q) for way, q in zip(ways, quotes, strict=True))
    return route, tuple(priced)


async def afford(store: Store, caller: Caller, amount: int) -> None:
    """A look at the balance before media are fetched, or to say why there was too little. The conditional update in the
    transaction is what counts.
    """
    row = await store.row("account_by_id", id=caller.account_id)
    if row is not None and row["balance"] - amount < row["floor"]:
        balance = format_usd(row["balance"] - row["floor"])
        message = f"this costs ${format_usd(amount)} and the balance is ${balance}"
        extra = {"price": format_usd(amount), "balance": balance}
        raise Trouble(Problem.OUT_OF_CREDIT, message, extra=extra)


def with_inputs(way: Candidate, spec: Spec) -> Candidate:
    """The candidate's spec with the stored media in place of what the client gave."""
    return msgspec.structs.replace(
        way,
        spec=msgspec.structs.replace(way.spec, inputs=spec.inputs, parent=spec.parent, sequel=spec.sequel),
    )


def digest_of(spec: Spec) -> str:
    """What makes two requests the same: the decoded spec with its media's hashes, not their ids or boundaries."""
    inputs = tuple(msgspec.structs.replace(i, media="", url="" if i.sha256 else i.url) for i in spec.inputs)
    return hashlib.sha256(encode(msgspec.structs.replace(spec, inputs=inputs))).hexdigest()


async def recalled(  # noqa: PLR0913 - who, what, and when
    store: Store, caller: Caller, key: str, digest: str, now: int, *, named: bool
) -> Job | None:
    """The task that an earlier request with this key made. Raises CONFLICT when that was another request."""
    row: Mapping[str, Any] | None = await store.row("recall", account_id=caller.account_id, key=key)
    if row is None or (not named and now - row["created_at"] > RETRY_WINDOW):
        return None
    if row["digest"] != digest:
        raise Trouble(
            Problem.CONFLICT,
            "this Idempotency-Key was used for another request; use a new key for a new request",
            field="Idempotency-Key",
        )
    found = await store.row("task_by_id", id=row["task_id"])
    return from_row(found) if found else None

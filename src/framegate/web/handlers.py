"""What happens at each kind of route, for every dialect alike."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from framegate.access import Caller
from framegate.core.dialect import (
    Call,
    Cancel,
    Dialect,
    List,
    Problem,
    Route,
    Show,
    Submit,
    Trouble,
    Upload,
    Uploaded,
    Watch,
)
from framegate.core.task import Task
from framegate.core.wire import Request
from framegate.web.bodies import JSON_LIMIT, read_json, typed
from framegate.web.exchange import Visit
from framegate.web.gateway import Gateway

LONGEST_WAIT = 60.0
HEARTBEAT = 15.0
OPEN = {"access-control-allow-origin": "*", "access-control-expose-headers": "*"}

Handle = Callable[[Visit, Mapping[str, str], str], Awaitable[None]]


def handler(gateway: Gateway, dialect: Dialect, route: Route) -> Handle:  # noqa: C901 - one arm a kind
    """The function that serves one route: (visit, path variables, client's address)."""

    async def caller_of(visit: Visit, address: str) -> Caller:
        identity = dialect.identify(Request(method="GET", url=visit.path, headers=visit.headers))
        return await gateway.authenticate(identity, dialect=dialect.name, address=address)

    async def call_of(visit: Visit, path: Mapping[str, str], body: type[object]) -> Call:
        raw = read_json(await visit.body(JSON_LIMIT), visit.headers.get("content-type", ""))
        return Call(path=path, query=visit.query, headers=visit.headers, body=typed(raw, body), raw=raw)

    async def submit(visit: Visit, path: Mapping[str, str], address: str) -> None:
        assert isinstance(route, Submit)
        caller = await caller_of(visit, address)
        spec = route.decode(await call_of(visit, path, route.body))
        retries = visit.headers.get("x-stainless-retry-count", "")
        task = await gateway.submit(
            caller,
            dialect.name,
            spec,
            idempotency_key=idempotency_key(visit),
            retry_count=int(retries) if retries.isdigit() else None,
        )
        extra: dict[str, str] = {}
        if (seconds := preferred_wait(visit.headers.get("prefer", ""))) is not None:
            task = await gateway.wait(caller, dialect.name, task.id, seconds)
            extra["preference-applied"] = f"wait={seconds:g}"
        await visit.answer(route.encode(task), {**told(task), **extra})

    async def show(visit: Visit, path: Mapping[str, str], address: str) -> None:
        assert isinstance(route, Show)
        task = await gateway.show(await caller_of(visit, address), dialect.name, path["id"])
        await visit.answer(route.encode(task), told(task))

    async def cancel(visit: Visit, path: Mapping[str, str], address: str) -> None:
        assert isinstance(route, Cancel)
        task = await gateway.cancel(await caller_of(visit, address), dialect.name, path["id"])
        await visit.answer(route.encode(task), told(task))

    async def list_(visit: Visit, path: Mapping[str, str], address: str) -> None:
        assert isinstance(route, List)
        caller = await caller_of(visit, address)
        wanted = route.decode(Call(path=path, query=visit.query, headers=visit.headers))
        await visit.answer(route.encode(await gateway.list(caller, dialect.name, wanted)), OPEN)

    async def watch(visit: Visit, path: Mapping[str, str], address: str) -> None:
        assert isinstance(route, Watch)
        caller = await caller_of(visit, address)
        await gateway.show(caller, dialect.name, path["id"])
        tasks = gateway.watch_task(caller, dialect.name, path["id"])
        await visit.start(
            200,
            {
                "content-type": "text/event-stream",
                "cache-control": "no-cache",
                "x-accel-buffering": "no",
                **OPEN,
            },
        )
        gone = asyncio.ensure_future(visit.hung_up())
        upcoming = asyncio.ensure_future(anext(tasks))
        place = 0
        try:
            while not gone.done():
                await asyncio.wait({gone, upcoming}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
                if not upcoming.done():
                    await visit.piece(b": still here\n\n")
                    continue
                try:
                    task = upcoming.result()
                except StopAsyncIteration:
                    break
                name, data = route.encode(task)
                place += 1
                text = msgspec.json.encode(data)
                await visit.piece(b"id: %d\nevent: %s\ndata: %s\n\n" % (place, name.encode(), text))
                upcoming = asyncio.ensure_future(anext(tasks))
        finally:
            for waiting in (gone, upcoming):
                waiting.cancel()
            await asyncio.gather(gone, upcoming, return_exceptions=True)
        with contextlib.suppress(Exception):
            await visit.piece(b"", more=False)

    async def upload(visit: Visit, path: Mapping[str, str], address: str) -> None:
        assert isinstance(route, Upload)
        caller = await caller_of(visit, address)
        filename = route.decode(await call_of(visit, path, route.body))
        await visit.answer(route.encode(await gateway.open_upload(caller, filename)), OPEN)

    async def uploaded(visit: Visit, path: Mapping[str, str], address: str) -> None:
        assert isinstance(route, Uploaded)
        caller = await caller_of(visit, address)
        async for _ in visit.chunks(JSON_LIMIT):
            pass  # some clients send the parts they uploaded; there is one
        await visit.answer(route.encode(await gateway.finish_upload(caller, path["id"])), OPEN)

    kinds: dict[type[object], Handle] = {
        Submit: submit,
        Show: show,
        Cancel: cancel,
        List: list_,
        Watch: watch,
        Upload: upload,
        Uploaded: uploaded,
    }
    return kinds[type(route)]


def told(task: Task) -> dict[str, str]:
    """What every answer about a task says in its headers."""
    headers = {**OPEN, "x-framegate-task": task.id}
    if task.sandbox:
        headers["x-framegate-sandbox"] = "true"
    if task.adapted:
        headers["x-framegate-adapted"] = "; ".join(task.adapted).encode("ascii", "replace").decode()[:1000]
    return headers


def idempotency_key(visit: Visit) -> str | None:
    """The client's `Idempotency-Key`. Raises `Trouble` for one that cannot be used."""
    key = visit.headers.get("idempotency-key")
    if key is not None and (not 0 < len(key) <= 255 or not key.isprintable() or key.startswith("retry:")):  # noqa: PLR2004
        raise Trouble(
            Problem.INVALID, "an Idempotency-Key has 1 to 255 printable characters", field="Idempotency-Key"
        )
    return key


def preferred_wait(prefer: str) -> float | None:
    """The seconds of `Prefer: wait=N`, at most a minute; None when not asked."""
    for preference in prefer.split(","):
        name, _, value = preference.strip().partition("=")
        if name.lower() == "wait":
            return min(float(value), LONGEST_WAIT) if value.isascii() and value.isdigit() else LONGEST_WAIT
    return None

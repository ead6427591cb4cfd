"""Server-sent events: a task's changes as they happen, and a conversation about one that is being made."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TypeVar

import msgspec

from framegate.core.task import Task
from framegate.core.wire import Json
from framegate.web.exchange import OPEN, Visit

HEARTBEAT = 15.0
"""Seconds of silence before a comment says that the connection lives: proxies cut what is silent."""
STREAM = {
    "content-type": "text/event-stream",
    "cache-control": "no-cache",
    "x-accel-buffering": "no",
    **OPEN,
}
T = TypeVar("T")


async def follow(
    visit: Visit,
    tasks: AsyncIterator[Task],
    encode: Callable[[Task], tuple[str, Json]],
    headers: Mapping[str, str],
) -> None:
    """Named events with ids: `encode` gives the name and the data. HEAD does not wait for them."""
    await visit.start(200, {**headers, **STREAM})
    place = 0
    async for task in while_there(visit, tasks):
        if visit.method == "HEAD":
            break
        name, data = encode(task)
        place += 1
        await visit.piece(
            b"id: %d\nevent: %s\ndata: %s\n\n" % (place, name.encode(), msgspec.json.encode(data))
        )
    await end(visit)


async def converse(
    visit: Visit,
    tasks: AsyncIterator[Task],
    pieces: Callable[[Task, Task | None], tuple[Json | str, ...]],
    headers: Mapping[str, str],
) -> None:
    """Plain `data:` events; a text is sent as it is. The task goes on when the client hangs up."""
    await visit.start(200, {**headers, **STREAM})
    last: Task | None = None
    async for task in while_there(visit, tasks):
        for data in pieces(task, last):
            text = data.encode() if isinstance(data, str) else msgspec.json.encode(data)
            await visit.piece(b"data: %s\n\n" % text)
        last = task
    await end(visit)


async def while_there(visit: Visit, items: AsyncIterator[T]) -> AsyncIterator[T]:
    """The items while the client stays, with a heartbeat in silence."""
    gone = asyncio.ensure_future(visit.hung_up())
    upcoming = asyncio.ensure_future(anext(items))
    try:
        while not gone.done():
            await asyncio.wait({gone, upcoming}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
            if not upcoming.done():
                if not gone.done():
                    await visit.piece(b": still here\n\n")
                continue
            try:
                item = upcoming.result()
            except StopAsyncIteration:
                return
            yield item
            upcoming = asyncio.ensure_future(anext(items))
    finally:
        for waiting in (gone, upcoming):
            waiting.cancel()
        await asyncio.gather(gone, upcoming, return_exceptions=True)


async def end(visit: Visit) -> None:
    with contextlib.suppress(Exception):  # the client may be gone
        await visit.piece(b"", more=False)

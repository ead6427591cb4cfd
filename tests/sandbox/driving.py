"""A sandbox to talk to, as the gateway does: through the transport and the provider's own exchanges."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from framegate.core.provider import Weather
from framegate.core.task import Handle, Kind, Media, Order, Parent, Report, Role, Spec, State
from framegate.core.wire import Blob, Malformed, Request, Response, get
from framegate.local.sandbox.api import app
from framegate.local.sandbox.engine import Engine
from framegate.providers.sandbox import PROVIDER
from framegate.transport import Transport

FAKE = "sandbox.fake_renderer:render"
PATIENCE = 30.0
"""Seconds after which a test that waits has failed."""


class Client:
    """One engine behind its door."""

    def __init__(self, engine: Engine, transport: Transport) -> None:
        self.engine = engine
        self.transport = transport

    async def call(self, request: Request, *, spool_over: int = 1_000_000) -> Response:
        return await self.transport.send(
            request, base_url="local://sandbox", deadline=PATIENCE, spool_over=spool_over
        )

    async def send(self, order: Order) -> Response:
        return await self.call(PROVIDER.submit.encode(order))

    async def submit(self, order: Order) -> Report:
        return PROVIDER.submit.decode(order, await self.send(order))

    async def poll(self, task_id: str = "t1") -> Report:
        handle = handle_of(task_id)
        assert PROVIDER.poll is not None
        return PROVIDER.poll.decode(handle, await self.call(PROVIDER.poll.encode(handle)))

    async def find(self, task_id: str = "t1") -> Report | None:
        assert PROVIDER.find is not None
        order = Order(spec=Spec(kind=Kind.VIDEO, model="m"), model="m", task_id=task_id)
        return PROVIDER.find.decode(order, await self.call(PROVIDER.find.encode(order)))

    async def cancel(self, task_id: str = "t1") -> Report:
        handle = handle_of(task_id)
        assert PROVIDER.cancel is not None
        return PROVIDER.cancel.decode(handle, await self.call(PROVIDER.cancel.encode(handle)))

    async def seen(self, task_id: str = "t1") -> list[Report]:
        """Every report until the final one."""
        reports: list[Report] = []
        async with asyncio.timeout(PATIENCE):
            while not reports or not reports[-1].state.final:
                reports.append(await self.poll(task_id))
                await asyncio.sleep(0.01)
        return reports

    async def end(self, task_id: str = "t1") -> Report:
        return (await self.seen(task_id))[-1]

    async def reaches(self, state: State, task_id: str = "t1", progress: float = 0.0) -> Report:
        """The first report of that state, and at least that far."""
        async with asyncio.timeout(PATIENCE):
            while True:
                report = await self.poll(task_id)
                if report.state is state and (report.progress or 0.0) >= progress:
                    return report
                await asyncio.sleep(0.01)

    async def fetch(self, report: Report, place: int = 0) -> Blob:
        response = await self.call(get(report.outputs[place].url), spool_over=0)
        assert isinstance(response.body, Blob)
        assert response.status == 200
        return response.body


@contextlib.asynccontextmanager
async def sandbox(
    folder: Path, *, renderer: str = FAKE, workers: int = 1, **options: Any
) -> AsyncIterator[Client]:
    """A running sandbox; it is stopped as a server's end stops it: at once."""
    engine = Engine(folder / "sandbox", workers=workers, profile="tiny", renderer=renderer, **options)
    await engine.start()
    transport = Transport(spool=folder)
    transport.mount("sandbox", app(engine))
    try:
        yield Client(engine, transport)
    finally:
        await engine.stop()
        await transport.close()


def handle_of(task_id: str) -> Handle:
    return {"id": task_id, "kind": "image"}


def order(
    prompt: str = "a fox",
    task_id: str = "t1",
    *,
    media: dict[Role, Path] | None = None,
    parent: str | None = None,
    **spec: Any,
) -> Order:
    """An order for pictures of 64 by 64, unless `spec` says otherwise."""
    asked = {"kind": Kind.IMAGE, "model": "m", "prompt": prompt, **spec}
    if asked["kind"] is Kind.IMAGE and not media:
        asked.setdefault("size", "64x64")
    return Order(
        spec=Spec(**asked),
        model="m",
        task_id=task_id,
        parent=Parent(handle=handle_of(parent), spec=Spec(kind=asked["kind"], model="m")) if parent else None,
        media=tuple(
            Media(role=role, blob=Blob(str(path), 1, "ab" * 32, "image/png"), url="")
            for role, path in (media or {}).items()
        ),
    )


async def weather(client: Client, task_id: str = "t1") -> Weather | Malformed | None:
    """What a poll meets in place of a report."""
    try:
        await client.poll(task_id)
    except (Weather, Malformed) as met:
        return met
    return None

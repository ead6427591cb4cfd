"""Polls that fall due together are one call, each task gets its own report, and silence is told apart."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from framegate.core.provider import Credential, Weather
from framegate.core.task import State
from framegate.engine.reach import Reach
from framegate.engine.together import MOST, Together
from framegate.providers.kling.current import PROVIDER
from framegate.routing import Upstream
from framegate.store import Store, open_store
from framegate.transport import Transport

UPSTREAM = Upstream(name="kling", provider="kling-next", base_url="local://vendor")


class Vendor:
    """Answers `GET /tasks` for the ids it knows; counts the calls."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.status = 200

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        ids = parse_qs(scope["query_string"].decode())["task_ids"][0].split(",")
        self.calls.append(ids)
        known = [{"id": name, "status": "processing"} for name in ids if name != "unheard-of"]
        body = json.dumps({"code": 0, "message": "", "data": known[::-1]}).encode()
        head = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": self.status, "headers": head})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    made = await open_store(f"sqlite:///{tmp_path / 'a.db'}", clock=lambda: 1000)
    yield made
    await made.close()


@pytest.fixture
async def vendor(tmp_path: Path, store: Store) -> AsyncIterator[tuple[Vendor, Reach]]:
    transport, vendor = Transport(spool=tmp_path), Vendor()
    transport.mount("vendor", vendor)
    yield vendor, Reach(store, transport, lambda _: Credential("key"))
    await transport.close()


async def test_what_falls_due_together_is_one_call(vendor: tuple[Vendor, Reach]) -> None:
    answering, reach = vendor
    together = Together(reach)
    names = [str(n) for n in range(MOST + 3)]
    reports = await asyncio.gather(
        *(together.poll(f"task_{name}", UPSTREAM, PROVIDER, {"id": name}) for name in names)
    )
    assert [names[:MOST], names[MOST:]] == answering.calls
    assert {State.RUNNING} == {report.state for report in reports if report}
    assert [1] * len(names) == [len(reach.told(f"task_{name}")) for name in names]


async def test_a_task_that_is_not_in_the_answer_is_told_apart(vendor: tuple[Vendor, Reach]) -> None:
    _, reach = vendor
    together = Together(reach)
    known, unknown = await asyncio.gather(
        together.poll("task_1", UPSTREAM, PROVIDER, {"id": "1"}),
        together.poll("task_2", UPSTREAM, PROVIDER, {"id": "unheard-of"}),
    )
    assert known is not None
    assert unknown is None


async def test_bad_weather_is_told_to_all(vendor: tuple[Vendor, Reach]) -> None:
    answering, reach = vendor
    answering.status = 503
    together = Together(reach)
    asked = (together.poll(f"task_{n}", UPSTREAM, PROVIDER, {"id": str(n)}) for n in range(3))
    errors = await asyncio.gather(*asked, return_exceptions=True)
    assert [Weather] * 3 == [type(error) for error in errors]
    assert 1 == len(answering.calls)

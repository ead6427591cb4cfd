"""The database is away for a while, and an upstream hangs beside one that does not: in real time, with real pumps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from framegate.core.task import State
from framegate.engine import pace, worker
from framegate.store import Doubtful, Unavailable
from vendors import Act, Vendor, vendor
from virtual import Clock, Engine, engine

pytestmark = pytest.mark.slow


@pytest.fixture
def counting() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


@pytest.fixture
def other() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


@pytest.mark.parametrize(
    "written", [False, True], ids=["nothing was written", "it was written, and nobody said so"]
)
@pytest.mark.parametrize("moment", ["before POST", "after POST", "after GET"])
async def test_an_answer_is_written_down_through_an_outage_of_the_database(
    tmp_path: Path, counting: Vendor, moment: str, written: bool
):
    """The vendor has said yes and the database is gone: an answer forgotten is an order that nobody looks for."""
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        store, away = it.store._store, [0]  # type: ignore[attr-defined]
        write, lost = store.write, list[str]()

        async def failing(*steps: Any) -> None:
            if not away[0]:
                return await write(*steps)
            away[0] -= 1
            if written:
                await write(*steps)
                away[0] = 0
                raise Doubtful("the connection was lost at the commit")
            raise Unavailable("no database")

        def lose(what: str) -> None:
            if what.startswith(moment) and not lost:
                lost.append(what)
                away[0] = 3
                store.write = failing

        it.transport.fate.then = lose
        task_id = await it.submit("[m:1]")
        job = await it.finished(task_id)
        assert (State.SUCCEEDED, {"1": 1}, []) == (job.state, counting.orders(), await it.books())
        assert (1, 0) == (len(lost), away[0])
        attempts = await it.store.rows("attempts_of", task_id=task_id)
        assert ["succeeded"] == [row["outcome"] for row in attempts]
        told = [row["kind"] for row in await it.store.rows("events_of", task_id=task_id, limit=100)]
        assert ["queued", "sending", "running", "succeeded"] == told


class Wall(Clock):
    def __call__(self) -> int:
        return time.time_ns() // 1_000_000


async def seconds_of(it: Engine, count: int, model: str) -> float:
    """How long so many tasks take, from the first submit to the last end."""
    began = time.monotonic()
    ids = [await it.submit(f"[m:{began}-{n}]", model=model) for n in range(count)]
    for task_id in ids:
        while (await it.job(task_id)).state is not State.SUCCEEDED:
            assert time.monotonic() - began < 20
            await asyncio.sleep(0.02)
    return time.monotonic() - began


async def test_an_upstream_that_hangs_takes_no_time_from_another(
    tmp_path: Path, counting: Vendor, other: Vendor, monkeypatch: pytest.MonkeyPatch
):
    """Measured: 20 tasks at the good one, alone and while 100 tasks hang at the other."""
    monkeypatch.setattr(pace, "REMOTE", (100,))
    monkeypatch.setattr(worker, "SEND", 5.0)
    vendors = {"one": ("openai-videos", counting), "two": ("runway", other)}
    async with engine(tmp_path, vendors, clock=Wall()) as it:
        monkeypatch.setattr(it.worker.scribe._paces, "next", lambda job, at, *_: pace.next_poll(job, at))
        await it.worker.start()
        try:
            alone = await seconds_of(it, 20, "m@two")
            counting.always("submit", Act("hang"))
            for n in range(100):
                await it.submit(f"[m:h{n}]", model="m@one")
            await asyncio.sleep(0.3)
            beside = await seconds_of(it, 20, "m@two")
        finally:
            await it.worker.stop()
        assert counting.count("submit") >= 10
        assert beside < 2 * alone + 1.0, f"{alone:.2f} s alone, {beside:.2f} s beside an upstream that hangs"

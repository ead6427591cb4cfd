"""A worker that stood still for longer than its lease sends nothing and overwrites nothing when it wakes."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crash.storm import Storm, storm
from databases import postgres_server
from framegate.core.task import State
from framegate.core.wire import Blob
from framegate.engine import pump, scribe, submit, worker
from framegate.engine.keeping import Keeper
from running import FINAL
from vendors import Vendor, vendor
from virtual import engine

pytestmark = pytest.mark.slow
UNDER_WAY = 0.05
"""Seconds that a body may be under way from our last look at the clock to the socket: there nobody can stop it."""


@pytest.fixture
def counting() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


async def test_frozen_between_the_mark_and_the_send_it_does_not_send(
    tmp_path: Path, counting: Vendor, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(worker, "SEND", 0.2)
    stood: list[str] = []

    def stand_still(what: str) -> None:
        if what == "after save_task" and not stood:
            stood.append(what)
            time.sleep(0.4)

    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        it.transport.fate.then = stand_still
        task_id = await it.submit("[m:1]")
        await it.step()
        job = await it.job(task_id)
        assert (State.QUEUED, 0, 1) == (job.state, counting.count("submit"), job.attempt)
        assert job.failure is not None
        assert "stood still" in job.failure.message
        monkeypatch.setattr(worker, "SEND", 5.0)
        assert State.SUCCEEDED is (await it.finished(task_id)).state
        assert {"1": 1} == counting.orders()


@pytest.mark.parametrize("moment", ["after POST", "after GET"])
async def test_what_another_worker_has_taken_meanwhile_is_not_overwritten(
    tmp_path: Path, counting: Vendor, moment: str
):
    taken: list[str] = []

    def take_it(what: str) -> None:
        if what.startswith(moment) and not taken:
            taken.append(what)
            with sqlite3.connect(tmp_path / "framegate.db") as other:
                other.execute("UPDATE tasks SET fence = fence + 1, progress = 0.77, lease_until = 9e15")
            other.close()

    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        it.transport.fate.then = take_it
        task_id = await it.submit("[m:1]")
        while not taken:
            await it.step()
        job = await it.job(task_id)
        assert (0.77, 9 * 10**15) == (job.progress, job.lease_until)
        if moment == "after POST":
            events = await it.store.rows("events_of", task_id=task_id, limit=100)
            assert ['{"id":"order0"}'] == [e["detail"] for e in events if e["kind"] == "answered_late"]


async def test_a_copy_that_takes_longer_than_a_lease_is_made_once(
    tmp_path: Path, counting: Vendor, monkeypatch: pytest.MonkeyPatch
):
    """A large result over a slow line: its lease is held on, so nobody begins anew, for ever."""
    monkeypatch.setattr(scribe, "BEAT", 0.02)
    for part in (worker, pump, scribe, submit):
        monkeypatch.setattr(part, "LEASE", 300)
    fetch = Keeper._fetch
    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:

        async def slowly(keeper: Keeper, *given: Any) -> Blob:
            for _ in range(20):
                await asyncio.sleep(0.03)
                it.clock.now += 100
            return await fetch(keeper, *given)

        monkeypatch.setattr(Keeper, "_fetch", slowly)
        job = await it.finished(await it.submit("[m:1]"))
        assert (State.SUCCEEDED, 1) == (job.state, counting.count("result"))


async def test_a_copy_whose_lease_was_lost_is_stopped(
    tmp_path: Path, counting: Vendor, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(scribe, "BEAT", 0.02)
    stopped: list[bool] = []

    async def forever(*_: Any) -> Blob:
        with sqlite3.connect(tmp_path / "framegate.db", isolation_level=None) as other:
            taken = "UPDATE tasks SET fence = fence + 1 WHERE state = 'storing'"
            while not other.execute(taken).rowcount:  # noqa: ASYNC110 - another process's table
                await asyncio.sleep(0.01)
        other.close()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            stopped.append(True)
            raise
        raise AssertionError

    async with engine(tmp_path, {"one": ("openai-videos", counting)}) as it:
        monkeypatch.setattr(Keeper, "_fetch", forever)
        task_id = await it.submit("[m:1]")
        while not stopped:
            await it.step()
        assert State.STORING is (await it.job(task_id)).state


def test_sigstop_for_three_leases_then_sigcont(tmp_path: Path, counting: Vendor) -> None:
    """Two gateways on one PostgreSQL. One is frozen in the middle of its work; the other takes it over, and decides."""
    with postgres_server() as server:
        url = asyncio.run(server.create())
        options = {"url": url, "lease": 2_000}
        with (
            storm(tmp_path / "a", counting, 1, **options) as a,
            storm(tmp_path / "b", counting, 1, **options) as b,
        ):
            counting.mood = lambda _: None
            a._ready()
            b._ready()
            b.gateway.process.send_signal(signal.SIGSTOP)  # a alone takes the work
            made = [
                a.gateway.submit(
                    {"model": f"m-{form}", "prompt": f"[m:{form}{n}] [v:polls=3]", "seconds": 5}
                )["id"]
                for n in range(8)
                for form in ("openai-videos", "runway")
            ]
            os.kill(a.gateway.process.pid, signal.SIGSTOP)
            b.gateway.process.send_signal(signal.SIGCONT)
            frozen = time.monotonic()
            finish(b, made)
            time.sleep(max(0.0, 6.0 - (time.monotonic() - frozen)))
            before = [b.gateway.call("GET", f"/v1/tasks/{task_id}").json for task_id in made]
            heard = len(counting.heard)
            woken = time.monotonic()
            os.kill(a.gateway.process.pid, signal.SIGCONT)
            time.sleep(2.0)
            after = [b.gateway.call("GET", f"/v1/tasks/{task_id}").json for task_id in made]
            assert [stable(task) for task in before] == [stable(task) for task in after]
            pieces = [
                line.split(" ", 1) for line in (tmp_path / "a" / "handed-over").read_text().splitlines()
            ]
            assert [] == [piece for at, piece in pieces if float(at) > woken]
            late = [marker(h.body) for h in counting.heard[heard:] if h.what == "submit"]
            under_way = " ".join(piece for at, piece in pieces if float(at) > frozen - UNDER_WAY)
            assert [] == [marker for marker in late if f"[m:{marker}]" not in under_way]
            assert {m: 1 + (m in late) for m in counting.orders()} == counting.orders()
            assert {"balanced": True, "findings": []} == b.gateway.admin("GET", "/ledger/check").json


def marker(body: bytes) -> str:
    return body.partition(b"[m:")[2].partition(b"]")[0].decode()


def finish(it: Storm, made: list[str]) -> None:
    end = time.monotonic() + 40
    left = set(made)
    while left:
        for send in it.gateway.admin("GET", "/tasks/unknown").json["data"]:
            it._made[marker_of(it, send["id"])] = send["id"]
            it._decide(send["id"])
        left = {t for t in left if it.gateway.call("GET", f"/v1/tasks/{t}").json["status"] not in FINAL}
        assert time.monotonic() < end, it.gateway.tail()
        time.sleep(0.1)


def marker_of(it: Storm, task_id: str) -> str:
    prompt = it.gateway.call("GET", f"/v1/tasks/{task_id}").json["prompt"]
    return prompt.partition("[m:")[2].partition("]")[0]


def stable(task: dict[str, Any]) -> dict[str, Any]:
    """A task without its links, which are signed anew each time."""
    return {k: v for k, v in task.items() if k != "artifacts"} | {"n": len(task["artifacts"])}
